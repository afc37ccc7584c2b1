//! A model on this machine, as a user runs it: rows or images in, classes or masks out.

use crate::common::{json, path, refused};

const DIGITS: &str = "../../models/digits.onnx";
const DIGITS_HELD: &str = "../../data/digits/holdout.bhim";
const PHANTOMS: &str = "../../models/phantoms.onnx";
const PHANTOMS_HELD: &str = "../../data/phantoms/holdout.bhim";

#[test]
fn rows_have_a_chance_each() {
    let answer = json(&["predict", "--row", "0", "--row", "3"]);
    let answers = answer["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 2);
    for (row, answer) in answers.iter().enumerate() {
        assert_eq!(answer["row"], row);
        let probability = answer["probability"].as_f64().unwrap();
        assert_eq!(answer["class"], i32::from(probability > 0.5));
    }
}

#[test]
fn images_have_a_class_and_the_chance_of_each() {
    let answer = json(&["predict", "--model", DIGITS, "--input", DIGITS_HELD]);
    let answers = answer["answers"].as_array().unwrap();
    let metadata: serde_json::Value =
        serde_json::from_str(include_str!("../../../../models/digits.json")).unwrap();
    let labels = metadata["holdout"]["labels"].as_array().unwrap();
    assert_eq!(answers.len(), labels.len());
    let right = answers.iter().zip(labels).filter(|(answer, label)| answer["class"] == label.to_string());
    assert_eq!(right.count() as u64, metadata["holdout"]["correct"].as_u64().unwrap());
    assert_eq!(answers[0]["chances"].as_array().unwrap().len(), 10);
}

#[test]
fn masks_are_written_as_images_and_their_areas_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let masks = folder.path().join("masks.bhim");
    let arguments = ["predict", "--model", PHANTOMS, "--input", PHANTOMS_HELD, "--masks", &path(&masks)];
    let answer = json(&arguments);
    let written = std::fs::read(&masks).unwrap();
    let truth = std::fs::read("../../data/phantoms/masks.bhim").unwrap();
    // Number, size and spacing of the images, and one byte for each pixel.
    assert_eq!(written[..30], truth[..30]);
    assert_eq!(written.len(), truth.len());
    for (index, answer) in answer["answers"].as_array().unwrap().iter().enumerate() {
        let mask = &written[30 + index * 64 * 64..30 + (index + 1) * 64 * 64];
        let pixels = mask.iter().filter(|class| **class == 1).count();
        let area = &answer["areas"][0];
        assert_eq!((&answer["image"], &area["class"]), (&index.into(), &"lesion".into()));
        assert_eq!(area["pixels"], pixels);
        // Two by two millimetres.
        assert_eq!(area["square_millimetres"], 4.0 * pixels as f64);
    }
}

#[test]
fn input_that_the_model_does_not_read_is_refused_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.bhim");
    std::fs::write(&broken, b"BHIM\x01").unwrap();
    let masks = path(&folder.path().join("masks.bhim"));
    for (arguments, named) in [
        (vec!["--input", DIGITS_HELD], "name a model that reads images with --model"),
        (vec!["--model", DIGITS], "expected images (BHIM)"),
        (vec!["--model", DIGITS, "--input", PHANTOMS_HELD], "expected 8 x 8 pixels"),
        (vec!["--model", DIGITS, "--input", &path(&broken)], "expected a header of 30 bytes"),
        (vec!["--model", DIGITS, "--input", DIGITS_HELD, "--row", "360"], "expected less than 360"),
        (vec!["--model", DIGITS, "--input", DIGITS_HELD, "--masks", &masks], "the model makes no masks"),
    ] {
        let error = refused(&[&["predict"], &arguments[..]].concat());
        assert!(error.contains(named), "{arguments:?}\n  said: {error}\n  expected: {named}");
    }
    assert!(!folder.path().join("masks.bhim").exists());
}
