//! From a checked graph to a program.
//!
//! The graph was inspected, and the runtime has found its shapes, so what fails here is what neither of them refuses: none is known.

use std::collections::HashMap;

use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

use super::functions::Function;
use super::passes::{Arithmetic, Repeated, Side};
use super::place::{Border, Dims, Place};
use super::product::{Phase, Product, Weights};
use super::tensors::TensorId;
use super::windows::{Between, Pool, PoolKind, Resize};
use super::{Operation, Program, Step};
use crate::error::ModelError;
use crate::inspect::attributes::Attributes;
use crate::inspect::proto::{constant, refused, values};
use crate::inspect::window::Window;
use crate::limits::{GEMM, MATMUL, MAX_IMAGE_ELEMENTS};

/// Most numbers of a constant with its copies.
const MAX_COPIED: usize = 1 << 14;

type Refused = &'static str;

/// A tensor of the file.
#[derive(Debug, Clone)]
struct Constant {
    dims: Vec<usize>,
    values: Vec<f32>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
enum Value {
    /// Something computed; `flat` has no height and width.
    Computed {
        id: TensorId,
        flat: bool,
    },
    Constant(Constant),
}

impl Program {
    /// Builds the program of a checked graph whose items have these channels, height and width; features of a row are channels, and
    /// its sides 0. At most `items` of them are computed at once.
    pub(crate) fn new(graph: &GraphProto, dims: [usize; 3], items: usize) -> Result<Self, ModelError> {
        let (flat, [channels, height, width]) = (dims[1] == 0, dims);
        let dims = if flat { Dims::flat(channels) } else { Dims { height, width, channels } };
        let mut builder = Builder {
            names: HashMap::new(),
            uses: HashMap::new(),
            places: Vec::new(),
            steps: Vec::new(),
            last: None,
        };
        for name in
            graph.node.iter().flat_map(|node| &node.input).chain(graph.output.iter().map(|info| &info.name))
        {
            *builder.uses.entry(name).or_default() += 1;
        }
        for tensor in &graph.initializer {
            builder.names.insert(&tensor.name, Value::Constant(Constant::new(tensor)));
        }
        let input = builder.place(dims);
        for info in &graph.input {
            builder.names.entry(&info.name).or_insert(Value::Computed { id: input, flat });
        }
        for node in &graph.node {
            builder.visit(node)?;
        }
        let output = graph.output.first().and_then(|info| builder.names.get(info.name.as_str()));
        let Some(Value::Computed { id: output, .. }) = output else {
            return Err(ModelError::OutputShape {
                found: "a tensor that does not depend on the input".to_owned(),
            });
        };
        let output = *output;
        let numbers =
            builder.places.iter().try_fold(0usize, |sum, place| sum.checked_add(place.checked_item()?));
        let most = usize::try_from(MAX_IMAGE_ELEMENTS).unwrap_or(usize::MAX);
        if !flat && numbers.is_none_or(|numbers| numbers > most) {
            return Err(ModelError::TooMuchImageMemory);
        }
        let Builder { places, steps, .. } = builder;
        Ok(Self { places, steps, input, output, items, kept: std::sync::Mutex::default() })
    }
}

impl Constant {
    fn new(tensor: &TensorProto) -> Self {
        let dims = tensor.dims.iter().map(|dim| usize::try_from(*dim).unwrap_or(0)).collect();
        Self { dims, values: values(tensor) }
    }

    /// As numbers for the places of an item.
    fn repeated(&self, flat: bool) -> Result<Repeated, Refused> {
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

struct Builder<'a> {
    names: HashMap<&'a str, Value>,
    /// How often a name is read.
    uses: HashMap<&'a str, usize>,
    places: Vec<Place>,
    steps: Vec<Step>,
    /// The name of the latest step's result, if that is a product.
    last: Option<&'a str>,
}

impl<'a> Builder<'a> {
    fn place(&mut self, dims: Dims) -> TensorId {
        self.places.push(Place::new(dims));
        TensorId(self.places.len() - 1)
    }

