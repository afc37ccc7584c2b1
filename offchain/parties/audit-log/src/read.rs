//! Reading the entries of all segments.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use bithive_audit::{Entry, Fault, Head, MAX_LINE_BYTES, Salt, Summary, Verifier};

use crate::AuditLogError;
use crate::folder::Folder;

/// The lines of a log, one after the other, over all its segments. It holds one line at a time.
pub struct Reader {
    folder: Folder,
    left: std::vec::IntoIter<PathBuf>,
    file: Option<BufReader<File>>,
    torn: usize,
}

/// What a check of a log has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it has, or its first fault.
    pub log: Result<Summary, Fault>,
    /// Bytes of an unfinished line at its end, which the next writer cuts off and notes. Its act was never reported.
    pub torn: usize,
}

impl Reader {
    /// Reads the log in a folder.
    ///
    /// # Errors
    /// [`AuditLogError::NoLog`], [`AuditLogError::Read`].
    pub fn open(folder: &Path) -> Result<Self, AuditLogError> {
        let folder = Folder::new(folder);
        let segments = folder.segments().map_err(|error| folder.read_error(error))?;
        if segments.is_empty() {
            return Err(AuditLogError::NoLog { folder: folder.shown() });
        }
        Ok(Self { folder, left: segments.into_iter(), file: None, torn: 0 })
    }

    /// The log's salt; none if it was destroyed.
    ///
    /// # Errors
    /// [`AuditLogError::Salt`], [`AuditLogError::Read`].
    pub fn salt(&self) -> Result<Option<Salt>, AuditLogError> {
        self.folder.salt()
    }

    /// Bytes of an unfinished line at the end, once all lines were read.
    #[must_use]
    pub const fn torn(&self) -> usize {
        self.torn
    }

    /// The next line, without its end; none after the last one. A line that is longer than any entry comes in part.
    ///
    /// # Errors
    /// [`AuditLogError::Read`].
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, AuditLogError> {
        loop {
            if let Some(file) = &mut self.file {
                let line = read_line(file).map_err(|error| self.folder.read_error(error))?;
                match line {
                    Some((line, true)) => return Ok(Some(line)),
                    // A line without an end: unfinished, if nothing follows.
                    Some((line, false)) if self.left.len() == 0 => self.torn = line.len(),
                    Some((line, false)) => return Ok(Some(line)),
                    None => {}
                }
                self.file = None;
            }
            let Some(path) = self.left.next() else { return Ok(None) };
            let file = File::open(path).map_err(|error| self.folder.read_error(error))?;
            self.file = Some(BufReader::new(file));
        }
    }
}

/// A line, and whether it has an end; none at the end of the file.
pub(crate) fn read_line(file: &mut impl io::BufRead) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut line = Vec::new();
    file.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let ended = line.pop_if(|last| *last == b'\n').is_some();
    // Longer than any entry: it is no unfinished one.
    let ended = ended || line.len() > MAX_LINE_BYTES;
    Ok(Some((line, ended)))
}

/// Checks the log in a folder against heads that are known from outside. `each` gets every sound entry, in order.
///
/// # Errors
/// [`AuditLogError::NoLog`], [`AuditLogError::Read`]; faults of the log are in the [`Verdict`].
pub fn verify(
    folder: &Path,
    known: impl IntoIterator<Item = Head>,
    mut each: impl FnMut(&Entry),
) -> Result<Verdict, AuditLogError> {
    let mut reader = Reader::open(folder)?;
    let mut verifier = Verifier::new(known);
    while let Some(line) = reader.next_line()? {
        if let Some(entry) = verifier.push(&line) {
            each(entry);
        }
    }
    Ok(Verdict { log: verifier.finish(), torn: reader.torn() })
}
