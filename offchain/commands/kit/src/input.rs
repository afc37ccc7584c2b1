//! The input of a job from files: rows or images, and a model; rows and model of the demonstration by default.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bithive_inference::{Device, Images, Label, MAX_BYTES, MAX_MODEL_BYTES, Model, ModelInput, Table};
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

/// Reads a table and a model, the built-in ones by default; `rows` selects rows by number from 0.
pub fn load(input: Option<&Path>, model: Option<&Path>, rows: &[usize], device: Device) -> Result<JobInput> {
    device.check()?;
    let (data, source, option) = read_data(input, rows)?;
    let Data::Table(table) = data else {
        bail!("{option}: expected a CSV file, found images; `bithive predict` and `bithive job` take images");
    };
    let (bytes, loaded) = load_model(model, device)?;
    loaded.check_columns(&table).with_context(|| option)?;
    Ok(JobInput { table, source, model_bytes: bytes.into(), model: loaded })
}

/// Rows or images, and the model that reads them.
pub struct AnyInput {
    /// The rows or images.
    pub input: ModelInput,
    /// Labels of the rows, if the file has them.
    pub labels: Option<Vec<Label>>,
    /// The model file.
    pub model_bytes: Bytes,
    /// The model, loaded.
    pub model: Model,
}

/// Reads a table or images, by what the file begins with, and a model; built-in rows and model by default. `indices` selects rows or
/// images by number from 0.
pub fn load_any(
    input: Option<&Path>,
    model: Option<&Path>,
    indices: &[usize],
    device: Device,
) -> Result<AnyInput> {
    device.check()?;
    let (data, _, option) = read_data(input, indices)?;
    let (bytes, loaded) = load_model(model, device)?;
    let (input, labels) = match data {
        Data::Table(table) => {
            loaded.check_columns(&table).with_context(|| option)?;
            (ModelInput::Rows(table.features().clone()), table.labels().map(<[Label]>::to_vec))
        }
        Data::Images(images) => {
            let input = ModelInput::Images(images);
            loaded.check_input(&input).with_context(|| {
                if model.is_some() {
                    option
                } else {
                    format!("{option}: name a model that reads images with --model")
                }
            })?;
            (input, None)
        }
    };
    Ok(AnyInput { input, labels, model_bytes: bytes.into(), model: loaded })
}

/// What a file of input holds.
enum Data {
    Table(Table),
    Images(Images),
}

/// The selected rows or images, where they come from, and the option or file that messages name.
fn read_data(input: Option<&Path>, indices: &[usize]) -> Result<(Data, String, String)> {
    let (bytes, source, option) = match input {
        Some(path) => {
            let source = path.display().to_string();
            (read(path, MAX_BYTES).context("--input")?, source.clone(), format!("--input {source}"))
        }
        None => {
            let source = "held-out rows of Breast Cancer Wisconsin (Diagnostic)";
            (ROWS.to_vec(), source.into(), source.into())
        }
    };
    let data = if ModelInput::is_images(&bytes) {
        let images = Images::decode(&bytes).with_context(|| option.clone())?;
        Data::Images(if indices.is_empty() { images } else { images.select(indices).context("--row")? })
    } else {
        let table = Table::from_csv(&bytes).with_context(|| option.clone())?;
        Data::Table(if indices.is_empty() { table } else { table.select(indices).context("--row")? })
    };
    Ok((data, source, option))
}

/// A model, the built-in one by default, behind its bytes.
pub fn load_model(model: Option<&Path>, device: Device) -> Result<(Vec<u8>, Model)> {
    let (bytes, name) = model_file(model)?;
    let loaded = Model::load(&bytes, device).with_context(|| model_option(model, &name))?;
    Ok((bytes, loaded))
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

/// Reads a file of at most `limit` bytes.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let shown = path.display();
    let length = std::fs::metadata(path).with_context(|| format!("{shown}"))?.len();
    if length > limit as u64 {
        bail!("{shown} has {length} bytes; at most {limit} are read");
    }
    std::fs::read(path).with_context(|| format!("{shown}"))
}
