//! Encryption of what is on disk.
//!
//! A file of the spool is
//!
//! ```text
//! "BHSP" 1 | length of the sealed head, u32 little-endian | sealed head | sealed body
//! ```
//!
//! where "sealed" is a random nonce of 24 bytes and XChaCha20-Poly1305. The associated data are a context, the kind of the part and the file's
//! name: nobody can rename a file, or put the body of another one behind a head. The head has BLAKE3 of the body. Names are keyed hashes, so
//! that a folder shows how many objects there are, how long, and when they came, and nothing else.

use std::path::Path;

use bithive_keystore::private;
use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{Key, KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::error::GatewayError;

const ENCRYPTION: &str = "BitHive 2026 gateway spool v1: encryption";
const NAMES: &str = "BitHive 2026 gateway spool v1: names";
const CONTEXT: &[u8] = b"BITHIVE-V1/gateway-spool/";
const MAGIC: &[u8; 5] = b"BHSP\x01";
const NONCE: usize = 24;
/// Most bytes of a sealed head: metadata of an object, or the record of a study.
const MAX_HEAD: usize = 1 << 20;
/// Bytes before the sealed head.
pub(crate) const BEFORE_HEAD: usize = MAGIC.len() + 4;
/// Most bytes of a key file: 64 digits and white space.
const MAX_KEY_BYTES: usize = 256;

/// A sealed file does not open: it is damaged, renamed, or of another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shut;

/// The key of a spool. Erased when dropped.
#[derive(ZeroizeOnDrop)]
pub struct SpoolKey {
    encryption: [u8; 32],
    names: [u8; 32],
}

/// Name of a file: 128 bits of a keyed hash, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a file that is there; none for one that is no name.
    pub(crate) fn of_file(text: &str) -> Option<Self> {
        let sound = text.len() == 32
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        sound.then(|| Self(text.to_owned()))
    }
}

impl SpoolKey {
    /// Reads a key file: 64 hexadecimal digits that nobody but its owner can read.
    ///
    /// # Errors
    /// [`GatewayError::KeyFile`], [`GatewayError::Key`].
    pub fn read(path: &Path) -> Result<Self, GatewayError> {
        let bytes = private::read(path, MAX_KEY_BYTES)?;
        let wrong = || GatewayError::Key { path: path.to_owned() };
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong())?;
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), &mut *key).map_err(|_| wrong())?;
        if key.iter().all(|byte| *byte == 0) {
            return Err(wrong());
        }
        Ok(Self::new(&key))
    }

    /// Writes a new key into a new file that only its owner can read.
    ///
    /// # Errors
    /// [`GatewayError::KeyFile`] where the file exists or can't be written; [`GatewayError::Randomness`].
    pub fn create(path: &Path) -> Result<(), GatewayError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *key).map_err(|error| GatewayError::Randomness(error.to_string()))?;
        let mut text = Zeroizing::new(hex::encode(key.as_slice()));
        text.push('\n');
        Ok(private::create(path, text.as_bytes())?)
    }

    /// The keys that are derived from these bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { encryption: blake3::derive_key(ENCRYPTION, key), names: blake3::derive_key(NAMES, key) }
    }

    /// A keyed hash of texts, with their lengths: 32 bytes.
    fn hash(&self, parts: &[&str]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.names);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let hash = hasher.finalize();
        hasher.zeroize();
        hash
    }

    /// The name of the file about something.
    pub(crate) fn name(&self, kind: &str, of: &str) -> Name {
        Name(self.hash(&[kind, of]).to_hex().as_str().split_at(32).0.to_owned())
    }

    /// 128 bits that stand for something, and nobody without the key can compute.
    pub(crate) fn number(&self, parts: &[&str]) -> u128 {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(self.hash(parts).as_bytes().split_at(16).0);
        u128::from_be_bytes(bytes)
    }

    fn seal(
        &self,
        kind: &[u8],
        name: &Name,
        mut plain: Vec<u8>,
    ) -> Result<([u8; NONCE], Vec<u8>), GatewayError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| GatewayError::Randomness(error.to_string()))?;
        let cipher = XChaCha20Poly1305::new(&Key::from(self.encryption));
        let too_long = |_| GatewayError::Task("an object is too long to be encrypted".into());
        cipher.encrypt_in_place(&XNonce::from(nonce), &aad(kind, name), &mut plain).map_err(too_long)?;
        Ok((nonce, plain))
    }

    fn open(&self, kind: &[u8], name: &Name, sealed: &[u8]) -> Result<Vec<u8>, Shut> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Shut)?;
        let cipher = XChaCha20Poly1305::new(&Key::from(self.encryption));
        let mut buffer = sealed.to_vec();
        cipher.decrypt_in_place(&XNonce::from(*nonce), &aad(kind, name), &mut buffer).map_err(|_| Shut)?;
        Ok(buffer)
    }

    /// The bytes of a file.
    pub(crate) fn seal_file(
        &self,
        name: &Name,
        head: Vec<u8>,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, GatewayError> {
        let (head_nonce, head) = self.seal(b"head", name, head)?;
        let (body_nonce, body) = self.seal(b"body", name, body)?;
        let length = u32::try_from(NONCE.saturating_add(head.len())).unwrap_or(u32::MAX);
        let mut file = Vec::with_capacity(body.len().saturating_add(head.len()).saturating_add(64));
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(&head_nonce);
        file.extend_from_slice(&head);
        file.extend_from_slice(&body_nonce);
        file.extend_from_slice(&body);
        Ok(file)
    }

    /// Bytes of the sealed head, by the first [`BEFORE_HEAD`] bytes of a file; none for another file, and one with a head that is too long.
    pub(crate) fn head_length(bytes: &[u8]) -> Option<usize> {
        let (length, _) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= MAX_HEAD)
    }

    /// The head of a file, of which `bytes` may be the beginning, and where its body begins.
    pub(crate) fn open_head(&self, name: &Name, bytes: &[u8]) -> Result<(Vec<u8>, usize), Shut> {
        let length = Self::head_length(bytes).ok_or(Shut)?;
        let rest = bytes.get(BEFORE_HEAD..).ok_or(Shut)?;
        let head = self.open(b"head", name, rest.get(..length).ok_or(Shut)?)?;
        Ok((head, BEFORE_HEAD.saturating_add(length)))
    }

    /// Head and body of a file.
    pub(crate) fn open_file(&self, name: &Name, bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Shut> {
        let (head, at) = self.open_head(name, bytes)?;
        let body = self.open(b"body", name, bytes.get(at..).ok_or(Shut)?)?;
        Ok((head, body))
    }
}

