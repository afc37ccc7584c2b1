//! What all commands share: how answers are printed, progress, and the input of a job from files.

pub mod input;
mod output;

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

pub use output::{Output, table, until};

/// Shows on the terminal's error stream what a long command is doing; shows nothing where there is no terminal or the
/// answer is JSON.
pub fn spinner(output: Output) -> ProgressBar {
    if output.json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}
