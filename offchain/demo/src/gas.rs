//! Gas by step, from the chain's own blocks, and the part of it that verifies BLS signatures.
//!
//! A real chain reports the gas of a transaction, not its parts. Which BLS12-381 calls each step makes follows from the
//! contracts' code, and the cost of a call from the VM's table; so the share is known. Where the chain counts the calls
//! itself, the two are compared.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use bithive_api::{ContractEvent as _, EventError, jobs, registry};
use bithive_chain::{BlsCalls, HostCalls, TxResult};
use bithive_client::{Client, Deployment};
use serde::Serialize;

use super::args::ChainKind;
use super::network::Network;

/// What the transactions of one step cost. On a chain in this process without wasm instructions.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct StepGas {
    pub(super) txs: u64,
    /// Mean gas of a transaction.
    pub(super) gas: u64,
    /// Mean gas of its BLS12-381 calls.
    pub(super) bls_gas: u64,
    /// `bls_gas / gas`.
    pub(super) bls_share: f64,
    /// Pairings of all transactions.
    pub(super) pairings: u64,
    /// Bytes written by all transactions, where the chain counts them.
    pub(super) bytes_written: Option<u64>,
}

const REGISTER_NODE: &str = "register_node";
const ASSIGN: &str = "assign";
const FINALIZE: &str = "finalize";

/// Steps and the events that mark them. A transaction belongs to the first step whose event it has.
const STEPS: [(&str, StepEvent); 12] = [
    (REGISTER_NODE, StepEvent::Registry(|event| matches!(event, registry::Event::NodeRegistered { .. }))),
    (
        "register_requester",
        StepEvent::Registry(|event| matches!(event, registry::Event::RequesterRegistered { .. })),
    ),
    ("share_keys", StepEvent::Registry(|event| matches!(event, registry::Event::ShareKeysPosted { .. }))),
    ("post", StepEvent::Jobs(|event| matches!(event, jobs::Event::Posted { .. }))),
    (ASSIGN, StepEvent::Jobs(|event| matches!(event, jobs::Event::Assigned { .. }))),
    ("commit", StepEvent::Jobs(|event| matches!(event, jobs::Event::Commitment { .. }))),
    ("reveal_and_quorum", StepEvent::Jobs(|event| matches!(event, jobs::Event::Revealed { .. }))),
    ("reveal", StepEvent::Jobs(|event| matches!(event, jobs::Event::Reveal { .. }))),
    (FINALIZE, StepEvent::Jobs(|event| matches!(event, jobs::Event::Settled { .. }))),
    ("withdraw", StepEvent::Jobs(|event| matches!(event, jobs::Event::Withdrawn { .. }))),
    ("deploy", StepEvent::Chain("instantiate")),
    ("store_code", StepEvent::Chain("store_code")),
];

/// The event that marks a step.
enum StepEvent {
    /// An event of the registry.
    Registry(fn(&registry::Event) -> bool),
    /// An event of the market.
    Jobs(fn(&jobs::Event) -> bool),
    /// An event of the chain itself, of this type.
    Chain(&'static str),
}

/// What the gas includes on this kind of chain.
pub(super) const fn notice(chain: ChainKind) -> &'static str {
    match chain {
        ChainKind::Embedded => {
            "gas counts host calls (storage, cryptography, transaction bytes), not wasm instructions"
        }
        ChainKind::Devnet => {
            "gas is what wasmd charged, wasm instructions and all; of it BLS is the VM's price of the calls that the \
             contracts' code makes"
        }
    }
}

