//! Salted digests of what a payment is for, such as the codes of a bill's services.
//!
//! A chain shows everything to everybody, for ever, and codes are few: a plain digest of them is found by trying all. With a salt of
//! 32 random bytes it says nothing to whom the salt was not given, and who is given both can check that they belong to an offer. One salt is
//! for one digest: with the same salt twice, equal codes would have equal digests.

use sha2::{Digest as _, Sha256};

/// First bytes of what is hashed: the purpose of the digest, and the version of its form.
const PURPOSE: &[u8] = b"BitHive payment coding, version 1\n";
/// Length of a salt, in bytes.
pub const SALT_BYTES: usize = 32;

/// SHA-256 over the purpose, the salt and the content. The first two have a fixed length, so no other salt and content are the same bytes.
#[must_use]
pub fn digest(salt: &[u8; SALT_BYTES], content: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(PURPOSE).chain_update(salt).chain_update(content).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_of_purpose_salt_and_content() {
        let mut bytes = b"BitHive payment coding, version 1\n".to_vec();
        bytes.extend([7; 32]);
        bytes.extend(b"99213");
        let expected: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(digest(&[7; 32], b"99213"), expected);
    }

    #[test]
    fn another_salt_or_content_has_another_digest() {
        let first = digest(&[7; 32], b"99213");
        for other in [digest(&[8; 32], b"99213"), digest(&[7; 32], b"99214"), digest(&[7; 32], b"")] {
            assert_ne!(other, first);
        }
    }
}
