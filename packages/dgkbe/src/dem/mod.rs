//! Payload encryption: a stream of chunks under a key that is used once.
//!
//! HKDF-SHA256 turns the shared key into an encryption key, a nonce prefix and a commitment, all bound to the
//! associated data (header, set, context). Chunks of 64 KiB are sealed with ChaCha20-Poly1305 in the STREAM
//! construction (ePrint 2015/189): the nonce holds the chunk's number and whether it is the last, so that
//! chunks dropped, moved, repeated or added are an error. ChaCha20-Poly1305 alone lets a sender craft one
//! ciphertext that opens under two keys; the commitment in front rules that out.
//!
//! # Encoding
//! Version 1 (one byte), commitment (32), then every chunk followed by its tag (16). All chunks but the last
//! hold exactly [`CHUNK_LEN`] bytes; the last holds 0 to [`CHUNK_LEN`] and is empty only if the payload is.
//!
//! [`seal`] and [`open`] work on whole payloads in memory, [`Sealer`] and [`Opener`] on writers and readers, and
//! [`Encryptor`] and [`Decryptor`] on chunks: the bytes are the same.

mod stream;

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::Payload;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::hash::tagged;
use crate::kem::{Context, SharedKey};

pub use stream::{Opener, Sealer, sealed_len};

/// Plaintext bytes of every chunk but the last.
pub const CHUNK_LEN: usize = 64 * 1024;
/// Bytes that sealing adds to a chunk.
pub const TAG_LEN: usize = 16;
/// Bytes in front of the first chunk: version and commitment.
pub const PREAMBLE_LEN: usize = 1 + COMMITMENT_LEN;

const SEALED_LEN: usize = CHUNK_LEN + TAG_LEN;
const COMMITMENT_LEN: usize = 32;
const NONCE_LEN: usize = 7;
const VERSION: u8 = 1;
const INFO: &[u8] = b"BITHIVE-V1/dgkbe-payload/";

/// Why a payload cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DemError {
    /// The bytes cannot be a complete payload of this version: cut short, or chunks of wrong length.
    #[error("the payload is truncated or badly framed")]
    Framing,
    /// The payload does not belong to this key, header, set and context, or was changed.
    #[error("the payload does not authenticate")]
    Authentication,
    /// A chunk of the wrong length was given to be sealed.
    #[error("a chunk to seal has {CHUNK_LEN} bytes, the last one 0 to {CHUNK_LEN}; got {actual}")]
    ChunkLength {
        /// Bytes that were given.
        actual: usize,
    },
    /// More than 2^32 - 1 chunks.
    #[error("a payload has at most 2^32 - 1 chunks")]
    TooLong,
}

/// What a payload is bound to beside its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssociatedData([u8; 32]);

impl AssociatedData {
    /// Bind encoded headers, the digest of the set that they are for, and the caller's context.
    pub fn new(headers: &[u8], set_digest: &[u8; 32], context: Context<'_>) -> Self {
        Self(tagged("dgkbe-payload-data", &[headers, set_digest, context.0]))
    }

    /// Bind the caller's context alone, for a payload under a key that no header carries and that seals this one
    /// payload.
    pub fn without_header(context: Context<'_>) -> Self {
        Self(tagged("dgkbe-headless-data", &[context.0]))
    }
}

struct Secrets {
    key: Zeroizing<[u8; 32]>,
    nonce: [u8; NONCE_LEN],
    commitment: [u8; COMMITMENT_LEN],
}

impl Secrets {
    fn derive(key: &SharedKey, data: &AssociatedData) -> Result<Self, DemError> {
        let mut okm = Zeroizing::new([0; 32 + COMMITMENT_LEN + NONCE_LEN]);
        // Expanding to 71 bytes is always possible: the limit is 255 * 32.
        Hkdf::<Sha256>::new(Some(&data.0), key.as_bytes())
            .expand(INFO, okm.as_mut_slice())
            .map_err(|_| DemError::Authentication)?;
        let mut out =
            Self { key: Zeroizing::new([0; 32]), nonce: [0; NONCE_LEN], commitment: [0; COMMITMENT_LEN] };
        out.key.copy_from_slice(&okm[..32]);
        out.commitment.copy_from_slice(&okm[32..64]);
        out.nonce.copy_from_slice(&okm[64..]);
        Ok(out)
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.key))
    }
}

