//! Loading models, good and bad, and running them.

use std::time::Instant;

use bithive_inference::{
    Budget, Device, Features, MAX_MODEL_BYTES, Model, ModelError, OPERATORS, RunError, Table, digest,
};
use proptest::prelude::*;

const LINEAR: &[u8] = include_bytes!("../fixtures/linear.onnx");

fn load(bytes: &[u8]) -> Result<Model, ModelError> {
    Model::load(bytes, Device::Cpu)
}

fn refusal(bytes: &[u8]) -> ModelError {
    load(bytes).expect_err("this model is wrong")
}

fn rows(width: usize, values: &[f32]) -> Features {
    Features::new(width, values.to_vec()).unwrap()
}

#[test]
fn a_linear_model_computes_its_formula() {
    let logits = load(LINEAR).unwrap().run(&rows(2, &[1.0, 2.0, -4.0, 0.25])).unwrap();
    assert_eq!(logits, [-2.5, -4.0]);
}

#[test]
fn a_model_is_named_by_the_hash_of_its_bytes() {
    assert_eq!(load(LINEAR).unwrap().digest(), digest(LINEAR));
    assert_eq!(digest(LINEAR), *blake3::hash(LINEAR).as_bytes());
}

#[test]
fn bytes_that_are_not_onnx_are_refused() {
    for bytes in [b"not a model".as_slice(), &[], &LINEAR[..LINEAR.len() - 7]] {
        assert!(matches!(refusal(bytes), ModelError::NotOnnx { .. }));
    }
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let found = MAX_MODEL_BYTES + 1;
    assert_eq!(refusal(&vec![0; found]), ModelError::TooLarge { found });
}

#[test]
fn an_unsupported_operator_is_named() {
    let error = refusal(include_bytes!("../fixtures/unsupported_operator.onnx"));
    assert_eq!(error, ModelError::UnsupportedOperator { operator: "Erf".to_owned(), supported: &OPERATORS });
    assert!(error.to_string().starts_with("model: operator \"Erf\" is not supported; supported are Add, "));
}

#[test]
fn an_input_that_is_not_rows_of_floats_is_refused() {
    let cases: [(&[u8], &str); 3] = [
        (include_bytes!("../fixtures/rank_three_input.onnx"), "float32[N, 1, 2]"),
        (include_bytes!("../fixtures/fixed_batch.onnx"), "float32[1, 2]"),
        (include_bytes!("../fixtures/integer_input.onnx"), "int64[N, 2]"),
    ];
    for (bytes, found) in cases {
        assert_eq!(refusal(bytes), ModelError::InputShape { found: found.to_owned() });
    }
}

#[test]
fn an_output_of_integers_is_refused() {
    let error = refusal(include_bytes!("../fixtures/integer_output.onnx"));
    assert_eq!(error, ModelError::OutputNotFloat { found: "int64[N, 1]".to_owned() });
}

#[test]
fn an_output_of_two_values_per_row_is_refused() {
    let error = refusal(include_bytes!("../fixtures/two_outputs_per_row.onnx"));
    assert_eq!(error, ModelError::OutputShape { found: "float32[N, 2]".to_owned() });
}

#[test]
fn a_model_that_ties_results_to_row_positions_is_refused() {
    let error = refusal(include_bytes!("../fixtures/bias_per_row.onnx"));
    assert!(matches!(error, ModelError::Refused { .. } | ModelError::OutputShape { .. }), "{error:?}");
}

#[test]
fn rows_of_another_width_are_refused() {
    let error = load(LINEAR).unwrap().run(&rows(3, &[1.0, 2.0, 3.0])).unwrap_err();
    assert_eq!(error, RunError::Width { expected: 2, found: 3 });
}

#[test]
fn a_result_that_overflows_is_named_by_its_row() {
    let model = load(include_bytes!("../fixtures/overflow.onnx")).unwrap();
    assert_eq!(model.run(&rows(2, &[0.0, 0.0])).unwrap(), [0.0]);
    let mut values = vec![0.0; 2 * 99];
    values.extend([4.0, 0.0]);
    assert_eq!(model.run(&rows(2, &values)), Err(RunError::NotFinite { row: 100 }));
}

#[test]
fn a_model_without_feature_names_checks_the_number_of_columns() {
    let model = load(LINEAR).unwrap();
    assert!(model.feature_names().is_empty());
    assert_eq!(model.check_columns(&Table::from_csv(b"a,b\n1,2\n").unwrap()), Ok(()));
    let narrow = Table::from_csv(b"a\n1\n").unwrap();
    assert_eq!(model.check_columns(&narrow), Err(RunError::Width { expected: 2, found: 1 }));
}

#[test]
fn a_run_ends_with_its_budget() {
    let (model, rows) = (load(LINEAR).unwrap(), rows(2, &[1.0, 2.0]));
    assert_eq!(model.run_within(&rows, &Budget::unlimited()), Ok(vec![-2.5]));
    let cancelled = Budget::unlimited();
    cancelled.cancel();
    assert_eq!(model.run_within(&rows, &cancelled), Err(RunError::Cancelled));
    let over = model.run_within(&rows, &Budget::until(Instant::now()));
    assert!(matches!(over, Err(RunError::OutOfTime { .. })), "{over:?}");
}

#[test]
fn the_work_of_a_run_grows_with_its_rows_by_whole_batches() {
    let work = Model::work(LINEAR).unwrap();
    assert_eq!(work.of_rows(1), work.of_rows(256));
    assert!(work.of_rows(257) > work.of_rows(256));
    assert_eq!(work.of_rows(512) - work.of_rows(256), work.of_rows(768) - work.of_rows(512));
    assert!(Model::work(&[]).is_err());
}

/// The attack: a few bytes for each record that takes hundreds in memory.
#[test]
fn a_file_that_would_take_too_much_memory_is_refused_before_it_is_decoded() {
    // So many nodes of no content.
    let nodes = [0x0a, 0x00].repeat(1 << 19);
    let graph = [vec![0x3a, 0x80, 0x80, 0x40], nodes].concat();
    assert_eq!(refusal(&graph), ModelError::TooMuchMemory);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_are_no_model_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(load(&bytes).is_err());
    }

    #[test]
    fn a_damaged_model_never_takes_the_process_down(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = LINEAR.to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(model) = load(&bytes) {
            let _ = model.run(&rows(model.width(), &vec![1.0; model.width()]));
        }
    }
}
