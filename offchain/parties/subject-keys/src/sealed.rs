//! Data under a subject's key.

use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::SubjectKeyError;
use crate::keys::{DataKey, SubjectKeys};

/// Ending of the name of a sealed file.
pub const ENDING: &str = "sealed";
/// Most bytes that are sealed at once: they are in memory twice.
pub const MAX_BYTES: usize = 1 << 30;
const MAGIC: &[u8; 8] = b"BHSEAL01";
const NONCE: usize = 24;

impl DataKey {
    /// Seals data for the file that will have it; `file` is its name without folders, so that one sealed file is not taken for another.
    ///
    /// # Errors
    /// [`SubjectKeyError::TooLong`].
    pub fn seal(
        &self,
        file: &str,
        data: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SubjectKeyError> {
        let long = || SubjectKeyError::TooLong { found: data.len(), most: MAX_BYTES };
        if data.len() > MAX_BYTES {
            return Err(long());
        }
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: data, aad: file.as_bytes() };
        // The cipher refuses only what is longer than this.
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| long())?;
        Ok([MAGIC.as_slice(), &self.name, &nonce, &sealed].concat())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.key))
    }
}

impl SubjectKeys {
    /// Opens a sealed file, given its path and bytes.
    ///
    /// # Errors
    /// [`SubjectKeyError::Erased`], [`SubjectKeyError::NoKey`], [`SubjectKeyError::Form`], [`SubjectKeyError::Wrong`].
    pub fn unseal(&self, path: &Path, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SubjectKeyError> {
        let form = || SubjectKeyError::Form { path: path.to_owned(), expected: "a sealed file" };
        let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or_else(form)?;
        let (name, rest) = rest.split_first_chunk::<32>().ok_or_else(form)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or_else(form)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let payload = Payload { msg: sealed, aad: file.as_bytes() };
        let opened = self.read(name)?.cipher().decrypt(&XNonce::from(*nonce), payload);
        Ok(Zeroizing::new(opened.map_err(|_| SubjectKeyError::Wrong { path: path.to_owned() })?))
    }
}
