//! Headers and payload in one call; [`Sender::address`] and [`Receiver::unlock`] are for callers that stream the
//! payload with [`crate::dem::Sealer`] and [`crate::dem::Opener`].

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::dem::{self, AssociatedData, DemError, SealingKey};
use crate::groups::GroupedSet;
use crate::kem::{Context, KemError, ReceiverGroup, SenderGroups, SharedKey};

/// Why a message cannot be encrypted or decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Headers, set or keys are malformed or do not fit.
    #[error(transparent)]
    Kem(#[from] KemError),
    /// The payload does not open.
    #[error(transparent)]
    Dem(#[from] DemError),
}

/// An encrypted message. The set and the context travel beside it, or are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The encapsulated key: 128 bytes for each group that the set touches, by ascending group.
    pub headers: Vec<u8>,
    /// The sealed payload.
    pub payload: Vec<u8>,
}

/// A key that the members of a set have, before a payload is sealed under it.
pub struct Addressed {
    /// The encapsulated key: 128 bytes for each group that the set touches, by ascending group.
    pub headers: Vec<u8>,
    /// The key, from which the sender derives further keys.
    pub key: SharedKey,
    /// What the payload is sealed with, which is possible once.
    pub sealing: SealingKey,
}

/// Encrypts to sets, moving its cache to each set as it comes.
#[derive(Clone)]
pub struct Sender {
    cache: SenderGroups,
}

impl Sender {
    /// A sender with the users that the cache knows.
    pub fn new(cache: SenderGroups) -> Self {
        Self { cache }
    }

    /// To learn new keys.
    pub fn cache_mut(&mut self) -> &mut SenderGroups {
        &mut self.cache
    }

    /// Encrypt to the members of `set` under a fresh key.
    ///
    /// # Errors
    /// [`EnvelopeError::Kem`], [`EnvelopeError::Dem`].
    pub fn encrypt(
        &mut self,
        set: &GroupedSet,
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
        set: &GroupedSet,
        context: Context<'_>,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(Envelope, SharedKey), EnvelopeError> {
        let Addressed { headers, key, sealing } = self.address(set, context, rng)?;
        let payload = dem::seal(sealing, plaintext)?;
        Ok((Envelope { headers, payload }, key))
    }

    /// Draw a fresh key for the members of `set`, for one payload.
    ///
    /// # Errors
    /// [`EnvelopeError::Kem`].
    pub fn address(
        &mut self,
        set: &GroupedSet,
        context: Context<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Addressed, EnvelopeError> {
        self.cache.update(set)?;
        let (headers, key) = self.cache.encapsulate(set, context, rng)?;
        let data = AssociatedData::new(&headers, &set.digest(), context);
        let sealing = SealingKey::new(&key, data)?;
        Ok(Addressed { headers, key, sealing })
    }
}

/// Decrypts what is addressed to its slot, moving its cache to each set as it comes.
#[derive(Clone)]
pub struct Receiver {
    cache: ReceiverGroup,
}

impl Receiver {
    /// A receiver with the users that the cache knows.
    pub fn new(cache: ReceiverGroup) -> Self {
        Self { cache }
    }

    /// What the receiver knows of its group.
    pub fn cache(&self) -> &ReceiverGroup {
        &self.cache
    }

    /// To learn new keys.
    pub fn cache_mut(&mut self) -> &mut ReceiverGroup {
        &mut self.cache
    }

    /// Decrypt a message for `set`.
    ///
    /// # Errors
    /// [`EnvelopeError::Kem`]; [`DemError::Authentication`] for a message that was
    /// not made for this set and context, or was changed.
    pub fn decrypt(
        &mut self,
        set: &GroupedSet,
        context: Context<'_>,
        headers: &[u8],
        payload: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        Ok(self.open(set, context, headers, payload)?.1)
    }

    /// As [`Receiver::decrypt`], and also the key, from which the caller derives further keys.
    ///
    /// # Errors
    /// As [`Receiver::decrypt`].
    pub fn open(
        &mut self,
        set: &GroupedSet,
        context: Context<'_>,
        headers: &[u8],
        payload: &[u8],
    ) -> Result<(SharedKey, Zeroizing<Vec<u8>>), EnvelopeError> {
        let (key, data) = self.unlock(set, context, headers)?;
        let plaintext = dem::open(&key, &data, payload)?;
        Ok((key, plaintext))
    }

    /// The key that headers carry, and what the payload is bound to. Headers that were not made for this set and
    /// context, or were changed, give a key that opens nothing.
    ///
    /// # Errors
    /// [`KemError`].
    pub fn unlock(
        &mut self,
        set: &GroupedSet,
        context: Context<'_>,
        headers: &[u8],
    ) -> Result<(SharedKey, AssociatedData), KemError> {
        self.cache.update(set)?;
        let key = self.cache.decapsulate(set, context, headers)?;
        Ok((key, AssociatedData::new(headers, &set.digest(), context)))
    }
}
