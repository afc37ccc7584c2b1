//! How much work a model is for the machine that runs it, before it runs.
//!
//! The unit is one multiply-add of a matrix product, which is what processors are fastest at. Everything else a model may do is
//! one pass over the elements of a result, and is counted by what such a pass costs in the same unit, rounded up from measurements of
//! the runtime. How many units a second a machine does is measured where it matters, by [`crate::speed`].

use crate::limits::{GEMM, MATMUL};

/// One pass that adds, multiplies, divides, compares or copies: bound by memory, not by arithmetic.
pub(crate) const PASS: u64 = 32;
/// Sigmoid and hyperbolic tangent, which the runtime approximates by a quotient of polynomials.
const RATIONAL: u64 = 32;
/// An exponential or a logarithm.
const EXPONENTIAL: u64 = 32;
/// Choosing between two results, for which the runtime has no fast kernel.
const CHOICE: u64 = 192;

/// Beginning with an output of a convolution of several groups, or of a part of a transposed one's result.
pub(crate) const BEGINNING: u64 = 1_024;

/// Units for each element of the result of `operator`. For a product of matrices what is done to each element after it: the
/// product itself is one unit for each weight.
pub(crate) fn per_element(operator: &str) -> u64 {
    match operator {
        "Identity" => 1,
        "Clip" | "BatchNormalization" => 2 * PASS,
        "Sigmoid" | "Tanh" => RATIONAL,
        "Softplus" => 2 * EXPONENTIAL + PASS,
        "Elu" => EXPONENTIAL + 3 * PASS + CHOICE,
        GEMM | MATMUL => PASS,
        // Add, Div, LeakyRelu, Mul, Neg, Relu, Sub.
        _ => PASS,
    }
}

/// Units of building a model, for each byte of its file and for each node of its graph.
const PER_BYTE: u64 = 64;
const PER_NODE: u64 = 1 << 20;

/// What a model asks of the machine that runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Units of one row or image.
    pub(crate) row: u64,
    /// Rows or images of every call of the runtime.
    pub(crate) batch_rows: usize,
    /// Numbers of the result for each.
    pub(crate) values: usize,
    /// Most rows or images of a job.
    pub(crate) most: usize,
    /// Units of building it.
    pub(crate) build: u64,
}

impl Work {
    /// Units of building a model of so many bytes and nodes.
    pub(crate) fn building(bytes: usize, nodes: usize) -> u64 {
        PER_BYTE.saturating_mul(bytes as u64).saturating_add(PER_NODE.saturating_mul(nodes as u64))
    }

    /// Most rows or images that a result of so many numbers can be of.
    #[must_use]
    pub fn rows_of(&self, values: usize) -> usize {
        (values / self.values.max(1)).min(self.most)
    }

    /// Units of building the model and running so many rows or images through it: about multiply-adds.
    #[must_use]
    pub fn of_rows(&self, rows: usize) -> u64 {
        // The last call is padded.
        let padded = rows.div_ceil(self.batch_rows.max(1)).saturating_mul(self.batch_rows);
        self.build.saturating_add(self.row.saturating_mul(padded as u64))
    }
}
