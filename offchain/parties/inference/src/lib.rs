//! Runs a model on validated rows or images.
//!
//! In reading order:
//! - [`Table`] reads a CSV file into named [`Features`] and [`Label`]s; `Features` is also what travels. Images travel as [`Images`].
//! - [`Model`] loads an ONNX file, which may come from an unknown party, and turns rows or images into logits.
//! - [`Device`] says where it runs. A GPU that is not there is an error, never a quiet switch to the CPU.
//! - [`Work`] says how much of the machine a run takes, [`speed`] how fast the machine is, and [`Budget`] ends a run.
//! - [`sigmoid`], [`Label`] and [`accuracy`] turn logits into an answer that a person can check.
//!
//! Everything is checked on input: limits are constants, errors name the row, column or node and never repeat a
//! cell, because cells may be a patient's.

mod answers;
mod budget;
mod cpu;
mod device;
mod error;
mod guard;
mod inspect;
mod limits;
mod model;
mod speed;
mod wire;
mod work;

pub use bithive_table::{
    AccuracyError, Features, FeaturesError, Label, MAX_BYTES, MAX_COLUMN_NAME_BYTES, MAX_FEATURES, MAX_ROWS,
    Table, TableError, accuracy, sigmoid,
};
pub use bithive_tensor::{
    Answer, Answered, Answers, AnswersError, Area, InputError, ModelInput, Preprocessing, PreprocessingError,
    Shape, Spacing, Tensor as Images, TensorError,
};
pub use budget::Budget;
pub use device::{Device, DeviceError};
pub use error::{ModelError, RunError};
pub use limits::{
    IMAGE_OPERATORS, IMAGE_OPSETS, MAX_ANSWER_VALUES, MAX_CLASSES, MAX_IMAGE_ELEMENTS, MAX_IMAGE_WORK,
    MAX_MODEL_BYTES, MAX_NODES, MAX_WORK, OPERATORS, OPSETS,
};
pub use model::{Model, digest};
pub use speed::{Speed, SpeedError, speed};
pub use wire::MAX_DECODED_BYTES;
pub use work::Work;
