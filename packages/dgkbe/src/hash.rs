//! SHA-256 with a tag for each purpose.

use sha2::{Digest, Sha256};

/// SHA-256 over the tag `BITHIVE-V1/<purpose>/` and the parts, each preceded by its length as eight
/// big-endian bytes, so that no two different lists of parts hash the same bytes.
///
/// No purpose may be another one with a slash and more behind it.
pub(crate) fn tagged(purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"BITHIVE-V1/");
    hash.update(purpose.as_bytes());
    hash.update(b"/");
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
