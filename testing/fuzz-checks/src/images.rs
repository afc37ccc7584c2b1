//! Images for a model: their encoding, and what a model's manifest says is done to them.

use bithive_tensor::{ModelInput, Preprocessing, Tensor as Images};

use crate::choose;
use crate::memory::Budget;

/// Samples of one byte become four, and a few bytes of a manifest an image of 256 x 256 pixels.
pub const BUDGET: Budget = Budget { fixed: 4 << 20, per_byte: 32 };

/// Largest side that prepared images have here; larger ones take time and show nothing else.
const MOST_SIDE: usize = 256;

/// The first byte chooses between the encoding, the input of a job, and a manifest's section with images.
pub fn check(input: &[u8]) {
    match choose(input, 3) {
        None => {}
        Some((0, bytes)) => images(bytes),
        Some((1, bytes)) => model_input(bytes),
        Some((_, bytes)) => manifest(bytes),
    }
}

fn images(bytes: &[u8]) {
    let Ok(images) = Images::decode(bytes) else { return };
    assert_eq!(images.encode(), bytes, "a tensor has one encoding");
    let all: Vec<Vec<f32>> = images.images().collect();
    assert_eq!(all.len(), images.shape().images());
    assert!(all.iter().flatten().all(|value| value.is_finite()));
    let last = all.len() - 1;
    let selected = images.select(&[last]).expect("an image that is there");
    assert_eq!(selected.images().next(), all.last().cloned(), "an image alone is the one in the stack");
}

fn model_input(bytes: &[u8]) {
    let Ok(input) = ModelInput::decode(bytes) else { return };
    assert_eq!(input.encode(), bytes, "an input has one encoding");
    assert!(input.count() > 0);
    assert_eq!(matches!(input, ModelInput::Images(_)), ModelInput::is_images(bytes));
}

/// The section as JSON, up to the first line break, and images behind it.
fn manifest(bytes: &[u8]) {
    let Some(at) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let Ok(text) = std::str::from_utf8(&bytes[..at]) else { return };
    let Ok(preprocessing) = Preprocessing::from_json(text) else { return };
    let [channels, height, width] = preprocessing.output();
    if height > MOST_SIDE || width > MOST_SIDE || channels > 4 {
        return;
    }
    let Ok(images) = Images::decode(&bytes[at + 1..]) else { return };
    let Ok(prepared) = preprocessing.apply(&images) else {
        assert!(
            preprocessing.check_images(images.shape()).is_err(),
            "what is refused is refused by its shape"
        );
        return;
    };
    for image in prepared.take(4).flatten() {
        assert_eq!(image.len(), channels * height * width);
        assert!(image.iter().all(|value| value.is_finite()));
    }
}
