//! Why a run can't begin or go on. What is wrong with one file is a [`Refusal`](crate::Refusal) and no error.

use std::path::{Path, PathBuf};

use bithive_subject_keys::SubjectKeyError;

/// Why a run can't begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum StudiesError {
    /// A file or folder can't be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is nothing to do.
    #[error("{path} has no file", path = path.display())]
    Empty {
        /// The input, which is a file or a folder.
        path: PathBuf,
    },
    /// The output folder has something else.
    #[error("{path} is not empty and was not begun by this command; give a new folder", path = path.display())]
    NotNew {
        /// Path of the output folder.
        path: PathBuf,
    },
    /// The output folder was begun with another key or other options.
    #[error(
        "{path} was begun with another key, other options, boxes or another version; give these again, or a new folder",
        path = path.display()
    )]
    OtherRun {
        /// Path of the output folder.
        path: PathBuf,
    },
    /// Input and output are one folder, or one is within the other.
    #[error("input and output: expected two folders of which none is in the other")]
    Within,
    /// Images can't be sealed.
    #[error(transparent)]
    Keys(#[from] SubjectKeyError),
    /// The table of images can't be written.
    #[error("{path}: {source}", path = path.display())]
    Table {
        /// Path of the table.
        path: PathBuf,
        /// What the writer says.
        source: csv::Error,
    },
}

pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> StudiesError + '_ {
    |source| StudiesError::Io { path: path.to_owned(), source }
}
