//! Gas by step, from the chain's own blocks.

use std::collections::BTreeMap;

use anyhow::Result;
use bithive_api::{jobs, registry};
use bithive_chain::TxResult;
use serde::Serialize;

use bithive_client::Client;

/// What the transactions of one step cost: gas of host calls, without wasm instructions.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct StepGas {
    pub(super) txs: u64,
    /// Mean gas of a transaction.
    pub(super) gas: u64,
    /// Pairings of all transactions.
    pub(super) pairings: u64,
    /// Bytes written by all transactions.
    pub(super) bytes_written: u64,
}

/// A transaction belongs to the first step whose event it has.
const STEPS: [(&str, &str); 11] = [
    ("register_node", registry::events::NODE_REGISTERED),
    ("register_requester", registry::events::REQUESTER_REGISTERED),
    ("share_keys", registry::events::SHARE_KEYS_POSTED),
    ("post", jobs::events::POSTED),
    ("assign", jobs::events::ASSIGNED),
    ("commit", jobs::events::COMMITMENT),
    ("reveal_and_quorum", jobs::events::REVEALED),
    ("reveal", jobs::events::REVEAL),
    ("finalize", jobs::events::SETTLED),
    ("withdraw", jobs::events::WITHDRAWN),
    ("deploy", "instantiate"),
];

/// Gas of every step so far.
pub(super) async fn by_step(client: &Client) -> Result<BTreeMap<&'static str, StepGas>> {
    let mut steps: BTreeMap<&'static str, StepGas> = BTreeMap::new();
    let head = client.chain().info().await?.height;
    let mut cursor = client.chain().blocks_from(1);
    while cursor.next_height() <= head {
        for tx in cursor.next().await?.txs {
            let step = steps.entry(step_of(&tx)).or_default();
            let calls = tx.host_calls.unwrap_or_default();
            step.txs += 1;
            step.gas += tx.gas_used;
            step.pairings += calls.pairings;
            step.bytes_written += calls.bytes_written;
        }
    }
    for step in steps.values_mut() {
        step.gas /= step.txs;
    }
    Ok(steps)
}

fn step_of(tx: &TxResult) -> &'static str {
    let has = |event: &str| {
        tx.events.iter().any(|e| e.kind == event || e.kind.strip_prefix("wasm-") == Some(event))
    };
    STEPS.iter().find(|(_, event)| has(event)).map_or("other", |(step, _)| *step)
}
