//! Why a model is refused, and why a run fails.

use std::time::Duration;

use crate::device::DeviceError;
use crate::limits::{
    IMAGE_OPSETS, MAX_ANSWER_VALUES, MAX_CLASSES, MAX_IMAGE_ELEMENTS, MAX_IMAGE_WORK, MAX_MODEL_BYTES,
    MAX_NODES, MAX_WORK, OPSETS,
};
use crate::wire::MAX_DECODED_BYTES;
use bithive_table::MAX_COLUMN_NAME_BYTES;
use bithive_table::MAX_FEATURES;
use bithive_tensor::{MAX_CHANNELS, MAX_SIDE, PreprocessingError};

/// Why a model is refused. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The file is too large.
    #[error("model: expected at most {MAX_MODEL_BYTES} bytes, found {found}")]
    TooLarge {
        /// Length of the file, in bytes.
        found: usize,
    },
    /// The bytes are not an ONNX model.
    #[error("model: not an ONNX file: {reason}")]
    NotOnnx {
        /// What the decoder met.
        reason: String,
    },
    /// The standard operators are of a version that is not supported.
    #[error(
        "model: expected a standard operator set of version {} to {}, found {found}",
        OPSETS.start(), OPSETS.end()
    )]
    OperatorSet {
        /// Version found; 0 if the model names none.
        found: i64,
    },
    /// The standard operators of a model of images are of a version that is not supported.
    #[error(
        "model: expected a standard operator set of version {} to {} for a model of images, found {found}",
        IMAGE_OPSETS.start(), IMAGE_OPSETS.end()
    )]
    ImageOperatorSet {
        /// Version of the operator set that was found.
        found: i64,
    },
    /// More nodes than a model may have.
    #[error("model: expected at most {MAX_NODES} nodes, found {found}")]
    TooManyNodes {
        /// Number of nodes in the graph.
        found: usize,
    },
    /// More work per row than a model may ask for.
    #[error(
        "model: expected work of at most {MAX_WORK} multiply-adds per row, found more; each operator counts by the \
         elements of its result, and one element as 32 of them or more"
    )]
    TooMuchWork,
    /// More work per image than a model may ask for.
    #[error(
        "model: expected work of at most {MAX_IMAGE_WORK} multiply-adds per image, found more; a smaller height and width take less"
    )]
    TooMuchImageWork,
    /// More memory per image than a model may ask for.
    #[error(
        "model: expected at most {MAX_IMAGE_ELEMENTS} numbers in all results of an image together, found more; a smaller height and \
         width take less"
    )]
    TooMuchImageMemory,
    /// The file is small, and what it decodes to is not.
    #[error(
        "model: expected at most {MAX_DECODED_BYTES} bytes of memory once it is decoded, found more; weights are expected as raw data"
    )]
    TooMuchMemory,
    /// The model does not read exactly one tensor.
    #[error("model: expected one input, found {found}")]
    InputCount {
        /// Inputs found, weights not counted.
        found: usize,
    },
    /// The input is neither rows of float32 features nor images.
    #[error(
        "model input: expected float32[N, features] with 1 to {MAX_FEATURES} features, or float32[N, channels, height, width] with 1 to \
         {MAX_CHANNELS} channels and 1 to {MAX_SIDE} pixels a side, found {found}"
    )]
    InputShape {
        /// Type and shape found.
        found: String,
    },
    /// The model does not write exactly one tensor.
    #[error("model: expected one output, found {found}")]
    OutputCount {
        /// Number of outputs of the graph.
        found: usize,
    },
    /// The output is of another type than float32.
    #[error("model output: expected float32, found {found}")]
    OutputNotFloat {
        /// Type and shape found.
        found: String,
    },
    /// The output is not one logit per row.
    #[error("model output: expected float32[N, 1], found {found}")]
    OutputShape {
        /// Type and shape found.
        found: String,
    },
    /// The output of a model of images is neither classes of an image nor of its pixels.
    #[error(
        "model output: expected float32[N, classes] or float32[N, classes, height, width] with 1 to {MAX_CLASSES} classes and at most \
         {MAX_ANSWER_VALUES} numbers for an image, found {found}"
    )]
    ImageOutputShape {
        /// Type and shape found.
        found: String,
    },
    /// The runtime sees other shapes than those that the graph was checked with.
    #[error("model output: expected the shape {expected:?}, the runtime found {found}")]
    ImageShape {
        /// Shape of a batch's output by the check.
        expected: Vec<usize>,
        /// Shape that the runtime gives, as it shows it.
        found: String,
    },
    /// The property `image` can't be what it says.
    #[error("model, property {0}")]
    Preprocessing(#[from] PreprocessingError),
    /// The property `image` is for another input.
    #[error(
        "model, property image: expected channels, height and width {expected:?} as in the input, found {found:?}"
    )]
    ImageProperty {
        /// Channels, height, width of the input.
        expected: [usize; 3],
        /// Those of the property.
        found: [usize; 3],
    },
    /// The list of class names does not fit the output.
    #[error("model, property classes: expected {expected} names as in the output, found {found}")]
    Classes {
        /// Classes of the output.
        expected: usize,
        /// Number of names in the property.
        found: usize,
    },
    /// A class has no name, or too long a one.
    #[error("model, property classes, name {position}: expected 1 to {MAX_COLUMN_NAME_BYTES} bytes")]
    ClassName {
        /// Position of the name, counted from 1.
        position: usize,
    },
    /// An operator is not among the supported ones.
    #[error("model: operator {operator:?} is not supported; supported are {}", .supported.join(", "))]
    UnsupportedOperator {
        /// The operator, with its domain if that is not the standard one.
        operator: String,
        /// Those that are supported for such a model.
        supported: &'static [&'static str],
    },
    /// A node is built in a way that is not supported.
    #[error("model, node {node:?}: {reason}")]
    Node {
        /// The node's name, or its first output's.
        node: String,
        /// What is wrong and what is expected.
        reason: &'static str,
    },
    /// A weight is not stored as a small float32 tensor inside the file.
    #[error("model, tensor {tensor:?}: {reason}")]
    Tensor {
        /// The tensor's name.
        tensor: String,
        /// What is wrong and what is expected.
        reason: &'static str,
    },
    /// The list of feature names does not fit the input.
    #[error("model, property feature_names: expected {expected} names as in the input, found {found}")]
    FeatureNames {
        /// Features of the input.
        expected: usize,
        /// Number of names in the property.
        found: usize,
    },
    /// A feature has a name that no column can have.
    #[error("model, property feature_names, name {position}: expected 1 to {MAX_COLUMN_NAME_BYTES} bytes")]
    FeatureName {
        /// Position of the name, counted from 1.
        position: usize,
    },
    /// The runtime could not build the graph.
    #[error("model: the runtime refuses it: {reason}")]
    Refused {
        /// The runtime's reason.
        reason: String,
    },
    /// The runtime panicked while it built the graph.
    #[error("model: the runtime panicked on it: {reason}")]
    Panicked {
        /// The panic's message.
        reason: String,
    },
}

