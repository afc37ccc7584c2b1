//! What can be wrong with a keystore.

use crate::Kind;

/// Why keys can't be had.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// A file can't be read or written.
    #[error("{file}: {problem}")]
    File {
        /// Path of the keystore.
        file: String,
        /// The system's error message.
        problem: String,
    },
    /// There is a file already.
    #[error("{file} exists already; choose another name or move it away")]
    Exists {
        /// Path of the file that is there.
        file: String,
    },
    /// Others can read or write a file of secrets.
    #[error("{file} is open to others (mode {mode:o}); expected 600: run `chmod 600 {file}`")]
    Exposed {
        /// Path of the file.
        file: String,
        /// Its permissions as the file system has them, printed in octal.
        mode: u32,
    },
    /// A file is not a keystore of this version, or a field is out of its range.
    #[error("{file}: {field} is {found}; expected {expected}")]
    Field {
        /// Path of the keystore.
        file: String,
        /// Name of the field in the file.
        field: &'static str,
        /// What is there; never a secret.
        found: String,
        /// What can be there.
        expected: String,
    },
    /// The password is wrong, or somebody changed the file: the two can't be told apart.
    #[error("{file} can't be opened: the password is wrong, or the file was changed")]
    Shut {
        /// Path of the keystore.
        file: String,
    },
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(String),
    /// There is no entry of this name.
    #[error("the keystore has no entry {name:?}; it has {has}")]
    Missing {
        /// Name that was asked for.
        name: String,
        /// Names that are there.
        has: String,
    },
    /// The entry is of another kind.
    #[error("entry {name:?} is of kind {found}; expected {expected}")]
    Kind {
        /// Name of the entry.
        name: String,
        /// Kind that the entry has.
        found: Kind,
        /// The kind that was asked for.
        expected: Kind,
    },
    /// The bytes of an entry are not a key of its kind.
    #[error("entry {name:?} is not a {kind} key: {problem}")]
    Secret {
        /// Name of the entry.
        name: String,
        /// Kind that the entry states.
        kind: Kind,
        /// What is wrong, without the bytes.
        problem: String,
    },
    /// A name that no entry can have, or that one has already.
    #[error("{name:?} can't be the name of an entry: {problem}")]
    Name {
        /// Name that is refused.
        name: String,
        /// What is wrong with it, after "the name".
        problem: &'static str,
    },
    /// Words that are not a mnemonic.
    #[error("the mnemonic {problem}; expected 12 or 24 words of the English list of BIP-39")]
    Mnemonic {
        /// What is wrong, without the words.
        problem: String,
    },
    /// A password that can't be used.
    #[error("the password {problem}")]
    Password {
        /// What is wrong with it, after "the password".
        problem: String,
    },
    /// A command that gives no password. Neither the command nor what it prints is repeated.
    #[error(
        "the password command {problem}; run it by hand: its first line of output has to be the password, its exit code 0"
    )]
    Command {
        /// What is wrong, after "the password command".
        problem: String,
    },
    /// Parameters of the password hash that can't be used.
    #[error("{field} is {found}; expected {expected}")]
    Kdf {
        /// Name of the parameter of Argon2id.
        field: &'static str,
        /// What was given.
        found: u32,
        /// What can be given.
        expected: String,
    },
}
