use tract_onnx::pb::tensor_proto::DataLocation;
use tract_onnx::pb::{
    AttributeProto, OperatorSetIdProto, SparseTensorProto, StringStringEntryProto, ValueInfoProto,
};
use tract_onnx::prelude::Framework;

use super::*;
use crate::limits::{CONSTANT, MAX_NODES};

mod images;

/// y = Gemm(x, w, b) with two features.
fn linear() -> ModelProto {
    let mut bytes: &[u8] = include_bytes!("../../tests/fixtures/linear.onnx");
    tract_onnx::onnx().proto_model_for_read(&mut bytes).unwrap()
}

fn refusal(change: impl FnOnce(&mut ModelProto)) -> ModelError {
    let mut model = linear();
    change(&mut model);
    inspect(&model).unwrap_err()
}

fn graph(model: &mut ModelProto) -> &mut GraphProto {
    model.graph.as_mut().unwrap()
}

fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    }
}

fn tensor_refusal(change: impl FnOnce(&mut TensorProto)) -> &'static str {
    match refusal(|model| change(&mut graph(model).initializer[0])) {
        ModelError::Tensor { tensor, reason } if tensor == "w" => reason,
        other => panic!("{other}"),
    }
}

fn node_refusal(change: impl FnOnce(&mut GraphProto)) -> &'static str {
    match refusal(|model| change(graph(model))) {
        ModelError::Node { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn a_linear_model_is_accepted_and_names_no_features() {
    assert_eq!(
        inspect(&linear()),
        Ok(Signature {
            width: 2,
            feature_names: vec![],
            images: None,
            work: 2 + work::per_element(GEMM),
            nodes: 1
        })
    );
}

#[test]
fn weights_that_are_also_listed_as_inputs_are_no_inputs() {
    let mut model = linear();
    let weight = ValueInfoProto { name: "w".to_owned(), ..ValueInfoProto::default() };
    graph(&mut model).input.push(weight);
    assert_eq!(inspect(&model).unwrap().width, 2);
}

#[test]
fn a_second_input_is_refused() {
    let error = refusal(|model| {
        let second = ValueInfoProto { name: "z".to_owned(), ..ValueInfoProto::default() };
        graph(model).input.push(second);
    });
    assert_eq!(error, ModelError::InputCount { found: 2 });
}

#[test]
fn a_model_without_input_is_refused() {
    assert_eq!(refusal(|model| graph(model).input.clear()), ModelError::InputCount { found: 0 });
}

#[test]
fn a_second_output_is_refused() {
    let error = refusal(|model| {
        let output = graph(model).output[0].clone();
        graph(model).output.push(output);
    });
    assert_eq!(error, ModelError::OutputCount { found: 2 });
}

#[test]
fn an_output_that_no_node_computes_is_refused() {
    for name in ["elsewhere", "w"] {
        let error = refusal(|model| graph(model).output[0].name = name.to_owned());
        assert!(matches!(error, ModelError::OutputShape { .. }), "{error}");
    }
}

#[test]
fn operator_sets_outside_the_tested_range_are_refused() {
    for version in [8, 19] {
        let error = refusal(|model| model.opset_import[0].version = version);
        assert_eq!(error, ModelError::OperatorSet { found: version });
    }
    assert_eq!(refusal(|model| model.opset_import.clear()), ModelError::OperatorSet { found: 0 });
}

#[test]
fn an_operator_of_another_domain_is_refused_by_its_full_name() {
    let error = refusal(|model| {
        model.opset_import.push(OperatorSetIdProto { domain: "org.example".to_owned(), version: 1 });
        graph(model).node[0].domain = "org.example".to_owned();
    });
    assert_eq!(
        error,
        ModelError::UnsupportedOperator { operator: "org.example.Gemm".to_owned(), supported: &OPERATORS }
    );
}

#[test]
fn a_loop_is_refused_before_the_runtime_sees_it() {
    let error = refusal(|model| graph(model).node[0].op_type = "Loop".to_owned());
    assert_eq!(error, ModelError::UnsupportedOperator { operator: "Loop".to_owned(), supported: &OPERATORS });
}

#[test]
fn weights_in_another_file_are_refused() {
    let reason = tensor_refusal(|tensor| tensor.data_location = Some(DataLocation::External as i32));
    assert!(reason.contains("inside the file"));
    let reason = tensor_refusal(|tensor| {
        let location =
            StringStringEntryProto { key: "location".to_owned(), value: "/etc/hostname".to_owned() };
        tensor.external_data.push(location);
    });
    assert!(reason.contains("inside the file"));
}

#[test]
fn weights_that_claim_more_elements_than_they_have_are_refused() {
    assert!(tensor_refusal(|tensor| tensor.dims = vec![8_192, 8_192]).contains("as many values"));
    assert!(tensor_refusal(|tensor| tensor.raw_data.clear()).contains("as many values"));
    assert!(tensor_refusal(|tensor| tensor.float_data.push(1.0)).contains("as many values"));
}

#[test]
fn weights_of_odd_shapes_are_refused() {
    for dim in [-1, 0, 8_193, i64::MAX, i64::MIN] {
        assert!(tensor_refusal(|tensor| tensor.dims = vec![dim, 2]).contains("1 to 8192"));
    }
    assert!(tensor_refusal(|tensor| tensor.dims = vec![1, 2, 1]).contains("two dimensions"));
}

#[test]
fn weights_of_another_type_are_refused() {
    for kind in [DataType::Double as i32, DataType::String as i32, 9_999] {
        assert_eq!(tensor_refusal(|tensor| tensor.data_type = kind), "expected float32");
    }
}

#[test]
fn sparse_weights_are_refused() {
    let error = refusal(|model| graph(model).sparse_initializer.push(SparseTensorProto::default()));
    assert!(matches!(error, ModelError::Tensor { .. }), "{error}");
}

#[test]
fn two_weights_of_one_name_are_refused() {
    let error = refusal(|model| {
        let weight = graph(model).initializer[0].clone();
        graph(model).initializer.push(weight);
    });
    assert!(matches!(error, ModelError::Tensor { .. }), "{error}");
}

#[test]
fn an_expression_of_constants_is_refused() {
    let reason = node_refusal(|graph| graph.node.insert(0, node("Add", &["w", "b"], "folded")));
    assert!(reason.contains("depends on the input"));
}

#[test]
fn an_operand_from_a_later_node_is_refused() {
    let reason = node_refusal(|graph| graph.node.insert(0, node("Add", &["x", "y"], "early")));
    assert!(reason.contains("earlier nodes"));
}

#[test]
fn a_name_that_is_computed_twice_is_refused() {
    let reason = node_refusal(|graph| graph.node.push(node("Relu", &["x"], "y")));
    assert!(reason.contains("no other tensor"));
}

#[test]
fn a_node_without_output_is_refused() {
    assert_eq!(node_refusal(|graph| graph.node[0].output.clear()), "expected one output");
}

#[test]
fn a_product_of_two_computed_matrices_is_refused() {
    let reason = node_refusal(|graph| graph.node[0].input[1] = "x".to_owned());
    assert!(reason.contains("constant weights"));
}

#[test]
fn a_constant_node_holds_a_weight_and_nothing_else() {
    let constant =
        |attribute: AttributeProto| NodeProto { attribute: vec![attribute], ..node(CONSTANT, &[], "w") };
    let with_constant = |attribute: AttributeProto| {
        let mut model = linear();
        let graph = graph(&mut model);
        let weight = graph.initializer.remove(0);
        let attribute = AttributeProto { t: attribute.t.map(|_| weight), ..attribute };
        graph.node.insert(0, constant(attribute));
        inspect(&model)
    };
    let tensor = Some(TensorProto::default());
    let value = AttributeProto { name: "value".to_owned(), t: tensor.clone(), ..AttributeProto::default() };
    assert_eq!(with_constant(value).unwrap().width, 2);
    let float = AttributeProto { name: "value_float".to_owned(), f: 1.0, ..AttributeProto::default() };
    assert!(matches!(with_constant(float), Err(ModelError::Node { .. })));
    let other = AttributeProto { name: "sparse_value".to_owned(), t: tensor, ..AttributeProto::default() };
    assert!(matches!(with_constant(other), Err(ModelError::Node { .. })));
}

#[test]
fn too_many_nodes_are_refused() {
    let error = refusal(|model| graph(model).node = vec![node("Relu", &["x"], "y"); MAX_NODES + 1]);
    assert_eq!(error, ModelError::TooManyNodes { found: MAX_NODES + 1 });
}

#[test]
fn using_the_same_weights_over_and_over_is_refused() {
    let error = refusal(|model| {
        let graph = graph(model);
        let side = 4_096;
        let weight = &mut graph.initializer[0];
        weight.dims = vec![side, side];
        weight.raw_data = vec![0; (side * side * 4) as usize];
        // The first product reaches half of the limit; the second goes over it.
        graph.node.push(node(MATMUL, &["y", "w"], "again"));
    });
    assert_eq!(error, ModelError::TooMuchWork);
}

/// x -> `width` elements -> `count` times the operator -> y.
fn chain(operator: &str, count: usize, width: i64) -> ModelProto {
    let mut model = linear();
    let graph = graph(&mut model);
    let weights = |name: &str, dims: [i64; 2]| TensorProto {
        name: name.to_owned(),
        raw_data: vec![0; (dims[0] * dims[1] * 4) as usize],
        dims: dims.to_vec(),
        ..graph.initializer[0].clone()
    };
    graph.initializer =
        vec![weights("wide", [2, width]), weights("narrow", [width, 1]), weights("row", [1, width])];
    let binary = ["Add", "Sub", "Mul", "Div"].contains(&operator);
    graph.node = vec![node(MATMUL, &["x", "wide"], "0")];
    for at in 0..count {
        let from = at.to_string();
        let operands = if binary { vec![from.as_str(), "row"] } else { vec![from.as_str()] };
        graph.node.push(node(operator, &operands, &(at + 1).to_string()));
    }
    graph.node.push(node(MATMUL, &[&count.to_string(), "narrow"], "y"));
    model
}

/// The attack: a file of a megabyte asks for as many exponentials as there is time for.
#[test]
fn every_operator_counts_by_the_elements_of_its_result() {
    assert_eq!(inspect(&chain("Softplus", 1_000, 8_192)), Err(ModelError::TooMuchWork));
    for operator in
        OPERATORS.iter().filter(|name| ![CONSTANT, GEMM, MATMUL, "BatchNormalization"].contains(name))
    {
        let work = |count, width| inspect(&chain(operator, count, width)).unwrap().work;
        assert_eq!(work(7, 64) - work(5, 64), 2 * 64 * work::per_element(operator), "{operator}");
        assert!(work::per_element(operator) > 0);
        if work::per_element(operator) > 1 {
            assert_eq!(inspect(&chain(operator, 1_000, 8_192)), Err(ModelError::TooMuchWork), "{operator}");
        }
    }
}

#[test]
fn the_width_of_a_result_follows_the_weights_and_the_wider_operand() {
    let mut model = chain("Add", 1, 100);
    let narrow = inspect(&model).unwrap().work;
    // The same weights, stored the other way round.
    let graph = graph(&mut model);
    graph.initializer[0].dims = vec![100, 2];
    graph.node[0].op_type = GEMM.to_owned();
    graph.node[0].attribute =
        vec![AttributeProto { name: "transB".to_owned(), i: 1, ..AttributeProto::default() }];
    assert_eq!(inspect(&model).unwrap().work, narrow);
    // One logit, stretched by a constant that is wider.
    let graph = self::graph(&mut model);
    graph.node = vec![node(MATMUL, &["x", "w2"], "1"), node("Add", &["1", "row"], "y")];
    graph.initializer[0].name = "w2".to_owned();
    graph.initializer[0].dims = vec![2, 1];
    graph.initializer[0].raw_data.truncate(8);
    assert_eq!(inspect(&model).unwrap().work, 2 + work::per_element(MATMUL) + 100 * work::per_element("Add"));
}

#[test]
fn a_product_of_constants_is_refused_also_beside_an_operand_that_is_computed() {
    let reason = node_refusal(|graph| {
        graph.node.insert(0, node(GEMM, &["w", "w", "x"], "folded"));
    });
    assert!(reason.contains("first operand"), "{reason}");
    let reason = node_refusal(|graph| graph.node.insert(0, node(MATMUL, &["x", "b"], "flat")));
    assert!(reason.contains("two dimensions"), "{reason}");
}

#[test]
fn feature_names_must_be_as_many_as_features() {
    let named = |value: &str| {
        let mut model = linear();
        let property = StringStringEntryProto { key: FEATURE_NAMES.to_owned(), value: value.to_owned() };
        model.metadata_props.push(property);
        inspect(&model)
    };
    assert_eq!(named("age,dose").unwrap().feature_names, ["age", "dose"]);
    assert_eq!(named("age"), Err(ModelError::FeatureNames { expected: 2, found: 1 }));
    assert_eq!(named("age,"), Err(ModelError::FeatureName { position: 2 }));
    assert_eq!(named(&format!("age,{}", "x".repeat(129))), Err(ModelError::FeatureName { position: 2 }));
}
