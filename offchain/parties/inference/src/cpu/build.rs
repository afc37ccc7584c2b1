//! From a checked graph to a program.
//!
//! The graph was inspected, and the runtime has found its shapes, so what fails here is what neither of them refuses: none is known.

mod each;
mod pixels;
mod values;
mod weighted;

use std::collections::HashMap;

use tract_onnx::pb::{GraphProto, NodeProto};

use self::values::{Constant, Refused, Value};
use super::passes::Arithmetic;
use super::place::{Border, Dims, Place};
use super::product::Product;
use super::tensors::TensorId;
use super::{Operation, Program, Step};
use crate::error::ModelError;
use crate::inspect::attributes::Attributes;
use crate::inspect::proto::{constant, refused};
use crate::limits::{GEMM, MATMUL, MAX_IMAGE_ELEMENTS};

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
}
