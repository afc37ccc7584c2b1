//! Runs a tabular model on validated rows.
//!
//! In reading order:
//! - [`Table`] reads a CSV file into named [`Features`] and [`Label`]s; `Features` is also what travels.
//! - [`Model`] loads an ONNX file, which may come from an unknown party, and turns rows into logits.
//! - [`Device`] says where it runs. A GPU that is not there is an error, never a quiet switch to the CPU.
//! - [`sigmoid`], [`Label`] and [`accuracy`] turn logits into an answer that a person can check.
//!
//! Everything is checked on input: limits are constants, errors name the row, column or node and never repeat a
//! cell, because cells may be a patient's.

mod device;
mod error;
mod features;
mod guard;
mod inspect;
mod label;
mod limits;
mod model;
mod table;

pub use device::{Device, DeviceError};
pub use error::{ModelError, RunError};
pub use features::{Features, FeaturesError, MAX_BYTES, MAX_FEATURES, MAX_ROWS};
pub use label::{AccuracyError, Label, accuracy, sigmoid};
pub use limits::{MAX_MODEL_BYTES, MAX_MULTIPLY_ADDS, MAX_NODES, OPERATORS, OPSETS};
pub use model::{Model, digest};
pub use table::{MAX_COLUMN_NAME_BYTES, Table, TableError};
