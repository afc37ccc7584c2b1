//! One command, one answer: text for people or one JSON document for scripts.

use anyhow::Result;
use comfy_table::{Table, presets};
use serde::Serialize;

/// How answers are printed.
#[derive(Clone, Copy)]
pub struct Output {
    /// One JSON document instead of text.
    pub json: bool,
}

impl Output {
    /// Prints `value` as JSON, or calls `text` to print it for people.
    pub fn show<T: Serialize>(self, value: &T, text: impl FnOnce(&T)) -> Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(value)?);
        } else {
            text(value);
        }
        Ok(())
    }

    /// Prints a line for people only.
    pub fn note(self, line: impl AsRef<str>) {
        if !self.json {
            println!("{}", line.as_ref());
        }
    }
}

/// A table with this header.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY).set_header(header.iter().copied());
    table
}

/// How long it is from `now` to `at`, in its two largest units.
#[must_use]
pub fn until(at: u64, now: u64) -> String {
    let left = at.saturating_sub(now);
    let (days, hours, minutes, seconds) = (left / 86_400, left / 3_600 % 24, left / 60 % 60, left % 60);
    match (days, hours, minutes) {
        (0, 0, 0) if left == 0 => "now".into(),
        (0, 0, 0) => format!("in {seconds} s"),
        (0, 0, _) => format!("in {minutes} min {seconds} s"),
        (0, _, _) => format!("in {hours} h {minutes} min"),
        _ => format!("in {days} d {hours} h"),
    }
}
