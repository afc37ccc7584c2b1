//! A content's key, wrapped for a committee.
//!
//! With the committee's key P = kG: U = rG, V = K xor KDF(rP), and W = rH, where H is the hash of label, committee, U and V to the second
//! group. Everybody can check e(U, H) = e(G, W): whoever made the wrap knew r, for exactly this label. So nobody turns the
//! wrap of one author into one of its own, which is what a committee that releases keys to whom *an* author permits has to rule out.

use bithive_curve::{G1, G2, Scalar, hash_to_g2, pairing_product_is_one};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::key::{ContentKey, Label};
use crate::reader::Reader;
use crate::{Committee, DecodeError, WrapError};

const HASH_TAG: &[u8] = b"BITHIVE-V1/release-wrap/BLS12381G2_XMD:SHA-256_SSWU_RO_";
const MASK_SALT: &[u8] = b"BITHIVE-V1/release-mask/";

/// A wrapped key. It is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrap {
    committee: [u8; 32],
    point: G1,
    masked: [u8; 32],
    proof: G2,
}

impl Wrap {
    /// Bytes of its encoding.
    pub const LEN: usize = 32 + G1::LEN + 32 + G2::LEN;

    /// Wraps a key for a committee, which releases it to readers of the content that the label names.
    pub fn seal(
        committee: &Committee,
        label: &Label<'_>,
        key: &ContentKey,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let secret = Scalar::random(rng);
        let point = G1::generator() * &secret;
        let id = committee.id();
        let shared = Zeroizing::new(committee.public() * &secret);
        let masked = masked(&id, &point, &shared, key.as_bytes());
        let proof = hash(label, &id, &point, &masked) * &secret;
        Self { committee: id, point, masked, proof }
    }

    /// Identity of the committee that can open it.
    #[must_use]
    pub const fn committee(&self) -> [u8; 32] {
        self.committee
    }

    /// Whether it was made for this committee and label, which a member checks before it answers, and a reader before it asks.
    ///
    /// # Errors
    /// [`WrapError`].
    pub fn check(&self, committee: &Committee, label: &Label<'_>) -> Result<(), WrapError> {
        if self.committee != committee.id() {
            return Err(WrapError::OtherCommittee);
        }
        let hashed = hash(label, &self.committee, &self.point, &self.masked);
        if pairing_product_is_one(&[(self.point, hashed), (-G1::generator(), self.proof)]) {
            return Ok(());
        }
        Err(WrapError::Forged)
    }

    /// What members multiply.
    pub(crate) const fn point(&self) -> G1 {
        self.point
    }

    /// The key, from the product of the committee's key and [`Wrap::point`].
    pub(crate) fn unmask(&self, shared: &G1) -> ContentKey {
        ContentKey::from_bytes(masked(&self.committee, &self.point, shared, &self.masked))
    }

    /// Committee (32 bytes), U (48, compressed), V (32), W (96, compressed).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        out.extend_from_slice(&self.committee);
        out.extend_from_slice(&self.point.encode());
        out.extend_from_slice(&self.masked);
        out.extend_from_slice(&self.proof.encode());
        out
    }

    /// Reads what [`Wrap::encode`] wrote: points of their subgroups, none of them the identity.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("wrapped key", bytes, Self::LEN)?;
        let (committee, point) = (reader.array()?, reader.g1()?);
        let (masked, proof) = (reader.array()?, reader.g2()?);
        reader.finish()?;
        Ok(Self { committee, point, masked, proof })
    }
}

fn hash(label: &Label<'_>, committee: &[u8; 32], point: &G1, masked: &[u8; 32]) -> G2 {
    let label = label.encoder("release-wrap").fixed(committee);
    hash_to_g2(&label.fixed(&point.encode()).fixed(masked).finish(), HASH_TAG)
}

/// Masks a key, or takes the mask off.
fn masked(committee: &[u8; 32], point: &G1, shared: &G1, key: &[u8; 32]) -> [u8; 32] {
    let secret = Zeroizing::new(shared.encode());
    let mut mask = Zeroizing::new([0; 32]);
    let info = [&committee[..], &point.encode()].concat();
    // 32 bytes are within HKDF's limit of 255 blocks, so that expansion can't fail.
    let expanded = Hkdf::<Sha256>::new(Some(MASK_SALT), secret.as_slice()).expand(&info, mask.as_mut_slice());
    debug_assert!(expanded.is_ok());
    core::array::from_fn(|index| key[index] ^ mask[index])
}
