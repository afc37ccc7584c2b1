//! What a chain has of a receipt: a digest for each purpose and each reader, which the subject can revoke on its own.
//!
//! ```text
//!   receipt, with its salt ── digest ──┐
//!   purpose ───────────────────────────┤ BLAKE3, derived    SHA-256
//!   reader's account ──────────────────┴────────── opening ────────── digest on the chain
//! ```
//!
//! The subject records the [digest](commitment). Whoever uses the data shows the [`opening`], and the chain checks that the digest follows from
//! it and the *user's* account: a consent that was given to somebody else can't be used, although all digests are public. An opening says
//! nothing of the receipt, of which a chain sees neither text nor digest, and openings of one receipt can't be told to belong together.

use bithive_signed::{Digest, Name, adr36};
use sha2::{Digest as _, Sha256};

/// What an opening is derived for.
const OPENING: &str = "BitHive 2026 consent opening v1";
/// Before what a digest on the chain is of: no other use of SHA-256 gives the same value.
const COMMITMENT: &[u8] = b"BitHive 2026 consent commitment v1";

/// The 32 bytes that `reader`, an account's address, shows to use data for a purpose under the receipt with this digest.
#[must_use]
pub fn opening(receipt: &Digest, purpose: &Name, reader: &str) -> [u8; 32] {
    let purpose = purpose.as_str();
    let mut hasher = blake3::Hasher::new_derive_key(OPENING);
    // A name has at most 128 bytes.
    hasher.update(&receipt.0).update(&[u8::try_from(purpose.len()).unwrap_or(u8::MAX)]);
    hasher.update(purpose.as_bytes()).update(reader.as_bytes());
    *hasher.finalize().as_bytes()
}

/// The digest that the subject records so that `reader` may use an opening.
#[must_use]
pub fn commitment(opening: &[u8; 32], reader: &str) -> [u8; 32] {
    Sha256::new().chain_update(COMMITMENT).chain_update(opening).chain_update(reader).finalize().into()
}

/// What a subject has others tell the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Record digests as consents that hold.
    Record {
        /// Until when they hold, in seconds of the Unix epoch.
        until: u64,
    },
    /// Revoke digests for good.
    Revoke,
}

impl Order {
    /// The text that a subject's wallet shows and signs (ADR-36): valid on one chain, for one contract and these digests only.
    #[must_use]
    pub fn text<D: AsRef<[u8]>>(&self, chain_id: &str, contract: &str, digests: &[D]) -> String {
        let act = match self {
            Self::Record { until } => format!("record until {until}"),
            Self::Revoke => "revoke".to_owned(),
        };
        let mut text = format!("BitHive consent order 1\nchain {chain_id}\ncontract {contract}\n{act}");
        for digest in digests {
            text.push('\n');
            for byte in digest.as_ref() {
                text.push_str(&format!("{byte:02x}"));
            }
        }
        text
    }

    /// What the subject's key signs: the hash of ADR-36 over [`Order::text`].
    #[must_use]
    pub fn hash<D: AsRef<[u8]>>(
        &self,
        (chain_id, contract): (&str, &str),
        subject: &str,
        digests: &[D],
    ) -> [u8; 32] {
        adr36::hash(subject, &self.text(chain_id, contract, digests))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn receipts_purposes_and_readers_have_openings_of_their_own() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let [one, other] = [Digest([1; 32]), Digest([2; 32])];
        let openings = [
            opening(&one, &name("TREAT"), "bithive1a"),
            opening(&other, &name("TREAT"), "bithive1a"),
            opening(&one, &name("HRESCH"), "bithive1a"),
            opening(&one, &name("TREAT"), "bithive1b"),
            // The same letters, divided elsewhere.
            opening(&one, &name("TREATb"), "ithive1a"),
        ];
        assert_eq!(openings.iter().collect::<BTreeSet<_>>().len(), openings.len());
        assert_eq!(openings[0], opening(&one, &name("TREAT"), "bithive1a"));
        let digests = [
            commitment(&openings[0], "bithive1a"),
            commitment(&openings[0], "bithive1b"),
            commitment(&openings[1], "bithive1a"),
        ];
        assert_eq!(digests.iter().collect::<BTreeSet<_>>().len(), digests.len());
    }

    #[test]
    fn openings_and_commitments_are_those_of_other_programs() {
        let purpose: Name = "TREAT".parse().unwrap();
        let opening = opening(&Digest([7; 32]), &purpose, "bithive1reader");
        let hex = |bytes: [u8; 32]| Digest(bytes).to_string();
        assert_eq!(hex(opening), OPENED);
        assert_eq!(hex(commitment(&opening, "bithive1reader")), COMMITTED);
    }

    /// Of PyPI's blake3 and Python's hashlib: `blake3(bytes([7] * 32) + b"\x05TREAT" + b"bithive1reader", derive_key_context=...)`, and SHA-256
    /// of context, opening and reader.
    const OPENED: &str = "dd65719b6125126b54cd5fb55d258fa637d182d155a0adf01a5c6226e34ce463";
    const COMMITTED: &str = "fa64783b214d1bf6b9d011e7af7f6a068a0cac8ede8c684b775776eee8310082";

    #[test]
    fn an_order_is_for_one_chain_one_contract_one_act_and_these_digests() {
        let text = Order::Record { until: 9 }.text("bithive-1", "bithive1grants", &[[0xab; 32]]);
        let expected = format!(
            "BitHive consent order 1\nchain bithive-1\ncontract bithive1grants\nrecord until 9\n{}",
            "ab".repeat(32)
        );
        assert_eq!(text, expected);
        let revoke = Order::Revoke.text("bithive-1", "bithive1grants", &[[0xab; 32], [1; 32]]);
        assert!(revoke.contains("\nrevoke\nabab") && revoke.ends_with(&"01".repeat(32)), "{revoke}");
    }
}
