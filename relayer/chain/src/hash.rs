//! Hashes that identify transactions and blocks.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;

/// Declares a hash of 32 bytes, shown in upper-case hex as CometBFT does.
macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode_upper(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

hash! {
    /// SHA-256 of the bytes of a signed transaction (`TxRaw`).
    TxHash
}

hash! {
    /// Hash of a block, which commits to everything before it: two chains with the same block have the same history up to it.
    BlockHash
}

impl TxHash {
    /// The hash of a signed transaction.
    #[must_use]
    pub fn of(tx: &[u8]) -> Self {
        Self(Sha256::digest(tx).into())
    }
}
