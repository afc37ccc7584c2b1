//! Blocks as CometBFT shows them: `block`, and `block_results`.
//!
//! A block is one part, and nobody signs it. Its hash commits to everything before it, and the state follows from that, so the
//! hash of the block before is the application's, too.

use super::{failure::internal, jsonrpc::Fault, node, stored, txs};
use crate::{
    BlockHash, Embedded,
    rpc::wire::{data_hash, write_time},
};
use cosmwasm_std::Binary;
use serde_json::{Value, json};

/// Root of a Merkle tree without leaves: of no evidence, no validators, no signatures.
const EMPTY_TREE: &str = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

pub(super) fn block(chain: &Embedded, chain_id: &str, height: u64) -> Result<Value, Fault> {
    let block = stored::block(chain, height)?;
    let txs: Vec<Binary> =
        block.txs.iter().map(|tx| stored::raw(chain, tx.hash)).collect::<Result<_, _>>()?;
    let parent = block.parent.map(|hash| hash.to_string()).unwrap_or_default();
    Ok(json!({
        "block_id": id(block.hash),
        "block": {
            "header": {
                "version": { "block": node::BLOCK_PROTOCOL.to_string(), "app": "0" },
                "chain_id": chain_id,
                "height": block.height.to_string(),
                "time": write_time(block.time).map_err(internal)?,
                "last_block_id": id(block.parent),
                "last_commit_hash": EMPTY_TREE,
                "data_hash": data_hash(&txs),
                "validators_hash": EMPTY_TREE,
                "next_validators_hash": EMPTY_TREE,
                "consensus_hash": "",
                "app_hash": parent,
                "last_results_hash": "",
                "evidence_hash": EMPTY_TREE,
                "proposer_address": hex::encode_upper(node::address(chain_id)),
            },
            "data": { "txs": txs },
            "evidence": { "evidence": [] },
            "last_commit": { "height": "0", "round": 0, "block_id": id(None), "signatures": [] },
        },
    }))
}

pub(super) fn results(chain: &Embedded, height: u64) -> Result<Value, Fault> {
    let block = stored::block(chain, height)?;
    let hash = block.hash.map(|hash| hash.to_string()).unwrap_or_default();
    let results = block
        .txs
        .into_iter()
        .map(|tx| stored::raw(chain, tx.hash).and_then(|bytes| txs::result(&bytes, tx)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "height": height.to_string(),
        "txs_results": results,
        "finalize_block_events": [],
        "validator_updates": [],
        "consensus_param_updates": null,
        "app_hash": hash,
    }))
}

/// The name of a block; that of the block before the first one is empty.
fn id(hash: Option<BlockHash>) -> Value {
    let text = hash.map(|hash| hash.to_string()).unwrap_or_default();
    json!({ "hash": text, "parts": { "total": u32::from(hash.is_some()), "hash": text } })
}
