//! Files that are whole or not there, and on disk when a function returns.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{GatewayError, at};

/// The end of names of files that are being written. What a crash leaves of them is removed at the next start.
pub(crate) const PART: &str = ".part";

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A file that is written aside, all of it on disk, and has no name yet.
pub(crate) struct Aside(std::path::PathBuf);

impl Aside {
    /// Writes bytes beside where they will be.
    pub(crate) fn write(folder: &Path, bytes: &[u8]) -> Result<Self, GatewayError> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let aside = Self(folder.join(format!("{}-{number}{PART}", std::process::id())));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside.0).map_err(at(&aside.0))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(&aside.0))?;
        Ok(aside)
    }

    /// Gives it its name, in the place of a file that has it, and returns once the name is on disk.
    pub(crate) fn name(self, path: &Path) -> Result<(), GatewayError> {
        std::fs::rename(&self.0, path).map_err(at(path))?;
        path.parent().map_or(Ok(()), sync)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // One that has its name is not there any more.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Writes a file as a whole, in the place of one that is there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), GatewayError> {
    Aside::write(path.parent().unwrap_or(Path::new(".")), bytes)?.name(path)
}

/// A name is on disk once its folder is.
pub(crate) fn sync(folder: &Path) -> Result<(), GatewayError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

/// Lets nobody but its owner into a folder.
pub(crate) fn shut(folder: &Path) -> Result<(), GatewayError> {
    #[cfg(unix)]
    {
        let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(folder, only_owner).map_err(at(folder))?;
    }
    Ok(())
}

/// Makes a folder that only its owner can enter, unless it is there.
pub(crate) fn make(folder: &Path) -> Result<(), GatewayError> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    shut(folder)?;
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync)
}
