//! What an error means for the transaction and for what is in it.

use bithive_chain::ChainError;

/// What an error means for a transaction and for what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A message in it is at fault: without that message, the others can succeed.
    Content,
    /// Another transaction of the account took its sequence: it can have no effect, and the same can be signed anew.
    Void,
    /// The account or the settings are at fault: every transaction would fail.
    Sender,
    /// Unknown whether it took effect: ask the chain for it by its hash.
    Unknown,
}

impl Verdict {
    /// Reads an error of a broadcast or of a simulation.
    #[must_use]
    pub const fn of(error: &ChainError) -> Self {
        match error {
            ChainError::Contract { .. }
            | ChainError::Execution { .. }
            | ChainError::OutOfGas { .. }
            | ChainError::TxTooLarge { .. }
            | ChainError::NoSuchContract { .. }
            | ChainError::NoSuchCode { .. }
            | ChainError::InvalidAddress { .. }
            | ChainError::UnsupportedMessage { .. }
            | ChainError::InvalidTx { .. } => Self::Content,
            ChainError::TimedOut { .. } => Self::Void,
            ChainError::SequenceMismatch { expected, got } if *expected > *got => Self::Void,
            ChainError::InsufficientFunds { .. }
            | ChainError::InsufficientFee { .. }
            | ChainError::WrongFeeDenom { .. }
            | ChainError::BadSignature { .. }
            | ChainError::Unauthorized { .. }
            | ChainError::NoSuchAccount { .. }
            | ChainError::WrongChainId { .. }
            | ChainError::InvalidConfig { .. } => Self::Sender,
            // A node that is behind expects an earlier sequence than the chain does.
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sequence_that_is_used_up_makes_a_transaction_void() {
        let mismatch = |expected, got| Verdict::of(&ChainError::SequenceMismatch { expected, got });
        assert_eq!(mismatch(6, 5), Verdict::Void);
        assert_eq!(mismatch(4, 5), Verdict::Unknown);
        let unconfirmed = ChainError::Unconfirmed {
            hash: bithive_chain::TxHash([0; 32]),
            seconds: 60,
            reason: String::new(),
        };
        for error in [
            ChainError::NodeDown { reason: String::new() },
            ChainError::Decode { what: String::new(), reason: String::new() },
            ChainError::NodeBehind { height: 1, wanted: 2 },
            unconfirmed,
        ] {
            assert_eq!(Verdict::of(&error), Verdict::Unknown, "{error}");
        }
    }
}
