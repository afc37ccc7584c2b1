//! How many writes a file of records has had, in a small file beside it.
//!
//! Records that are gone, or older than the party left them, look like those of a party that has signed nothing yet. The number in
//! this file tells them apart. It is written after the records are on disk, and not waited for: after a power failure it may be
//! behind, which harms nobody, and is never ahead.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::database::restrict;
use crate::error::StateError;

/// What a person who opens the file sees; the number follows, in [`DIGITS`] digits, and the end of the line.
const HEAD: &str = "Writes that the records beside this file have had: ";
/// Digits of the greatest number.
const DIGITS: usize = 20;

/// Path of the witness of the records at `path`.
pub(crate) fn beside(path: &Path) -> PathBuf {
    path.with_extension("witness")
}

/// The number in the witness at `path`, if there is one.
pub(crate) fn read(path: &Path) -> Result<Option<u64>, StateError> {
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file.take(1 << 10).read_to_string(&mut text).map_err(|error| bad(path, &error))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(bad(path, &error)),
    };
    let number = text.strip_prefix(HEAD).and_then(|rest| rest.trim_end().parse().ok());
    number.map(Some).ok_or_else(|| bad(path, &"has no number of writes in it"))
}

fn bad(path: &Path, problem: &impl ToString) -> StateError {
    StateError::Witness { path: path.display().to_string(), problem: problem.to_string() }
}

/// The witness of records that are open.
pub(crate) struct Witness(Mutex<(File, u64)>);

impl Witness {
    /// Opens the witness at `path`, or makes it, with this number of writes.
    pub(crate) fn open(path: &Path, writes: u64) -> Result<Self, StateError> {
        let open = || -> std::io::Result<File> {
            if !path.exists() {
                // Whole, or not there.
                let unfinished = path.with_extension("witness-new");
                restrict(&unfinished)?;
                std::fs::write(&unfinished, text(writes))?;
                File::open(&unfinished)?.sync_all()?;
                std::fs::rename(&unfinished, path)?;
            }
            std::fs::OpenOptions::new().write(true).open(path)
        };
        let witness = Self(Mutex::new((open().map_err(|error| bad(path, &error))?, 0)));
        witness.saw(writes);
        Ok(witness)
    }

    /// The records have had `writes` writes, and are on disk. A failure leaves the number behind, which only notices less; the next
    /// write to the records has the same disk, and says what is wrong with it.
    pub(crate) fn saw(&self, writes: u64) {
        let mut witness = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, seen) = &mut *witness;
        // Two writers may come here in another order than they wrote.
        if writes > *seen
            && file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(text(writes).as_bytes())).is_ok()
        {
            *seen = writes;
        }
    }
}

/// Of one length whatever the number, so that it is written in place.
fn text(writes: u64) -> String {
    format!("{HEAD}{writes:0DIGITS$}\n")
}
