//! A content's key, and what its ciphertext and its wrap are bound to.

use bithive_attest::Domain;
use bithive_attest::domain::Encoder;
use bithive_dgkbe::dem::{AssociatedData, DemError, SealingKey};
use bithive_dgkbe::kem::{Context, SharedKey};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Key of one content, which is encrypted once under it. Erased when dropped, compared in constant time, not printable.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey([u8; 32]);

impl ContentKey {
    /// A random key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the author registers, so that everybody can tell whether a key is the right one: SHA-256. It says nothing of the key, which
    /// is random.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        let bytes = Zeroizing::new(Encoder::new("content-key").fixed(&self.0).finish());
        Sha256::digest(bytes.as_slice()).into()
    }

    /// Whether this is the key of a commitment.
    #[must_use]
    pub fn opens(&self, commitment: &[u8; 32]) -> bool {
        self.commitment().ct_eq(commitment).into()
    }

    /// What the content is encrypted with, once.
    ///
    /// # Errors
    /// None that depend on the arguments.
    pub fn sealing(&self, grants: Domain<'_>, author: &str) -> Result<SealingKey, DemError> {
        SealingKey::once(SharedKey::from_bytes(self.0), associated(grants, author))
    }

    /// What the content is decrypted with.
    #[must_use]
    pub fn opening(&self, grants: Domain<'_>, author: &str) -> (SharedKey, AssociatedData) {
        (SharedKey::from_bytes(self.0), associated(grants, author))
    }
}

/// A ciphertext is of one chain, contract and author.
fn associated(grants: Domain<'_>, author: &str) -> AssociatedData {
    let context = Encoder::bound("content", grants).bytes(author.as_bytes()).finish();
    AssociatedData::without_header(Context(&context))
}

/// What a wrapped key is for: what the contract has of a content. A key that is wrapped for one label is released for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// The contract that says who may read.
    pub grants: Domain<'a>,
    /// Account of the content's author.
    pub author: &'a str,
    /// SHA-256 of the ciphertext.
    pub content: [u8; 32],
    /// What the key is compared with: [`ContentKey::commitment`].
    pub commitment: [u8; 32],
}

impl Label<'_> {
    pub(crate) fn encoder(&self, purpose: &'static str) -> Encoder {
        let bound = Encoder::bound(purpose, self.grants).bytes(self.author.as_bytes());
        bound.fixed(&self.content).fixed(&self.commitment)
    }
}
