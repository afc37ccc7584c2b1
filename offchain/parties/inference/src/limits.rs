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
/// Most multiply-adds per row: as many as weights fit the largest file, so that reusing weights buys no extra work.
pub const MAX_MULTIPLY_ADDS: usize = 1 << 24;

pub(crate) const CONSTANT: &str = "Constant";
pub(crate) const GEMM: &str = "Gemm";
pub(crate) const MATMUL: &str = "MatMul";
