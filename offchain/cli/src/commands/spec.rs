//! What is asked of a job, on the command line and as a requester posts it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bithive_attest::result::words_for;
use bithive_blindmatch::schema::Schema;
use bithive_inference::Device;
use bithive_requester::JobSpec;

use super::policy;
use crate::amount;
use crate::demo::input;

/// What is to be done, by whom, and for how much.
#[derive(clap::Args)]
pub(crate) struct SpecArgs {
    /// Who may work on it, like: vram >= 16 and region in (eu, ch)
    #[arg(long)]
    policy: String,
    /// Most that one worker may ask, in BTT.
    #[arg(long, value_parser = amount::parse)]
    price: u128,
    /// Workers (k).
    #[arg(long, default_value_t = 3)]
    workers: u8,
    /// Workers that must agree (q); a majority.
    #[arg(long, default_value_t = 2)]
    quorum: u8,
    /// Largest difference within the quorum, in units of 1/65536.
    #[arg(long, default_value_t = 64)]
    tolerance: u32,
    /// CSV file with a header line; the held-out rows of the demonstration data by default.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Only this row, from 0; can be repeated.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<usize>,
    /// ONNX classifier; the demonstration model by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Seconds until the job expires without workers.
    #[arg(long, default_value_t = 3_600)]
    assign_seconds: u64,
    /// Seconds for commitments.
    #[arg(long, default_value_t = 3_600)]
    commit_seconds: u64,
    /// Seconds for reveals.
    #[arg(long, default_value_t = 3_600)]
    reveal_seconds: u64,
    /// Seconds for the final statement, and for replacements.
    #[arg(long, default_value_t = 3_600)]
    finalize_seconds: u64,
    /// Address of the model's owner, who gets a share.
    #[arg(long)]
    model_owner: Option<String>,
    /// Address of the data's owner, who gets a share.
    #[arg(long)]
    data_owner: Option<String>,
}

impl SpecArgs {
    /// Reads input, model and policy, and checks them against each other.
    pub(crate) fn load(&self, schema: &Schema) -> Result<(JobSpec, usize)> {
        let input = input::load(self.input.as_deref(), self.model.as_deref(), &self.rows, Device::Cpu)?;
        let rows = input.table.features().row_count();
        let spec = JobSpec {
            policy: policy::parse(&self.policy, schema)?,
            rows: input.table.features().encode(),
            dimensions: u16::try_from(words_for(rows)).context("the number of result words")?,
            model: input.model_bytes,
            workers: self.workers,
            quorum: self.quorum,
            tolerance: self.tolerance,
            price: self.price,
            assign_seconds: self.assign_seconds,
            commit_seconds: self.commit_seconds,
            reveal_seconds: self.reveal_seconds,
            finalize_seconds: self.finalize_seconds,
            model_owner: self.model_owner.clone(),
            data_owner: self.data_owner.clone(),
        };
        Ok((spec, rows))
    }
}
