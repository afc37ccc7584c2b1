//! Probabilities, classes and accuracy.

use bithive_table::{AccuracyError, Label, accuracy, sigmoid};
use proptest::prelude::*;

#[test]
fn sigmoid_has_its_known_values() {
    assert_eq!(sigmoid(0.0), 0.5);
    assert!((sigmoid(3.0f32.ln()) - 0.75).abs() < 1e-6);
    assert_eq!(sigmoid(f32::MAX), 1.0);
    assert_eq!(sigmoid(f32::MIN), 0.0);
}

#[test]
fn a_probability_of_one_half_is_negative() {
    assert_eq!(Label::from_probability(0.5), Label::Negative);
    assert_eq!(Label::from_probability(0.500_1), Label::Positive);
}

#[test]
fn accuracy_is_the_share_of_agreeing_rows() {
    use Label::{Negative, Positive};
    assert_eq!(accuracy(&[0.9, 0.1, 0.6, 0.4], &[Positive, Negative, Negative, Negative]), Ok(0.75));
}

#[test]
fn accuracy_needs_one_probability_for_each_label() {
    assert_eq!(accuracy(&[], &[]), Err(AccuracyError::NoLabels));
    let mismatch = AccuracyError::CountMismatch { probabilities: 2, labels: 1 };
    assert_eq!(accuracy(&[0.1, 0.2], &[Label::Negative]), Err(mismatch));
}

proptest! {
    #[test]
    fn sigmoid_grows_within_zero_and_one(a in -200.0f32..200.0, b in -200.0f32..200.0) {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        prop_assert!((0.0..=1.0).contains(&sigmoid(low)));
        // Rounding may undo at most the last bit where the curve is flat.
        prop_assert!(sigmoid(low) <= sigmoid(high) + f32::EPSILON);
        prop_assert!((sigmoid(a) + sigmoid(-a) - 1.0).abs() <= f32::EPSILON);
    }
}
