//! BHIM version 1.

use bithive_tensor::{HEADER_BYTES, MAX_BYTES, Samples, Shape, Spacing, Tensor, TensorError};
use proptest::prelude::*;

fn tensor(samples: impl Into<Samples>) -> Tensor {
    let spacing = Spacing::new(0.5, 0.75).unwrap();
    Tensor::new(Shape::new(1, 1, 1, 2).unwrap(), Some(spacing), samples).unwrap()
}

/// The header of [`tensor`] as the page of the format says it, with this type of samples.
fn header(kind: u8) -> Vec<u8> {
    let mut bytes = b"BHIM\x01".to_vec();
    bytes.push(kind);
    bytes.extend(b"\x01\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\0\0");
    bytes.extend(b"\0\0\0\x3f\0\0\x40\x3f");
    bytes
}

#[test]
fn the_encoding_is_as_documented() {
    let cases: [(u8, Samples, &[u8]); 3] = [
        (1, vec![1.0f32, -0.0].into(), b"\0\0\x80\x3f\0\0\0\x80"),
        (2, vec![-1024i16, 3071].into(), b"\0\xfc\xff\x0b"),
        (3, vec![0u8, 255].into(), b"\0\xff"),
    ];
    for (kind, samples, body) in cases {
        let expected = [header(kind), body.to_vec()].concat();
        assert_eq!(tensor(samples.clone()).encode(), expected);
        assert_eq!(Tensor::decode(&expected), Ok(tensor(samples)));
    }
    assert_eq!(HEADER_BYTES, 30);
}

#[test]
fn a_spacing_that_is_not_known_is_zero_bytes() {
    let unknown = Tensor::new(Shape::new(1, 1, 1, 1).unwrap(), None, vec![7u8]).unwrap();
    let bytes = unknown.encode();
    assert_eq!(bytes[22..30], [0; 8]);
    assert_eq!(Tensor::decode(&bytes).unwrap().spacing(), None);
    // -0, a half-known spacing, a negative one, NaN.
    for spacing in [[-0.0, -0.0], [0.0, 1.0], [-1.0, 1.0], [f32::NAN, 1.0]] {
        let mut bytes = bytes.clone();
        bytes[22..26].copy_from_slice(&spacing[0].to_le_bytes());
        bytes[26..30].copy_from_slice(&spacing[1].to_le_bytes());
        assert_eq!(Tensor::decode(&bytes), Err(TensorError::Spacing));
    }
}

#[test]
fn foreign_bytes_are_refused() {
    let good = tensor(vec![1u8, 2]).encode();
    for found in 0..HEADER_BYTES {
        assert_eq!(Tensor::decode(&good[..found]), Err(TensorError::Truncated { found }));
    }
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        Tensor::decode(&bytes).unwrap_err()
    };
    assert_eq!(with(0, b'X'), TensorError::NotTensor);
    assert_eq!(with(4, 2), TensorError::Version { found: 2 });
    for found in [0, 4, 255] {
        assert_eq!(with(5, found), TensorError::SampleType { found });
    }
}

#[test]
fn a_length_that_does_not_follow_from_the_header_is_refused() {
    let good = tensor(vec![1u8, 2]).encode();
    assert_eq!(Tensor::decode(&good[..31]), Err(TensorError::Length { expected: 32, found: 31 }));
    let longer = [good.as_slice(), &[0]].concat();
    assert_eq!(Tensor::decode(&longer), Err(TensorError::Length { expected: 32, found: 33 }));
}

#[test]
fn a_header_that_announces_too_much_is_refused_without_reading_on() {
    let good = tensor(vec![1u8, 2]).encode();
    let sides = |sides: [u32; 4]| {
        let mut bytes = good.clone();
        for (at, side) in sides.into_iter().enumerate() {
            bytes[6 + 4 * at..10 + 4 * at].copy_from_slice(&side.to_le_bytes());
        }
        Tensor::decode(&bytes).unwrap_err()
    };
    assert_eq!(sides([u32::MAX, 1, 1, 1]), TensorError::Images { found: u32::MAX });
    assert_eq!(sides([1, u32::MAX, 1, 1]), TensorError::Channels { found: u32::MAX });
    assert_eq!(sides([1, 1, u32::MAX, 1]), TensorError::Height { found: u32::MAX });
    assert_eq!(sides([1, 1, 1, u32::MAX]), TensorError::Width { found: u32::MAX });
    let largest = sides([4_096, 64, 4_096, 4_096]);
    assert_eq!(largest, TensorError::Length { expected: (1 << 42) + 30, found: 32 });
    let found = MAX_BYTES + 1;
    assert_eq!(Tensor::decode(&vec![0; found]), Err(TensorError::TooLarge { found: found as u64 }));
}

#[test]
fn a_sample_that_is_not_finite_is_refused_by_place() {
    let mut bytes = tensor(vec![1.0f32, 2.0]).encode();
    bytes[34..38].copy_from_slice(&f32::NAN.to_le_bytes());
    let expected = TensorError::NotFinite { image: 1, channel: 1, row: 1, column: 2 };
    assert_eq!(Tensor::decode(&bytes), Err(expected));
}

fn samples(length: usize) -> impl Strategy<Value = Samples> {
    let value = prop::num::f32::NORMAL | prop::num::f32::ZERO | prop::num::f32::SUBNORMAL;
    prop_oneof![
        prop::collection::vec(value, length).prop_map(Samples::from),
        prop::collection::vec(any::<i16>(), length).prop_map(Samples::from),
        prop::collection::vec(any::<u8>(), length).prop_map(Samples::from),
    ]
}

fn any_tensor() -> impl Strategy<Value = Tensor> {
    let spacing = prop::option::of((0.01f32..10.0, 0.01f32..10.0));
    (1..4u32, 1..4u32, 1..6u32, 1..6u32, spacing).prop_flat_map(|(n, c, h, w, spacing)| {
        let shape = Shape::new(n, c, h, w).unwrap();
        let spacing = spacing.map(|(row, column)| Spacing::new(row, column).unwrap());
        samples(shape.elements() as usize).prop_map(move |all| Tensor::new(shape, spacing, all).unwrap())
    })
}

proptest! {
    #[test]
    fn decoding_gives_back_what_was_encoded(tensor in any_tensor()) {
        let bytes = tensor.encode();
        let decoded = Tensor::decode(&bytes).unwrap();
        prop_assert_eq!(decoded.encode(), bytes);
        prop_assert_eq!(decoded, tensor);
    }

    #[test]
    fn any_bytes_decode_to_a_tensor_with_the_same_encoding_or_to_an_error(
        tensor in any_tensor(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        tail in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = tensor.encode();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.extend(tail);
        if let Ok(tensor) = Tensor::decode(&bytes) {
            prop_assert_eq!(tensor.encode(), bytes);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(Tensor::decode(&bytes).is_err());
    }

    #[test]
    fn an_image_alone_is_the_image_in_the_stack(tensor in any_tensor()) {
        for (index, image) in tensor.images().enumerate() {
            let alone: Vec<_> = tensor.select(&[index]).unwrap().images().collect();
            prop_assert_eq!(alone, [image]);
        }
    }
}
