//! Files that only their owner can read and write, written as a whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::KeystoreError;

fn bad(file: &Path) -> impl Fn(std::io::Error) -> KeystoreError {
    move |error| KeystoreError::File { file: file.display().to_string(), problem: error.to_string() }
}

/// Reads a file that nobody else can read or write, of at most `limit` bytes.
///
/// # Errors
/// [`KeystoreError::Exposed`], [`KeystoreError::File`].
pub fn read(file: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let opened = File::open(file).map_err(bad(file))?;
    check_mode(file, &opened.metadata().map_err(bad(file))?)?;
    // Of a buffer that grows, copies would be left behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    opened.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(bad(file))?;
    if bytes.len() > limit {
        let problem = format!("it has more than {limit} bytes");
        return Err(KeystoreError::File { file: file.display().to_string(), problem });
    }
    Ok(bytes)
}

#[cfg(unix)]
fn check_mode(file: &Path, metadata: &std::fs::Metadata) -> Result<(), KeystoreError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeystoreError::Exposed { file: file.display().to_string(), mode })
}

/// Writes a file as a whole, in the place of one that is there: under another name first, then renamed. The new name
/// is on disk when this returns.
///
/// # Errors
/// [`KeystoreError::File`].
pub fn replace(file: &Path, bytes: &[u8]) -> Result<(), KeystoreError> {
    let aside = written_aside(file, bytes)?;
    std::fs::rename(&aside, file).map_err(bad(file))?;
    sync_folder(file)
}

/// As [`replace`], but never in the place of a file that is there.
///
/// # Errors
/// [`KeystoreError::Exists`], [`KeystoreError::File`].
pub fn create(file: &Path, bytes: &[u8]) -> Result<(), KeystoreError> {
    let exists = || KeystoreError::Exists { file: file.display().to_string() };
    if file.exists() {
        return Err(exists());
    }
    let aside = written_aside(file, bytes)?;
    let named = std::fs::hard_link(&aside, file);
    let removed = std::fs::remove_file(&aside);
    named.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(),
        _ => bad(file)(error),
    })?;
    removed.map_err(bad(file))?;
    sync_folder(file)
}

fn written_aside(file: &Path, bytes: &[u8]) -> Result<std::path::PathBuf, KeystoreError> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let aside = file.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(&aside).map_err(bad(file))?;
    opened.write_all(bytes).and_then(|()| opened.sync_all()).map_err(bad(file)).inspect_err(|_| {
        // Part of a file is of no use.
        let _ = std::fs::remove_file(&aside);
    })?;
    Ok(aside)
}

/// A name is on disk once its folder is.
fn sync_folder(file: &Path) -> Result<(), KeystoreError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(bad(file))
}