fn aad(kind: &[u8], name: &Name) -> Vec<u8> {
    [CONTEXT, kind, b"/", name.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_opens_under_its_key_and_name_only() {
        let (key, other) = (SpoolKey::new(&[1; 32]), SpoolKey::new(&[2; 32]));
        let (name, wrong) = (key.name("object", "1.2"), key.name("object", "1.3"));
        let file = key.seal_file(&name, b"head".to_vec(), b"body".to_vec()).unwrap();
        assert_eq!(key.open_file(&name, &file), Ok((b"head".to_vec(), b"body".to_vec())));
        assert_eq!(key.open_file(&wrong, &file), Err(Shut));
        assert_eq!(other.open_file(&name, &file), Err(Shut));
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert_eq!(key.open_file(&name, &damaged), Err(Shut), "byte {at}");
            assert_eq!(key.open_file(&name, &file[..at]), Err(Shut), "cut at {at}");
        }
        assert!(!file.windows(4).any(|window| window == b"head" || window == b"body"));
    }

    #[test]
    fn a_body_does_not_open_behind_the_head_of_another_file() {
        let key = SpoolKey::new(&[1; 32]);
        let (one, two) = (key.name("object", "1"), key.name("object", "2"));
        let files = [&one, &two].map(|name| key.seal_file(name, b"head".to_vec(), b"body".to_vec()).unwrap());
        let at = key.open_head(&one, &files[0]).unwrap().1;
        let mixed = [&files[0][..at], &files[1][at..]].concat();
        assert_eq!(key.open_file(&one, &mixed), Err(Shut));
    }

    #[test]
    fn key_files_are_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool.key");
        SpoolKey::create(&path).unwrap();
        assert!(SpoolKey::read(&path).is_ok());
        assert!(SpoolKey::create(&path).is_err(), "it is there");
        let zero = folder.path().join("zero.key");
        private::create(&zero, "0".repeat(64).as_bytes()).unwrap();
        assert!(matches!(SpoolKey::read(&zero), Err(GatewayError::Key { .. })));
    }
}
