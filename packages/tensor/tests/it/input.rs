//! Inputs of both kinds, and what is made of answers.

use bithive_table::{Features, FeaturesError};
use bithive_tensor::{Answer, InputError, ModelInput, Shape, Tensor, TensorError};

fn rows() -> ModelInput {
    ModelInput::Rows(Features::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap())
}

fn images() -> ModelInput {
    ModelInput::Images(Tensor::new(Shape::new(2, 1, 1, 1).unwrap(), None, vec![1u8, 2]).unwrap())
}

#[test]
fn the_first_bytes_tell_rows_from_images() {
    for input in [rows(), images()] {
        assert_eq!(ModelInput::decode(&input.encode()), Ok(input.clone()));
        assert_eq!(input.count(), 2);
        assert_eq!(input.select(&[1]).unwrap().count(), 1);
    }
    assert!(ModelInput::is_images(&images().encode()) && !ModelInput::is_images(&rows().encode()));
    assert_eq!(ModelInput::decode(b"BHFM"), Err(InputError::Rows(FeaturesError::Truncated { found: 4 })));
    assert_eq!(ModelInput::decode(b"BHIM"), Err(InputError::Images(TensorError::Truncated { found: 4 })));
    assert_eq!(ModelInput::decode(b""), Err(InputError::Rows(FeaturesError::Truncated { found: 0 })));
}

#[test]
fn chances_of_an_image_are_a_softmax_or_of_one_logit_its_own() {
    let classes = Answer { classes: 2, mask: None };
    let chances = classes.chances(&[0.0, 0.0, 0.0, f32::ln(3.0)]);
    assert_eq!(chances[0], [0.5, 0.5]);
    assert!((chances[1][1] - 0.75).abs() < 1e-6);
    let one = Answer { classes: 1, mask: None };
    assert_eq!(one.chances(&[0.0, 1e30]), [[0.5], [1.0]]);
    // Far beyond what an exponential can hold.
    assert_eq!(classes.chances(&[1e30, -1e30])[0], [1.0, 0.0]);
}

#[test]
fn a_mask_names_the_likeliest_class_of_each_pixel() {
    let answer = Answer { classes: 3, mask: Some([1, 2]) };
    assert_eq!(answer.values(), 6);
    // Class by class: pixels (0, 5), (0, 1), (0, 9).
    let masks = answer.masks(&[0.0, 5.0, 0.0, 1.0, 0.0, 9.0], None).unwrap().unwrap();
    assert_eq!(masks, Tensor::new(Shape::new(1, 1, 1, 2).unwrap(), None, vec![0u8, 2]).unwrap());
    let one = Answer { classes: 1, mask: Some([1, 2]) };
    let masks = one.masks(&[0.1, -0.1, 0.0, 4.0], None).unwrap().unwrap();
    assert_eq!(masks, Tensor::new(Shape::new(2, 1, 1, 2).unwrap(), None, vec![1u8, 0, 0, 1]).unwrap());
    assert_eq!(one.chances(&[0.0, 0.0]), [[0.5, 0.5]]);
    assert_eq!(one.masks(&[], None).unwrap(), Err(TensorError::Images { found: 0 }));
    assert!(Answer { classes: 1, mask: None }.masks(&[0.0], None).is_none());
}
