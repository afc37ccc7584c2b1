//! What a model says of rows or images, for people.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_inference::{Answered, Answers};

use crate::output::table;

/// Writes the masks to a file.
///
/// # Errors
/// When there is none, or the file can't be written.
pub fn write_masks(answers: &Answers, path: &Path) -> Result<()> {
    let masks = answers.masks.as_ref();
    let masks = masks.context("--masks: the model makes no masks; it says a class for each row or image")?;
    std::fs::write(path, masks.encode()).with_context(|| format!("--masks {}", path.display()))
}

/// Prints a table.
pub fn print(answers: &Answers) {
    let mut lines = table(match answers.answers.first() {
        Some(Answered::Image { .. }) => &["image", "class", "chance"],
        Some(Answered::Mask { .. }) => &["image", "class", "pixels", "mm²"],
        _ => &["row", "probability", "class"],
    });
    for answered in &answers.answers {
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
                    let size = area.square_millimetres.map_or_else(String::new, |size| format!("{size:.0}"));
                    lines.add_row([image.to_string(), area.class.clone(), area.pixels.to_string(), size]);
                }
            }
        }
    }
    println!("{lines}");
}
