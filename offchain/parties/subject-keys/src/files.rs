//! Files whose bytes are destroyed.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use rand_core::Rng;
use zeroize::Zeroizing;

use crate::SubjectKeyError;
use crate::error::at;

/// Bytes that are written at a time.
const CHUNK: usize = 64 << 10;

/// A file that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wiped {
    /// Its bytes, each of which was overwritten, and read back as overwritten through the same file.
    pub bytes: u64,
}

/// Overwrites a file in place with random bytes, waits until they are on disk, reads them back, and removes the file. Other names of the
/// same file show the random bytes, too. A link is not followed: what it leads to is another file.
///
/// # Errors
/// [`SubjectKeyError::Io`], [`SubjectKeyError::Form`] for what is no file, [`SubjectKeyError::NotOverwritten`]. After an error the file is still
/// there, with what is left of it; the same call goes on.
pub fn wipe(path: &Path, rng: &mut impl Rng) -> Result<Wiped, SubjectKeyError> {
    let metadata = std::fs::symlink_metadata(path).map_err(at(path))?;
    if !metadata.is_file() {
        return Err(SubjectKeyError::Form { path: path.to_owned(), expected: "a file" });
    }
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(at(path))?;
    let bytes = file.metadata().map_err(at(path))?.len();
    // The noise is drawn once and kept as a digest, so that a file of any size takes little memory.
    let mut written = blake3::Hasher::new();
    let mut noise = vec![0; CHUNK];
    let mut left = bytes;
    while left > 0 {
        let length = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let part = noise.get_mut(..length).unwrap_or_default();
        rng.fill_bytes(part);
        file.write_all(part).map_err(at(path))?;
        written.update(part);
        left = left.saturating_sub(length as u64);
    }
    file.sync_all().map_err(at(path))?;
    if read_back(&mut file, path)? != written.finalize() {
        return Err(SubjectKeyError::NotOverwritten { path: path.to_owned() });
    }
    std::fs::remove_file(path).map_err(at(path))?;
    sync_folder(path)?;
    Ok(Wiped { bytes })
}

fn read_back(file: &mut File, path: &Path) -> Result<blake3::Hash, SubjectKeyError> {
    file.seek(SeekFrom::Start(0)).map_err(at(path))?;
    let mut read = blake3::Hasher::new();
    let mut part = Zeroizing::new(vec![0; CHUNK]);
    loop {
        let length = file.read(&mut part).map_err(at(path))?;
        if length == 0 {
            return Ok(read.finalize());
        }
        read.update(part.get(..length).unwrap_or_default());
    }
}

/// A name is on disk, or gone from it, once its folder is written.
pub(crate) fn sync_folder(path: &Path) -> Result<(), SubjectKeyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}
