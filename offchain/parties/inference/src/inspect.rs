//! What a graph must look like before the runtime sees it.
//!
//! Models come from unknown parties. The runtime evaluates constant expressions while it loads a graph, trusts the
//! shapes it finds, and knows operators that loop. So the graph is checked first, on its encoded form: known operators only,
//! weights inside the file and as large as they say, nothing to evaluate before there is a row, bounded work per row.

pub(crate) mod attributes;
mod images;
mod operators;
pub(crate) mod proto;
pub(crate) mod window;

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto};

use crate::error::ModelError;
use crate::guard::shortened;
use crate::limits::{GEMM, MATMUL, MAX_WORK, OPERATORS, OPSETS};
use crate::work;
use bithive_table::MAX_COLUMN_NAME_BYTES;
use bithive_table::MAX_FEATURES;
use bithive_tensor::{MAX_CHANNELS, MAX_SIDE};
pub(crate) use images::ImageSignature;
use proto::{
    check_graph, check_operator, constant, describe, dimensions, elem_type, is_standard, property, refused,
    stored,
};

const FEATURE_NAMES: &str = "feature_names";
/// Weights are vectors and matrices; results of higher rank never become one logit per row again.
const MAX_RANK: usize = 2;

/// What a checked graph reads.
#[derive(Debug, PartialEq)]
pub(crate) struct Signature {
    /// Features per row, or numbers of an image.
    pub(crate) width: usize,
    /// Names of the features in order; empty if the model does not name them.
    pub(crate) feature_names: Vec<String>,
    /// What a model of images reads and answers; none for one of rows.
    pub(crate) images: Option<ImageSignature>,
    /// Work of one row or image, in multiply-adds.
    pub(crate) work: u64,
    /// Nodes of the graph.
    pub(crate) nodes: usize,
}

/// What a graph's input declares.
enum Reads {
    /// So many features.
    Rows(usize),
    /// Channels, height, width.
    Images([usize; 3]),
}

/// Checks a decoded model and says what it reads.
pub(crate) fn inspect(model: &ModelProto) -> Result<Signature, ModelError> {
    let graph = model
        .graph
        .as_ref()
        .ok_or_else(|| ModelError::NotOnnx { reason: "there is no graph in it".to_owned() })?;
    let opset = operator_set(model)?;
    let weights: HashSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    let (input, reads) = check_input(graph, &weights)?;
    check_output(graph)?;
    let nodes = graph.node.len();
    match reads {
        Reads::Rows(width) => {
            let work = check_nodes(graph, (input, width))?;
            Ok(Signature { width, feature_names: feature_names(model, width)?, images: None, work, nodes })
        }
        Reads::Images(dims) => {
            let images = images::inspect(model, graph, (input, dims), opset)?;
            let (width, work) = (dims.iter().product(), images.work);
            Ok(Signature { width, feature_names: Vec::new(), images: Some(images), work, nodes })
        }
    }
}

/// The version of the standard operators.
fn operator_set(model: &ModelProto) -> Result<i64, ModelError> {
    let standard = model.opset_import.iter().find(|import| is_standard(&import.domain));
    let found = standard.map_or(0, |import| import.version);
    if OPSETS.contains(&found) { Ok(found) } else { Err(ModelError::OperatorSet { found }) }
}

fn check_input<'a>(graph: &'a GraphProto, weights: &HashSet<&str>) -> Result<(&'a str, Reads), ModelError> {
    // Older files list weights as inputs with a default.
    let inputs: Vec<_> = graph.input.iter().filter(|input| !weights.contains(input.name.as_str())).collect();
    let [input] = inputs.as_slice() else {
        return Err(ModelError::InputCount { found: inputs.len() });
    };
    let wrong = || ModelError::InputShape { found: describe(input) };
    if elem_type(input) != Some(DataType::Float) {
        return Err(wrong());
    }
    let side =
        |value: &i64, most: usize| usize::try_from(*value).ok().filter(|side| (1..=most).contains(side));
    let reads = match dimensions(input).as_deref() {
        Some([None | Some(Dimension::DimParam(_)), Some(Dimension::DimValue(width))]) => {
            side(width, MAX_FEATURES).map(Reads::Rows)
        }
        Some(
            [
                None | Some(Dimension::DimParam(_)),
                Some(Dimension::DimValue(channels)),
                Some(Dimension::DimValue(height)),
                Some(Dimension::DimValue(width)),
            ],
        ) => {
            let most = [MAX_CHANNELS as usize, MAX_SIDE as usize];
            let sides = (side(channels, most[0]), side(height, most[1]), side(width, most[1]));
            if let (Some(channels), Some(height), Some(width)) = sides {
                Some(Reads::Images([channels, height, width]))
            } else {
                None
            }
        }
        _ => None,
    };
    Ok((input.name.as_str(), reads.ok_or_else(wrong)?))
}

/// Checks what the file declares; the runtime's own analysis is checked after loading.
fn check_output(graph: &GraphProto) -> Result<(), ModelError> {
    let [output] = graph.output.as_slice() else {
        return Err(ModelError::OutputCount { found: graph.output.len() });
    };
    match elem_type(output) {
        Some(DataType::Float) => Ok(()),
        _ => Err(ModelError::OutputNotFloat { found: describe(output) }),
    }
}

/// Walks the nodes in file order, which the format defines as an order of evaluation. Returns the work of a row.
fn check_nodes(graph: &GraphProto, input: (&str, usize)) -> Result<u64, ModelError> {
    check_graph(graph)?;
    let mut walk = Walk { constants: HashMap::new(), computed: HashMap::from([input]), work: 0 };
    for tensor in &graph.initializer {
        walk.add_constant(&tensor.name, tensor)?;
    }
    for node in &graph.node {
        walk.visit(node)?;
    }
    match graph.output.first() {
        Some(output) if walk.computed.contains_key(output.name.as_str()) => Ok(walk.work),
        _ => Err(ModelError::OutputShape { found: "a tensor that does not depend on the input".to_owned() }),
    }
}

