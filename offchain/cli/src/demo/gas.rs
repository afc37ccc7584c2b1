//! Gas by step, from the chain's own blocks, and the part of it that verifies BLS signatures.
//!
//! A real chain says what a transaction cost, not what for. The contracts' code says which BLS12-381 calls each step
//! makes, and the VM's table what a call costs; so the share is known there too. Where the chain counts the calls itself,
//! they are compared.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use bithive_api::{jobs, registry};
use bithive_chain::{BlsCalls, HostCalls, TxResult};
use bithive_client::{Client, Deployment};
use serde::Serialize;

use super::ChainKind;
use super::world::World;

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

/// A transaction belongs to the first step whose event it has.
const STEPS: [(&str, &str); 12] = [
    (REGISTER_NODE, registry::events::NODE_REGISTERED),
    ("register_requester", registry::events::REQUESTER_REGISTERED),
    ("share_keys", registry::events::SHARE_KEYS_POSTED),
    ("post", jobs::events::POSTED),
    (ASSIGN, jobs::events::ASSIGNED),
    ("commit", jobs::events::COMMITMENT),
    ("reveal_and_quorum", jobs::events::REVEALED),
    ("reveal", jobs::events::REVEAL),
    (FINALIZE, jobs::events::SETTLED),
    ("withdraw", jobs::events::WITHDRAWN),
    ("deploy", "instantiate"),
    ("store_code", "store_code"),
];

/// What is in the gas on either chain.
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
pub(super) async fn by_step(world: &World) -> Result<BTreeMap<&'static str, StepGas>> {
    let client = &world.client;
    let mut steps: BTreeMap<&'static str, StepGas> = BTreeMap::new();
    let head = client.chain().info().await?.height;
    let mut cursor = client.chain().blocks_from(world.first_height);
    while cursor.next_height() <= head {
        for tx in cursor.next().await?.txs {
            if !ours(&tx, client.deployment(), world.operator.address()) {
                continue;
            }
            let name = step_of(&tx);
            let bls = bls_calls(name, &tx, client).await?;
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
    let contracts = [&deployment.token, &deployment.registry, &deployment.jobs];
    let touches = |address: &str| contracts.iter().any(|contract| *contract == address);
    tx.senders.iter().any(|sender| sender == operator)
        || tx.events.iter().filter_map(|event| event.contract()).any(touches)
}

fn step_of(tx: &TxResult) -> &'static str {
    STEPS.iter().find(|(_, event)| value_of(tx, event).is_some()).map_or("other", |(step, _)| *step)
}

/// The event of this type, with or without the chain's prefix.
fn value_of<'a>(tx: &'a TxResult, kind: &str) -> Option<&'a bithive_chain::Event> {
    tx.events.iter().find(|event| event.kind == kind || event.kind.strip_prefix("wasm-") == Some(kind))
}

/// The calls that a step's code makes.
async fn bls_calls(step: &str, tx: &TxResult, client: &Client) -> Result<BlsCalls> {
    let job_id = |event| value_of(tx, event).and_then(|event| event.get("job_id")?.parse().ok());
    Ok(match step {
        // Two keys are checked, and with one of them its proof of possession.
        REGISTER_NODE => BlsCalls { sums: 2, points: 2, hashes: 1, equalities: 1, pairings: 2 },
        // Every worker's consent, and the sum of their keys.
        ASSIGN => {
            let workers = value_of(tx, jobs::events::ASSIGNED)
                .and_then(|event| event.get("workers"))
                .map_or(0, |workers| workers.split(',').count() as u64);
            BlsCalls { sums: 1, points: workers, hashes: workers, equalities: 1, pairings: workers + 1 }
        }
        // The cached sum minus the absentees' keys, and one signature.
        FINALIZE => {
            let Some(job_id) = job_id(jobs::events::SETTLED) else { return Ok(BlsCalls::default()) };
            let job = client.job(job_id).await?;
            let signers = job.outcome.and_then(|outcome| outcome.signers).unwrap_or_default().count_ones();
            let absent = (job.workers.len() as u64).saturating_sub(signers.into());
            BlsCalls { sums: 1, points: 1 + absent, hashes: 1, equalities: 1, pairings: 2 }
        }
        _ => BlsCalls::default(),
    })
}

/// What the code is said to do is what it did.
fn expect_same(step: &str, bls: BlsCalls, calls: HostCalls) -> Result<()> {
    let said = (bls.points, bls.hashes, bls.pairings);
    let counted = (calls.aggregated_points, calls.hash_to_g2, calls.pairings);
    ensure!(
        said == counted,
        "{step}: points, hashes and pairings are {counted:?}, expected {said:?} by the contracts' code"
    );
    Ok(())
}
