//! A broadcast message: signed by its origin, named by its digest.

use bithive_exchange::{Digest, PeerId};
use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};

/// Most bytes of a broadcast's body.
pub const MAX_BODY_BYTES: usize = 64 << 10;
/// Bytes around the body: origin, time, number and signature.
pub const ENVELOPE_BYTES: usize = HEAD_BYTES + SIGNATURE_BYTES;

const HEAD_BYTES: usize = 32 + 8 + 8;
const SIGNATURE_BYTES: usize = 64;
/// Domain separation tag: signed bytes start with it, so that the signature is not valid elsewhere.
const DOMAIN: &[u8] = b"bithive/gossip/1 message\0";

/// A broadcast that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Digest of everything but the signature.
    pub id: Digest,
    /// Who signed it.
    pub origin: PeerId,
    /// When it was signed, milliseconds since 1970, by the origin's clock.
    pub sent_ms: u64,
    /// What it says.
    pub body: Bytes,
}

/// What can be wrong with the bytes of a broadcast.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Too short or too long.
    #[error("a broadcast has {found} bytes; expected {ENVELOPE_BYTES} to {most}", most = ENVELOPE_BYTES + MAX_BODY_BYTES)]
    Length {
        /// Length found, in bytes.
        found: usize,
    },
    /// The signature is not the origin's.
    #[error("a broadcast is not signed by {origin}, which it names as its origin")]
    Signature {
        /// Public key of the endpoint that signed the broadcast.
        origin: PeerId,
    },
}

/// Signs a broadcast; `number` keeps messages of the same time and body apart.
#[must_use]
pub fn sign(key: &SigningKey, sent_ms: u64, number: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = key.verifying_key().to_bytes().to_vec();
    bytes.extend_from_slice(&sent_ms.to_be_bytes());
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(body);
    let signature = key.sign(&[DOMAIN, &bytes].concat());
    bytes.extend_from_slice(&signature.to_bytes());
    bytes
}

/// Checks form and signature.
///
/// # Errors
/// [`MessageError`].
pub fn open(bytes: &Bytes) -> Result<Broadcast, MessageError> {
    let length = || MessageError::Length { found: bytes.len() };
    if bytes.len() > ENVELOPE_BYTES + MAX_BODY_BYTES {
        return Err(length());
    }
    let (signed, signature) = bytes.split_last_chunk::<SIGNATURE_BYTES>().ok_or_else(length)?;
    let (head, body) = signed.split_first_chunk::<HEAD_BYTES>().ok_or_else(length)?;
    let (origin, times) = head.split_first_chunk::<32>().ok_or_else(length)?;
    let (sent, _) = times.split_first_chunk::<8>().ok_or_else(length)?;
    let origin = PeerId(*origin);
    if !origin.has_signed(&[DOMAIN, signed].concat(), signature) {
        return Err(MessageError::Signature { origin });
    }
    Ok(Broadcast {
        id: *blake3::hash(signed).as_bytes(),
        origin,
        sent_ms: u64::from_be_bytes(*sent),
        body: bytes.slice_ref(body),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_signed_opens_and_nothing_else_does(
            body in prop::collection::vec(any::<u8>(), 0..200),
            position in any::<prop::sample::Index>(),
            flip in 1u8..,
        ) {
            let key = SigningKey::from_bytes(&[7; 32]);
            let bytes = sign(&key, 5, 6, &body);
            let opened = open(&bytes.clone().into()).unwrap();
            prop_assert_eq!((opened.sent_ms, opened.body.as_ref()), (5, body.as_slice()));
            prop_assert_eq!(opened.origin.0, key.verifying_key().to_bytes());
            let mut changed = bytes.clone();
            changed[position.index(bytes.len())] ^= flip;
            prop_assert!(open(&changed.into()).is_err());
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(open(&bytes.into()).is_err());
        }
    }

    #[test]
    fn a_body_over_the_limit_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let bytes = sign(&key, 5, 6, &vec![0; MAX_BODY_BYTES + 1]);
        assert!(matches!(open(&bytes.into()), Err(MessageError::Length { .. })));
    }
}
