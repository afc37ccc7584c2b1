//! What makes a tensor, and its images.

use bithive_tensor::{
    HEADER_BYTES, MAX_BYTES, MAX_CHANNELS, MAX_IMAGES, MAX_SIDE, Samples, Shape, Spacing, Tensor, TensorError,
};

fn shape(images: u32, channels: u32, height: u32, width: u32) -> Shape {
    Shape::new(images, channels, height, width).unwrap()
}

/// Two images of one channel, 1 x 2.
fn pair() -> Tensor {
    Tensor::new(shape(2, 1, 1, 2), None, vec![1.0f32, 2.0, 3.0, 4.0]).unwrap()
}

#[test]
fn every_side_is_within_its_limit() {
    let found = MAX_IMAGES + 1;
    assert_eq!(Shape::new(0, 1, 1, 1), Err(TensorError::Images { found: 0 }));
    assert_eq!(Shape::new(found, 1, 1, 1), Err(TensorError::Images { found }));
    let found = MAX_CHANNELS + 1;
    assert_eq!(Shape::new(1, 0, 1, 1), Err(TensorError::Channels { found: 0 }));
    assert_eq!(Shape::new(1, found, 1, 1), Err(TensorError::Channels { found }));
    let found = MAX_SIDE + 1;
    assert_eq!(Shape::new(1, 1, 0, 1), Err(TensorError::Height { found: 0 }));
    assert_eq!(Shape::new(1, 1, found, 1), Err(TensorError::Height { found }));
    assert_eq!(Shape::new(1, 1, 1, 0), Err(TensorError::Width { found: 0 }));
    assert_eq!(Shape::new(1, 1, 1, found), Err(TensorError::Width { found }));
    let largest = shape(MAX_IMAGES, MAX_CHANNELS, MAX_SIDE, MAX_SIDE);
    assert_eq!(largest.elements(), 1 << 42);
}

#[test]
fn samples_fill_the_shape() {
    for found in [3, 5] {
        let refused = Tensor::new(shape(2, 1, 1, 2), None, vec![0u8; found]);
        assert_eq!(refused, Err(TensorError::SampleCount { expected: 4, found }));
    }
}

#[test]
fn images_that_exceed_one_message_are_refused_before_samples_are_counted() {
    let most = (MAX_BYTES - HEADER_BYTES) as u64 / (512 * 512 * 4);
    let more = shape(most as u32 + 1, 1, 512, 512);
    let found = HEADER_BYTES as u64 + more.elements() * 4;
    assert_eq!(Tensor::new(more, None, Vec::<f32>::new()), Err(TensorError::TooLarge { found }));
    // As int16 twice as many fit.
    let expected = (more.elements()) as usize;
    let refused = Tensor::new(more, None, Vec::<i16>::new());
    assert_eq!(refused, Err(TensorError::SampleCount { expected, found: 0 }));
}

#[test]
fn nan_and_infinity_are_refused_by_place() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut samples = vec![0.0; 2 * 3 * 4 * 5];
        samples[60 + 2 * 20 + 3 * 5 + 4] = value;
        let expected = TensorError::NotFinite { image: 2, channel: 3, row: 4, column: 5 };
        assert_eq!(Tensor::new(shape(2, 3, 4, 5), None, samples), Err(expected));
    }
}

#[test]
fn a_pixel_has_a_positive_size() {
    for (row, column) in [(0.0, 1.0), (1.0, -1.0), (f32::NAN, 1.0), (1.0, f32::INFINITY), (-0.0, -0.0)] {
        assert_eq!(Spacing::new(row, column), Err(TensorError::Spacing));
    }
    let spacing = Spacing::new(0.5, 0.75).unwrap();
    assert_eq!((spacing.row(), spacing.column()), (0.5, 0.75));
}

#[test]
fn images_come_one_by_one_as_floats() {
    let images: Vec<_> = pair().images().collect();
    assert_eq!(images, [[1.0, 2.0], [3.0, 4.0]]);
    let signed = Tensor::new(shape(1, 1, 1, 2), None, vec![i16::MIN, i16::MAX]).unwrap();
    assert_eq!(signed.images().next().unwrap(), [-32768.0, 32767.0]);
    let bytes = Tensor::new(shape(1, 1, 1, 2), None, vec![0u8, 255]).unwrap();
    assert_eq!(bytes.images().next().unwrap(), [0.0, 255.0]);
}

#[test]
fn selected_images_come_in_the_order_asked_for() {
    let spacing = Some(Spacing::new(1.0, 2.0).unwrap());
    let tensor = Tensor::new(shape(2, 1, 1, 2), spacing, vec![1i16, 2, 3, 4]).unwrap();
    let selected = tensor.select(&[1, 0, 1]).unwrap();
    assert_eq!(selected, Tensor::new(shape(3, 1, 1, 2), spacing, vec![3i16, 4, 1, 2, 3, 4]).unwrap());
    assert_eq!(tensor.select(&[0, 2]), Err(TensorError::ImageOutOfRange { index: 2, images: 2 }));
    assert_eq!(tensor.select(&[]), Err(TensorError::Images { found: 0 }));
    let found = MAX_IMAGES + 1;
    assert_eq!(tensor.select(&vec![0; found as usize]), Err(TensorError::Images { found }));
}

#[test]
fn debug_output_shows_no_sample() {
    assert_eq!(format!("{:?}", pair()), "Tensor(2 images x 1 x 1 x 2, F32)");
}

#[test]
fn samples_know_their_number() {
    assert!(Samples::from(Vec::<u8>::new()).is_empty());
    assert_eq!(Samples::from(vec![1i16, 2]).len(), 2);
    assert_eq!(Samples::from(vec![1i16, 2]).floats(1, 1).unwrap(), [2.0]);
    assert_eq!(Samples::from(vec![1i16, 2]).floats(1, 2), None);
    assert_eq!(Samples::from(vec![1i16, 2]).floats(usize::MAX, 2), None);
}
