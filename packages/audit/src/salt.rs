//! Objects and subjects without their names.

use bithive_signed::Digest;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The secret of a log under which objects and subjects become digests. Who has the log alone can't find out what they are of, not
/// even by trying all names; once the salt is destroyed, nobody can. Erased when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Salt([u8; 32]);

impl Salt {
    /// These 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest of an object, such as `job` 7 or `file` and its path: BLAKE3, keyed with the salt, of the kind's length as one byte, the
    /// kind, and the name.
    #[must_use]
    pub fn object(&self, kind: &str, name: &[u8]) -> Digest {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        // Kinds are words of the code, never longer.
        hasher.update(&[u8::try_from(kind.len()).unwrap_or(u8::MAX)]);
        hasher.update(kind.as_bytes()).update(name);
        Digest(*hasher.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_by_salt_kind_and_name() {
        let salt = Salt::new([1; 32]);
        let all = [
            salt.object("job", b"7"),
            salt.object("job", b"8"),
            salt.object("jo", b"b7"),
            Salt::new([2; 32]).object("job", b"7"),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(salt.object("job", b"7"), all[0]);
    }
}
