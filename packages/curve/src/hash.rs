//! Hashing to the second source group, where signatures are.

use crate::G2;
use crate::backend::{Native, PairingEngine};
use crate::point::Point;

/// A point of G2 that stands for a message under a domain separation tag: hash_to_curve of RFC 9380, section 8.8.2, with the caller's
/// tag. Nobody knows its logarithm. Not constant-time: for public messages only.
pub fn hash_to_g2(message: &[u8], tag: &[u8]) -> G2 {
    hash_with::<Native>(message, tag)
}

/// [`hash_to_g2`] by one backend.
pub(crate) fn hash_with<E: PairingEngine>(message: &[u8], tag: &[u8]) -> Point<E::G2> {
    Point(E::hash_to_g2(message, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9380 appendix J.10.1: the tag, and x of the points, big-endian, real part first.
    const TAG: &[u8] = b"QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";

    #[test]
    fn points_match_the_vectors_of_rfc_9380() {
        let known = [
            (
                &b""[..],
                "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a",
                "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d",
            ),
            (
                b"abc",
                "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6",
                "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8",
            ),
        ];
        for (message, real, imaginary) in known {
            let encoded = hash_to_g2(message, TAG).encode();
            let mut first = encoded;
            // The flags.
            first[0] &= 0x1f;
            // The encoding has the imaginary part first.
            assert_eq!(hex::encode(&first[..48]), imaginary);
            assert_eq!(hex::encode(&first[48..]), real);
        }
    }
}
