//! From a reading to a tag and a key.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::profile::Profile;

/// A key that a source gives in one context: 256 bits, as hard to guess as the residual min-entropy.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// The secret bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A public value by which two runs can be compared: SHA-256 of `BITHIVE-V1/extractor/commitment/` and the key.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"BITHIVE-V1/extractor/commitment/").chain_update(self.0).finalize().into()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Key {}

/// What tag and key are derived from.
pub(crate) struct Derivation {
    hkdf: Hkdf<Sha256>,
    statement: [u8; 32],
}

impl Derivation {
    /// HKDF (RFC 5869) with the salt over the whole reading. Tag and key are bound to the statement, SHA-256 of
    /// `BITHIVE-V1/extractor/statement/`, the profile, the salt, and context and sketch, each after its length as
    /// eight big-endian bytes.
    pub(crate) fn new(
        profile: Profile,
        salt: &[u8; 32],
        context: &[u8],
        sketch: &[u8],
        reading: &[u8],
    ) -> Self {
        let mut statement = Sha256::new();
        statement.update(b"BITHIVE-V1/extractor/statement/");
        statement.update([profile.id()]);
        statement.update(salt);
        for part in [context, sketch] {
            statement.update((part.len() as u64).to_be_bytes());
            statement.update(part);
        }
        Self { hkdf: Hkdf::new(Some(salt), reading), statement: statement.finalize().into() }
    }

    /// What makes helper data robust: only who knows the reading can compute it for other helper data (Boyen,
    /// Dodis, Katz, Ostrovsky and Smith, "Secure remote authentication using biometric data", 2005, section 3).
    pub(crate) fn tag(&self) -> Zeroizing<[u8; 32]> {
        self.expand(b"BITHIVE-V1/extractor/tag/")
    }

    pub(crate) fn key(&self) -> Key {
        Key(*self.expand(b"BITHIVE-V1/extractor/key/"))
    }

    fn expand(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut out = Zeroizing::new([0; 32]);
        // 32 bytes are within HKDF's limit of 255 blocks, so that expansion can't fail.
        let expanded = self.hkdf.expand_multi_info(&[purpose, &self.statement], &mut *out);
        debug_assert!(expanded.is_ok());
        out
    }
}
