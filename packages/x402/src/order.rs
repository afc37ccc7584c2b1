//! The scheme `exact`: a payment on the chain, under a key that is made of the request.

use bithive_signed::Digest;
use sha2::{Digest as _, Sha256};

/// First line of the text of which the key is the digest.
const KEY: &str = "BitHive paid request, version 1";
/// First line of the text whose signature makes the salt.
const SALT: &str = "BitHive salt of a paid request, version 1";

/// A request that an offer of the contract `checkout` is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<'a> {
    /// Id of the chain.
    pub chain_id: &'a str,
    /// Address of the contract `checkout`.
    pub contract: &'a str,
    /// Number of the server's offer. Servers that have one offer together take one payment for the same request.
    pub offer: u64,
    /// Digest of the request ([`digest`](crate::digest)).
    pub request: Digest,
}

impl Order<'_> {
    /// Key of the payment: SHA-256 of six lines of text, without an end after the last.
    ///
    /// ```text
    /// BitHive paid request, version 1
    /// chain bithive-1
    /// contract bithive1checkout
    /// offer 1
    /// request 64 hex digits
    /// salt 64 hex digits
    /// ```
    ///
    /// So a payment is of one request. Everybody sees the key on the chain: the salt, 32 bytes that payer and server alone know, keeps others
    /// from trying out what the request was, and from asking for its reply.
    #[must_use]
    pub fn key(&self, salt: &Digest) -> Digest {
        Digest(Sha256::digest(format!("{}\nsalt {salt}", self.text(KEY))).into())
    }

    /// Five lines, without an end after the last, whose signature by the payer makes the salt. Nobody else is shown that signature.
    #[must_use]
    pub fn salt_text(&self) -> String {
        self.text(SALT)
    }

    /// The salt: SHA-256 of a signature over [`Order::salt_text`]. A signer that signs the same text with the same signature (RFC 6979) finds
    /// by itself what it has paid for a request before.
    #[must_use]
    pub fn salt(signature: &[u8]) -> Digest {
        Digest(Sha256::digest(signature).into())
    }

    fn text(&self, first: &str) -> String {
        let Self { chain_id, contract, offer, request } = self;
        format!("{first}\nchain {chain_id}\ncontract {contract}\noffer {offer}\nrequest {request}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ORDER: Order<'static> =
        Order { chain_id: "bithive-1", contract: "bithive1checkout", offer: 7, request: Digest([0xab; 32]) };

    #[test]
    fn the_text_of_a_key_is_what_is_documented() {
        let line = "ab".repeat(32);
        assert_eq!(
            ORDER.salt_text(),
            format!(
                "BitHive salt of a paid request, version 1\nchain bithive-1\ncontract bithive1checkout\noffer 7\nrequest {line}"
            )
        );
        // Computed with `printf '…' | sha256sum`.
        let salt = Digest([0x01; 32]);
        let expected = "36f9df946365dc8322c70fb4b950ed08288df3c29e66a2d76f79c9f31064a645";
        assert_eq!(ORDER.key(&salt).to_string(), expected);
    }

    #[test]
    fn payments_of_other_requests_offers_places_and_salts_have_other_keys() {
        let salt = Digest([1; 32]);
        let keys = [
            ORDER.key(&salt),
            ORDER.key(&Digest([2; 32])),
            Order { chain_id: "bithive-2", ..ORDER }.key(&salt),
            Order { contract: "bithive1other", ..ORDER }.key(&salt),
            Order { offer: 8, ..ORDER }.key(&salt),
            Order { request: Digest([0xac; 32]), ..ORDER }.key(&salt),
            // Where a line could end elsewhere.
            Order { chain_id: "bithive-1\ncontract bithive1checkout", contract: "", ..ORDER }.key(&salt),
        ];
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        assert_ne!(Order::salt(b"one"), Order::salt(b"other"));
    }
}
