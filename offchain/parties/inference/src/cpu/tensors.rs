//! What a step reads: tensors that are computed already.

use super::place::Place;

/// Which tensor of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TensorId(pub(super) usize);

/// Tensors that are computed already.
pub(super) struct Tensors<'a> {
    /// Rows or images of this run.
    pub(super) items: usize,
    /// How each tensor lies in its buffer.
    pub(super) places: &'a [Place],
    /// The numbers of each tensor.
    pub(super) buffers: &'a [Vec<f32>],
}

impl Tensors<'_> {
    /// A tensor: how it lies, and its numbers.
    pub(super) fn get(&self, TensorId(id): TensorId) -> (&Place, &[f32]) {
        (&self.places[id], &self.buffers[id])
    }
}
