//! What can be wrong with a transaction in a file.

use crate::ChainError;
use thiserror::Error;

/// Why a transaction in a file is not read, signed or sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TxFileError {
    /// The file is longer than any transaction that a chain takes.
    #[error("it has more than {most} bytes, the most that are read")]
    TooLarge {
        /// Bytes that are read.
        most: usize,
    },
    /// The file is no JSON of the form that is expected.
    #[error("it is no transaction as --unsigned writes it: {reason}")]
    Malformed {
        /// What is wrong, and where.
        reason: String,
    },
    /// Another program, or a later version of this one, has written the file.
    #[error(
        "it has version {found}; this program reads version {expected}: use the version of the program that made it"
    )]
    Version {
        /// Version of the file.
        found: u64,
        /// Version that is read.
        expected: u64,
    },
    /// A field is out of its range.
    #[error("{field} is {found}; expected {expected}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is there, cut to 80 characters.
        found: String,
        /// What can be there.
        expected: String,
    },
    /// The key is not the one of the account that sends the transaction.
    #[error("the transaction is {sender}'s, and the key is {key}'s; sign it with the sender's keystore")]
    OtherKey {
        /// Account that sends the transaction.
        sender: String,
        /// Account of the key.
        key: String,
    },
    /// Messages whose meaning this program can't tell.
    #[error(
        "what message {index} does can't be shown ({type_url}); it is signed with --unknown-messages only"
    )]
    UnknownMessage {
        /// Its place in the transaction, from 1.
        index: usize,
        /// Protobuf type URL, cut to 80 characters.
        type_url: String,
    },
    /// There is no signature yet.
    #[error("it is not signed; `bithive tx sign` signs it")]
    NotSigned,
    /// There is a signature already.
    #[error("it is signed already; `bithive tx send` sends it")]
    Signed,
    /// The signature is not the sender's of this transaction.
    #[error(
        "its signature is not {sender}'s of what the file says: the file was changed after it was signed; sign the unsigned file again"
    )]
    BadSignature {
        /// Account that sends the transaction.
        sender: String,
    },
    /// No block can include it any more.
    #[error("it was valid until block {timeout_height}, and the chain is at {height}; make it again")]
    Expired {
        /// Last height of a block that could include it.
        timeout_height: u64,
        /// Height of the chain's last block.
        height: u64,
    },
    /// The account has sent another transaction with the same sequence.
    #[error(
        "it has sequence {sequence} and the account is at {next}: the account has sent another transaction since it was made, and this one \
         can't take effect any more; make it again"
    )]
    Stale {
        /// Sequence of the transaction.
        sequence: u64,
        /// Sequence that the chain expects next.
        next: u64,
    },
    /// A transaction that goes before is missing.
    #[error(
        "it has sequence {sequence} and the account is at {next}: send those with the sequences before it first"
    )]
    Early {
        /// Sequence of the transaction.
        sequence: u64,
        /// Sequence that the chain expects next.
        next: u64,
    },
    /// The account has another number than when the transaction was made.
    #[error(
        "it is for account number {number}, and the chain has number {found}: the chain was made anew; make the transaction again"
    )]
    OtherAccount {
        /// Number in the transaction.
        number: u64,
        /// Number on the chain.
        found: u64,
    },
    /// The chain refuses it, or does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// What was found, short enough for a line.
pub(super) fn cut(found: impl ToString) -> String {
    let found = found.to_string();
    if found.chars().count() <= 80 {
        return found;
    }
    found.chars().take(80).chain("...".chars()).collect()
}
