//! What is measured: a model of this repository, and its held-out rows or images.

use anyhow::{Context as _, Result, bail};
use bithive_inference::{Images, MAX_ROWS, Model, ModelInput, Table};

const WDBC: &[u8] = include_bytes!("../../../../../models/wdbc.onnx");
const WDBC_ROWS: &[u8] = include_bytes!("../../../../../data/wdbc/wdbc.csv");
const DIGITS: &[u8] = include_bytes!("../../../../../models/digits.onnx");
const DIGITS_IMAGES: &[u8] = include_bytes!("../../../../../data/digits/holdout.bhim");
const PHANTOMS: &[u8] = include_bytes!("../../../../../models/phantoms.onnx");
const PHANTOMS_IMAGES: &[u8] = include_bytes!("../../../../../data/phantoms/holdout.bhim");

/// A model and its input.
pub(super) struct Subject {
    /// What goes through it.
    pub(super) name: &'static str,
    pub(super) model: &'static [u8],
    /// As much as the largest request has.
    pub(super) input: ModelInput,
    /// Rows or images of a request.
    pub(super) requests: [usize; 3],
}

/// Every model: of rows, of small images, and of masks.
pub(super) fn all() -> Result<[Subject; 3]> {
    Ok([named("rows")?, named("digits")?, named("phantoms")?])
}

/// The model of this name.
pub(super) fn named(name: &str) -> Result<Subject> {
    let images = |bhim| -> Result<_> { Ok(ModelInput::Images(Images::decode(bhim)?)) };
    match name {
        // The most rows that there can be, as many as a ward has patients, and one.
        "rows" => {
            let rows = ModelInput::Rows(Table::from_csv(WDBC_ROWS)?.features().clone());
            Subject::new("rows", WDBC, &rows, [MAX_ROWS, 64, 1])
        }
        "digits" => Subject::new("digits", DIGITS, &images(DIGITS_IMAGES)?, [1_024, 64, 1]),
        // As many slices as a small volume has, and fewer.
        "phantoms" => Subject::new("phantoms", PHANTOMS, &images(PHANTOMS_IMAGES)?, [64, 8, 1]),
        _ => bail!("a model to measure: expected rows, digits or phantoms, found {name:?}"),
    }
}

impl Subject {
    fn new(
        name: &'static str,
        model: &'static [u8],
        known: &ModelInput,
        requests: [usize; 3],
    ) -> Result<Self> {
        let most = requests.into_iter().max().unwrap_or_default();
        Ok(Self { name, model, input: repeated(known, most)?, requests })
    }

    /// The first rows or images.
    pub(super) fn first(&self, count: usize) -> Result<ModelInput> {
        repeated(&self.input, count)
    }

    /// All of it as the graph itself reads it, and the shape of one row or image.
    pub(super) fn prepared(&self, model: &Model) -> Result<(Vec<f32>, Vec<usize>)> {
        match &self.input {
            ModelInput::Rows(rows) => Ok((rows.values().to_vec(), vec![rows.width()])),
            ModelInput::Images(images) => {
                let preprocessing = model.preprocessing().context("the model reads no images")?;
                let values: Vec<Vec<f32>> = preprocessing.apply(images)?.collect::<Result<_, _>>()?;
                Ok((values.concat(), preprocessing.output().to_vec()))
            }
        }
    }
}

/// So many of them, from the beginning and over again.
fn repeated(input: &ModelInput, count: usize) -> Result<ModelInput> {
    let known = input.count();
    let indices: Vec<usize> = (0..count).map(|at| at % known).collect();
    Ok(input.select(&indices)?)
}
