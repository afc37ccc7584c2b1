//! The files of a log.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bithive_audit::Salt;
use zeroize::Zeroizing;

use crate::AuditLogError;

const SALT: &str = "salt";
const LOCK: &str = "lock";
const PREFIX: &str = "entries-";
const SUFFIX: &str = ".log";
/// Digits of a number in a file's name, so that names sort as numbers.
const DIGITS: usize = 20;

/// A folder with a log, or for one.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.into())
    }

    pub(crate) fn shown(&self) -> String {
        self.0.display().to_string()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write_error(&self, error: impl ToString) -> AuditLogError {
        AuditLogError::Write { folder: self.shown(), problem: error.to_string() }
    }

    pub(crate) fn read_error(&self, error: impl ToString) -> AuditLogError {
        AuditLogError::Read { folder: self.shown(), problem: error.to_string() }
    }

    pub(crate) fn make(&self) -> Result<(), AuditLogError> {
        if self.0.is_dir() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.0).map_err(|error| self.write_error(error))?;
        #[cfg(unix)]
        {
            let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            std::fs::set_permissions(&self.0, only_owner).map_err(|error| self.write_error(error))?;
        }
        Ok(())
    }

    /// A file that only its owner can read, to be written at its end.
    pub(crate) fn append_to(path: &Path, is_new: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true);
        if is_new {
            options.create_new(true);
        }
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }

    /// The file whose lock makes a process the writer.
    pub(crate) fn lock_file(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.file(LOCK))
    }

    /// A name is on disk once its folder is.
    pub(crate) fn sync(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    /// The segments, in order, by the number of their first entry.
    pub(crate) fn segments(&self) -> io::Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(all),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
            if number.is_some_and(|number| {
                number.len() == DIGITS && number.bytes().all(|byte| byte.is_ascii_digit())
            }) {
                all.push(self.0.join(name));
            }
        }
        all.sort();
        Ok(all)
    }

    /// The segment that begins with an entry.
    pub(crate) fn segment(&self, seq: u64) -> PathBuf {
        self.file(&format!("{PREFIX}{seq:0DIGITS$}{SUFFIX}"))
    }

    /// The salt; none if there is none yet.
    pub(crate) fn salt(&self) -> Result<Option<Salt>, AuditLogError> {
        let mut text = Zeroizing::new(String::with_capacity(128));
        let file = match File::open(self.file(SALT)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|error| self.read_error(error))?,
        };
        let bad = || AuditLogError::Salt { folder: self.shown() };
        file.take(100).read_to_string(&mut text).map_err(|_| bad())?;
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim_end(), &mut *bytes).map_err(|_| bad())?;
        Ok(Some(Salt::new(*bytes)))
    }

    /// Draws the salt. It is whole when it has its name.
    pub(crate) fn make_salt(&self) -> Result<Salt, AuditLogError> {
        let bytes = Zeroizing::new(random()?);
        let text = Zeroizing::new(hex::encode(*bytes));
        self.replace(SALT, text.as_bytes()).map_err(|error| self.write_error(error))?;
        Ok(Salt::new(*bytes))
    }

    /// Writes a small file as a whole, or leaves the one that is there.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let aside = self.file(&format!("{name}.new"));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&aside, self.file(name))?;
        self.sync()
    }
}

/// 32 random bytes.
pub(crate) fn random() -> Result<[u8; 32], AuditLogError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| AuditLogError::Randomness(error.to_string()))?;
    Ok(bytes)
}
