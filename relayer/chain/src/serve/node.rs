//! What the server says of itself: `status`, `abci_info`, `validators`, and the application's GetNodeInfo.
//!
//! Nobody votes on these blocks: there are no validators and no peers. Clients want a node to have a key nevertheless. It is a
//! hash of the chain's id, to which nobody has a secret, and its voting power is 0.

use super::{failure::internal, jsonrpc::Fault, stored};
use crate::{BlockHash, ChainInfo, Embedded, rpc::wire::write_time};
use cosmrs::proto::{
    cosmos::base::tendermint::v1beta1::{GetNodeInfoResponse, VersionInfo},
    tendermint::p2p::{DefaultNodeInfo, DefaultNodeInfoOther, ProtocolVersion},
};
use cosmwasm_std::{Binary, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The dialect of the answers, by which clients choose theirs.
const COMETBFT: &str = "0.38.0";
/// Versions of CometBFT's protocols that 0.38 states.
const P2P_PROTOCOL: u64 = 8;
pub(super) const BLOCK_PROTOCOL: u64 = 11;
const NAME: &str = "bithive";
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// There is no address for peers; clients want a text that is not empty.
const NO_ADDRESS: &str = "none";

fn key(chain_id: &str) -> [u8; 32] {
    Sha256::digest(chain_id).into()
}

/// Address of the node's key, as CometBFT makes it of an ed25519 key.
pub(super) fn address(chain_id: &str) -> [u8; 20] {
    let hash: [u8; 32] = Sha256::digest(key(chain_id)).into();
    let mut address = [0; 20];
    address.copy_from_slice(hash.split_at(20).0);
    address
}

pub(super) fn status(chain: &Embedded, info: &ChainInfo) -> Result<Value, Fault> {
    let head = chain.head();
    let first = stored::block(chain, 1)?;
    let (id, hex) = (&info.chain_id, hex::encode_upper);
    let time = |time: Timestamp| write_time(time).map_err(internal);
    let hash = |hash: Option<BlockHash>| hash.map(|hash| hash.to_string()).unwrap_or_default();
    Ok(json!({
        "node_info": {
            "protocol_version": {
                "p2p": P2P_PROTOCOL.to_string(), "block": BLOCK_PROTOCOL.to_string(), "app": "0",
            },
            "id": hex::encode(address(id)),
            "listen_addr": NO_ADDRESS,
            "network": id,
            "version": COMETBFT,
            "channels": "",
            "moniker": NAME,
            "other": { "tx_index": "on", "rpc_address": "" },
        },
        "sync_info": {
            "latest_block_hash": hash(head.hash),
            "latest_app_hash": hash(head.hash),
            "latest_block_height": head.height.to_string(),
            "latest_block_time": time(head.time)?,
            "earliest_block_hash": hash(first.hash),
            "earliest_app_hash": hash(first.hash),
            "earliest_block_height": first.height.to_string(),
            "earliest_block_time": time(first.time)?,
            "catching_up": false,
        },
        "validator_info": {
            "address": hex(address(id)),
            "pub_key": {
                "type": "tendermint/PubKeyEd25519", "value": Binary::from(key(id)).to_base64(),
            },
            "voting_power": "0",
        },
    }))
}

pub(super) fn abci_info(chain: &Embedded) -> Value {
    let head = chain.head();
    let hash = head.hash.map(|hash| Binary::from(hash.0).to_base64()).unwrap_or_default();
    json!({
        "response": {
            "data": NAME,
            "version": VERSION,
            "app_version": "0",
            "last_block_height": head.height.to_string(),
            "last_block_app_hash": hash,
        }
    })
}

/// None, at any height that the chain has.
pub(super) fn validators(height: u64) -> Value {
    json!({ "block_height": height.to_string(), "validators": [], "count": "0", "total": "0" })
}

/// Answer to the query `GetNodeInfo`.
pub(super) fn info(chain_id: &str) -> GetNodeInfoResponse {
    let default_node_info = DefaultNodeInfo {
        protocol_version: Some(ProtocolVersion { p2p: P2P_PROTOCOL, block: BLOCK_PROTOCOL, app: 0 }),
        default_node_id: hex::encode(address(chain_id)),
        listen_addr: NO_ADDRESS.into(),
        network: chain_id.into(),
        version: COMETBFT.into(),
        channels: vec![],
        moniker: NAME.into(),
        other: Some(DefaultNodeInfoOther { tx_index: "on".into(), rpc_address: String::new() }),
    };
    let application_version = VersionInfo {
        name: NAME.into(),
        app_name: NAME.into(),
        version: VERSION.into(),
        ..VersionInfo::default()
    };
    GetNodeInfoResponse {
        default_node_info: Some(default_node_info),
        application_version: Some(application_version),
    }
}
