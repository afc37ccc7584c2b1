//! Blocks, transaction results and events as every chain reports them.

use crate::{BlockHash, ChainError, HostCalls, TxHash};
use bithive_api::{ChainEvent, event::CONTRACT};
use cosmwasm_std::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::str::FromStr;

/// Has a hash read back from what it prints.
macro_rules! readable {
    ($name:ident, $what:literal) => {
        impl FromStr for $name {
            type Err = ChainError;

            /// Reads 64 hex digits of either case.
            fn from_str(text: &str) -> Result<Self, ChainError> {
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes).map_err(|error| ChainError::Decode {
                    what: $what.into(),
                    reason: format!("{error}, expected 64 hex digits"),
                })?;
                Ok(Self(bytes))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

readable!(TxHash, "transaction hash");
readable!(BlockHash, "block hash");

/// An event of a transaction. Contract events are `wasm` or `wasm-<name>` and carry `_contract_address`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Type of the event, e.g. `wasm-job_posted`.
    pub kind: String,
    /// Attributes in the order in which the chain lists them; a key can repeat.
    pub attributes: Vec<(String, String)>,
}

impl Event {
    /// The first value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The contract that emitted the event, as set by the chain (a contract cannot forge it).
    #[must_use]
    pub fn contract(&self) -> Option<&str> {
        self.get(CONTRACT)
    }
}

impl ChainEvent for Event {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn attribute(&self, key: &str) -> Option<&str> {
        self.get(key)
    }
}

/// A transaction that a block includes, successful or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxResult {
    /// Hash of the transaction.
    pub hash: TxHash,
    /// Signers in the order of their first message; the first one paid the fee.
    pub senders: Vec<String>,
    /// Why the messages had no effect; `None` when all of them succeeded.
    pub error: Option<ChainError>,
    /// Events. Those of a failed transaction are about its fee only.
    pub events: Vec<Event>,
    /// What each message's contract returned as data, in message order; empty bytes where it returned none.
    pub data: Vec<Vec<u8>>,
    /// Gas used, in the chain's units; at most the limit unless it ran out.
    pub gas_used: u64,
    /// Gas limit the sender paid for.
    pub gas_wanted: u64,
    /// Calls behind `gas_used`, where the chain counts them.
    pub host_calls: Option<HostCalls>,
}

/// A committed block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Height; the first block of a chain is 1.
    pub height: u64,
    /// Hash of the block; `None` where the chain does not tell, as for blocks that an older version made.
    #[serde(default)]
    pub hash: Option<BlockHash>,
    /// Hash of the block before; `None` for the first block, and where the chain does not tell.
    #[serde(default)]
    pub parent: Option<BlockHash>,
    /// Block time as contracts see it.
    pub time: Timestamp,
    /// Transactions in the order of their execution.
    pub txs: Vec<TxResult>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_from_what_it_prints() {
        let hash = TxHash::of(b"tx");
        assert_eq!(hash.to_string().parse::<TxHash>().unwrap(), hash);
        assert_eq!(hash.to_string(), hash.to_string().to_uppercase());
        assert_eq!(format!("{hash:?}"), format!("TxHash({hash})"));
        assert!(matches!("abc".parse::<TxHash>(), Err(ChainError::Decode { .. })));
    }

    #[test]
    fn get_finds_the_first_of_repeated_attributes() {
        let event = Event {
            kind: "wasm".into(),
            attributes: vec![("a".into(), "1".into()), ("a".into(), "2".into())],
        };
        assert_eq!(event.get("a"), Some("1"));
        assert_eq!(event.get("b"), None);
        assert_eq!(event.contract(), None);
    }
}
