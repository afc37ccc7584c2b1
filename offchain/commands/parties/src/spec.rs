//! The terms of a job, on the command line and as a requester posts it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bithive_attest::result::words_for;
use bithive_blindmatch::schema::Schema;
use bithive_command_kit::input;
use bithive_inference::Device;
use bithive_requester::{JobSpec, Offer};

use super::policy;

/// What is to be done, by whom, and for how much.
#[derive(clap::Args)]
pub(crate) struct SpecArgs {
    /// Who may work on it, like: vram >= 16 and region in (eu, ch)
    #[arg(long)]
    policy: String,
    #[command(flatten)]
    offer: Offer,
    /// CSV file with a header line; the held-out rows of the demonstration data by default.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Only this row, from 0; can be repeated.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<usize>,
    /// ONNX classifier; the demonstration model by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

impl SpecArgs {
    /// Reads input, model and policy, and checks them against each other.
    pub(crate) fn load(&self, schema: &Schema) -> Result<(JobSpec, usize)> {
        self.offer.check()?;
        let input = input::load(self.input.as_deref(), self.model.as_deref(), &self.rows, Device::Cpu)?;
        let rows = input.table.features().row_count();
        let spec = JobSpec {
            policy: policy::parse(&self.policy, schema)?,
            rows: input.table.features().encode(),
            dimensions: u16::try_from(words_for(rows)).context("the number of result words")?,
            model: input.model_bytes,
            offer: self.offer.clone(),
        };
        Ok((spec, rows))
    }
}
