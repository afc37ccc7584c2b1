//! Names of networks: CAIP-2, and its namespace `cosmos`.
//!
//! Source: <https://namespaces.chainagnostic.org/cosmos/caip2> (CAIP-5 before).

use sha2::{Digest as _, Sha256};

/// Longest chain id that is a reference by itself.
const LONGEST: usize = 32;
/// Begins a reference that is a digest of the chain id.
const HASHED: &str = "hashed-";

/// The network of a chain of Cosmos: `cosmos:` and the chain id, or, where that is no reference, `hashed-` and the first 16 hex digits of its
/// SHA-256.
#[must_use]
pub fn cosmos(chain_id: &str) -> String {
    let fits = (1..=LONGEST).contains(&chain_id.len())
        && chain_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits && !chain_id.starts_with(HASHED) {
        return format!("cosmos:{chain_id}");
    }
    let digest = hex::encode(Sha256::digest(chain_id));
    format!("cosmos:{HASHED}{}", digest.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_id_is_the_reference_or_its_digest_is() {
        // The test cases of the namespace.
        for (chain_id, network) in [
            ("cosmoshub-1", "cosmos:cosmoshub-1"),
            ("Binance-Chain-Tigris", "cosmos:Binance-Chain-Tigris"),
            ("x", "cosmos:x"),
            ("hash-", "cosmos:hash-"),
            ("hashed", "cosmos:hashed"),
            ("hashed-", "cosmos:hashed-c904589232422def"),
            ("hashed-123", "cosmos:hashed-99df5cd68192b33e"),
            ("123456789012345678901234567890123456789012345678", "cosmos:hashed-0204c92a0388779d"),
        ] {
            assert_eq!(cosmos(chain_id), network);
        }
        assert_ne!(cosmos("a b"), cosmos("a_b"));
        assert!(cosmos("a:b").starts_with("cosmos:hashed-"));
    }
}
