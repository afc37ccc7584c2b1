//! What is done to images before a model reads them.

use bithive_tensor::{Preprocessing, PreprocessingError, Resize, Shape, Tensor, Window};
use proptest::prelude::*;

fn tensor(channels: u32, height: u32, width: u32, samples: Vec<f32>) -> Tensor {
    let images = samples.len() as u32 / (channels * height * width);
    Tensor::new(Shape::new(images, channels, height, width).unwrap(), None, samples).unwrap()
}

fn prepared(preprocessing: &Preprocessing, images: &Tensor) -> Vec<Vec<f32>> {
    preprocessing.apply(images).unwrap().collect::<Result<_, _>>().unwrap()
}

fn sized(height: u32, width: u32, resize: Resize) -> Preprocessing {
    Preprocessing { resize: Some(resize), ..Preprocessing::none(1, height, width) }
}

#[test]
fn without_steps_images_stay_as_they_are() {
    let images = tensor(2, 1, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let same = prepared(&Preprocessing::none(2, 1, 2), &images);
    assert_eq!(same, [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]);
}

#[test]
fn a_window_maps_its_range_to_0_to_1_and_cuts_off_the_rest() {
    let window = Some(Window { level: 40.0, width: 400.0 });
    let preprocessing = Preprocessing { window, ..Preprocessing::none(1, 1, 5) };
    let images = tensor(1, 1, 5, vec![-1024.0, -160.0, 40.0, 140.0, 3071.0]);
    assert_eq!(prepared(&preprocessing, &images), [[0.0, 0.0, 0.5, 0.75, 1.0]]);
}

#[test]
fn mean_and_deviation_are_those_of_each_channel_in_the_model_s_order() {
    let preprocessing = Preprocessing {
        channels: vec![1, 0],
        mean: vec![10.0, 1.0],
        std: vec![2.0, 4.0],
        ..Preprocessing::none(2, 1, 1)
    };
    assert_eq!(prepared(&preprocessing, &tensor(2, 1, 1, vec![5.0, 20.0])), [[5.0, 1.0]]);
}

/// Computed by hand from the definition of half-pixel centres; they are PyTorch's and ONNX's too.
#[test]
fn sizes_change_by_half_pixel_centres() {
    let row = tensor(1, 1, 2, vec![0.0, 4.0]);
    assert_eq!(prepared(&sized(1, 4, Resize::Bilinear), &row), [[0.0, 1.0, 3.0, 4.0]]);
    assert_eq!(prepared(&sized(1, 4, Resize::Nearest), &row), [[0.0, 0.0, 4.0, 4.0]]);
    let square = tensor(1, 2, 2, vec![0.0, 2.0, 4.0, 6.0]);
    assert_eq!(prepared(&sized(1, 1, Resize::Bilinear), &square), [[3.0]]);
    assert_eq!(prepared(&sized(1, 1, Resize::Nearest), &square), [[6.0]]);
}

#[test]
fn the_window_comes_before_the_size() {
    let window = Some(Window { level: 0.5, width: 1.0 });
    let preprocessing = Preprocessing { window, ..sized(1, 1, Resize::Bilinear) };
    // Of 0 and 100 the mean would be 50, which the window maps to 1.
    assert_eq!(prepared(&preprocessing, &tensor(1, 1, 2, vec![0.0, 100.0])), [[0.5]]);
}

#[test]
fn images_that_do_not_fit_are_refused() {
    let images = tensor(1, 2, 2, vec![0.0; 4]);
    let refused = |preprocessing: &Preprocessing| preprocessing.check_images(images.shape()).unwrap_err();
    let channels = PreprocessingError::Channels { expected: 1, found: 1 };
    assert_eq!(refused(&Preprocessing::none(2, 2, 2)), channels);
    let size = PreprocessingError::Size { height: 3, width: 2, found_height: 2, found_width: 2 };
    assert_eq!(refused(&Preprocessing::none(1, 3, 2)), size);
    assert!(Preprocessing::none(1, 3, 2).apply(&images).is_err());
}

#[test]
fn what_overflows_is_named_by_its_image() {
    let preprocessing = Preprocessing { std: vec![1e-30], ..Preprocessing::none(1, 1, 1) };
    let images = tensor(1, 1, 1, vec![1.0, 1e30]);
    let found: Vec<_> = preprocessing.apply(&images).unwrap().collect();
    assert_eq!(found[1], Err(PreprocessingError::NotFinite { image: 2 }));
    assert!(found[0].is_ok());
}

const JSON: &str = r#"{"channels":[0],"height":64,"width":32,"resize":"bilinear","window":{"level":40.0,"width":400.0},"mean":[0.5],"std":[0.25]}"#;

#[test]
fn the_section_reads_as_it_is_written() {
    let read = Preprocessing::from_json(JSON).unwrap();
    assert_eq!(read.output(), [1, 64, 32]);
    assert_eq!(read.resize, Some(Resize::Bilinear));
    assert_eq!(serde_json::to_string(&read).unwrap(), JSON);
}

#[test]
fn sections_that_can_t_be_are_refused() {
    let with = |from: &str, to: &str| Preprocessing::from_json(&JSON.replace(from, to)).unwrap_err();
    assert!(matches!(with("{\"channels", "[\"channels"), PreprocessingError::Json { .. }));
    assert!(matches!(with("\"mean\"", "\"gamma\":1,\"mean\""), PreprocessingError::Json { .. }));
    assert!(matches!(with("bilinear", "lanczos"), PreprocessingError::Json { .. }));
    assert!(matches!(with("64", "-1"), PreprocessingError::Json { .. }));
    for (from, to) in [("[0]", "[]"), ("[0]", "[64]"), ("64", "0"), ("32", "4097")] {
        assert_eq!(with(from, to), PreprocessingError::Sides, "{to}");
    }
    for (from, to) in [("[0.5]", "[]"), ("[0.25]", "[0.0]"), ("[0.25]", "[-1.0]"), ("[0.25]", "[1.0,1.0]")] {
        assert_eq!(with(from, to), PreprocessingError::Normalisation { expected: 1 }, "{to}");
    }
    assert_eq!(with("400.0", "0.0"), PreprocessingError::Window);
    // serde_json takes what no float32 can hold for infinity or for an error of syntax, by its features.
    assert!(matches!(with("400.0", "1e39"), PreprocessingError::Window | PreprocessingError::Json { .. }));
    let said = with("bilinear", "secret").to_string();
    assert!(!said.contains("secret"), "{said}");
}

proptest! {
    #[test]
    fn a_resized_image_stays_within_the_values_of_its_source(
        samples in prop::collection::vec(-1000.0f32..1000.0, 6),
        (height, width) in (1..20u32, 1..20u32),
        nearest in any::<bool>(),
    ) {
        let images = tensor(1, 2, 3, samples.clone());
        let resize = if nearest { Resize::Nearest } else { Resize::Bilinear };
        let found = prepared(&sized(height, width, resize), &images);
        let (least, most) = samples.iter().fold((f32::MAX, f32::MIN), |(least, most), value| (least.min(*value), most.max(*value)));
        prop_assert_eq!(found[0].len() as u32, height * width);
        for value in &found[0] {
            prop_assert!((least - 0.01..=most + 0.01).contains(value));
            prop_assert!(!nearest || samples.contains(value));
        }
    }

    #[test]
    fn resizing_to_the_own_size_changes_no_bit(samples in prop::collection::vec(any::<i16>(), 12)) {
        let shape = Shape::new(1, 1, 3, 4).unwrap();
        let images = Tensor::new(shape, None, samples).unwrap();
        let same: Vec<_> = images.images().collect();
        prop_assert_eq!(prepared(&sized(3, 4, Resize::Bilinear), &images), same.clone());
        prop_assert_eq!(prepared(&sized(3, 4, Resize::Nearest), &images), same);
    }
}
