//! What a graph must look like before the runtime sees it.
//!
//! Models come from unknown parties. The runtime evaluates constant expressions while it loads a graph, trusts the
//! shapes it finds, and knows operators that loop. So the graph is checked first, on its encoded form: known operators only,
//! weights inside the file and as large as they say, nothing to evaluate before there is a row, bounded work per row.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, type_proto};

use crate::error::ModelError;
use crate::features::MAX_FEATURES;
use crate::guard::shortened;
use crate::limits::{CONSTANT, GEMM, MATMUL, MAX_MULTIPLY_ADDS, MAX_NODES, OPERATORS, OPSETS};
use crate::table::MAX_COLUMN_NAME_BYTES;

const FEATURE_NAMES: &str = "feature_names";
/// Weights are vectors and matrices; results of higher rank never become one logit per row again.
const MAX_RANK: usize = 2;

/// What a checked graph reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// Features per row.
    pub(crate) width: usize,
    /// Names of the features in order; empty if the model does not name them.
    pub(crate) feature_names: Vec<String>,
    /// Multiply-adds of one row.
    pub(crate) multiply_adds: usize,
}

/// Checks a decoded model and says what it reads.
pub(crate) fn inspect(model: &ModelProto) -> Result<Signature, ModelError> {
    let graph = model
        .graph
        .as_ref()
        .ok_or_else(|| ModelError::NotOnnx { reason: "there is no graph in it".to_owned() })?;
    check_operator_set(model)?;
    let weights: HashSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    let (input, width) = check_input(graph, &weights)?;
    check_output(graph)?;
    let multiply_adds = check_nodes(graph, input)?;
    Ok(Signature { width, feature_names: feature_names(model, width)?, multiply_adds })
}

fn check_operator_set(model: &ModelProto) -> Result<(), ModelError> {
    let standard = model.opset_import.iter().find(|import| is_standard(&import.domain));
    let found = standard.map_or(0, |import| import.version);
    if OPSETS.contains(&found) { Ok(()) } else { Err(ModelError::OperatorSet { found }) }
}

fn is_standard(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn check_input<'a>(graph: &'a GraphProto, weights: &HashSet<&str>) -> Result<(&'a str, usize), ModelError> {
    // Older files list weights as inputs with a default.
    let inputs: Vec<_> = graph.input.iter().filter(|input| !weights.contains(input.name.as_str())).collect();
    let [input] = inputs.as_slice() else {
        return Err(ModelError::InputCount { found: inputs.len() });
    };
    let wrong = || ModelError::InputShape { found: describe(input) };
    if elem_type(input) != Some(DataType::Float) {
        return Err(wrong());
    }
    match dimensions(input).as_deref() {
        Some([None | Some(Dimension::DimParam(_)), Some(Dimension::DimValue(width))]) => {
            usize::try_from(*width)
                .ok()
                .filter(|width| (1..=MAX_FEATURES).contains(width))
                .map(|width| (input.name.as_str(), width))
                .ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
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

/// Walks the nodes in file order, which the format defines as an order of evaluation. Returns the multiply-adds of a row.
fn check_nodes(graph: &GraphProto, input: &str) -> Result<usize, ModelError> {
    if graph.node.len() > MAX_NODES {
        return Err(ModelError::TooManyNodes { found: graph.node.len() });
    }
    if let Some(sparse) = graph.sparse_initializer.first() {
        let tensor = sparse.values.as_ref().map(|values| shortened(&values.name)).unwrap_or_default();
        return Err(ModelError::Tensor { tensor, reason: "expected a dense tensor, found a sparse one" });
    }
    let mut walk = Walk { constants: HashMap::new(), computed: HashSet::from([input]), multiply_adds: 0 };
    for tensor in &graph.initializer {
        walk.add_constant(&tensor.name, tensor)?;
    }
    for node in &graph.node {
        walk.visit(node)?;
    }
    match graph.output.first() {
        Some(output) if walk.computed.contains(output.name.as_str()) => Ok(walk.multiply_adds),
        _ => Err(ModelError::OutputShape { found: "a tensor that does not depend on the input".to_owned() }),
    }
}

struct Walk<'a> {
    /// Constants so far, with their number of elements.
    constants: HashMap<&'a str, usize>,
    /// Names of tensors that depend on the input.
    computed: HashSet<&'a str>,
    multiply_adds: usize,
}

impl<'a> Walk<'a> {
    fn constant(&self, name: &str) -> Option<usize> {
        self.constants.get(name).copied()
    }

    fn is_defined(&self, name: &str) -> bool {
        self.computed.contains(name) || self.constant(name).is_some()
    }

    fn add_constant(&mut self, name: &'a str, tensor: &TensorProto) -> Result<(), ModelError> {
        let refused = |reason| ModelError::Tensor { tensor: shortened(name), reason };
        if name.is_empty() || self.is_defined(name) {
            return Err(refused("expected a name that no other tensor has"));
        }
        self.constants.insert(name, elements(tensor).map_err(refused)?);
        Ok(())
    }

    fn visit(&mut self, node: &'a NodeProto) -> Result<(), ModelError> {
        if !is_standard(&node.domain) {
            let operator = shortened(&format!("{}.{}", node.domain, node.op_type));
            return Err(ModelError::UnsupportedOperator { operator });
        }
        if !OPERATORS.contains(&node.op_type.as_str()) {
            return Err(ModelError::UnsupportedOperator { operator: shortened(&node.op_type) });
        }
        let refused = |reason| {
            let node = if node.name.is_empty() { node.output.first() } else { Some(&node.name) };
            ModelError::Node { node: node.map(|name| shortened(name)).unwrap_or_default(), reason }
        };
        let [output] = node.output.as_slice() else {
            return Err(refused("expected one output"));
        };
        if node.op_type == CONSTANT {
            let [attribute] = node.attribute.as_slice() else {
                return Err(refused("expected a tensor in the attribute `value` and nothing else"));
            };
            let tensor = attribute.t.as_ref().filter(|_| attribute.name == "value");
            let tensor = tensor.ok_or_else(|| refused("expected a tensor in the attribute `value`"))?;
            return self.add_constant(output, tensor);
        }
        self.check_operands(node).map_err(refused)?;
        if output.is_empty() || self.is_defined(output) {
            return Err(refused("expected an output name that no other tensor has"));
        }
        self.computed.insert(output);
        if self.multiply_adds > MAX_MULTIPLY_ADDS {
            return Err(ModelError::TooMuchWork);
        }
        Ok(())
    }

    fn check_operands(&mut self, node: &NodeProto) -> Result<(), &'static str> {
        // An optional operand that is left out has an empty name.
        let mut operands = node.input.iter().filter(|name| !name.is_empty());
        if !operands.clone().all(|name| self.is_defined(name)) {
            return Err("expected operands that earlier nodes or the input define");
        }
        if !operands.any(|name| self.computed.contains(name.as_str())) {
            return Err(
                "expected an operand that depends on the input; constants are folded when a model is exported",
            );
        }
        if [GEMM, MATMUL].contains(&node.op_type.as_str()) {
            let weights = node.input.get(1).and_then(|name| self.constant(name));
            // A product of two computed matrices would mix rows.
            let weights = weights.ok_or("expected constant weights as the second operand")?;
            self.multiply_adds = self.multiply_adds.saturating_add(weights);
        }
        Ok(())
    }
}

/// Number of elements of a weight, if it is float32, within the limits, and as large in the file as its shape says.
fn elements(tensor: &TensorProto) -> Result<usize, &'static str> {
    let external = tensor.data_location == Some(DataLocation::External as i32);
    if external || !tensor.external_data.is_empty() {
        return Err("expected its data inside the file, found a reference to another file");
    }
    if DataType::try_from(tensor.data_type) != Ok(DataType::Float) {
        return Err("expected float32");
    }
    if tensor.dims.len() > MAX_RANK {
        return Err("expected at most two dimensions");
    }
    let mut elements = 1usize;
    for dim in &tensor.dims {
        let dim = usize::try_from(*dim).ok().filter(|dim| (1..=MAX_FEATURES).contains(dim));
        elements *= dim.ok_or("expected dimensions of 1 to 8192")?;
    }
    let matches = if tensor.raw_data.is_empty() {
        tensor.float_data.len() == elements
    } else {
        tensor.float_data.is_empty() && tensor.raw_data.len() == elements * size_of::<f32>()
    };
    if matches { Ok(elements) } else { Err("expected as many values as its shape has elements") }
}

