//! What kinds of secrets there are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The entropy of a BIP-39 mnemonic, 16 or 32 bytes.
    Mnemonic,
    /// A secp256k1 key of an account.
    Account,
    /// An Ed25519 key of an endpoint.
    Endpoint,
    /// A BLS12-381 key.
    Bls,
    /// A broadcast key, as `bithive-dgkbe` encodes it.
    Broadcast,
    /// Anything else, as bytes.
    Document,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mnemonic => "mnemonic",
            Self::Account => "account",
            Self::Endpoint => "endpoint",
            Self::Bls => "bls",
            Self::Broadcast => "broadcast",
            Self::Document => "document",
        })
    }
}
