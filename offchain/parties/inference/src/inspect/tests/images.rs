//! Graphs that read images.

use tract_onnx::pb::tensor_shape_proto::Dimension as Side;
use tract_onnx::pb::type_proto::{Tensor, Value};
use tract_onnx::pb::{TensorShapeProto, TypeProto};

use super::*;
use crate::limits::{IMAGE_OPERATORS, MAX_IMAGE_ELEMENTS, MAX_IMAGE_WORK};
use bithive_tensor::{Answer, Preprocessing};

fn info(name: &str, dims: &[i64]) -> ValueInfoProto {
    let side = |value| Side { value: Some(value), ..Side::default() };
    let first = side(Dimension::DimParam("N".to_owned()));
    let rest = dims.iter().map(|dim| side(Dimension::DimValue(*dim)));
    let shape = Some(TensorShapeProto { dim: std::iter::once(first).chain(rest).collect() });
    let tensor = Tensor { elem_type: DataType::Float as i32, shape };
    let kind = TypeProto { value: Some(Value::TensorType(tensor)), ..TypeProto::default() };
    ValueInfoProto { name: name.to_owned(), r#type: Some(kind), ..ValueInfoProto::default() }
}

fn weights(name: &str, dims: &[i64], each: f32) -> TensorProto {
    let elements: i64 = dims.iter().product();
    TensorProto {
        name: name.to_owned(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        raw_data: each.to_le_bytes().repeat(elements as usize),
        ..TensorProto::default()
    }
}

fn ints(name: &str, ints: &[i64]) -> AttributeProto {
    AttributeProto { name: name.to_owned(), ints: ints.to_vec(), ..AttributeProto::default() }
}

fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto { name: name.to_owned(), i, ..AttributeProto::default() }
}

fn text(name: &str, text: &str) -> AttributeProto {
    AttributeProto { name: name.to_owned(), s: text.as_bytes().to_vec(), ..AttributeProto::default() }
}

fn with(mut node: NodeProto, attributes: &[AttributeProto]) -> NodeProto {
    node.attribute = attributes.to_vec();
    node
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A model that reads images of these channels, height and width, with all weights that the tests use.
fn model(input: [i64; 3], nodes: Vec<NodeProto>) -> ModelProto {
    let scales = TensorProto { raw_data: floats(&[1.0, 1.0, 2.0, 3.0]), ..weights("scales", &[4], 0.0) };
    let graph = GraphProto {
        node: nodes,
        initializer: vec![
            weights("k3", &[4, 2, 3, 3], 0.1),
            weights("k1", &[1, 4, 1, 1], 0.1),
            weights("up", &[2, 4, 2, 2], 0.1),
            weights("b4", &[4], 0.1),
            weights("c2", &[2], 1.0),
            weights("plane", &[2, 1, 1], 1.0),
            weights("rows", &[64, 1, 1, 1], 1.0),
            weights("dense", &[2, 5], 1.0),
            scales,
        ],
        input: vec![info("x", &input)],
        output: vec![info("y", &[1])],
        ..GraphProto::default()
    };
    let opset = OperatorSetIdProto { domain: String::new(), version: 17 };
    ModelProto { ir_version: 8, opset_import: vec![opset], graph: Some(graph), ..ModelProto::default() }
}

fn found(nodes: Vec<NodeProto>) -> Result<ImageSignature, ModelError> {
    inspect(&model([2, 8, 8], nodes)).map(|signature| signature.images.unwrap())
}

fn answer(nodes: Vec<NodeProto>) -> (usize, Option<[usize; 2]>) {
    let Answer { classes, mask } = found(nodes).unwrap().answer;
    (classes, mask)
}

fn reason(nodes: Vec<NodeProto>) -> &'static str {
    match found(nodes).unwrap_err() {
        ModelError::Node { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

fn resize(attributes: &[AttributeProto]) -> NodeProto {
    with(node("Resize", &["x", "", "scales"], "y"), attributes)
}

#[test]
fn shapes_are_followed_exactly() {
    let pads = ints("pads", &[1, 1, 1, 1]);
    assert_eq!(answer(vec![with(node("Conv", &["x", "k3", "b4"], "y"), &[pads])]), (4, Some([8, 8])));
    assert_eq!(answer(vec![node("Conv", &["x", "k3"], "y")]), (4, Some([6, 6])));
    let twice = ints("strides", &[2, 2]);
    let up = with(node("ConvTranspose", &["x", "up"], "y"), std::slice::from_ref(&twice));
    assert_eq!(answer(vec![up]), (4, Some([16, 16])));
    let pool = [ints("kernel_shape", &[2, 2]), twice];
    for operator in ["MaxPool", "AveragePool"] {
        assert_eq!(answer(vec![with(node(operator, &["x"], "y"), &pool)]), (2, Some([4, 4])));
    }
    assert_eq!(answer(vec![resize(&[])]), (2, Some([16, 24])));
    let concat = with(node("Concat", &["x", "x", "x"], "y"), &[int("axis", 1)]);
    assert_eq!(answer(vec![concat]), (6, Some([8, 8])));
    let classifier = vec![
        node("GlobalAveragePool", &["x"], "mean"),
        node("Flatten", &["mean"], "flat"),
        node(GEMM, &["flat", "dense"], "y"),
    ];
    assert_eq!(answer(classifier), (5, None));
    for operand in ["x", "plane"] {
        assert_eq!(answer(vec![node("Add", &["x", operand], "y")]), (2, Some([8, 8])));
    }
    let norm = node("BatchNormalization", &["x", "c2", "c2", "c2", "c2"], "y");
    assert_eq!(answer(vec![norm]), (2, Some([8, 8])));
}

#[test]
fn the_work_of_a_convolution_is_its_multiply_adds_and_passes_over_its_windows_and_result() {
    let work = found(vec![node("Conv", &["x", "k3"], "y")]).unwrap().work;
    let reading = 2 * 8 * 8 * 8 * work::PASS;
    let products = 4 * 6 * 6 * 2 * 9;
    assert_eq!(work, reading + products + (2 * 9 * 36 + 4 * 36) * work::PASS);
}

#[test]
fn every_operator_of_images_needs_an_image() {
    for operator in IMAGE_OPERATORS.iter().filter(|operator| **operator != CONSTANT) {
        assert!(found(vec![node(operator, &["k3", "b4"], "y")]).is_err(), "{operator}");
    }
}

/// The attack: a result of one image that reaches into those beside it.
#[test]
fn what_ties_a_result_to_other_images_is_refused() {
    assert!(reason(vec![node("Add", &["x", "rows"], "y")]).contains("one shape"));
    let across = with(node("Concat", &["x", "x"], "y"), &[int("axis", 0)]);
    assert!(reason(vec![across]).contains("axis 1"));
    let flat = with(node("Flatten", &["x"], "y"), &[int("axis", 0)]);
    assert!(reason(vec![flat]).contains("axis 1"));
    let norm = node("BatchNormalization", &["x", "c2", "c2", "c2", "c2"], "y");
    assert!(reason(vec![with(norm, &[int("training_mode", 1)])]).contains("constant scale"));
}

/// The attack: a file of some bytes whose attributes ask for any amount of memory or time.
#[test]
fn attributes_that_ask_for_too_much_are_refused_before_the_runtime_sees_them() {
    for bad in [i64::MAX, -1, 0, 65] {
        let strides = ints("strides", &[bad, 1]);
        assert!(found(vec![with(node("Conv", &["x", "k3"], "y"), &[strides])]).is_err());
        let kernel = ints("kernel_shape", &[bad, bad]);
        assert!(found(vec![with(node("MaxPool", &["x"], "y"), &[kernel])]).is_err());
    }
    let shape = ints("output_shape", &[1 << 20, 1 << 20]);
    assert!(reason(vec![with(node("ConvTranspose", &["x", "up"], "y"), &[shape])]).contains("attribute"));
    let by = |scale: f32| {
        let mut model = model([2, 8, 8], vec![resize(&[])]);
        graph(&mut model).initializer.last_mut().unwrap().raw_data = floats(&[1.0, 1.0, scale, 1.0]);
        inspect(&model)
    };
    for scale in [f32::NAN, f32::INFINITY, 0.0, -1.0, 1.5, 17.0] {
        assert!(by(scale).is_err(), "{scale}");
    }
    assert!(by(16.0).is_ok());
    let upwards = |steps: usize| {
        let name = |step: usize| if step == 0 { "x".to_owned() } else { format!("{step}") };
        let up = |step| node("Resize", &[&name(step), "", "scales"], &name(step + 1));
        let mut nodes: Vec<_> = (0..steps).map(up).collect();
        nodes.push(node("Relu", &[&name(steps)], "y"));
        found(nodes)
    };
    assert!(upwards(3).is_ok());
    assert!(upwards(12).is_err());
}

#[test]
fn work_and_memory_of_an_image_are_bounded() {
    let chain = |count: usize, side: i64, operator: &str| {
        let name = |at: usize| match at {
            0 => "x".to_owned(),
            _ if at == count => "y".to_owned(),
            _ => at.to_string(),
        };
        let nodes = (0..count).map(|at| node(operator, &[&name(at)], &name(at + 1))).collect();
        inspect(&model([2, side, side], nodes))
    };
    assert_eq!(chain(1_000, 256, "Relu"), Err(ModelError::TooMuchImageMemory));
    assert_eq!(chain(900, 180, "Elu"), Err(ModelError::TooMuchImageWork));
    // The input and its results, as many as fit exactly.
    let most = usize::try_from(MAX_IMAGE_ELEMENTS).unwrap() / (2 * 256 * 256) - 1;
    assert!(chain(most, 256, "Relu").unwrap().work <= MAX_IMAGE_WORK);
    assert_eq!(chain(most + 1, 256, "Relu"), Err(ModelError::TooMuchImageMemory));
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    for nodes in [
        vec![node("Conv", &["x", "k1"], "y")],
        vec![node("Conv", &["x", "b4"], "y")],
        vec![node("Conv", &["x", "k3", "c2"], "y")],
        vec![node("Conv", &["x", "x"], "y")],
        vec![node("ConvTranspose", &["x", "k3"], "y")],
        vec![node("BatchNormalization", &["x", "b4", "b4", "b4", "b4"], "y")],
        vec![node(GEMM, &["x", "dense"], "y")],
        vec![node("Flatten", &["x"], "f"), node(GEMM, &["f", "dense"], "y")],
        vec![node("Flatten", &["x"], "f"), node("MaxPool", &["f"], "y")],
        vec![node("Relu", &["x", "b4"], "y")],
        vec![node("Add", &["x"], "y")],
    ] {
        assert!(matches!(found(nodes.clone()), Err(ModelError::Node { .. })), "{nodes:?}");
    }
    assert!(reason(vec![resize(&[text("mode", "cubic")])]).contains("nearest or linear"));
}

#[test]
fn an_operator_that_nobody_may_use_is_named_with_those_that_images_may() {
    let error = found(vec![node("Loop", &["x"], "y")]).unwrap_err();
    let expected =
        ModelError::UnsupportedOperator { operator: "Loop".to_owned(), supported: &IMAGE_OPERATORS };
    assert!(error.to_string().contains("ConvTranspose"));
    assert_eq!(error, expected);
}

#[test]
fn the_property_image_has_to_fit_the_input() {
    let with_property = |key: &str, value: &str| {
        let mut model = model([2, 8, 8], vec![node("Relu", &["x"], "y")]);
        let property = StringStringEntryProto { key: key.to_owned(), value: value.to_owned() };
        model.metadata_props.push(property);
        inspect(&model).map(|signature| signature.images.unwrap())
    };
    let image = r#"{"channels":[1,0],"height":8,"width":8,"mean":[0.5,0.5],"std":[1.0,2.0]}"#;
    assert_eq!(with_property("image", image).unwrap().preprocessing.channels, [1, 0]);
    let none = found(vec![node("Relu", &["x"], "y")]).unwrap().preprocessing;
    assert_eq!(none, Preprocessing::none(2, 8, 8));
    let other = with_property("image", &image.replace("\"height\":8", "\"height\":9"));
    assert_eq!(other, Err(ModelError::ImageProperty { expected: [2, 8, 8], found: [2, 9, 8] }));
    assert!(matches!(with_property("image", "{}"), Err(ModelError::Preprocessing(_))));
    assert_eq!(with_property("classes", "a,b").unwrap().classes, ["a", "b"]);
    assert_eq!(with_property("classes", "a"), Err(ModelError::Classes { expected: 2, found: 1 }));
    assert_eq!(with_property("classes", "a,"), Err(ModelError::ClassName { position: 2 }));
}

#[test]
fn inputs_of_odd_shapes_are_refused() {
    for dims in [[0, 8, 8], [65, 8, 8], [1, 4_097, 8], [1, 8, -1]] {
        let error = inspect(&model(dims, vec![node("Relu", &["x"], "y")])).unwrap_err();
        assert!(matches!(error, ModelError::InputShape { .. }), "{error}");
    }
    let mut old = model([2, 8, 8], vec![node("Relu", &["x"], "y")]);
    old.opset_import[0].version = 12;
    assert_eq!(inspect(&old), Err(ModelError::ImageOperatorSet { found: 12 }));
}
