//! Folders of DICOM files.
//!
//! [`inspect`] says what files are, without a value that names somebody. [`deidentify`] writes them into a new folder without what names
//! the patient, and goes on where an earlier run was cut off. [`import`] makes of de-identified files the images and the table that
//! jobs take. A file that is refused stops nothing: it is counted, with its reason.

mod deidentify;
mod error;
mod files;
mod import;
mod inspect;
mod summary;

pub use deidentify::{Deidentified, deidentify};
pub use error::StudiesError;
pub use import::{Imported, Row, TABLE, import};
pub use inspect::{Inspected, Inspection, inspect};
pub use summary::{Refusal, Summary};
