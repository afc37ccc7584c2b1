//! What can go wrong.

use std::path::{Path, PathBuf};

use bithive_keystore::KeystoreError;

/// Why data can't be sealed, opened or erased.
#[derive(Debug, thiserror::Error)]
pub enum SubjectKeyError {
    /// A file or folder can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A private file can't be read or written.
    #[error(transparent)]
    Private(#[from] KeystoreError),
    /// The wrapping key is none.
    #[error("the wrapping key is not 64 hex digits; `bithive dicom key FILE` makes one")]
    WrappingKey,
    /// The subject was erased.
    #[error(
        "the subject was erased: it gets no new key, and what was sealed for it can't be opened by anybody"
    )]
    Erased,
    /// There is no key of the subject.
    #[error("there is no key of this subject in {}; expected the folder that was given when it was sealed", folder.display())]
    NoKey {
        /// Path of the folder.
        folder: PathBuf,
    },
    /// A key file or sealed file has another form.
    #[error("{} is not {expected}", path.display())]
    Form {
        /// Path of the file.
        path: PathBuf,
        /// What it should be, in words.
        expected: &'static str,
    },
    /// It does not open.
    #[error("{} does not open: it was changed, or the wrapping key is another one", path.display())]
    Wrong {
        /// Path of the file.
        path: PathBuf,
    },
    /// More than is sealed.
    #[error("there are {found} bytes to seal; expected at most {most}")]
    TooLong {
        /// How many bytes it has.
        found: usize,
        /// Most bytes that are read.
        most: usize,
    },
    /// What was overwritten reads as something else.
    #[error("{} does not read as what was written over it: its old bytes may still be there. Destroy the disk, or the wrapping key", path.display())]
    NotOverwritten {
        /// Path of the file.
        path: PathBuf,
    },
}

pub(crate) fn at(path: &Path) -> impl Fn(std::io::Error) -> SubjectKeyError {
    move |source| SubjectKeyError::Io { path: path.to_owned(), source }
}
