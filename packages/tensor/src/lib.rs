//! Images for a model: what a study's pixels become before they are encrypted, and what a node decodes.
//!
//! A [`Tensor`] is a stack of N images of one [`Shape`]: channels, height, width, in the order `NCHW`, row by row from the top left.
//! [`Samples`] are its values in the type that they travel in, [`Spacing`] is the size of a pixel in the body.
//! [`Tensor::encode`] writes BHIM version 1, the one encoding.
//!
//! [`ModelInput`] is what a job brings: such images, or rows of a table. [`Preprocessing`] is what a model's manifest says is done to
//! images before the model reads them, [`Answer`] makes chances and masks of its logits, and [`Answers`] says them in
//! the words of its classes.
//!
//! Everything is checked on input: limits are constants, errors name the place and never repeat a value, because values may be a
//! patient's.

mod answer;
mod answers;
mod encoding;
mod error;
mod input;
mod limits;
mod preprocessing;
mod samples;
mod shape;
mod tensor;

pub use answer::Answer;
pub use answers::{Answered, Answers, AnswersError, Area};
pub use error::TensorError;
pub use input::{InputError, ModelInput};
pub use limits::{HEADER_BYTES, MAX_BYTES, MAX_CHANNELS, MAX_IMAGES, MAX_SIDE};
pub use preprocessing::{Preprocessing, PreprocessingError, Resize, Window};
pub use samples::{SampleType, Samples};
pub use shape::{Shape, Spacing};
pub use tensor::Tensor;
