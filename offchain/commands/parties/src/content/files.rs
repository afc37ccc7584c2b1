//! Sealed files, and the registrations beside them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_consent::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Most bytes of a registration.
const MAX_REGISTRATION_BYTES: usize = 4 << 10;
/// Bytes that are read at a time.
const PART: usize = 64 << 10;

/// What an author registers of a sealed file: nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    /// Id of the chain.
    pub(super) chain_id: String,
    /// Address of the contract.
    pub(super) contract: String,
    /// Account of the author.
    pub(super) author: String,
    /// SHA-256 of the sealed file.
    pub(super) content: Digest,
    /// What the key is compared with.
    pub(super) commitment: Digest,
    /// Identity of the committee.
    pub(super) committee: Digest,
    /// The wrapped key, in hex.
    pub(super) wrap: String,
}

impl Registration {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let bytes = crate::relied::read_file(file, MAX_REGISTRATION_BYTES)?;
        serde_json::from_slice(&bytes).with_context(|| {
            format!("{}: expected what `content seal --registration` writes", file.display())
        })
    }
}

/// The content that a text names: its digest, or the sealed file itself.
pub(super) fn content_of(text: &str) -> Result<[u8; 32]> {
    if let Ok(Digest(digest)) = text.parse() {
        return Ok(digest);
    }
    digest_of(Path::new(text))
        .with_context(|| format!("{text}: expected a sealed file, or the 64 hex digits of a content"))
}

/// SHA-256 of a file.
pub(super) fn digest_of(file: &Path) -> io::Result<[u8; 32]> {
    let (mut file, mut hasher) = (File::open(file)?, Sha256::new());
    let mut part = vec![0; PART];
    loop {
        match file.read(&mut part) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(length) => hasher.update(part.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A writer that has the SHA-256 of what it has written.
pub(super) struct Hashing<W> {
    hasher: Sha256,
    target: W,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(target: W) -> Self {
        Self { hasher: Sha256::new(), target }
    }

    pub(super) fn finish(self) -> ([u8; 32], W) {
        (self.hasher.finalize().into(), self.target)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.target.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

/// A file that takes its name once it is whole; until then, and if it is dropped before, there is none of this name.
pub(super) struct NewFile {
    file: Option<File>,
    aside: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// Only its owner can read it.
    pub(super) fn create(path: &Path) -> Result<Self> {
        ensure!(
            !path.exists(),
            "--out: {} exists already; choose another name or move it away",
            path.display()
        );
        let mut name =
            path.file_name().with_context(|| format!("{}: not a file name", path.display()))?.to_owned();
        name.push(format!(".new-{}", std::process::id()));
        let aside = path.with_file_name(name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&aside).with_context(|| aside.display().to_string())?;
        Ok(Self { file: Some(file), aside, path: path.to_owned() })
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the file is closed"))
    }

    /// Gives it its name; a file that is there meanwhile is not replaced.
    pub(super) fn keep(mut self) -> Result<()> {
        let name = self.path.display().to_string();
        self.file()?.sync_all().with_context(|| name.clone())?;
        self.file = None;
        std::fs::hard_link(&self.aside, &self.path).with_context(|| name)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // What has its name has it twice until now; what has none is of no use.
        let _ = std::fs::remove_file(&self.aside);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_once_it_is_kept_and_never_takes_that_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let count = || std::fs::read_dir(folder.path()).unwrap().count();
        let mut dropped = NewFile::create(&path).unwrap();
        dropped.write_all(b"part").unwrap();
        drop(dropped);
        assert_eq!(count(), 0);
        let mut kept = NewFile::create(&path).unwrap();
        kept.write_all(b"whole").unwrap();
        assert!(!path.exists());
        kept.keep().unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), count()), (b"whole".to_vec(), 1));
        assert!(NewFile::create(&path).is_err());
        assert_eq!(digest_of(&path).unwrap(), <[u8; 32]>::from(Sha256::digest(b"whole")));
    }
}
