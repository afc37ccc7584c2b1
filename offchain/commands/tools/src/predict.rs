//! `bithive predict`: a model on rows or images, on this machine alone.

use std::path::PathBuf;

use anyhow::Result;
use bithive_command_kit::{Output, answers, input};
use bithive_inference::{Budget, Device};
use clap::Args;

/// Arguments of `bithive predict`.
#[derive(Args)]
pub struct PredictArgs {
    /// CSV file with a header line, or images (BHIM); the held-out rows of the demonstration data by default.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Only this row or image, from 0; can be repeated.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<usize>,
    /// ONNX model; the demonstration's by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Write the masks of a model that makes some, as images (BHIM) with the number of the most likely class in each pixel.
    #[arg(long, value_name = "FILE")]
    masks: Option<PathBuf>,
    /// cpu or gpu.
    #[arg(long, default_value_t)]
    device: Device,
}

/// Runs the model, and prints what it says.
pub fn run(args: &PredictArgs, output: Output) -> Result<()> {
    let read = input::load_any(args.input.as_deref(), args.model.as_deref(), &args.rows, args.device)?;
    let logits = read.model.run_input(&read.input, &Budget::unlimited())?;
    let said = read.model.answers(&logits, read.model.mask_spacing(&read.input))?;
    if let Some(path) = &args.masks {
        answers::write_masks(&said, path)?;
    }
    output.show(&said, answers::print)
}
