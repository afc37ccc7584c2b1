//! A folder of keys.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use bithive_keystore::private;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::SubjectKeyError;
use crate::error::at;
use crate::files::{Wiped, sync_folder, wipe};

const MAGIC: &[u8; 8] = b"BHSKEY01";
const NONCE: usize = 24;
/// Magic, nonce, key and tag.
const FILE_BYTES: usize = 8 + NONCE + 32 + 16;
const WRAP: &str = "BitHive 2026 subject key wrap v1";
const NAME: &str = "BitHive 2026 subject key name v1";

/// The secret under which the keys of subjects are wrapped. Kept apart from their folder. Erased when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct WrappingKey([u8; 32]);

impl WrappingKey {
    /// Reads a key file: 64 hex digits, and white space around them.
    ///
    /// # Errors
    /// [`SubjectKeyError::WrappingKey`], also for zeros.
    pub fn from_hex(text: &str) -> Result<Self, SubjectKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), &mut *bytes).map_err(|_| SubjectKeyError::WrappingKey)?;
        if *bytes == [0; 32] {
            return Err(SubjectKeyError::WrappingKey);
        }
        Ok(Self(*bytes))
    }
}

/// The key of one subject's data. Erased when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey {
    pub(crate) key: [u8; 32],
    /// Name of its file.
    #[zeroize(skip)]
    pub(crate) name: [u8; 32],
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The key file; none if it was gone before.
    pub key: Option<Wiped>,
}

/// The keys of all subjects, in a folder.
pub struct SubjectKeys {
    folder: PathBuf,
    /// Under which keys are wrapped.
    wrap: Zeroizing<[u8; 32]>,
    /// Under which subjects become names of files.
    name: Zeroizing<[u8; 32]>,
}

impl SubjectKeys {
    /// The keys in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`SubjectKeyError::Io`].
    pub fn open(folder: &Path, wrapping: &WrappingKey) -> Result<Self, SubjectKeyError> {
        std::fs::create_dir_all(folder).map_err(at(folder))?;
        let derived = |context| Zeroizing::new(blake3::derive_key(context, &wrapping.0));
        Ok(Self { folder: folder.to_owned(), wrap: derived(WRAP), name: derived(NAME) })
    }

    /// The key of a subject, by its pseudonym; a new one where there is none. One thread at a time makes new keys.
    ///
    /// # Errors
    /// [`SubjectKeyError::Erased`]; a key file that can't be read, written or opened.
    pub fn of(&self, subject: &str, rng: &mut impl CryptoRng) -> Result<DataKey, SubjectKeyError> {
        let name = self.name(subject);
        match self.read(&name) {
            Err(SubjectKeyError::NoKey { .. }) => {}
            found => return found,
        }
        let mut key = DataKey { key: [0; 32], name };
        rng.fill_bytes(&mut key.key);
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let path = self.path(&name, "key");
        let payload = Payload { msg: &key.key, aad: &name };
        let wrapped = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let wrapped = wrapped.map_err(|_| SubjectKeyError::Wrong { path: path.clone() })?;
        private::create(&path, &[MAGIC.as_slice(), &nonce, &wrapped].concat())?;
        Ok(key)
    }

    /// The key by its name, as a sealed file has it.
    pub(crate) fn read(&self, name: &[u8; 32]) -> Result<DataKey, SubjectKeyError> {
        let path = self.path(name, "key");
        if self.path(name, "erased").exists() {
            return Err(SubjectKeyError::Erased);
        }
        if !path.exists() {
            return Err(SubjectKeyError::NoKey { folder: self.folder.clone() });
        }
        let bytes = private::read(&path, FILE_BYTES)?;
        let form = || SubjectKeyError::Form { path: path.clone(), expected: "a key file of 80 bytes" };
        let (magic, rest) = bytes.split_at_checked(MAGIC.len()).ok_or_else(form)?;
        let (nonce, wrapped) = rest.split_first_chunk::<NONCE>().ok_or_else(form)?;
        if magic != MAGIC || bytes.len() != FILE_BYTES {
            return Err(form());
        }
        let payload = Payload { msg: wrapped, aad: name };
        let opened = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        let opened = Zeroizing::new(opened.map_err(|_| SubjectKeyError::Wrong { path: path.clone() })?);
        let key = opened.as_slice().try_into().map_err(|_| form())?;
        Ok(DataKey { key, name: *name })
    }

    /// Destroys the key of a subject, so that nothing that was sealed for it opens any more, and nothing new is sealed. Says so too where it
    /// was destroyed before.
    ///
    /// # Errors
    /// [`SubjectKeyError::NoKey`] for a subject that never had one; as [`wipe`].
    pub fn erase(&self, subject: &str, rng: &mut impl CryptoRng) -> Result<Erasure, SubjectKeyError> {
        let name = self.name(subject);
        let (key, mark) = (self.path(&name, "key"), self.path(&name, "erased"));
        if !key.exists() {
            let known = mark.exists();
            return if known {
                Ok(Erasure { key: None })
            } else {
                Err(SubjectKeyError::NoKey { folder: self.folder.clone() })
            };
        }
        // First: whatever happens in between, the subject gets no new key.
        let marked = OpenOptions::new().write(true).create(true).truncate(true).open(&mark);
        marked.and_then(|mark| mark.sync_all()).map_err(at(&mark))?;
        sync_folder(&mark)?;
        Ok(Erasure { key: Some(wipe(&key, rng)?) })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.wrap))
    }

    fn name(&self, subject: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.name, subject.as_bytes()).as_bytes()
    }

    fn path(&self, name: &[u8; 32], ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", hex::encode(name)))
    }
}
