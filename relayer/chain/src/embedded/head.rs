//! The last block.

use crate::BlockHash;
use cosmwasm_std::Timestamp;

/// Height, time and hash of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) height: u64,
    pub(crate) time: Timestamp,
    /// `None` before it is committed, and for blocks of an older version.
    pub(crate) hash: Option<BlockHash>,
}
