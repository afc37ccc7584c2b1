//! The input of a job from files: rows and a model; those of the demonstration by default.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bithive_inference::{Device, MAX_BYTES, MAX_MODEL_BYTES, Model, Table};
use bytes::Bytes;

/// Held-out rows of the Breast Cancer Wisconsin (Diagnostic) data set; see data/wdbc/ATTRIBUTION.md.
const ROWS: &[u8] = include_bytes!("../../../../data/wdbc/holdout.csv");
/// A classifier that was trained on the other rows; see scripts/train.
const MODEL: &[u8] = include_bytes!("../../../../models/wdbc.onnx");

/// Rows and model, checked against each other.
pub struct JobInput {
    /// The rows, with labels if the file has them.
    pub table: Table,
    /// Where they come from.
    pub source: String,
    /// The model file.
    pub model_bytes: Bytes,
    /// The model, loaded.
    pub model: Model,
}

/// Reads input and model, the built-in ones by default; `rows` selects rows by number from 0.
pub fn load(input: Option<&Path>, model: Option<&Path>, rows: &[usize], device: Device) -> Result<JobInput> {
    device.check()?;
    let (csv, source, option) = match input {
        Some(path) => {
            let source = path.display().to_string();
            (read(path, MAX_BYTES).context("--input")?, source.clone(), format!("--input {source}"))
        }
        None => {
            let source = "held-out rows of Breast Cancer Wisconsin (Diagnostic)";
            (ROWS.to_vec(), source.into(), source.into())
        }
    };
    let table = Table::from_csv(&csv).with_context(|| option.clone())?;
    let table = if rows.is_empty() { table } else { table.select(rows).context("--row")? };
    let (bytes, name) = model_file(model)?;
    let loaded = Model::load(&bytes, device).with_context(|| model_option(model, &name))?;
    loaded.check_columns(&table).with_context(|| option)?;
    Ok(JobInput { table, source, model_bytes: bytes.into(), model: loaded })
}

fn model_option(model: Option<&Path>, name: &str) -> String {
    if model.is_some() { format!("--model {name}") } else { name.into() }
}

/// The bytes of a model, the built-in one by default, and what it is called.
pub fn model_file(model: Option<&Path>) -> Result<(Vec<u8>, String)> {
    Ok(match model {
        Some(path) => (read(path, MAX_MODEL_BYTES).context("--model")?, path.display().to_string()),
        None => (MODEL.to_vec(), "built-in model".into()),
    })
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let shown = path.display();
    let length = std::fs::metadata(path).with_context(|| format!("{shown}"))?.len();
    if length > limit as u64 {
        bail!("{shown} has {length} bytes; at most {limit} are read");
    }
    std::fs::read(path).with_context(|| format!("{shown}"))
}
