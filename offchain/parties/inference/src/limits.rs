//! What a model may be.

use std::ops::RangeInclusive;

/// Largest model file in bytes.
pub const MAX_MODEL_BYTES: usize = 64 << 20;
/// Operators a model may use: dense layers, arithmetic and activations. All treat rows independently of each other.
pub const OPERATORS: [&str; 17] = [
    "Add",
    "BatchNormalization",
    "Clip",
    CONSTANT,
    "Div",
    "Elu",
    GEMM,
    "Identity",
    "LeakyRelu",
    MATMUL,
    "Mul",
    "Neg",
    "Relu",
    "Sigmoid",
    "Softplus",
    "Sub",
    "Tanh",
];
/// Versions of the standard operator set that the runtime is tested against.
pub const OPSETS: RangeInclusive<i64> = 9..=18;
/// Most nodes in a graph.
pub const MAX_NODES: usize = 1_024;
/// Most work of a row, in multiply-adds: twice as many as weights fit the largest file, so that reusing weights buys no extra
/// work. Every operator counts: a pass over the elements of a result costs as many as [`crate::Work`] says. It also bounds the
/// memory of a batch: the results of all nodes for 64 rows have at most 512 MiB.
pub const MAX_WORK: u64 = 1 << 25;

pub(crate) const CONSTANT: &str = "Constant";
pub(crate) const GEMM: &str = "Gemm";
pub(crate) const MATMUL: &str = "MatMul";
