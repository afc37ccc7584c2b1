//! What a wallet signs for a text: ADR-36 of the Cosmos SDK ("arbitrary message signature").
//!
//! It is the amino document of a transaction that no chain accepts: chain id "", account number and sequence 0, no fee, and one message
//! `sign/MsgSignData` with the text. The signature is ECDSA on secp256k1 over SHA-256 of the document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The bytes that `signer` signs for a text. Both are plain ASCII in the document: the address is bech32, the text is base64.
#[must_use]
pub fn sign_bytes(signer: &str, text: &str) -> Vec<u8> {
    let data = STANDARD.encode(text);
    format!(
        "{{\"account_number\":\"0\",\"chain_id\":\"\",\"fee\":{{\"amount\":[],\"gas\":\"0\"}},\"memo\":\"\",\"msgs\":[{{\"type\":\
         \"sign/MsgSignData\",\"value\":{{\"data\":\"{data}\",\"signer\":\"{signer}\"}}}}],\"sequence\":\"0\"}}"
    )
    .into_bytes()
}

/// What ECDSA signs: SHA-256 of [`sign_bytes`].
#[must_use]
pub fn hash(signer: &str, text: &str) -> [u8; 32] {
    Sha256::digest(sign_bytes(signer, text)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_the_canonical_one_that_wallets_show() {
        let bytes = sign_bytes("cosmos1abc", "Hello, world!");
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            crate::canonical::encode(&value).unwrap().as_bytes(),
            bytes,
            "names in order, no white space"
        );
        assert_eq!(value["msgs"][0]["value"]["data"], "SGVsbG8sIHdvcmxkIQ==");
        assert_eq!(value["msgs"][0]["value"]["signer"], "cosmos1abc");
    }
}