/// Why a run gives no result. No variant carries a value of a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The rows are not as wide as the model's input.
    #[error("features per row: expected {expected} for this model, found {found}")]
    Width {
        /// Features of the model's input.
        expected: usize,
        /// Features per row given.
        found: usize,
    },
    /// The table's columns are not the model's features, or are in another order.
    #[error("column {position}: expected {expected:?} for this model, found {found:?}")]
    Column {
        /// Position among the feature columns, counted from 1.
        position: usize,
        /// The model's name for this feature.
        expected: String,
        /// The table's name.
        found: String,
    },
    /// The model reads images.
    #[error("input: expected images (BHIM) for this model, found rows of a table")]
    NotImages,
    /// The model reads rows.
    #[error("input: expected rows of a table for this model, found images (BHIM)")]
    NotRows,
    /// The images can't be prepared as the model's manifest says.
    #[error(transparent)]
    Images(#[from] PreprocessingError),
    /// More logits than one job may have.
    #[error("images: expected at most {most} of them for this model, found {found}; send fewer at once")]
    TooManyImages {
        /// Most images of one job for this model.
        most: usize,
        /// Number of images given.
        found: usize,
    },
    /// A result is NaN or infinite.
    #[error("row or image {row}: the model's result is not a finite number")]
    NotFinite {
        /// The row, counted from 1.
        row: usize,
    },
    /// Its time is over, or what is left of it is too short.
    #[error("the model's run takes too long: {needed:.1?} more are needed, {left:.1?} are left")]
    OutOfTime {
        /// Time that is needed; zero if the run was ended in the middle.
        needed: Duration,
        /// Time that is left.
        left: Duration,
    },
    /// Nobody waits for the result any more.
    #[error("the model's run was cancelled")]
    Cancelled,
    /// The runtime failed.
    #[error("the runtime failed: {reason}")]
    Failed {
        /// The runtime's reason.
        reason: String,
    },
    /// The runtime panicked.
    #[error("the runtime panicked: {reason}")]
    Panicked {
        /// The panic's message.
        reason: String,
    },
}