struct Walk<'a> {
    /// Constants so far.
    constants: HashMap<&'a str, Shape>,
    /// Tensors that depend on the input, with their elements per row: the length of their last dimension.
    computed: HashMap<&'a str, usize>,
    work: u64,
}

/// Shape of a constant, of one or two dimensions or none.
#[derive(Clone, Copy)]
struct Shape {
    /// Length of the first and of the last of two dimensions; 1 for one that is not there.
    dims: [usize; 2],
    rank: usize,
}

impl Shape {
    const fn elements(self) -> usize {
        // Each is at most `MAX_FEATURES`.
        self.dims[0] * self.dims[1]
    }
}

impl<'a> Walk<'a> {
    fn constant(&self, name: &str) -> Option<Shape> {
        self.constants.get(name).copied()
    }

    fn is_defined(&self, name: &str) -> bool {
        self.computed.contains_key(name) || self.constant(name).is_some()
    }

    fn add_constant(&mut self, name: &'a str, tensor: &TensorProto) -> Result<(), ModelError> {
        let refused = |reason| ModelError::Tensor { tensor: shortened(name), reason };
        if name.is_empty() || self.is_defined(name) {
            return Err(refused("expected a name that no other tensor has"));
        }
        self.constants.insert(name, shape(tensor).map_err(refused)?);
        Ok(())
    }

    fn visit(&mut self, node: &'a NodeProto) -> Result<(), ModelError> {
        let output = check_operator(node, &OPERATORS)?;
        if let Some(tensor) = constant(node)? {
            return self.add_constant(output, tensor);
        }
        let refused = |reason| refused(node, reason);
        self.check_operands(node).map_err(refused)?;
        if output.is_empty() || self.is_defined(output) {
            return Err(refused("expected an output name that no other tensor has"));
        }
        let (width, work) = self.result(node).map_err(refused)?;
        self.computed.insert(output, width);
        self.work = self.work.saturating_add(work);
        if self.work > MAX_WORK {
            return Err(ModelError::TooMuchWork);
        }
        Ok(())
    }

    fn check_operands(&self, node: &NodeProto) -> Result<(), &'static str> {
        // An optional operand that is left out has an empty name.
        let mut operands = node.input.iter().filter(|name| !name.is_empty());
        if !operands.clone().all(|name| self.is_defined(name)) {
            return Err("expected operands that earlier nodes or the input define");
        }
        if !operands.any(|name| self.computed.contains_key(name.as_str())) {
            return Err(
                "expected an operand that depends on the input; constants are folded when a model is exported",
            );
        }
        Ok(())
    }

    /// Elements per row of what a node computes, and the work of a row.
    fn result(&self, node: &NodeProto) -> Result<(usize, u64), &'static str> {
        let (mut width, mut elements) = (1, 1);
        for name in &node.input {
            let (own, all) = match (self.computed.get(name.as_str()), self.constant(name)) {
                (Some(width), _) => (*width, *width),
                // What is in more than one row is counted as a whole, whatever becomes of it.
                (None, Some(shape)) => (shape.dims[1], shape.elements()),
                (None, None) => continue,
            };
            width = width.max(own);
            elements = elements.max(all);
        }
        let each = work::per_element(&node.op_type);
        if ![GEMM, MATMUL].contains(&node.op_type.as_str()) {
            return Ok((width, each.saturating_mul(elements as u64)));
        }
        let mut operands = node.input.iter();
        // A product of constants would be evaluated at load, and one of two computed matrices would mix rows.
        if !operands.next().is_some_and(|name| self.computed.contains_key(name.as_str())) {
            return Err("expected a first operand that depends on the input");
        }
        let weights = operands.next().and_then(|name| self.constant(name));
        let weights = weights.filter(|weights| weights.rank == MAX_RANK);
        let weights = weights.ok_or("expected constant weights of two dimensions as the second operand")?;
        let transposed =
            node.attribute.iter().any(|attribute| attribute.name == "transB" && attribute.i != 0);
        let own = weights.dims[if transposed { 0 } else { 1 }];
        let added = operands.filter_map(|name| {
            self.constant(name).map(Shape::elements).or_else(|| self.computed.get(name.as_str()).copied())
        });
        let elements = added.fold(own, usize::max) as u64;
        Ok((own, (weights.elements() as u64).saturating_add(each.saturating_mul(elements))))
    }
}

/// Shape of a weight of a model of rows.
fn shape(tensor: &TensorProto) -> Result<Shape, &'static str> {
    let dims = stored(tensor, (MAX_RANK, "expected at most two dimensions"))?;
    let mut shape = Shape { dims: [1, 1], rank: dims.len() };
    for (own, dim) in shape.dims.iter_mut().rev().zip(dims.iter().rev()) {
        *own = *dim;
    }
    Ok(shape)
}

fn feature_names(model: &ModelProto, width: usize) -> Result<Vec<String>, ModelError> {
    let Some(text) = property(model, FEATURE_NAMES) else { return Ok(Vec::new()) };
    let names: Vec<String> = text.split(',').map(str::to_owned).collect();
    if names.len() != width {
        return Err(ModelError::FeatureNames { expected: width, found: names.len() });
    }
    match names.iter().position(|name| !(1..=MAX_COLUMN_NAME_BYTES).contains(&name.len())) {
        Some(at) => Err(ModelError::FeatureName { position: at + 1 }),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests;
