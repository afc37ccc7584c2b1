//! Domain-separated hashing: every hash starts with `BITHIVE-V1/<purpose>/` and binds the length of each
//! variable part, so that no two inputs of any two purposes share a preimage.

use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha256, Sha512};

/// Domain separation tag of the map to the group (RFC 9380, section 3.1).
const GROUP_DST: &[u8] = b"BITHIVE-V1/blindmatch/ristretto255_XMD:SHA-512_R255MAP_RO_";

/// A hash whose input is a sequence of parts.
#[derive(Clone)]
pub(crate) struct Transcript<D>(D);

impl<D: Digest> Transcript<D> {
    pub(crate) fn new(purpose: &str) -> Self {
        Self(D::new().chain_update(b"BITHIVE-V1/blindmatch/").chain_update(purpose).chain_update(b"/"))
    }

    /// A hash whose domain fills one block of SHA-256: up to 55 bytes more cost a clone one compression.
    pub(crate) fn of_block(purpose: &str) -> Self {
        let domain = Self::new(purpose);
        let length = "BITHIVE-V1/blindmatch/".len() + purpose.len() + "/".len();
        domain.fixed(&vec![0; 64_usize.saturating_sub(length)])
    }

    /// A part whose length is the same for every input of this purpose.
    pub(crate) fn fixed(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    /// A part of any length, after its length.
    pub(crate) fn variable(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }
}

impl Transcript<Sha256> {
    pub(crate) fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl Transcript<Sha512> {
    pub(crate) fn wide(self) -> [u8; 64] {
        self.0.finalize().into()
    }

    pub(crate) fn scalar(self) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.wide())
    }
}

/// Shorthand for the 32-byte digests.
pub(crate) fn sha256(purpose: &str) -> Transcript<Sha256> {
    Transcript::new(purpose)
}

/// Shorthand for challenges, weights and nonces.
pub(crate) fn sha512(purpose: &str) -> Transcript<Sha512> {
    Transcript::new(purpose)
}

/// `expand_message_xmd` with SHA-512 (RFC 9380, section 5.3.1) for outputs of one block, N <= 64.
fn expand_message_xmd<const N: usize>(message: &[u8], dst: &[u8]) -> [u8; N] {
    const { assert!(N <= 64, "one block of SHA-512") };
    let dst_length = [u8::try_from(dst.len()).unwrap_or(u8::MAX)];
    let length = (N as u16).to_be_bytes();
    let b_0 = Sha512::new()
        .chain_update([0; 128])
        .chain_update(message)
        .chain_update(length)
        .chain_update([0])
        .chain_update(dst)
        .chain_update(dst_length)
        .finalize();
    let b_1 = Sha512::new()
        .chain_update(b_0)
        .chain_update([1])
        .chain_update(dst)
        .chain_update(dst_length)
        .finalize();
    let mut out = [0; N];
    out.copy_from_slice(&b_1[..N]);
    out
}

/// Hash to ristretto255 (RFC 9380, appendix B): nobody knows a relation between the results for two messages.
pub(crate) fn hash_to_group(message: &[u8]) -> RistrettoPoint {
    map_to_group(message, GROUP_DST)
}

fn map_to_group(message: &[u8], dst: &[u8]) -> RistrettoPoint {
    RistrettoPoint::from_uniform_bytes(&expand_message_xmd(message, dst))
}

#[cfg(test)]
mod tests {
    use bithive_vectors::cases;

    use super::*;

    /// RFC 9380, appendix K.3; its outputs of 128 bytes take more than the one block that is needed here.
    #[test]
    fn message_expansion_agrees_with_the_vectors_of_rfc_9380() {
        let mut count = 0;
        for case in cases(include_str!("../../../testing/vectors/expand_message_xmd.json")) {
            let Some(expected) = case.array::<32>("uniform_bytes").filter(|_| case.text("hash") == "SHA512")
            else {
                continue;
            };
            assert_eq!(
                expand_message_xmd(case.text("msg").as_bytes(), case.text("dst").as_bytes()),
                expected,
                "{case:?}"
            );
            count += 1;
        }
        assert_eq!(count, 5);
    }

    /// Of RFC 9497, appendix A.1.1, whose inputs are hashed to ristretto255 in the same way and then multiplied.
    #[test]
    fn hashing_to_the_group_agrees_with_the_vectors_of_rfc_9497() {
        let mut count = 0;
        for case in cases(include_str!("../../../testing/vectors/ristretto255.json")) {
            let Some(blind) = case.array::<32>("blind") else { continue };
            let point = map_to_group(&case.bytes("input"), &case.bytes("dst"));
            let blinded = point * Option::<Scalar>::from(Scalar::from_canonical_bytes(blind)).unwrap();
            assert_eq!(Some(blinded.compress().to_bytes()), case.array("encoding"), "{case:?}");
            count += 1;
        }
        assert_eq!(count, 2);
    }

    #[test]
    fn parts_are_not_interchangeable() {
        let one = sha256("test").variable(b"ab").variable(b"c").digest();
        let two = sha256("test").variable(b"a").variable(b"bc").digest();
        assert_ne!(one, two);
        assert_ne!(sha256("test").digest(), sha256("other").digest());
    }
}
