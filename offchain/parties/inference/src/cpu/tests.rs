use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto};

use super::Program;
use crate::error::ModelError;

fn value(name: &str) -> ValueInfoProto {
    ValueInfoProto { name: name.to_owned(), ..ValueInfoProto::default() }
}

fn tensor(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    TensorProto { name: name.to_owned(), dims: dims.to_vec(), raw_data, ..TensorProto::default() }
}

fn node(operator: &str, input: &[&str], output: &str, attributes: &[(&str, &[i64])]) -> NodeProto {
    let attribute = |(name, ints): &(&str, &[i64])| AttributeProto {
        name: (*name).to_owned(),
        ints: ints.to_vec(),
        ..AttributeProto::default()
    };
    NodeProto {
        op_type: operator.to_owned(),
        input: input.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.to_owned()],
        attribute: attributes.iter().map(attribute).collect(),
        ..NodeProto::default()
    }
}

fn graph(node: Vec<NodeProto>, initializer: Vec<TensorProto>, output: &str) -> GraphProto {
    GraphProto {
        node,
        initializer,
        input: vec![value("x")],
        output: vec![value(output)],
        ..GraphProto::default()
    }
}

/// The attack: taps so far apart that a border takes thousands of times the memory of its image, again and again.
#[test]
fn borders_count_as_memory() {
    let weights = tensor("weights", &[1, 64, 3, 3], &[0.0; 64 * 9]);
    let far: [(&str, &[i64]); 2] = [("dilations", &[64, 64]), ("pads", &[64, 64, 64, 64])];
    let with = |layers: usize| {
        let mut nodes = Vec::new();
        let mut last = "x".to_owned();
        for layer in 0..layers {
            let next = format!("relu-{layer}");
            nodes.push(node("Relu", &[&last], &next, &[]));
            nodes.push(node("Conv", &[&next, "weights"], &format!("conv-{layer}"), &far));
            last = next;
        }
        Program::new(&graph(nodes, vec![weights.clone()], "conv-0"), [64, 1, 1], 1)
    };
    assert!(with(60).is_ok());
    assert_eq!(with(70).unwrap_err(), ModelError::TooMuchImageMemory);
}

/// What is done with a product before it is written must not be done to what somebody else reads.
#[test]
fn a_product_that_is_read_twice_is_not_changed() {
    let weights = tensor("weights", &[2, 2], &[1.0, 0.0, 0.0, 1.0]);
    let ones = || vec![tensor("one", &[2], &[1.0, 1.0]), tensor("none", &[2], &[0.0, 0.0])];
    let dense = || node("Gemm", &["x", "weights"], "dense", &[]);
    let run = |nodes, output: &str, values: &[f32]| {
        let initializer = [vec![weights.clone()], ones()].concat();
        let program = Program::new(&graph(nodes, initializer, output), [2, 0, 0], 4).unwrap();
        let mut results = Vec::new();
        program.run(values, &mut results);
        results
    };
    let relu = || node("Relu", &["dense"], "relu", &[]);
    let sum = || node("Add", &["dense", "relu"], "sum", &[]);
    assert_eq!(run(vec![dense(), relu(), sum()], "sum", &[-1.0, 2.0, 3.0, -4.0]), [-1.0, 4.0, 6.0, -4.0]);
    // A rectification, and then something added: not the other way round.
    let added = || node("Add", &["relu", "x"], "sum", &[]);
    assert_eq!(run(vec![dense(), relu(), added()], "sum", &[-1.0, 2.0]), [-1.0, 4.0]);
    let later = || node("Relu", &["sum"], "last", &[]);
    assert_eq!(run(vec![dense(), relu(), added(), later()], "last", &[-1.0, 2.0]), [0.0, 4.0]);
    // Added first, and then rectified.
    let early = || node("Add", &["dense", "x"], "sum", &[]);
    assert_eq!(run(vec![dense(), early(), later()], "last", &[-1.0, 2.0]), [0.0, 4.0]);
    // A normalisation of what is rectified already.
    let twice = tensor("twice", &[2], &[2.0, 2.0]);
    let normal = node("BatchNormalization", &["relu", "twice", "one", "none", "one"], "normal", &[]);
    let initializer = [vec![weights.clone(), twice], ones()].concat();
    let program = Program::new(&graph(vec![dense(), relu(), normal], initializer, "normal"), [2, 0, 0], 4);
    let mut results = Vec::new();
    program.unwrap().run(&[-1.0, 2.0], &mut results);
    assert!((results[0] - 1.0).abs() < 1e-4 && (results[1] - 5.0).abs() < 1e-4, "{results:?}");
}
