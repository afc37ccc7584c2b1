//! Sums of products with weights: convolutions and dense layers.

use tract_onnx::pb::NodeProto;

use super::Builder;
use super::values::{Refused, Value};
use crate::cpu::Operation;
use crate::cpu::passes::{Arithmetic, Repeated, Side};
use crate::cpu::place::Dims;
use crate::cpu::product::{Phase, Product, Weights};
use crate::inspect::attributes::Attributes;
use crate::inspect::window::Window;

const RANK: Refused = "expected constant weights of four dimensions as the second operand";

impl<'a> Builder<'a> {
    fn product(&mut self, node: &'a NodeProto, dims: Dims, flat: bool, product: Product) -> Value {
        let own = self.dims(product.input);
        self.widen(product.input, product.border([own.height, own.width]));
        let value = self.push(dims, flat, Operation::Product(product));
        self.last = node.output.first().map(String::as_str);
        value
    }

    fn bias(&self, node: &'a NodeProto, outputs: usize) -> Result<Vec<f32>, Refused> {
        match self.operand(node, 2) {
            Some(_) => Ok(self.weights(node, 2)?.values),
            None => Ok(vec![0.0; outputs]),
        }
    }

    pub(super) fn convolution(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        let (input, _) = self.computed(node, 0)?;
        let weights = self.weights(node, 1)?;
        let &[outputs, depth, tall, wide] = weights.dims.as_slice() else { return Err(RANK) };
        let window = Window::new(attributes, Some([tall, wide]))?;
        let own = self.dims(input);
        let [height, width] = window.shrink([own.height, own.width])?;
        let far = |tap: usize, side: usize| (tap * window.dilations[side]) as isize;
        let taps = (0..tall * wide).map(|tap| ([far(tap / wide, 0), far(tap % wide, 1)], tap)).collect();
        let phase = Phase {
            size: [height, width],
            start: [0; 2],
            step: [1; 2],
            origin: window.before.map(|before| -(before as isize)),
            stride: window.strides,
            taps,
        };
        let groups = own.channels / depth.max(1);
        let of = |output: usize, channel: usize, tap: usize| {
            weights.values.get((output * depth + channel) * tall * wide + tap).copied().unwrap_or(0.0)
        };
        let bias = self.bias(node, outputs)?;
        let weights = Weights { groups, outputs: outputs / groups.max(1), depth, bias, of: &of };
        let product = Product::new(input, vec![phase], &weights);
        Ok(self.product(node, Dims { height, width, channels: outputs }, false, product))
    }

    pub(super) fn transposed(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        let (input, _) = self.computed(node, 0)?;
        let weights = self.weights(node, 1)?;
        let &[inputs, each, tall, wide] = weights.dims.as_slice() else { return Err(RANK) };
        let groups = usize::try_from(attributes.integer("group", 1)).ok().filter(|groups| *groups > 0);
        let groups = groups.ok_or("expected a group of 1 or more")?;
        let window = Window::new(attributes, Some([tall, wide]))?;
        let extra = attributes.integers::<2>("output_padding", 0, 0..=64).ok_or("expected two numbers")?;
        let own = self.dims(input);
        let size = window.grow([own.height, own.width], extra)?;
        let phases = phases(&window, size);
        let depth = inputs / groups;
        let of = |output: usize, channel: usize, tap: usize| {
            let from = output / each * depth + channel;
            weights.values.get((from * each + output % each) * tall * wide + tap).copied().unwrap_or(0.0)
        };
        let channels = each * groups;
        let bias = self.bias(node, channels)?;
        let weights = Weights { groups, outputs: each, depth, bias, of: &of };
        let product = Product::new(input, phases, &weights);
        Ok(self.product(node, Dims { height: size[0], width: size[1], channels }, false, product))
    }

    pub(super) fn dense(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        let (input, _) = self.computed(node, 0)?;
        let weights = self.weights(node, 1)?;
        let &[first, second] = weights.dims.as_slice() else {
            return Err("expected weights of two dimensions");
        };
        if attributes.integer("transA", 0) != 0 {
            return Err("expected no transA");
        }
        let by_output = attributes.integer("transB", 0) != 0;
        let (depth, outputs) = if by_output { (second, first) } else { (first, second) };
        if depth != self.dims(input).channels {
            return Err("expected weights for the numbers of the first operand");
        }
        let (alpha, beta) = (attributes.float("alpha", 1.0), attributes.float("beta", 1.0));
        let (bias, added) = match self.operand(node, 2) {
            None => (vec![0.0; outputs], None),
            Some(Value::Constant(constant)) => {
                let Repeated { mut values, copies, .. } = constant.repeated(true)?;
                values.truncate(values.len() / copies);
                let values = if values.len() == 1 { vec![values[0]; outputs] } else { values };
                (values.into_iter().map(|value| value * beta).collect(), None)
            }
            Some(Value::Computed { id, .. }) => (vec![0.0; outputs], Some(*id)),
        };
        if bias.len() != outputs {
            return Err("expected a bias of one number for each output");
        }
        let of = |output: usize, channel: usize, _: usize| {
            let at = if by_output { output * depth + channel } else { channel * outputs + output };
            weights.values.get(at).copied().unwrap_or(0.0) * alpha
        };
        let whole = Phase {
            size: [1; 2],
            start: [0; 2],
            step: [1; 2],
            origin: [0; 2],
            stride: [1; 2],
            taps: vec![([0; 2], 0)],
        };
        let product = Product::new(input, vec![whole], &Weights { groups: 1, outputs, depth, bias, of: &of });
        let value = self.product(node, Dims::flat(outputs), true, product);
        let (Some(added), Value::Computed { id, .. }) = (added, &value) else { return Ok(value) };
        let (id, own) = (*id, self.dims(added));
        let beta = Side::Constant(Repeated { values: vec![beta], steps: [0; 3], copies: 1 });
        let scaled = Operation::Arithmetic(Arithmetic::Mul, [Side::Tensor(added), beta]);
        let Value::Computed { id: scaled, .. } = self.push(own, true, scaled) else { return Ok(value) };
        let sum = Operation::Arithmetic(Arithmetic::Add, [Side::Tensor(id), Side::Tensor(scaled)]);
        Ok(self.push(Dims::flat(outputs.max(own.channels)), true, sum))
    }
}

/// The phases of a transposed convolution, by the remainder of a result's row and column.
fn phases(window: &Window, size: [usize; 2]) -> Vec<Phase> {
    // Taps that meet at this remainder, with the distance to the pixel that each reads.
    let meeting = |side: usize, remainder: usize| {
        let stride = window.strides[side] as isize;
        let far = move |tap: usize| {
            (remainder + window.before[side]) as isize - (tap * window.dilations[side]) as isize
        };
        let taps = 0..window.taps[side];
        taps.filter(move |tap| far(*tap) % stride == 0).map(move |tap| (tap, far(tap) / stride))
    };
    let mut phases = Vec::new();
    for y in 0..window.strides[0].min(size[0]) {
        for x in 0..window.strides[1].min(size[1]) {
            let taps = meeting(0, y).flat_map(|(row, down)| {
                meeting(1, x).map(move |(column, right)| ([down, right], row * window.taps[1] + column))
            });
            phases.push(Phase {
                size: [(size[0] - y).div_ceil(window.strides[0]), (size[1] - x).div_ceil(window.strides[1])],
                start: [y, x],
                step: window.strides,
                origin: [0; 2],
                stride: [1; 2],
                taps: taps.collect(),
            });
        }
    }
    phases
}
