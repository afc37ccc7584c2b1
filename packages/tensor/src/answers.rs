//! What a model says of rows or images, from its logits.

use bithive_table::{Label, sigmoid};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::TensorError;
use crate::shape::Spacing;
use crate::tensor::Tensor;

/// What a model says of each row or image, and the masks, where it makes some.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    /// In the order of the input.
    pub answers: Vec<Answered>,
    /// Most likely class of each pixel.
    #[serde(skip)]
    pub masks: Option<Tensor>,
}

/// What a model says of one row or image.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answered {
    /// A row of a table.
    Row {
        /// Number of the row, from 0.
        row: usize,
        /// Chance of class 1.
        probability: f32,
        /// 0 or 1.
        class: u8,
    },
    /// An image as a whole.
    Image {
        /// Number of the image, from 0.
        image: usize,
        /// The most likely class.
        class: String,
        /// The chance of each class, in the model's order; of a model with one class the chance of that.
        chances: Vec<f32>,
    },
    /// An image's pixels.
    Mask {
        /// Number of the image, from 0.
        image: usize,
        /// What each class covers.
        areas: Vec<Area>,
    },
}

/// What a class covers of an image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Area {
    /// Name of the class.
    pub class: String,
    /// Pixels of which it is the most likely one.
    pub pixels: usize,
    /// Their area, where the size of a pixel is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub square_millimetres: Option<f64>,
}

/// Why logits say nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersError {
    /// They are not of whole images.
    #[error(
        "expected {each} numbers for each image from this model, found {found} in all; it is not the model of this result"
    )]
    Values {
        /// Logits of an image.
        each: usize,
        /// Logits that there are.
        found: usize,
    },
    /// There are more masks than a tensor has.
    #[error(transparent)]
    Masks(#[from] TensorError),
}

impl Answers {
    /// Of rows: one logit each.
    #[must_use]
    pub fn of_rows(logits: &[f32]) -> Self {
        let answer = |(row, logit): (usize, &f32)| {
            let probability = sigmoid(*logit);
            let class = u8::from(Label::from_probability(probability) == Label::Positive);
            Answered::Row { row, probability, class }
        };
        Self { answers: logits.iter().enumerate().map(answer).collect(), masks: None }
    }

    /// Of images. `classes` are the names of the model's classes, numbers where it has none; `spacing` is that of a mask's pixels, where it
    /// is known.
    ///
    /// # Errors
    /// When there are not as many logits as the model gives for whole images.
    pub fn of_images(
        answer: Answer,
        classes: &[String],
        logits: &[f32],
        spacing: Option<Spacing>,
    ) -> Result<Self, AnswersError> {
        let each = answer.values();
        if !logits.len().is_multiple_of(each.max(1)) {
            return Err(AnswersError::Values { each, found: logits.len() });
        }
        let name = |class: usize| classes.get(class).cloned().unwrap_or_else(|| class.to_string());
        if let Some(masks) = answer.masks(logits, spacing) {
            let masks = masks?;
            let pixel = spacing.map(|spacing| f64::from(spacing.row()) * f64::from(spacing.column()));
            let answers = masks.images().enumerate().map(|(image, mask)| {
                let area = |class: usize| {
                    // With one class, 1 is the class and 0 its absence.
                    let value = if answer.classes == 1 { 1 } else { class };
                    let pixels = mask.iter().filter(|found| **found == value as f32).count();
                    let square_millimetres = pixel.map(|pixel| pixel * pixels as f64);
                    Area { class: name(class), pixels, square_millimetres }
                };
                Answered::Mask { image, areas: (0..answer.classes).map(area).collect() }
            });
            let answers = answers.collect();
            return Ok(Self { answers, masks: Some(masks) });
        }
        let answers = answer.chances(logits).into_iter().enumerate().map(|(image, chances)| {
            let class = match chances.as_slice() {
                [one] if *one <= 0.5 => format!("not {}", name(0)),
                chances => {
                    let best = chances
                        .iter()
                        .enumerate()
                        .reduce(|best, next| if next.1 > best.1 { next } else { best });
                    name(best.map_or(0, |(class, _)| class))
                }
            };
            Answered::Image { image, class, chances }
        });
        Ok(Self { answers: answers.collect(), masks: None })
    }
}
