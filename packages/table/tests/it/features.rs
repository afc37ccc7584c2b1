//! The feature matrix and its encoding.

use bithive_table::{Features, FeaturesError, MAX_BYTES, MAX_FEATURES, MAX_ROWS};
use proptest::prelude::*;

fn two_by_two() -> Features {
    Features::new(2, vec![1.0, -0.0, 0.5, 3.25]).unwrap()
}

#[test]
fn the_encoding_is_as_documented() {
    let mut expected = b"BHFM\x01\x02\0\0\0\x02\0".to_vec();
    for value in [1.0f32, -0.0, 0.5, 3.25] {
        expected.extend_from_slice(&value.to_le_bytes());
    }
    assert_eq!(two_by_two().encode(), expected);
}

#[test]
fn a_matrix_needs_rows_and_features_within_the_limits() {
    assert_eq!(Features::new(2, vec![]), Err(FeaturesError::NoRows));
    assert_eq!(Features::new(0, vec![1.0]), Err(FeaturesError::Width { found: 0 }));
    let width = MAX_FEATURES + 1;
    assert_eq!(Features::new(width, vec![0.0; width]), Err(FeaturesError::Width { found: width }));
    assert_eq!(Features::new(1, vec![0.0; MAX_ROWS]).unwrap().row_count(), MAX_ROWS);
    let rows = MAX_ROWS + 1;
    assert_eq!(Features::new(1, vec![0.0; rows]), Err(FeaturesError::TooManyRows { found: rows }));
}

#[test]
fn an_incomplete_last_row_is_refused() {
    assert_eq!(Features::new(2, vec![0.0; 3]), Err(FeaturesError::ValueCount { expected: 4, found: 3 }));
}

#[test]
fn a_matrix_larger_than_one_message_is_refused() {
    let rows = MAX_BYTES / 4 / MAX_FEATURES;
    let found = 11 + rows * MAX_FEATURES * 4;
    assert_eq!(
        Features::new(MAX_FEATURES, vec![0.0; rows * MAX_FEATURES]),
        Err(FeaturesError::TooLarge { found })
    );
    assert!(Features::new(MAX_FEATURES, vec![0.0; (rows - 1) * MAX_FEATURES]).is_ok());
}

#[test]
fn nan_and_infinity_are_refused_by_place() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let expected = FeaturesError::NotFinite { row: 2, feature: 1 };
        assert_eq!(Features::new(2, vec![0.0, 0.0, value, 0.0]), Err(expected.clone()));
        let mut bytes = two_by_two().encode();
        bytes[19..23].copy_from_slice(&value.to_le_bytes());
        assert_eq!(Features::decode(&bytes), Err(expected));
    }
}

#[test]
fn foreign_bytes_are_refused() {
    let good = two_by_two().encode();
    assert_eq!(Features::decode(&[]), Err(FeaturesError::Truncated { found: 0 }));
    assert_eq!(Features::decode(&good[..10]), Err(FeaturesError::Truncated { found: 10 }));
    let mut other = good.clone();
    other[0] = b'X';
    assert_eq!(Features::decode(&other), Err(FeaturesError::NotFeatures));
    let mut newer = good;
    newer[4] = 2;
    assert_eq!(Features::decode(&newer), Err(FeaturesError::Version { found: 2 }));
}

#[test]
fn a_length_that_does_not_follow_from_the_header_is_refused() {
    let good = two_by_two().encode();
    let (expected, found) = (27, 26);
    assert_eq!(Features::decode(&good[..26]), Err(FeaturesError::Length { expected, found }));
    let longer = [good.as_slice(), &[0]].concat();
    assert_eq!(Features::decode(&longer), Err(FeaturesError::Length { expected, found: 28 }));
}

#[test]
fn a_header_that_announces_too_much_is_refused_without_reading_on() {
    let mut rows = two_by_two().encode();
    rows[5..9].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(Features::decode(&rows), Err(FeaturesError::TooManyRows { found: u32::MAX as usize }));
    let mut none = two_by_two().encode();
    none[5..9].copy_from_slice(&[0; 4]);
    assert_eq!(Features::decode(&none), Err(FeaturesError::NoRows));
    let found = MAX_BYTES + 1;
    assert_eq!(Features::decode(&vec![0; found]), Err(FeaturesError::TooLarge { found }));
}

#[test]
fn a_width_of_zero_is_refused() {
    let mut bytes = two_by_two().encode();
    bytes[9..11].copy_from_slice(&[0; 2]);
    bytes.truncate(11);
    assert_eq!(Features::decode(&bytes), Err(FeaturesError::Width { found: 0 }));
}

#[test]
fn selected_rows_come_in_the_order_asked_for() {
    let features = two_by_two();
    assert_eq!(
        features.select(&[1, 0, 1]).unwrap(),
        Features::new(2, vec![0.5, 3.25, 1.0, -0.0, 0.5, 3.25]).unwrap()
    );
    assert_eq!(features.select(&[0, 2]), Err(FeaturesError::RowOutOfRange { index: 2, rows: 2 }));
    assert_eq!(features.select(&[]), Err(FeaturesError::NoRows));
    let found = MAX_ROWS + 1;
    assert_eq!(features.select(&vec![0; found]), Err(FeaturesError::TooManyRows { found }));
}

#[test]
fn debug_output_shows_no_value() {
    assert_eq!(format!("{:?}", two_by_two()), "Features(2 rows x 2)");
}

fn matrix() -> impl Strategy<Value = Features> {
    let value = prop::num::f32::NORMAL | prop::num::f32::ZERO | prop::num::f32::SUBNORMAL;
    (1..6usize, 1..6usize).prop_flat_map(move |(rows, width)| {
        prop::collection::vec(value, rows * width)
            .prop_map(move |values| Features::new(width, values).unwrap())
    })
}

proptest! {
    #[test]
    fn decoding_gives_back_what_was_encoded(features in matrix()) {
        let bytes = features.encode();
        prop_assert_eq!(Features::decode(&bytes).unwrap().encode(), bytes);
    }

    #[test]
    fn any_bytes_decode_to_a_matrix_with_the_same_encoding_or_to_an_error(
        features in matrix(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        tail in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = features.encode();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.extend(tail);
        if let Ok(features) = Features::decode(&bytes) {
            prop_assert_eq!(features.encode(), bytes);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(Features::decode(&bytes).is_err());
    }
}