    fn dims(&self, TensorId(id): TensorId) -> Dims {
        self.places[id].dims
    }

    fn widen(&mut self, TensorId(id): TensorId, border: Border) {
        let own = &mut self.places[id].border;
        *own = own.or(border);
    }

    fn visit(&mut self, node: &'a NodeProto) -> Result<(), ModelError> {
        let Some(name) = node.output.first() else { return Ok(()) };
        let value = match constant(node)? {
            Some(tensor) => Value::Constant(Constant::new(tensor)),
            None => self.operation(node).map_err(|reason| refused(node, reason))?,
        };
        self.names.insert(name, value);
        Ok(())
    }

    /// An operand; none if it is left out.
    fn operand(&self, node: &'a NodeProto, at: usize) -> Option<&Value> {
        node.input.get(at).filter(|name| !name.is_empty()).and_then(|name| self.names.get(name.as_str()))
    }

    fn computed(&self, node: &'a NodeProto, at: usize) -> Result<(TensorId, bool), Refused> {
        match self.operand(node, at) {
            Some(Value::Computed { id, flat }) => Ok((*id, *flat)),
            _ => Err("expected an operand that depends on the input"),
        }
    }

    fn weights(&self, node: &'a NodeProto, at: usize) -> Result<Constant, Refused> {
        match self.operand(node, at) {
            Some(Value::Constant(constant)) => Ok(constant.clone()),
            _ => Err("expected a constant operand"),
        }
    }

    fn push(&mut self, dims: Dims, flat: bool, operation: Operation) -> Value {
        let output = self.place(dims);
        self.last = None;
        self.steps.push(Step { output, operation });
        Value::Computed { id: output, flat }
    }

    /// The latest step, if it is a product of which nobody but this node reads the result.
    fn product_before(&mut self, node: &'a NodeProto, at: usize) -> Option<(TensorId, &mut Product)> {
        let name = node.input.get(at).map(String::as_str)?;
        if self.last != Some(name) || self.uses.get(name) != Some(&1) {
            return None;
        }
        let Step { output, operation: Operation::Product(product) } = self.steps.last_mut()? else {
            return None;
        };
        Some((*output, product))
    }

    fn operation(&mut self, node: &'a NodeProto) -> Result<Value, Refused> {
        let attributes = Attributes(&node.attribute);
        match node.op_type.as_str() {
            "Conv" => self.convolution(node, &attributes),
            "ConvTranspose" => self.transposed(node, &attributes),
            "MaxPool" | "AveragePool" => self.pool(node, &attributes),
            "GlobalAveragePool" => {
                let (input, _) = self.computed(node, 0)?;
                Ok(self.push(Dims::flat(self.dims(input).channels), false, Operation::Means(input)))
            }
            "BatchNormalization" => self.normalisation(node, &attributes),
            "Resize" => self.resize(node, &attributes),
            "Concat" => {
                let parts: Vec<_> =
                    (0..node.input.len()).map(|at| self.computed(node, at)).collect::<Result<_, _>>()?;
                let (first, flat) = *parts.first().ok_or("expected operands")?;
                let parts: Vec<_> = parts.into_iter().map(|(id, _)| id).collect();
                let channels = parts.iter().map(|part| self.dims(*part).channels).sum();
                let dims = Dims { channels, ..self.dims(first) };
                Ok(self.push(dims, flat, Operation::Concatenated(parts)))
            }
            "Flatten" => {
                let (id, _) = self.computed(node, 0)?;
                let dims = self.dims(id);
                if dims.pixels() == 1 {
                    return Ok(Value::Computed { id, flat: true });
                }
                Ok(self.push(Dims::flat(dims.pixels() * dims.channels), true, Operation::Flattened(id)))
            }
            GEMM | MATMUL => self.dense(node, &attributes),
            "Add" => self.arithmetic(node, Arithmetic::Add),
            "Sub" => self.arithmetic(node, Arithmetic::Sub),
            "Mul" => self.arithmetic(node, Arithmetic::Mul),
            "Div" => self.arithmetic(node, Arithmetic::Div),
            "Identity" => {
                let (id, flat) = self.computed(node, 0)?;
                Ok(Value::Computed { id, flat })
            }
            _ => self.function(node, &attributes),
        }
    }

