//! Endpoint identities: Ed25519 keys, as registered on chain.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

/// An endpoint's public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub [u8; 32]);

impl PeerId {
    /// Whether `signature` is the endpoint's of `message` (Ed25519, RFC 8032). Points of low order and scalars that are not
    /// reduced are refused, so that nobody else can make another of it.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)))
            .is_ok()
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A text that is not an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an endpoint, 64 hex digits")]
pub struct NotAnEndpoint;

impl FromStr for PeerId {
    type Err = NotAnEndpoint;

    /// Reads 64 hex digits.
    fn from_str(text: &str) -> Result<Self, NotAnEndpoint> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes)).map_err(|_| NotAnEndpoint)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({self})")
    }
}

/// An endpoint's secret key; erased when dropped.
pub struct EndpointKey(SigningKey);

impl EndpointKey {
    /// Draws a key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_bytes(&seed)
    }

    /// Reads a stored key; any 32 bytes are one (RFC 8032, section 5.1.5).
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The key's seed, for storage.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = self.0.to_bytes();
        let copy = Zeroizing::new(bytes);
        bytes.zeroize();
        copy
    }

    /// The public key.
    #[must_use]
    pub fn id(&self) -> PeerId {
        PeerId(self.0.verifying_key().to_bytes())
    }
}
