//! Why a model is refused, and why a run fails.

use std::time::Duration;

use crate::device::DeviceError;
use crate::limits::{MAX_MODEL_BYTES, MAX_NODES, MAX_WORK, OPERATORS, OPSETS};
use crate::wire::MAX_DECODED_BYTES;
use bithive_table::MAX_COLUMN_NAME_BYTES;
use bithive_table::MAX_FEATURES;

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
    /// The input is not rows of float32 features.
    #[error("model input: expected float32[N, features] with 1 to {MAX_FEATURES} features, found {found}")]
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
    /// An operator is not among the supported ones.
    #[error("model: operator {operator:?} is not supported; supported are {}", OPERATORS.join(", "))]
    UnsupportedOperator {
        /// The operator, with its domain if that is not the standard one.
        operator: String,
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
    /// A result is NaN or infinite.
    #[error("row {row}: the model's result is not a finite number")]
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
