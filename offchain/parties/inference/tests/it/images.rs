//! The two imaging models on images that they have not seen.

use bithive_inference::{
    Budget, Device, Features, Images, Model, ModelInput, PreprocessingError, RunError, Shape, Table,
};
use proptest::prelude::*;
use serde::Deserialize;

const DIGITS: &[u8] = include_bytes!("../../../../../models/digits.onnx");
const DIGITS_HELD: &[u8] = include_bytes!("../../../../../data/digits/holdout.bhim");
const PHANTOMS: &[u8] = include_bytes!("../../../../../models/phantoms.onnx");
const PHANTOMS_HELD: &[u8] = include_bytes!("../../../../../data/phantoms/holdout.bhim");
const PHANTOM_MASKS: &[u8] = include_bytes!("../../../../../data/phantoms/masks.bhim");

#[derive(Deserialize)]
struct Metadata<H> {
    blake3: String,
    bytes: usize,
    holdout: H,
}

#[derive(Deserialize)]
struct HeldDigits {
    blake3: String,
    images: usize,
    correct: usize,
    labels: Vec<usize>,
}

#[derive(Deserialize)]
struct HeldPhantoms {
    blake3: String,
    images: usize,
    dice_of_kept: f64,
}

/// Computed by the ONNX standard's reference evaluator when a model was trained.
#[derive(Deserialize)]
struct Reference {
    model_blake3: String,
    logits: Vec<f32>,
}

fn model(bytes: &[u8]) -> Model {
    Model::load(bytes, Device::Cpu).unwrap()
}

