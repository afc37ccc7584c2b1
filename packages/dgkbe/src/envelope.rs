//! Header and payload in one call, for callers that do not stream.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::dem::{self, AssociatedData, DemError};
use crate::kem::{Context, Header, HeaderError, KemError, ReceiverCache, SenderCache, SharedKey};
use crate::slots::SlotSet;

/// Why a message cannot be encrypted or decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The header is malformed.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The set or the keys do not fit.
    #[error(transparent)]
    Kem(#[from] KemError),
    /// The payload does not open.
    #[error(transparent)]
    Dem(#[from] DemError),
}

/// An encrypted message. The set and the context travel beside it, or are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The encapsulated key, 128 bytes.
    pub header: [u8; Header::LEN],
    /// The sealed payload.
    pub payload: Vec<u8>,
}

/// Encrypts to sets, moving its cache to each set as it comes.
#[derive(Clone)]
pub struct Sender {
    cache: SenderCache,
}

impl Sender {
    /// A sender with the users that the cache knows.
    pub fn new(cache: SenderCache) -> Self {
        Self { cache }
    }

    /// To learn new keys.
    pub fn cache_mut(&mut self) -> &mut SenderCache {
        &mut self.cache
    }

    /// Encrypt to the members of `set` under a fresh key.
    ///
    /// # Errors
    /// [`EnvelopeError::Kem`], [`EnvelopeError::Dem`].
    pub fn encrypt(
        &mut self,
        set: &SlotSet,
        context: Context<'_>,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Envelope, EnvelopeError> {
        Ok(self.encrypt_with_key(set, context, plaintext, rng)?.0)
    }

    /// As [`Sender::encrypt`], and also the key, from which the caller derives further keys.
    ///
    /// # Errors
    /// As [`Sender::encrypt`].
    pub fn encrypt_with_key(
        &mut self,
        set: &SlotSet,
        context: Context<'_>,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(Envelope, SharedKey), EnvelopeError> {
        self.cache.update(set)?;
        let (header, key) = self.cache.encapsulate(set, context, rng)?;
        let payload = dem::seal(&key, &AssociatedData::new(&header, set, context), plaintext)?;
        Ok((Envelope { header: header.encode(), payload }, key))
    }
}

/// Decrypts what is addressed to its slot, moving its cache to each set as it comes.
#[derive(Clone)]
pub struct Receiver {
    cache: ReceiverCache,
}

impl Receiver {
    /// A receiver with the users that the cache knows.
    pub fn new(cache: ReceiverCache) -> Self {
        Self { cache }
    }

    /// To learn new keys.
    pub fn cache_mut(&mut self) -> &mut ReceiverCache {
        &mut self.cache
    }

    /// Decrypt a message for `set`.
    ///
    /// # Errors
    /// [`EnvelopeError::Header`], [`EnvelopeError::Kem`]; [`DemError::Authentication`] for a message that was
    /// not made for this set and context, or was changed.
    pub fn decrypt(
        &mut self,
        set: &SlotSet,
        context: Context<'_>,
        header: &[u8],
        payload: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        Ok(self.open(set, context, header, payload)?.1)
    }

    /// As [`Receiver::decrypt`], and also the key, from which the caller derives further keys.
    ///
    /// # Errors
    /// As [`Receiver::decrypt`].
    pub fn open(
        &mut self,
        set: &SlotSet,
        context: Context<'_>,
        header: &[u8],
        payload: &[u8],
    ) -> Result<(SharedKey, Zeroizing<Vec<u8>>), EnvelopeError> {
        let header = Header::decode(header)?;
        self.cache.update(set)?;
        let key = self.cache.decapsulate(set, context, &header)?;
        let plaintext = dem::open(&key, &AssociatedData::new(&header, set, context), payload)?;
        Ok((key, plaintext))
    }
}
