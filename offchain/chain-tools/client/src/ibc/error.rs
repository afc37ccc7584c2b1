//! What can go wrong with packets.

use bithive_chain::ChainError;
use thiserror::Error;

/// Error of a transfer or of following one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IbcError {
    /// The chain, or a contract on it; the source says why.
    #[error("{what}")]
    Chain {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: ChainError,
    },
    /// A transaction that was to send a packet has sent none, or one that can't be read.
    #[error("transaction {hash} has no packet: {reason}")]
    NoPacket {
        /// Hash of the transaction, in hex.
        hash: String,
        /// What is wrong with its events.
        reason: String,
    },
    /// The amount cannot be sent.
    #[error("amount is 0, expected more")]
    Nothing,
    /// The sender holds too little.
    #[error("{address} holds {held} base units, fewer than {amount}")]
    TooLittle {
        /// Address of the sender.
        address: String,
        /// What it holds.
        held: u128,
        /// What was to be sent.
        amount: u128,
    },
}

impl IbcError {
    pub(crate) fn chain(what: impl Into<String>) -> impl FnOnce(ChainError) -> Self {
        let what = what.into();
        move |source| Self::Chain { what, source }
    }
}
