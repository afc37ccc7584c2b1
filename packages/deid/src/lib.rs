//! De-identification of DICOM objects, and what becomes of their pixels.
//!
//! In the order in which a file passes through:
//!
//! 1. [`read`] decodes the bytes of a file (PS3.10) with bounds on depth, lengths and pixels, where it matters before memory is
//!    taken. [`write()`] encodes one.
//! 2. [`Collection`] compares files with each other: two patients in one study, one identifier with two contents.
//! 3. [`Profile::apply`] is the Basic Application Level Confidentiality Profile of PS3.15 Annex E and its options, driven by the
//!    [table of attributes](table). It answers with a [`Report`] that names attributes and never a value.
//! 4. Pixels: [`Profile::apply`] refuses images of kinds that carry text in the picture until a person has given the [`Boxes`] to
//!    blank, and [`text::find`] looks for rendered text in the others.
//! 5. [`to_tensor`] turns the frames into numbers for a model, in Hounsfield units where the object says how.
//!
//! Identifiers are replaced under a [`SubjectKey`]: the same subject, key and value give the same replacement, and without the
//! key nobody finds the way back. `docs/medical.md` says what this does not protect from.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing
)]

mod apply;
mod area;
mod boxes;
mod collection;
mod date;
mod dummy;
mod error;
mod file;
mod frames;
mod image;
mod key;
pub mod limits;
mod markers;
mod numbers;
mod pixels;
mod position;
mod profile;
mod report;
pub mod table;
pub mod text;

pub use area::Area;
pub use boxes::Boxes;
pub use collection::{Admission, Collection};
pub use error::Error;
pub use file::{Object, Split, head, read, split, write};
pub use key::{DeidKey, SubjectKey};
pub use numbers::to_tensor;
pub use position::position;
pub use profile::{DateOption, Options, Profile};
pub use report::{Action, Change, Report, Warning};
