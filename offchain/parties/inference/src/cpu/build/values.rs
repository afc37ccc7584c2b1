//! What the names of a graph stand for.

use tract_onnx::pb::TensorProto;

use crate::cpu::passes::Repeated;
use crate::cpu::tensors::TensorId;
use crate::inspect::proto::values;

/// Most numbers of a constant with its copies.
const MAX_COPIED: usize = 1 << 14;

/// Why a node is refused.
pub(super) type Refused = &'static str;

/// A tensor of the file.
#[derive(Debug, Clone)]
pub(super) struct Constant {
    pub(super) dims: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Something computed; `flat` has no height and width.
    Computed {
        id: TensorId,
        flat: bool,
    },
    Constant(Constant),
}

impl Constant {
    pub(super) fn new(tensor: &TensorProto) -> Self {
        let dims = tensor.dims.iter().map(|dim| usize::try_from(*dim).unwrap_or(0)).collect();
        Self { dims, values: values(tensor) }
    }

    /// As numbers for the places of an item.
    pub(super) fn repeated(&self, flat: bool) -> Result<Repeated, Refused> {
        const SHAPE: Refused = "expected a constant that is repeated for each row or image";
        let mut sides = [1; 4];
        let rank = if flat { 2 } else { 4 };
        if self.dims.len() > rank {
            return Err(SHAPE);
        }
        for (side, dim) in sides.iter_mut().rev().zip(self.dims.iter().rev()) {
            *side = *dim;
        }
        let [one, channels, height, width] = if flat { [sides[2], sides[3], 1, 1] } else { sides };
        let plane = height * width;
        if one != 1 || self.values.len() != plane * channels {
            return Err(SHAPE);
        }
        let mut values = Vec::with_capacity(self.values.len());
        for pixel in 0..plane {
            values.extend(self.values.iter().skip(pixel).step_by(plane));
        }
        let step = |side: usize, step: usize| if side == 1 { 0 } else { step };
        let copies = if flat && channels > 1 { (MAX_COPIED / channels).clamp(1, 64) } else { 1 };
        let values = values.repeat(copies);
        Ok(Repeated {
            values,
            steps: [step(height, width * channels), step(width, channels), step(channels, 1)],
            copies,
        })
    }
}
