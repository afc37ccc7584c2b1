//! ONNX models of unknown origin: checked, built and run.
//!
//! The runtime under the loader may panic; the loader turns that into an error, and this target lets it. A panic that
//! gets past the loader is a finding.

use std::cell::RefCell;
use std::panic::{catch_unwind, set_hook};
use std::sync::Once;

use bithive_inference::{Budget as Time, Device, Features, Images, Model, Shape};

use crate::memory::Budget;

/// A weight of a few bytes may stand for a matrix of 64 rows of 8192 values at every node.
pub const BUDGET: Budget = Budget { fixed: 64 << 20, per_byte: 4 << 10 };

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Most work of a model of images that is run here: what it takes in memory is bounded by its work, and beside it runs many times.
const MOST_WORK: u64 = 1 << 26;

/// The input is the file.
pub fn check(bytes: &[u8]) {
    static QUIET: Once = Once::new();
    // libFuzzer's hook ends the process at any panic, also at those that the loader catches.
    QUIET.call_once(|| {
        set_hook(Box::new(|panic| LAST_PANIC.with_borrow_mut(|last| *last = panic.to_string())));
    });
    if catch_unwind(|| load_and_run(bytes)).is_err() {
        LAST_PANIC.with_borrow(|last| eprintln!("{last}"));
        std::process::abort();
    }
}

fn load_and_run(bytes: &[u8]) {
    let Ok(work) = Model::work(bytes) else { return };
    let one = work.of_rows(1) - work.of_rows(0);
    let Ok(model) = Model::load(bytes, Device::Cpu) else { return };
    if model.answer().is_some() {
        if one <= MOST_WORK {
            run_images(&model);
        }
        return;
    }
    assert!(model.feature_names().is_empty() || model.feature_names().len() == model.width());
    let values: Vec<f32> = (0..3 * model.width()).map(|index| index as f32 / 7.0 - 1.0).collect();
    let rows = Features::new(model.width(), values).expect("three rows of the model's width");
    let Ok(logits) = model.run(&rows) else { return };
    assert_eq!(logits.len(), 3);
    assert!(logits.iter().all(|logit| logit.is_finite()));
    let alone = rows.select(&[1]).map(|row| model.run(&row)).expect("a row that is there");
    let alone: Vec<u32> = alone.expect("a row that ran").iter().map(|logit| logit.to_bits()).collect();
    assert_eq!(alone, [logits[1].to_bits()], "a row's logit depends on that row alone");
}

fn run_images(model: &Model) {
    let preprocessing = model.preprocessing().expect("a model of images prepares them");
    let [_, height, width] = preprocessing.output().map(|side| side as u32);
    let channels = preprocessing.channels.iter().max().map_or(1, |channel| channel + 1);
    let shape = Shape::new(3, channels, height, width).expect("three images of the model's size");
    let samples: Vec<f32> = (0..shape.elements()).map(|index| (index % 29) as f32 / 7.0 - 1.0).collect();
    let Ok(images) = Images::new(shape, None, samples) else { return };
    let Ok(logits) = model.run_images(&images, &Time::unlimited()) else { return };
    let each = model.values_each();
    assert_eq!(logits.len(), 3 * each);
    assert!(logits.iter().all(|logit| logit.is_finite()));
    let alone = images.select(&[1]).expect("an image that is there");
    let alone = model.run_images(&alone, &Time::unlimited()).expect("an image that ran");
    let bits = |logits: &[f32]| logits.iter().map(|logit| logit.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&alone), bits(&logits[each..2 * each]), "an image's logits depend on that image alone");
}