fn feature_names(model: &ModelProto, width: usize) -> Result<Vec<String>, ModelError> {
    let Some(property) = model.metadata_props.iter().find(|property| property.key == FEATURE_NAMES) else {
        return Ok(Vec::new());
    };
    let names: Vec<String> = property.value.split(',').map(str::to_owned).collect();
    if names.len() != width {
        return Err(ModelError::FeatureNames { expected: width, found: names.len() });
    }
    match names.iter().position(|name| !(1..=MAX_COLUMN_NAME_BYTES).contains(&name.len())) {
        Some(at) => Err(ModelError::FeatureName { position: at + 1 }),
        None => Ok(names),
    }
}

fn tensor_type(info: &ValueInfoProto) -> Option<&type_proto::Tensor> {
    let type_proto::Value::TensorType(tensor) = info.r#type.as_ref()?.value.as_ref()?;
    Some(tensor)
}

fn elem_type(info: &ValueInfoProto) -> Option<DataType> {
    DataType::try_from(tensor_type(info)?.elem_type).ok()
}

fn dimensions(info: &ValueInfoProto) -> Option<Vec<Option<&Dimension>>> {
    let shape = tensor_type(info)?.shape.as_ref()?;
    Some(shape.dim.iter().map(|dim| dim.value.as_ref()).collect())
}

/// A type and shape as a person writes it, such as `float32[N, 30]`.
fn describe(info: &ValueInfoProto) -> String {
    let kind = match elem_type(info) {
        Some(DataType::Float) => "float32".to_owned(),
        Some(other) => format!("{other:?}").to_lowercase(),
        None => "no tensor type".to_owned(),
    };
    let Some(dimensions) = dimensions(info) else {
        return format!("{kind} without a shape");
    };
    // Anything longer is wrong already, and is cut to keep the message short.
    let dimensions: Vec<String> = dimensions.into_iter().take(8).map(describe_dimension).collect();
    format!("{kind}[{}]", dimensions.join(", "))
}

fn describe_dimension(dimension: Option<&Dimension>) -> String {
    match dimension {
        Some(Dimension::DimValue(value)) => value.to_string(),
        Some(Dimension::DimParam(name)) => name.chars().filter(|c| !c.is_control()).take(16).collect(),
        None => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests;
