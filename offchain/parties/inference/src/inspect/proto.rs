//! Reading the encoded form of a model: what both kinds of graphs share.

use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, type_proto};

use crate::error::ModelError;
use crate::guard::shortened;
use crate::limits::{CONSTANT, MAX_NODES};
use bithive_table::MAX_FEATURES;

/// Whether a domain of operators is the standard's own.
pub(super) fn is_standard(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

/// A property of the file.
pub(super) fn property<'a>(model: &'a ModelProto, key: &str) -> Option<&'a str> {
    let property = model.metadata_props.iter().find(|property| property.key == key);
    property.map(|property| property.value.as_str())
}

/// Checks what no graph may have, whatever its operators.
pub(super) fn check_graph(graph: &GraphProto) -> Result<(), ModelError> {
    if graph.node.len() > MAX_NODES {
        return Err(ModelError::TooManyNodes { found: graph.node.len() });
    }
    if let Some(sparse) = graph.sparse_initializer.first() {
        let tensor = sparse.values.as_ref().map(|values| shortened(&values.name)).unwrap_or_default();
        return Err(ModelError::Tensor { tensor, reason: "expected a dense tensor, found a sparse one" });
    }
    Ok(())
}

/// Checks that a node's operator is one of these, and returns the name of its one output.
pub(super) fn check_operator<'a>(
    node: &'a NodeProto,
    supported: &'static [&'static str],
) -> Result<&'a str, ModelError> {
    let unsupported =
        |operator: &str| Err(ModelError::UnsupportedOperator { operator: shortened(operator), supported });
    if !is_standard(&node.domain) {
        return unsupported(&format!("{}.{}", node.domain, node.op_type));
    }
    if !supported.contains(&node.op_type.as_str()) {
        return unsupported(&node.op_type);
    }
    match node.output.as_slice() {
        [output] => Ok(output),
        _ => Err(refused(node, "expected one output")),
    }
}

/// The tensor of a node that is a constant; none for any other node.
pub(crate) fn constant(node: &NodeProto) -> Result<Option<&TensorProto>, ModelError> {
    if node.op_type != CONSTANT {
        return Ok(None);
    }
    let [attribute] = node.attribute.as_slice() else {
        return Err(refused(node, "expected a tensor in the attribute `value` and nothing else"));
    };
    let tensor = attribute.t.as_ref().filter(|_| attribute.name == "value");
    tensor.ok_or_else(|| refused(node, "expected a tensor in the attribute `value`")).map(Some)
}

/// The error of a node.
pub(crate) fn refused(node: &NodeProto, reason: &'static str) -> ModelError {
    let name = if node.name.is_empty() { node.output.first() } else { Some(&node.name) };
    ModelError::Node { node: name.map(|name| shortened(name)).unwrap_or_default(), reason }
}

/// Dimensions of a weight, if it is float32, within the limits, and as large in the file as they say.
pub(super) fn stored(
    tensor: &TensorProto,
    (most, words): (usize, &'static str),
) -> Result<Vec<usize>, &'static str> {
    let external = tensor.data_location == Some(DataLocation::External as i32);
    if external || !tensor.external_data.is_empty() {
        return Err("expected its data inside the file, found a reference to another file");
    }
    if DataType::try_from(tensor.data_type) != Ok(DataType::Float) {
        return Err("expected float32");
    }
    if tensor.dims.len() > most {
        return Err(words);
    }
    let mut dims = Vec::with_capacity(tensor.dims.len());
    for dim in &tensor.dims {
        let dim = usize::try_from(*dim).ok().filter(|dim| (1..=MAX_FEATURES).contains(dim));
        dims.push(dim.ok_or("expected dimensions of 1 to 8192")?);
    }
    // At most 8192^4, which is 2^52.
    let elements: usize = dims.iter().product();
    let matches = if tensor.raw_data.is_empty() {
        tensor.float_data.len() == elements
    } else {
        tensor.float_data.is_empty() && Some(tensor.raw_data.len()) == elements.checked_mul(size_of::<f32>())
    };
    if matches { Ok(dims) } else { Err("expected as many values as its shape has elements") }
}

/// The values of a tensor of float32.
pub(crate) fn values(tensor: &TensorProto) -> Vec<f32> {
    if tensor.raw_data.is_empty() {
        return tensor.float_data.clone();
    }
    tensor.raw_data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn tensor_type(info: &ValueInfoProto) -> Option<&type_proto::Tensor> {
    let type_proto::Value::TensorType(tensor) = info.r#type.as_ref()?.value.as_ref()?;
    Some(tensor)
}

pub(super) fn elem_type(info: &ValueInfoProto) -> Option<DataType> {
    DataType::try_from(tensor_type(info)?.elem_type).ok()
}

pub(super) fn dimensions(info: &ValueInfoProto) -> Option<Vec<Option<&Dimension>>> {
    let shape = tensor_type(info)?.shape.as_ref()?;
    Some(shape.dim.iter().map(|dim| dim.value.as_ref()).collect())
}

/// A type and shape as a person writes it, such as `float32[N, 30]`.
pub(super) fn describe(info: &ValueInfoProto) -> String {
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