/// Gas of every step of the demo so far.
pub(super) async fn by_step(network: &Network) -> Result<BTreeMap<&'static str, StepGas>> {
    let client = &network.client;
    let mut steps: BTreeMap<&'static str, StepGas> = BTreeMap::new();
    let head = client.chain().info().await?.height;
    let mut cursor = client.chain().blocks_from(network.first_height);
    while cursor.next_height() <= head {
        for tx in cursor.next().await?.txs {
            if !ours(&tx, client.deployment(), network.operator.address()) {
                continue;
            }
            let events = Events::of(&tx, client.deployment())?;
            let name = events.step();
            let bls = bls_calls(name, &events, client).await?;
            let step = steps.entry(name).or_default();
            if let Some(calls) = tx.host_calls {
                expect_same(name, bls, calls)?;
                step.bytes_written = Some(step.bytes_written.unwrap_or_default() + calls.bytes_written);
            }
            step.txs += 1;
            step.gas += tx.gas_used;
            step.bls_gas += bls.gas();
            step.pairings += bls.pairings;
        }
    }
    for step in steps.values_mut() {
        step.bls_share = step.bls_gas as f64 / step.gas.max(1) as f64;
        step.gas /= step.txs;
        step.bls_gas /= step.txs;
    }
    Ok(steps)
}

/// Other users of a chain have contracts of their own.
fn ours(tx: &TxResult, deployment: &Deployment, operator: &str) -> bool {
    let contracts = [deployment.token(), deployment.registry(), deployment.jobs()];
    let touches = |address: &str| contracts.contains(&address);
    tx.senders.iter().any(|sender| sender == operator)
        || tx.events.iter().filter_map(|event| event.contract()).any(touches)
}

/// The events of a transaction, by the contract that emitted them.
struct Events<'a> {
    registry: Vec<registry::Event>,
    jobs: Vec<jobs::Event>,
    chain: &'a [bithive_chain::Event],
}

impl<'a> Events<'a> {
    fn of(tx: &'a TxResult, deployment: &Deployment) -> Result<Self, EventError> {
        Ok(Self {
            registry: registry::Event::of(deployment.registry(), &tx.events).collect::<Result<_, _>>()?,
            jobs: jobs::Event::of(deployment.jobs(), &tx.events).collect::<Result<_, _>>()?,
            chain: &tx.events,
        })
    }

    fn step(&self) -> &'static str {
        let has = |event: &StepEvent| match event {
            StepEvent::Registry(is) => self.registry.iter().any(is),
            StepEvent::Jobs(is) => self.jobs.iter().any(is),
            StepEvent::Chain(kind) => self.chain.iter().any(|event| event.kind == *kind),
        };
        STEPS.iter().find(|(_, event)| has(event)).map_or("other", |(step, _)| *step)
    }
}

/// The calls that a step's code makes.
async fn bls_calls(step: &str, events: &Events<'_>, client: &Client) -> Result<BlsCalls> {
    Ok(match step {
        // Two keys are checked, and with one of them its proof of possession.
        REGISTER_NODE => BlsCalls { sums: 2, points: 2, hashes: 1, equalities: 1, pairings: 2 },
        // Every worker's consent, and the sum of their keys.
        ASSIGN => {
            let assigned = events.jobs.iter().find_map(|event| match event {
                jobs::Event::Assigned { workers, .. } => Some(workers.len() as u64),
                _ => None,
            });
            let workers = assigned.unwrap_or_default();
            BlsCalls { sums: 1, points: workers, hashes: workers, equalities: 1, pairings: workers + 1 }
        }
        // The cached sum minus the absentees' keys, and one signature.
        FINALIZE => {
            let settled = events.jobs.iter().find_map(|event| match event {
                jobs::Event::Settled { job_id, .. } => Some(*job_id),
                _ => None,
            });
            let Some(job_id) = settled else { return Ok(BlsCalls::default()) };
            let job = client.job(job_id).await?;
            let signers = job.outcome.and_then(|outcome| outcome.signers).unwrap_or_default().count_ones();
            let absent = (job.workers.len() as u64).saturating_sub(signers.into());
            BlsCalls { sums: 1, points: 1 + absent, hashes: 1, equalities: 1, pairings: 2 }
        }
        _ => BlsCalls::default(),
    })
}

/// Checks that the calls of a step are those that its code is expected to make.
fn expect_same(step: &str, bls: BlsCalls, calls: HostCalls) -> Result<()> {
    let said = (bls.points, bls.hashes, bls.pairings);
    let counted = (calls.aggregated_points, calls.hash_to_g2, calls.pairings);
    ensure!(
        said == counted,
        "{step}: points, hashes and pairings are {counted:?}, expected {said:?} by the contracts' code"
    );
    Ok(())
}