/// A key for one payload, and what that payload is bound to. Nonces count from zero under every key, so a second payload under
/// one would show both: sealing takes this by value, and it is neither cloned, printed nor given back. Erased when dropped.
///
/// [`crate::envelope::Sender::address`] draws one with each header.
///
/// ```compile_fail,E0382
/// use bithive_dgkbe::dem::{AssociatedData, SealingKey, seal};
/// use bithive_dgkbe::kem::{Context, SharedKey};
///
/// let data = AssociatedData::without_header(Context(b"one message"));
/// let key = SealingKey::once(SharedKey::from_bytes([7; 32]), data).unwrap();
/// seal(key, b"a scan").unwrap();
/// seal(key, b"another").unwrap(); // it is used up
/// ```
pub struct SealingKey {
    secrets: Secrets,
    data: AssociatedData,
}

impl SealingKey {
    /// From a key that was drawn or derived for this one payload, which goes with it.
    ///
    /// # Errors
    /// None that depend on the arguments.
    pub fn once(key: SharedKey, data: AssociatedData) -> Result<Self, DemError> {
        Self::new(&key, data)
    }

    /// For a key that this crate has just drawn.
    pub(crate) fn new(key: &SharedKey, data: AssociatedData) -> Result<Self, DemError> {
        Ok(Self { secrets: Secrets::derive(key, &data)?, data })
    }
}

/// Seals a payload chunk by chunk.
pub struct Encryptor {
    stream: EncryptorBE32<ChaCha20Poly1305>,
    data: AssociatedData,
}

impl Encryptor {
    /// Start a payload; the preamble goes in front of the first chunk.
    #[must_use]
    pub fn new(SealingKey { secrets, data }: SealingKey) -> (Self, [u8; PREAMBLE_LEN]) {
        let mut preamble = [VERSION; PREAMBLE_LEN];
        preamble[1..].copy_from_slice(&secrets.commitment);
        let stream = EncryptorBE32::from_aead(secrets.cipher(), &secrets.nonce.into());
        (Self { stream, data }, preamble)
    }

    /// Seal a chunk of exactly [`CHUNK_LEN`] bytes that is not the last.
    ///
    /// # Errors
    /// [`DemError::ChunkLength`], [`DemError::TooLong`].
    pub fn next(&mut self, chunk: &[u8]) -> Result<Vec<u8>, DemError> {
        if chunk.len() != CHUNK_LEN {
            return Err(DemError::ChunkLength { actual: chunk.len() });
        }
        let payload = Payload { msg: chunk, aad: &self.data.0 };
        self.stream.encrypt_next(payload).map_err(|_| DemError::TooLong)
    }

    /// Seal the last chunk, of 0 to [`CHUNK_LEN`] bytes.
    ///
    /// # Errors
    /// [`DemError::ChunkLength`].
    pub fn last(self, chunk: &[u8]) -> Result<Vec<u8>, DemError> {
        if chunk.len() > CHUNK_LEN {
            return Err(DemError::ChunkLength { actual: chunk.len() });
        }
        let payload = Payload { msg: chunk, aad: &self.data.0 };
        self.stream.encrypt_last(payload).map_err(|_| DemError::TooLong)
    }
}

/// Opens a payload chunk by chunk. The payload is complete, and may be acted on, only once [`Self::last`] has
/// returned.
#[must_use = "a payload is complete only once `last` has returned"]
pub struct Decryptor {
    stream: DecryptorBE32<ChaCha20Poly1305>,
    data: AssociatedData,
}

