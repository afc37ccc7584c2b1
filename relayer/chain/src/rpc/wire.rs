//! Answers of CometBFT 0.38, as far as they are read: integers of 64 bits are strings, bytes are base64.

use crate::{BlockHash, ChainError, Event};
use cosmrs::tendermint::{Time, crypto::default::Sha256, merkle::simple_hash_from_byte_vectors};
use cosmwasm_std::{Binary, Timestamp, Uint64};
use serde::{Deserialize, Deserializer, Serialize};

/// Answer to `status`.
#[derive(Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) node_info: NodeInfo,
    pub(crate) sync_info: SyncInfo,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NodeInfo {
    pub(crate) network: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SyncInfo {
    pub(crate) latest_block_height: Uint64,
    pub(crate) latest_block_time: String,
    pub(crate) catching_up: bool,
}

/// Answer to `abci_info`.
#[derive(Debug, Deserialize)]
pub(crate) struct AbciInfo {
    pub(crate) response: AbciInfoResponse,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AbciInfoResponse {
    /// Left out by a chain without a block.
    #[serde(default)]
    pub(crate) last_block_height: Uint64,
}

/// Answer to `abci_query`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AbciQuery {
    pub(crate) response: AbciResponse,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AbciResponse {
    pub(crate) code: u32,
    pub(crate) log: String,
    #[serde(deserialize_with = "null_is_default")]
    pub(crate) value: Binary,
    pub(crate) codespace: String,
    /// Of the state that was asked; 0 with an error. Written only.
    #[serde(skip_deserializing)]
    pub(crate) height: Uint64,
}

/// Answer to `broadcast_tx_sync`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BroadcastTx {
    pub(crate) code: u32,
    #[serde(default)]
    pub(crate) log: String,
    #[serde(default)]
    pub(crate) codespace: String,
    pub(crate) hash: String,
}

/// Answer to `tx`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tx {
    pub(crate) hash: String,
    pub(crate) height: Uint64,
    /// Place in the block, from 0. Written only.
    #[serde(skip_deserializing)]
    pub(crate) index: u32,
    pub(crate) tx_result: ExecTxResult,
    pub(crate) tx: Binary,
}

/// What running a transaction gave.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ExecTxResult {
    pub(crate) code: u32,
    /// Protobuf `TxMsgData`: the data of each message.
    #[serde(deserialize_with = "null_is_default")]
    pub(crate) data: Binary,
    pub(crate) log: String,
    pub(crate) gas_wanted: Uint64,
    pub(crate) gas_used: Uint64,
    #[serde(deserialize_with = "null_is_default")]
    pub(crate) events: Vec<AbciEvent>,
    pub(crate) codespace: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AbciEvent {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) attributes: Vec<AbciAttribute>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AbciAttribute {
    pub(crate) key: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) value: String,
}

/// Answer to `block`.
#[derive(Debug, Deserialize)]
pub(crate) struct BlockAnswer {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) block_id: BlockId,
    pub(crate) block: BlockBody,
}

/// Name of a block; a server of an older version leaves it out.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct BlockId {
    /// Upper-case hex; empty for the block before the first one.
    #[serde(default)]
    pub(crate) hash: String,
}

impl BlockId {
    pub(crate) fn read(&self) -> Result<Option<BlockHash>, ChainError> {
        if self.hash.is_empty() { Ok(None) } else { self.hash.parse().map(Some) }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct BlockBody {
    pub(crate) header: Header,
    pub(crate) data: BlockData,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    pub(crate) chain_id: String,
    pub(crate) height: Uint64,
    pub(crate) time: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) last_block_id: BlockId,
    /// Upper-case hex of [`data_hash`].
    pub(crate) data_hash: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BlockData {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) txs: Vec<Binary>,
}

/// Answer to `block_results`.
#[derive(Debug, Deserialize)]
pub(crate) struct BlockResults {
    pub(crate) height: Uint64,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) txs_results: Vec<ExecTxResult>,
}

/// Go writes an empty slice as `null`.
fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl From<AbciEvent> for Event {
    fn from(event: AbciEvent) -> Self {
        let attributes = event.attributes.into_iter().map(|pair| (pair.key, pair.value)).collect();
        Self { kind: event.kind, attributes }
    }
}

impl From<Event> for AbciEvent {
    fn from(event: Event) -> Self {
        let attributes =
            event.attributes.into_iter().map(|(key, value)| AbciAttribute { key, value }).collect();
        Self { kind: event.kind, attributes }
    }
}

/// Merkle root (RFC 6962) of the SHA-256 of each transaction, as a block's header commits to its transactions.
pub(crate) fn data_hash(txs: &[Binary]) -> String {
    let leaves: Vec<[u8; 32]> = txs.iter().map(|tx| crate::TxHash::of(tx).0).collect();
    hex::encode_upper(simple_hash_from_byte_vectors::<Sha256>(&leaves))
}

/// Reads a block's time.
pub(crate) fn read_time(text: &str) -> Result<Timestamp, ChainError> {
    let decode = |reason: String| ChainError::Decode { what: "block time".into(), reason };
    let time = Time::parse_from_rfc3339(super::cut(text)).map_err(|error| decode(error.to_string()))?;
    let nanos = u64::try_from(time.unix_timestamp_nanos())
        .map_err(|_| decode(format!("{text:?} is not between 1970 and 2554")))?;
    Ok(Timestamp::from_nanos(nanos))
}

/// Writes a block's time.
pub(crate) fn write_time(time: Timestamp) -> Result<String, ChainError> {
    i64::try_from(time.seconds())
        .ok()
        .and_then(|seconds| Time::from_unix_timestamp(seconds, u32::try_from(time.subsec_nanos()).ok()?).ok())
        .map(|time| time.to_rfc3339())
        .ok_or_else(|| ChainError::InvalidConfig {
            field: "time".into(),
            reason: format!("{} s since 1970 has no calendar date", time.seconds()),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back_to_the_nanosecond() {
        for nanos in [0, 1, 1_767_225_600_000_000_000, 1_767_225_600_123_456_789, u64::MAX] {
            let time = Timestamp::from_nanos(nanos);
            assert_eq!(read_time(&write_time(time).unwrap()).unwrap(), time);
        }
        for bad in ["", "yesterday", "1969-12-31T23:59:59Z", "2555-01-01T00:00:00Z"] {
            assert!(matches!(read_time(bad), Err(ChainError::Decode { .. })), "{bad}");
        }
    }

    #[test]
    fn a_block_without_transactions_commits_to_the_empty_tree() {
        assert_eq!(data_hash(&[]), "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
    }

    #[test]
    fn what_go_leaves_empty_is_empty() {
        let result: ExecTxResult =
            serde_json::from_str(r#"{"code":0,"data":null,"log":"","gas_wanted":"1","events":null}"#)
                .unwrap();
        assert!(result.data.is_empty() && result.events.is_empty() && result.gas_used.is_zero());
        let results: BlockResults = serde_json::from_str(r#"{"height":"7","txs_results":null}"#).unwrap();
        assert!(results.txs_results.is_empty());
    }
}
