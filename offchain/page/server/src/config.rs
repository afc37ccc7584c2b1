//! `/config.json`: what the page has to know of the network, and the limits of this server.

use std::collections::BTreeMap;

use bithive_chain::ChainInfo;
use bithive_client::Deployment;
use bithive_exchange::{MAX_BLOB_BYTES, MAX_MESSAGE_BYTES};
use serde_json::{Value, json};

use crate::batch;
use crate::courier::MOST_MESSAGES;
use crate::node::Node;
use crate::session::Session;
use crate::tally::VERSION;

/// Form of the document; another one when a field changes its meaning.
const FORMAT: u32 = 1;

/// What those with a token find here, and not everywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offers {
    pub(crate) demonstration: bool,
    pub(crate) reports: bool,
}

/// What the page reads first.
pub(crate) fn write(
    node: &Node,
    info: &ChainInfo,
    deployment: &Deployment,
    reference_string: Option<usize>,
    session: Option<&Session>,
    offers: Offers,
) -> Value {
    let contracts: BTreeMap<String, &str> =
        deployment.contracts().map(|(contract, address)| (contract.to_string(), address)).collect();
    let endpoint = session.map(|session| session.exchange.id().to_string());
    let relay = session.and_then(|session| session.relay.as_deref());
    json!({
        "format": FORMAT,
        "version": VERSION,
        "chain": {
            "kind": node.kind(),
            "id": info.chain_id,
            "bech32_prefix": info.bech32_prefix,
            "fee_denom": info.fee_denom,
            "gas_price": info.gas_price.to_string(),
            "max_gas_price": info.max_gas_price.to_string(),
        },
        "contracts": contracts,
        "treasury": deployment.treasury,
        "incentive_pool": deployment.incentive_pool,
        "reference_string": reference_string.map(|bytes| json!({ "bytes": bytes })),
        "courier": { "endpoint": endpoint, "relay": relay },
        "demonstration": offers.demonstration,
        "reports": offers.reports,
        "limits": {
            "message_bytes": MAX_MESSAGE_BYTES,
            "blob_bytes": MAX_BLOB_BYTES,
            "batch": batch::MOST,
            "inbox": MOST_MESSAGES,
        },
    })
}
