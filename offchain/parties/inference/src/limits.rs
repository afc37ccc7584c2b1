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

/// Operators that a model of images may use. All treat images independently of each other.
pub const IMAGE_OPERATORS: [&str; 25] = [
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Clip",
    "Concat",
    CONSTANT,
    "Conv",
    "ConvTranspose",
    "Div",
    "Elu",
    "Flatten",
    GEMM,
    "GlobalAveragePool",
    "Identity",
    "LeakyRelu",
    MATMUL,
    "MaxPool",
    "Mul",
    "Neg",
    "Relu",
    "Resize",
    "Sigmoid",
    "Softplus",
    "Sub",
    "Tanh",
];
/// Versions of the standard operator set that a model of images may have: older ones write `Resize` in other ways.
pub const IMAGE_OPSETS: RangeInclusive<i64> = 13..=18;
/// Most work of an image, in multiply-adds: two networks of 50 layers at 224 x 224 pixels.
pub const MAX_IMAGE_WORK: u64 = 1 << 33;
/// Most numbers that all results of an image have together, with what the largest step holds beside them: 256 MiB.
pub const MAX_IMAGE_ELEMENTS: u64 = 1 << 26;
/// Most classes of an image or of a pixel: a mask has a byte for each pixel.
pub const MAX_CLASSES: usize = 255;
/// Most logits of all images of a job together: 32 MiB.
pub const MAX_ANSWER_VALUES: usize = 1 << 23;

pub(crate) const CONSTANT: &str = "Constant";
pub(crate) const GEMM: &str = "Gemm";
pub(crate) const MATMUL: &str = "MatMul";
