//! What a model says of rows or images, for people and for scripts.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bithive_inference::{Images, Label, Model, ModelInput, Spacing, sigmoid};
use serde::Serialize;

use crate::output::table;

/// What a model says of each row or image, and the masks, where it makes some.
#[derive(Serialize)]
pub struct Answers {
    /// In the order of the input.
    pub answers: Vec<Answered>,
    /// Most likely class of each pixel.
    #[serde(skip)]
    pub masks: Option<Images>,
}

/// What a model says of one row or image.
#[derive(Debug, PartialEq, Serialize)]
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
#[derive(Debug, PartialEq, Serialize)]
pub struct Area {
    /// Name of the class.
    pub class: String,
    /// Pixels of which it is the most likely one.
    pub pixels: usize,
    /// Their area, where the size of a pixel is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub square_millimetres: Option<f64>,
}

/// Size of a pixel of the masks of these images, where that of the images is known: a mask covers the whole image.
#[must_use]
pub fn mask_spacing(model: &Model, input: &ModelInput) -> Option<Spacing> {
    let ModelInput::Images(images) = input else { return None };
    let [height, width] = model.answer()?.mask?;
    let (shape, spacing) = (images.shape(), images.spacing()?);
    let scaled = |size: f32, own: usize, mask: usize| size * own as f32 / mask as f32;
    let row = scaled(spacing.row(), shape.height(), height);
    Spacing::new(row, scaled(spacing.column(), shape.width(), width)).ok()
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

    /// Of rows or images, by what the model reads. `spacing` is that of a mask's pixels, where it is known.
    ///
    /// # Errors
    /// When there are not as many logits as the model gives for whole images.
    pub fn of_model(model: &Model, logits: &[f32], spacing: Option<Spacing>) -> Result<Self> {
        let Some(answer) = model.answer() else { return Ok(Self::of_rows(logits)) };
        let each = answer.values();
        ensure!(
            logits.len().is_multiple_of(each.max(1)),
            "expected {each} numbers for each image from this model, found {} in all; it is not the model of this result",
            logits.len()
        );
        let name = |class: usize| model.classes().get(class).cloned().unwrap_or_else(|| class.to_string());
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

    /// Writes the masks to a file.
    ///
    /// # Errors
    /// When there is none, or the file can't be written.
    pub fn write_masks(&self, path: &Path) -> Result<()> {
        let masks = self.masks.as_ref();
        let masks =
            masks.context("--masks: the model makes no masks; it says a class for each row or image")?;
        std::fs::write(path, masks.encode()).with_context(|| format!("--masks {}", path.display()))
    }

    /// Prints a table.
    pub fn print(&self) {
        let mut lines = table(match self.answers.first() {
            Some(Answered::Image { .. }) => &["image", "class", "chance"],
            Some(Answered::Mask { .. }) => &["image", "class", "pixels", "mm²"],
            _ => &["row", "probability", "class"],
        });
        for answered in &self.answers {
            match answered {
                Answered::Row { row, probability, class } => {
                    lines.add_row([row.to_string(), format!("{probability:.4}"), class.to_string()]);
                }
                Answered::Image { image, class, chances } => {
                    let chance = match chances.as_slice() {
                        [one] => one.max(1.0 - one),
                        chances => chances.iter().copied().fold(0.0, f32::max),
                    };
                    lines.add_row([image.to_string(), class.clone(), format!("{chance:.4}")]);
                }
                Answered::Mask { image, areas } => {
                    for area in areas {
                        let size =
                            area.square_millimetres.map_or_else(String::new, |size| format!("{size:.0}"));
                        lines.add_row([image.to_string(), area.class.clone(), area.pixels.to_string(), size]);
                    }
                }
            }
        }
        println!("{lines}");
    }
}