fn run(model: &Model, images: &Images) -> Vec<f32> {
    model.run_images(images, &Budget::unlimited()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn digits() -> Metadata<HeldDigits> {
    serde_json::from_str(include_str!("../../../../../models/digits.json")).unwrap()
}

fn phantoms() -> Metadata<HeldPhantoms> {
    serde_json::from_str(include_str!("../../../../../models/phantoms.json")).unwrap()
}

#[test]
fn the_metadata_describes_these_models_and_images() {
    let (digits, phantoms) = (digits(), phantoms());
    assert_eq!((digits.blake3, digits.bytes), (hex(DIGITS), DIGITS.len()));
    assert_eq!((phantoms.blake3, phantoms.bytes), (hex(PHANTOMS), PHANTOMS.len()));
    assert_eq!(digits.holdout.blake3, hex(DIGITS_HELD));
    assert_eq!(phantoms.holdout.blake3, hex(PHANTOMS_HELD));
    assert_eq!(Images::decode(DIGITS_HELD).unwrap().shape().images(), digits.holdout.images);
    assert_eq!(Images::decode(PHANTOMS_HELD).unwrap().shape().images(), phantoms.holdout.images);
    assert_eq!(model(DIGITS).classes(), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(model(PHANTOMS).classes(), ["lesion"]);
}

#[test]
fn the_digits_that_are_told_apart_are_those_in_the_metadata() {
    let (model, held) = (model(DIGITS), digits().holdout);
    let answer = model.answer().unwrap();
    assert_eq!((answer.classes, answer.mask, model.values_each()), (10, None, 10));
    let chances = answer.chances(&run(&model, &Images::decode(DIGITS_HELD).unwrap()));
    assert_eq!(chances.len(), held.labels.len());
    let mut correct = 0;
    for (chances, label) in chances.iter().zip(&held.labels) {
        assert!((chances.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let best = chances.iter().enumerate().max_by(|left, right| left.1.total_cmp(right.1)).unwrap().0;
        correct += usize::from(best == *label);
    }
    assert_eq!(correct, held.correct);
}

#[test]
fn the_lesions_that_are_found_are_those_in_the_metadata() {
    let (model, images) = (model(PHANTOMS), Images::decode(PHANTOMS_HELD).unwrap());
    let found = model.answer().unwrap().masks(&run(&model, &images), images.spacing()).unwrap().unwrap();
    let truth = Images::decode(PHANTOM_MASKS).unwrap();
    assert_eq!((found.shape(), found.spacing()), (truth.shape(), truth.spacing()));
    let dice = found.images().zip(truth.images()).map(|(found, truth)| {
        let both: f32 = found.iter().zip(&truth).map(|(found, truth)| found * truth).sum();
        let either: f32 = found.iter().chain(&truth).sum();
        if either == 0.0 { 1.0 } else { f64::from(2.0 * both / either) }
    });
    let mean = dice.sum::<f64>() / truth.shape().images() as f64;
    let expected = phantoms().holdout.dice_of_kept;
    // A pixel between the two is decided by the last bits.
    assert!((mean - expected).abs() < 1e-3, "{mean} instead of {expected}");
}

#[test]
fn logits_agree_with_the_reference_evaluator() {
    for (bytes, held, reference) in [
        (DIGITS, DIGITS_HELD, include_str!("../fixtures/digits_logits.json")),
        (PHANTOMS, PHANTOMS_HELD, include_str!("../fixtures/phantoms_logits.json")),
    ] {
        let reference: Reference = serde_json::from_str(reference).unwrap();
        assert_eq!(reference.model_blake3, hex(bytes), "the references belong to another model");
        let logits = run(&model(bytes), &Images::decode(held).unwrap());
        assert!(reference.logits.len() >= 160);
        for (at, (logit, expected)) in logits.iter().zip(&reference.logits).enumerate() {
            let tolerance = 1e-4 * expected.abs().max(1.0);
            assert!((logit - expected).abs() < tolerance, "{at}: {logit} instead of {expected}");
        }
    }
}

#[test]
fn images_of_another_size_are_resized_where_the_manifest_says_so_and_refused_where_not() {
    let phantoms = Images::decode(PHANTOMS_HELD).unwrap();
    let error = model(DIGITS).run_images(&phantoms, &Budget::unlimited()).unwrap_err();
    let size = PreprocessingError::Size { height: 8, width: 8, found_height: 64, found_width: 64 };
    assert_eq!(error, RunError::Images(size));
    let digits = Images::decode(DIGITS_HELD).unwrap().select(&[0, 1]).unwrap();
    assert_eq!(run(&model(PHANTOMS), &digits).len(), 2 * 64 * 64);
}

#[test]
fn rows_and_images_are_not_taken_for_each_other() {
    let (images, unlimited) = (Images::decode(DIGITS_HELD).unwrap(), Budget::unlimited());
    let rows = Features::new(64, vec![0.0; 64]).unwrap();
    let of_rows = model(include_bytes!("../fixtures/linear.onnx"));
    assert_eq!(of_rows.run_images(&images, &unlimited), Err(RunError::NotRows));
    assert_eq!(of_rows.check_input(&ModelInput::Images(images.clone())), Err(RunError::NotRows));
    let of_images = model(DIGITS);
    assert_eq!(of_images.run(&rows), Err(RunError::NotImages));
    assert_eq!(of_images.check_input(&ModelInput::Rows(rows)), Err(RunError::NotImages));
    assert_eq!(of_images.check_columns(&Table::from_csv(b"a\n1\n").unwrap()), Err(RunError::NotImages));
    assert_eq!(of_images.check_input(&ModelInput::Images(images)), Ok(()));
}

#[test]
fn a_run_of_images_ends_with_its_budget() {
    let cancelled = Budget::unlimited();
    cancelled.cancel();
    let images = Images::decode(DIGITS_HELD).unwrap();
    assert_eq!(model(DIGITS).run_images(&images, &cancelled), Err(RunError::Cancelled));
}

#[test]
fn the_work_of_images_is_known_before_they_are_run() {
    for (bytes, least) in [(DIGITS, 1 << 17), (PHANTOMS, 1 << 24)] {
        let work = Model::work(bytes).unwrap();
        let each = (work.of_rows(1_000) - work.of_rows(0)) / 1_000;
        assert!((least..least << 6).contains(&each), "{each}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn an_answer_depends_on_its_image_alone(indices in prop::collection::vec(0..24usize, 1..40)) {
        for (bytes, held) in [(DIGITS, DIGITS_HELD), (PHANTOMS, PHANTOMS_HELD)] {
            let model = model(bytes);
            let images = Images::decode(held).unwrap().select(&(0..24).collect::<Vec<_>>()).unwrap();
            let all = run(&model, &images);
            let each = model.values_each();
            let expected = indices.iter().flat_map(|index| all[index * each..(index + 1) * each].to_vec());
            let expected: Vec<u32> = expected.map(f32::to_bits).collect();
            let found = run(&model, &images.select(&indices).unwrap());
            prop_assert_eq!(found.into_iter().map(f32::to_bits).collect::<Vec<_>>(), expected);
        }
    }
}

/// Tiny models, one for each operator and each way to use it, and what the ONNX standard's reference evaluator gives for two images.
#[derive(Deserialize)]
struct Operators {
    images: Vec<f32>,
    cases: Vec<Operator>,
}

#[derive(Deserialize)]
struct Operator {
    name: String,
    /// The file in hexadecimal digits.
    model: String,
    logits: Vec<f32>,
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_operator_computes_what_the_standard_says() {
    let read: Operators = serde_json::from_str(include_str!("../fixtures/image_operators.json")).unwrap();
    let images = Images::new(Shape::new(2, 2, 6, 5).unwrap(), None, read.images).unwrap();
    assert!(read.cases.len() > 35);
    for Operator { name, model, logits } in read.cases {
        let model =
            Model::load(&unhex(&model), Device::Cpu).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = run(&model, &images);
        assert_eq!(found.len(), logits.len(), "{name}");
        for (at, (found, expected)) in found.iter().zip(&logits).enumerate() {
            assert!(
                (found - expected).abs() < 1e-5 * expected.abs().max(1.0),
                "{name}, {at}: {found} instead of {expected}"
            );
        }
        // The second image alone gives the same bits.
        let alone = run(&model, &images.select(&[1]).unwrap());
        assert_eq!(alone, found[logits.len() / 2..], "{name}");
    }
}
