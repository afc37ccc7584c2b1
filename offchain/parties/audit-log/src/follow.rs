//! Waiting for new entries.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::AuditLogError;
use crate::folder::Folder;
use crate::read::read_line;

/// Reads a log from its beginning, and then what is added. A line is read once it has its end.
pub struct Follower {
    folder: Folder,
    /// The segment that is read, and how far.
    at: Option<(PathBuf, u64)>,
}

impl Follower {
    /// At the beginning of the log in a folder.
    ///
    /// # Errors
    /// [`AuditLogError::NoLog`], [`AuditLogError::Read`].
    pub fn new(folder: &Path) -> Result<Self, AuditLogError> {
        let folder = Folder::new(folder);
        if folder.segments().map_err(|error| folder.read_error(error))?.is_empty() {
            return Err(AuditLogError::NoLog { folder: folder.shown() });
        }
        Ok(Self { folder, at: None })
    }

    /// Some lines that were not read yet, without their ends; none if there are none now.
    ///
    /// # Errors
    /// [`AuditLogError::Read`].
    pub fn next_lines(&mut self) -> Result<Vec<Vec<u8>>, AuditLogError> {
        let bad = |error| self.folder.read_error(error);
        // First: a segment that is there now is whole but for the last one.
        let segments = self.folder.segments().map_err(bad)?;
        let Some((path, from)) = self.at.clone().or_else(|| Some((segments.first()?.clone(), 0))) else {
            return Ok(Vec::new());
        };
        let mut file = File::open(&path).map_err(bad)?;
        file.seek(SeekFrom::Start(from)).map_err(bad)?;
        let (mut file, mut lines, mut read) = (BufReader::new(file), Vec::new(), from);
        while lines.len() < 1_000 {
            match read_line(&mut file).map_err(bad)? {
                Some((line, true)) => {
                    read = read.saturating_add(line.len() as u64).saturating_add(1);
                    lines.push(line);
                }
                _ => break,
            }
        }
        let next = segments.iter().find(|segment| **segment > path);
        self.at = match next {
            Some(next) if lines.is_empty() => Some((next.clone(), 0)),
            _ => Some((path, read)),
        };
        if lines.is_empty() && next.is_some() {
            return self.next_lines();
        }
        Ok(lines)
    }
}