impl Decryptor {
    /// Start from the first [`PREAMBLE_LEN`] bytes of a payload.
    ///
    /// # Errors
    /// [`DemError::Framing`] for a wrong length or version; [`DemError::Authentication`] for another key or
    /// other associated data.
    pub fn new(key: &SharedKey, data: &AssociatedData, preamble: &[u8]) -> Result<Self, DemError> {
        let commitment = match preamble.split_first() {
            Some((&VERSION, rest)) if rest.len() == COMMITMENT_LEN => rest,
            _ => return Err(DemError::Framing),
        };
        let secrets = Secrets::derive(key, data)?;
        if !bool::from(secrets.commitment.ct_eq(commitment)) {
            return Err(DemError::Authentication);
        }
        let stream = DecryptorBE32::from_aead(secrets.cipher(), &secrets.nonce.into());
        Ok(Self { stream, data: *data })
    }

    /// Open a sealed chunk of exactly [`CHUNK_LEN`] + [`TAG_LEN`] bytes that is not the last.
    ///
    /// # Errors
    /// [`DemError::Framing`], [`DemError::Authentication`].
    pub fn next(&mut self, chunk: &[u8]) -> Result<Vec<u8>, DemError> {
        if chunk.len() != SEALED_LEN {
            return Err(DemError::Framing);
        }
        let payload = Payload { msg: chunk, aad: &self.data.0 };
        self.stream.decrypt_next(payload).map_err(|_| DemError::Authentication)
    }

    /// Open the last sealed chunk, of [`TAG_LEN`] to [`CHUNK_LEN`] + [`TAG_LEN`] bytes.
    ///
    /// # Errors
    /// [`DemError::Framing`], [`DemError::Authentication`].
    pub fn last(self, chunk: &[u8]) -> Result<Vec<u8>, DemError> {
        if chunk.len() < TAG_LEN || chunk.len() > SEALED_LEN {
            return Err(DemError::Framing);
        }
        let payload = Payload { msg: chunk, aad: &self.data.0 };
        self.stream.decrypt_last(payload).map_err(|_| DemError::Authentication)
    }
}

/// Split so that the last piece is never empty unless everything is.
fn split(bytes: &[u8], piece: usize) -> (core::slice::ChunksExact<'_, u8>, &[u8]) {
    let last = match bytes.len() % piece {
        0 if !bytes.is_empty() => piece,
        rest => rest,
    };
    let (full, last) = bytes.split_at(bytes.len() - last);
    (full.chunks_exact(piece), last)
}

/// Seal a whole payload.
///
/// # Errors
/// [`DemError::TooLong`].
pub fn seal(key: SealingKey, plaintext: &[u8]) -> Result<Vec<u8>, DemError> {
    let (mut encryptor, preamble) = Encryptor::new(key);
    let (chunks, last) = split(plaintext, CHUNK_LEN);
    let mut out = Vec::with_capacity(PREAMBLE_LEN + plaintext.len() + (chunks.len() + 1) * TAG_LEN);
    out.extend_from_slice(&preamble);
    for chunk in chunks {
        out.extend(encryptor.next(chunk)?);
    }
    out.extend(encryptor.last(last)?);
    Ok(out)
}

/// Open a whole payload, or nothing.
///
/// # Errors
/// [`DemError::Framing`], [`DemError::Authentication`].
pub fn open(key: &SharedKey, data: &AssociatedData, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, DemError> {
    let (preamble, body) = payload.split_at_checked(PREAMBLE_LEN).ok_or(DemError::Framing)?;
    let mut decryptor = Decryptor::new(key, data, preamble)?;
    let (chunks, last) = split(body, SEALED_LEN);
    let mut out = Zeroizing::new(Vec::with_capacity(body.len()));
    for chunk in chunks {
        out.extend_from_slice(&Zeroizing::new(decryptor.next(chunk)?));
    }
    out.extend_from_slice(&Zeroizing::new(decryptor.last(last)?));
    Ok(out)
}
