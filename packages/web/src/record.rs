//! Secrets at rest: sealed under a key of the caller's, to go on after a page was closed.
//!
//! A record is version (1), kind, 24 random bytes, and XChaCha20-Poly1305 of the content with version, kind and label as associated
//! data. Only the owner has keys and records, so nothing commits a record to its key: who chooses both can make a record that opens under
//! two keys.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::failure::sized;
use crate::random::fill;
use crate::{Failure, Kind};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = 2 + NONCE_BYTES;
const DATA_TAG: &[u8] = b"BITHIVE-V1/web-record/";
const KEY_TAG: &[u8] = b"BITHIVE-V1/web-record-key/";
/// Least bytes of a signature that a key is derived from: a compact one on secp256k1.
const LEAST_SIGNATURE: usize = 64;

/// What a record is of. A record of one kind does not open as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// The page's own data.
    Data,
    /// A request to the committee.
    Pending,
    /// The tags that the committee gave.
    Tags,
    /// The secrets of a job.
    Job,
    /// The key of a round.
    Round,
}

impl RecordKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Pending => 1,
            Self::Tags => 2,
            Self::Job => 3,
            Self::Round => 4,
        }
    }
}

/// The key of records. Erased when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecordKey([u8; 32]);

impl RecordKey {
    /// From 32 uniform bytes.
    ///
    /// # Errors
    /// [`Kind::Argument`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Failure> {
        sized("the key of records", bytes).map(Self)
    }

    /// From a signature that only the owner's wallet makes, and makes alike each time: HKDF-SHA256.
    ///
    /// # Errors
    /// [`Kind::Argument`] for fewer than 64 bytes.
    pub fn from_signature(signature: &[u8]) -> Result<Self, Failure> {
        if signature.len() < LEAST_SIGNATURE {
            let found = signature.len();
            let message = format!("the signature has {found} bytes; expected at least {LEAST_SIGNATURE}");
            return Err(Kind::Argument.failure(message));
        }
        let mut key = Self([0; 32]);
        // 32 bytes are within HKDF's limit of 255 blocks.
        let expanded = Hkdf::<Sha256>::new(None, signature).expand(KEY_TAG, &mut key.0);
        expanded.map_err(Kind::Argument.because())?;
        Ok(key)
    }

    /// Seals a record.
    ///
    /// # Errors
    /// [`Kind::Random`].
    pub fn seal(&self, kind: RecordKind, label: &str, content: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce)?;
        let payload = Payload { msg: content, aad: &associated(kind, label) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Kind::Record.failure("the record is too large"))?;
        let mut record = Vec::with_capacity(HEAD_BYTES + sealed.len());
        record.extend_from_slice(&[VERSION, kind.byte()]);
        record.extend_from_slice(&nonce);
        record.extend_from_slice(&sealed);
        Ok(record)
    }

    /// Opens a record.
    ///
    /// # Errors
    /// [`Kind::Record`].
    pub fn open(&self, kind: RecordKind, label: &str, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let refuse = |reason: &str| Kind::Record.failure(reason);
        let (head, sealed) = record
            .split_first_chunk::<HEAD_BYTES>()
            .filter(|(_, sealed)| sealed.len() >= TAG_BYTES)
            .ok_or_else(|| refuse("the record is too short"))?;
        let [version, found, nonce @ ..] = head;
        if *version != VERSION {
            return Err(refuse("the record is of another version; expected version 1"));
        }
        if *found != kind.byte() {
            return Err(refuse("the record is of another kind"));
        }
        let payload = Payload { msg: sealed, aad: &associated(kind, label) };
        let opened = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| refuse("the record does not open with this key and label"))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.0))
    }
}

fn associated(kind: RecordKind, label: &str) -> Vec<u8> {
    [DATA_TAG, &[VERSION, kind.byte()], label.as_bytes()].concat()
}

/// The content of a record: fields, each behind its length (32 bits, big-endian). Room for all of it is made first, so that
/// growth leaves no copy behind.
pub(crate) fn encode(fields: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = fields.iter().map(|field| 4 + field.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(length));
    for field in fields {
        out.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// Reads what [`encode`] wrote, of exactly `N` fields.
pub(crate) fn decode<const N: usize>(mut content: &[u8]) -> Result<[&[u8]; N], Failure> {
    let malformed = || Kind::Record.failure("the record is not what it says it is");
    let mut fields = [&[][..]; N];
    for field in &mut fields {
        let (length, rest) = content.split_first_chunk::<4>().ok_or_else(malformed)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        (*field, content) = rest.split_at_checked(length).ok_or_else(malformed)?;
    }
    if content.is_empty() { Ok(fields) } else { Err(malformed()) }
}

/// A field of a record as text.
pub(crate) fn text(field: &[u8]) -> Result<&str, Failure> {
    core::str::from_utf8(field).map_err(|_| Kind::Record.failure("the record is not what it says it is"))
}

/// A field of a record as bytes of a fixed length.
pub(crate) fn fixed<const N: usize>(field: &[u8]) -> Result<[u8; N], Failure> {
    field.try_into().map_err(|_| Kind::Record.failure("the record is not what it says it is"))
}
