//! What a payment is for: one request, by its digest.

use bithive_signed::Digest;

/// Separates this use of BLAKE3 from all others.
const CONTEXT: &str = "BitHive 2026-11 x402 request digest, version 1";

/// Digest of a request: BLAKE3 in its mode of key derivation, over method, target (path and query) and body, each after its length in
/// bytes as 8 bytes, least significant first. The server computes it from what it reads, whatever the client says.
#[must_use]
pub fn digest(method: &str, target: &str, body: &[u8]) -> Digest {
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    for part in [method.as_bytes(), target.as_bytes(), body] {
        // A length has at most 64 bits.
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_differ_have_digests_that_differ() {
        let own = digest("POST", "/predict", b"1,2");
        assert_eq!(own, digest("POST", "/predict", b"1,2"));
        for other in [
            digest("GET", "/predict", b"1,2"),
            digest("POST", "/predict1", b",2"),
            digest("POST", "/predict", b"1,2\n"),
            digest("POST", "", b"/predict1,2"),
        ] {
            assert_ne!(own, other);
        }
    }
}
