//! The demonstration model on rows it has not seen.

use bithive_inference::{Device, Features, Label, Model, RunError, Table, accuracy, sigmoid};
use proptest::prelude::*;
use serde::Deserialize;

const MODEL: &[u8] = include_bytes!("../../../../../models/wdbc.onnx");
const HOLDOUT: &[u8] = include_bytes!("../../../../../data/wdbc/holdout.csv");
const WHOLE: &[u8] = include_bytes!("../../../../../data/wdbc/wdbc.csv");

#[derive(Deserialize)]
struct Metadata {
    blake3: String,
    bytes: usize,
    feature_names: Vec<String>,
    holdout: Holdout,
}

#[derive(Deserialize)]
struct Holdout {
    rows: usize,
    malignant: usize,
    accuracy: f64,
    false_negatives: usize,
    false_positives: usize,
    table_rows: Vec<usize>,
}

/// Computed by the ONNX standard's reference evaluator when the model was trained.
#[derive(Deserialize)]
struct Reference {
    model_blake3: String,
    logits_of_first_holdout_rows: Vec<f32>,
}

fn model() -> Model {
    Model::load(MODEL, Device::Cpu).unwrap()
}

fn holdout() -> Table {
    Table::from_csv(HOLDOUT).unwrap()
}

fn metadata() -> Metadata {
    serde_json::from_str(include_str!("../../../../../models/wdbc.json")).unwrap()
}

#[test]
fn the_metadata_describes_this_model_and_these_rows() {
    let (model, table, metadata) = (model(), holdout(), metadata());
    assert_eq!(blake3::Hash::from_bytes(model.digest()).to_hex().as_str(), metadata.blake3);
    assert_eq!(MODEL.len(), metadata.bytes);
    assert_eq!(model.width(), 30);
    assert_eq!(model.feature_names(), metadata.feature_names);
    assert_eq!(model.check_columns(&table), Ok(()));
    assert_eq!(table.features().row_count(), metadata.holdout.rows);
    let malignant = table.labels().unwrap().iter().filter(|label| **label == Label::Positive).count();
    assert_eq!(malignant, metadata.holdout.malignant);
}

#[test]
fn the_held_out_rows_are_the_listed_rows_of_the_whole_table() {
    let whole = Table::from_csv(WHOLE).unwrap();
    assert_eq!(whole.features().row_count(), 569);
    assert_eq!(whole.select(&metadata().holdout.table_rows).unwrap(), holdout());
}

#[test]
fn the_held_out_accuracy_is_the_one_in_the_metadata() {
    let (table, expected) = (holdout(), metadata().holdout);
    let logits = model().run(table.features()).unwrap();
    let probabilities: Vec<f32> = logits.iter().copied().map(sigmoid).collect();
    let labels = table.labels().unwrap();
    assert!((accuracy(&probabilities, labels).unwrap() - expected.accuracy).abs() < 1e-6);

    let missed = |actual| {
        let wrong = |(p, label): &(&f32, &Label)| **label == actual && Label::from_probability(**p) != actual;
        probabilities.iter().zip(labels).filter(wrong).count()
    };
    assert_eq!(missed(Label::Positive), expected.false_negatives);
    assert_eq!(missed(Label::Negative), expected.false_positives);
}

#[test]
fn logits_agree_with_the_reference_evaluator() {
    let reference: Reference = serde_json::from_str(include_str!("../fixtures/wdbc_logits.json")).unwrap();
    assert_eq!(reference.model_blake3, metadata().blake3, "the references belong to another model");
    let logits = model().run(holdout().features()).unwrap();
    assert_eq!(reference.logits_of_first_holdout_rows.len(), 16);
    for (row, (logit, expected)) in logits.iter().zip(&reference.logits_of_first_holdout_rows).enumerate() {
        assert!((logit - expected).abs() < 1e-4, "row {row}: {logit} instead of {expected}");
    }
}

#[test]
fn rows_give_the_same_logits_after_transport() {
    let table = holdout();
    let received = Features::decode(&table.features().encode()).unwrap();
    assert_eq!(model().run(&received), model().run(table.features()));
}

#[test]
fn columns_in_another_order_are_refused() {
    let text = std::str::from_utf8(HOLDOUT).unwrap();
    let swapped = text.replacen("radius_mean,texture_mean", "texture_mean,radius_mean", 1);
    let error = model().check_columns(&Table::from_csv(swapped.as_bytes()).unwrap()).unwrap_err();
    let (expected, found) = ("radius_mean".to_owned(), "texture_mean".to_owned());
    assert_eq!(error, RunError::Column { position: 1, expected, found });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_logit_depends_on_its_row_alone(indices in prop::collection::vec(0..114usize, 1..200)) {
        let (model, table) = (model(), holdout());
        let all = model.run(table.features()).unwrap();
        let expected: Vec<f32> = indices.iter().map(|&index| all[index]).collect();
        prop_assert_eq!(model.run(table.select(&indices).unwrap().features()).unwrap(), expected);
    }
}
