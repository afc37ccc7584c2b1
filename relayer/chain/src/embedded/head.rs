//! The last block.

use cosmwasm_std::Timestamp;

/// Height and time of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) height: u64,
    pub(crate) time: Timestamp,
}