    fn function(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
        let (input, flat) = self.computed(node, 0)?;
        let bound = |at, name, default| match self.operand(node, at) {
            Some(Value::Constant(constant)) => constant.values.first().copied().ok_or("expected a number"),
            Some(Value::Computed { .. }) => Err("expected constant bounds"),
            None => Ok(attributes.float(name, default)),
        };
        let function = match node.op_type.as_str() {
            "Clip" => Function::Clip([bound(1, "min", f32::MIN)?, bound(2, "max", f32::MAX)?]),
            "Elu" => Function::Elu(attributes.float("alpha", 1.0)),
            "LeakyRelu" => Function::LeakyRelu(attributes.float("alpha", 0.01)),
            "Neg" => Function::Neg,
            "Relu" => Function::Relu,
            "Sigmoid" => Function::Sigmoid,
            "Softplus" => Function::Softplus,
            "Tanh" => Function::Tanh,
            _ => return Err("it is not supported on the CPU"),
        };
        if function == Function::Relu
            && let Some((id, product)) = self.product_before(node, 0)
            && !product.rectified
        {
            product.rectified = true;
            self.last = node.output.first().map(String::as_str);
            return Ok(Value::Computed { id, flat });
        }
        let dims = self.dims(input);
        Ok(self.push(dims, flat, Operation::Function(function, input)))
    }

    fn arithmetic(&mut self, node: &'a NodeProto, operator: Arithmetic) -> Result<Value, Refused> {
        if operator == Arithmetic::Add
            && let Some(value) = self.residual(node)
        {
            return Ok(value);
        }
        let flat =
            (0..2).any(|at| matches!(self.operand(node, at), Some(Value::Computed { flat: true, .. })));
        let side = |at| match self.operand(node, at) {
            Some(Value::Computed { id, .. }) => Ok((Side::Tensor(*id), self.dims(*id))),
            Some(Value::Constant(constant)) => {
                let repeated = constant.repeated(flat)?;
                // A row of constants widens a column.
                let channels = if flat { repeated.values.len() / repeated.copies } else { 1 };
                Ok((Side::Constant(repeated), Dims::flat(channels)))
            }
            None => Err("expected two operands"),
        };
        let ((left, own), (right, other)) = (side(0)?, side(1)?);
        let longer = |of: fn(Dims) -> usize| of(own).max(of(other));
        let dims = Dims {
            height: longer(|dims| dims.height),
            width: longer(|dims| dims.width),
            channels: longer(|dims| dims.channels),
        };
        Ok(self.push(dims, flat, Operation::Arithmetic(operator, [left, right])))
    }

    /// A sum of something and the product before it, which adds it to its own sums.
    fn residual(&mut self, node: &'a NodeProto) -> Option<Value> {
        for (own, other) in [(0, 1), (1, 0)] {
            let (added, flat) = self.computed(node, other).ok()?;
            let dims = self.dims(added);
            let Some((id, product)) = self.product_before(node, own) else { continue };
            if product.residual.is_some() || added == id {
                continue;
            }
            if self.dims(id) != dims {
                continue;
            }
            let (id, product) = self.product_before(node, own)?;
            product.residual = Some(added);
            product.added_last = product.rectified;
            self.last = node.output.first().map(String::as_str);
            return Some(Value::Computed { id, flat });
        }
        None
    }

