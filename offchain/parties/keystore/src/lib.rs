//! A party's secrets in one encrypted file.
//!
//! [`Keystore`] holds named secrets in memory, and on disk in a file that a [`Password`] opens: Argon2id ([`Kdf`]) and
//! XChaCha20-Poly1305, readable by its owner only. All keys of a party derive from a [`Mnemonic`], so that a list of
//! words restores it. What daemons and commands call their entries is in [`names`].

mod command;
mod error;
mod kdf;
mod kind;
mod mnemonic;
mod password;
pub mod private;
mod random;
mod sealed;
mod store;

pub use error::KeystoreError;
pub use kdf::{Kdf, MAX_ITERATIONS, MAX_MEMORY_KIB, MAX_PARALLELISM};
pub use kind::Kind;
pub use mnemonic::{ACCOUNT_PATH, Mnemonic, Seed};
pub use password::{LEAST_CHARACTERS, PASSWORD_FILE, Password, PasswordSource, ask};
pub use random::fresh_rng;
pub use sealed::Described;
pub use store::{Keystore, names};
