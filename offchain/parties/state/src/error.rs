//! What can go wrong with a party's state.

use crate::owner::Owner;

/// What can go wrong with a party's state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another process holds the file.
    #[error("{path} is in use by another process; stop that one first")]
    InUse {
        /// Path of the database.
        path: String,
    },
    /// The file can't be read or written.
    #[error(
        "state can't be read or written: {0}; see whether the disk is full or failing, and start the program again"
    )]
    Storage(Box<redb::Error>),
    /// A record is not what it should be.
    #[error("record {name} is damaged: {reason}")]
    Damaged {
        /// Name of the record.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The records are not those that the party wrote last: without them it could sign or answer something twice.
    #[error(
        "{path} {problem}: put back the newest copy of it; to start anew on purpose, without what the party has signed and \
         answered so far, move {path} and {witness} away"
    )]
    Lost {
        /// Path of the database.
        path: String,
        /// What is wrong with it, after its path.
        problem: String,
        /// Path of the file beside it that counts its writes.
        witness: String,
    },
    /// The file that counts the writes can't be used.
    #[error("{path} {problem}; if the records beside it are the newest ones, remove it")]
    Witness {
        /// Path of the file.
        path: String,
        /// What is wrong with it, after its path.
        problem: String,
    },
    /// The records are another party's.
    #[error(
        "{path} has the records of {found}, and this is {expected}; give each party a data folder of its own"
    )]
    OtherParty {
        /// Path of the database.
        path: String,
        /// Whose records are there.
        found: Box<Owner>,
        /// Who opens them.
        expected: Box<Owner>,
    },
}

impl<E: Into<redb::Error>> From<E> for StateError {
    fn from(error: E) -> Self {
        Self::Storage(Box::new(error.into()))
    }
}