    fn normalisation(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
        let (input, flat) = self.computed(node, 0)?;
        let [scale, bias, mean, variance] = [1, 2, 3, 4].map(|at| self.weights(node, at));
        let (scale, bias, mean, variance) = (scale?.values, bias?.values, mean?.values, variance?.values);
        let epsilon = attributes.float("epsilon", 1e-5);
        let scale: Vec<f32> = scale
            .iter()
            .zip(&variance)
            .map(|(scale, variance)| scale / (variance + epsilon).sqrt())
            .collect();
        let shift: Vec<f32> =
            bias.iter().zip(&mean).zip(&scale).map(|((bias, mean), scale)| bias - mean * scale).collect();
        if scale.len() != self.dims(input).channels || shift.len() != scale.len() {
            return Err("expected a number for each channel");
        }
        if let Some((id, product)) = self.product_before(node, 0)
            && product.residual.is_none()
            && !product.rectified
        {
            product.scale(&scale, &shift);
            self.last = node.output.first().map(String::as_str);
            return Ok(Value::Computed { id, flat });
        }
        let dims = self.dims(input);
        Ok(self.push(dims, flat, Operation::Scaled { input, scale, shift }))
    }

    fn pool(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
        let (input, _) = self.computed(node, 0)?;
        let window = Window::new(attributes, None)?;
        let own = self.dims(input);
        let [height, width] = window.shrink([own.height, own.width])?;
        let kind = if node.op_type == "MaxPool" {
            PoolKind::Largest
        } else {
            PoolKind::Mean { whole: attributes.integer("count_include_pad", 0) != 0 }
        };
        let pool = Pool { taps: window.taps, strides: window.strides, before: window.before, kind };
        Ok(self.push(Dims { height, width, ..own }, false, Operation::Pool(pool, input)))
    }

    fn resize(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
        const ATTRIBUTES: Refused = "expected attributes in UTF-8";
        let (input, _) = self.computed(node, 0)?;
        let scales = self.weights(node, 2)?;
        let &[_, _, down, right] = scales.values.as_slice() else { return Err("expected four scales") };
        let place = attributes.text("coordinate_transformation_mode", "half_pixel").ok_or(ATTRIBUTES)?;
        let nearest = attributes.text("nearest_mode", "round_prefer_floor").ok_or(ATTRIBUTES)?;
        let linear = attributes.text("mode", "nearest").ok_or(ATTRIBUTES)? == "linear";
        let own = self.dims(input);
        let axis = |length: usize, scale: f32| enlarged(length, scale as usize, linear, (place, nearest));
        let resize = Resize { rows: axis(own.height, down), columns: axis(own.width, right), linear };
        let dims = Dims { height: resize.rows.len(), width: resize.columns.len(), ..own };
        Ok(self.push(dims, false, Operation::Resize(resize, input)))
    }

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

    fn convolution(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
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

    fn transposed(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
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

    fn dense(&mut self, node: &'a NodeProto, attributes: &Attributes<'_>) -> Result<Value, Refused> {
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

const RANK: Refused = "expected constant weights of four dimensions as the second operand";

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

/// Where the pixels of a side come from that is so many times as long, as the standard says for `Resize`.
fn enlarged(length: usize, scale: usize, linear: bool, (place, nearest): (&str, &str)) -> Vec<Between> {
    let (longer, last) = (length * scale, length - 1);
    let point = |at: usize| {
        let (at, scale) = (at as f64, scale as f64);
        let place = match place {
            "asymmetric" => at / scale,
            "align_corners" if longer == 1 => 0.0,
            "align_corners" => at * last as f64 / (longer - 1) as f64,
            "pytorch_half_pixel" if longer == 1 => 0.0,
            _ => (at + 0.5) / scale - 0.5,
        };
        let pixel = |at: f64| at.clamp(0.0, last as f64) as usize;
        if linear {
            let before = place.floor();
            return Between {
                first: pixel(before),
                second: pixel(before + 1.0),
                share: (place - before) as f32,
            };
        }
        let first = pixel(match nearest {
            "floor" => place.floor(),
            "ceil" => place.ceil(),
            "round_prefer_ceil" => (place + 0.5).floor(),
            _ => (place - 0.5).ceil(),
        });
        Between { first, second: first, share: 0.0 }
    };
    (0..longer).map(point).collect()
}
