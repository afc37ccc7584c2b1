//! Tables of numbers: what a requester's file becomes before it is encrypted, and what a node decodes.
//!
//! [`Table`] reads a CSV file into named [`Features`] and [`Label`]s; `Features` is also what travels. [`sigmoid`], [`Label`]
//! and [`accuracy`] turn logits into an answer that a person can check.
//!
//! Everything is checked on input: limits are constants, errors name the row or column and never repeat a cell,
//! because cells may be a patient's.

mod features;
mod label;
mod table;

pub use features::{Features, FeaturesError, MAX_BYTES, MAX_FEATURES, MAX_ROWS};
pub use label::{AccuracyError, Label, accuracy, sigmoid};
pub use table::{MAX_COLUMN_NAME_BYTES, Table, TableError};
