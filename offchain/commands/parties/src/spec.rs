//! The terms of a job, on the command line and as a requester posts it.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use bithive_attest::result::words_for;
use bithive_audit::{Act, Outcome};
use bithive_audit_log::AuditLog;
use bithive_blindmatch::schema::Schema;
use bithive_command_kit::input;
use bithive_inference::{Device, MAX_ANSWER_VALUES};
use bithive_requester::{JobSpec, Offer, Requester, RequesterError};

use super::policy;
use super::relied::ReliedArgs;

/// What is to be done, by whom, and for how much.
#[derive(clap::Args)]
pub(crate) struct SpecArgs {
    /// Who may work on it, like: vram >= 16 and region in (eu, ch)
    #[arg(long)]
    policy: String,
    #[command(flatten)]
    offer: Offer,
    /// CSV file with a header line, or images (BHIM); the held-out rows of the demonstration data by default.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Only this row or image, from 0; can be repeated.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<usize>,
    /// ONNX model; the demonstration model by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    #[command(flatten)]
    relied: ReliedArgs,
}

/// How much a job is about.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Rows or images.
    pub(crate) count: usize,
    /// Numbers of the result for each image; none for rows.
    pub(crate) each_image: Option<usize>,
}

impl SpecArgs {
    /// Reads input, model and policy, and checks them against each other.
    pub(crate) fn load(&self, schema: &Schema) -> Result<(JobSpec, Size)> {
        self.offer.check()?;
        let read = input::load_any(self.input.as_deref(), self.model.as_deref(), &self.rows, Device::Cpu)?;
        let count = read.input.count();
        let values = count.saturating_mul(read.model.values_each());
        ensure!(
            values <= MAX_ANSWER_VALUES,
            "--input: this model gives {} numbers for each image; a job's result has at most {MAX_ANSWER_VALUES}: send fewer images",
            read.model.values_each()
        );
        let spec = JobSpec {
            policy: policy::parse(&self.policy, schema)?,
            rows: read.input.encode(),
            dimensions: u16::try_from(words_for(values)).context("the number of result words")?,
            model: read.model_bytes,
            offer: self.offer.clone(),
        };
        Ok((spec, Size { count, each_image: read.model.answer().map(|answer| answer.values()) }))
    }

    /// Checks the consent that the job is posted under, if one is named, and logs that these rows were opened.
    pub(crate) async fn open_records(&self, requester: &mut Requester, rows: usize) -> Result<()> {
        let relied = self.relied.check(requester.account().address(), self.input.as_deref())?;
        let (client, reader) = (requester.account().client(), requester.account().address());
        let bases = self.relied.bases(client, reader, relied.as_ref()).await?;
        requester.rely_on(relied);
        requester.name_bases(bases);
        let name = self.input.as_ref().map_or("demonstration".into(), |path| path.display().to_string());
        let object = |log: &AuditLog| log.object("file", &name);
        requester
            .log(Act::Opened, Outcome::Success, (object, Some(rows)), requester.relied())
            .map(drop)
            .map_err(|error: RequesterError| error.into())
    }
}
