//! `bithive demo`: a confidential job from request to payment, every party a task of this process.
//!
//! The demo plays the requester and the audience. Nodes and committee run on their own, over the same chain trait
//! and exchange that separate machines use; the demo waits for what they report and compares it with what it
//! knows to be true. `stages` is the story, `check` the comparisons, `cast` who takes part.

mod books;
mod cast;
mod check;
mod crowd;
mod gas;
mod genesis;
pub(crate) mod input;
mod outsiders;
mod screen;
mod stages;
mod summary;
mod verdict;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_dgkbe::Groups;
use bithive_inference::Device;

use screen::Screen;

/// Arguments of `bithive demo`.
#[derive(clap::Args)]
pub(crate) struct DemoArgs {
    /// Contributor nodes.
    #[arg(long, default_value_t = 8)]
    pub(crate) nodes: usize,
    /// Slots of a broadcast group (L); there are as many groups as the nodes need.
    #[arg(long, default_value_t = 16)]
    pub(crate) slots: u16,
    /// Workers a job (k); a majority must agree.
    #[arg(long, default_value_t = 3)]
    pub(crate) redundancy: u8,
    /// Seed of everything that is drawn; equal seeds give the same parties, choices and payments.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Only this row of the input, from 0; can be repeated.
    #[arg(long = "row", value_name = "N")]
    pub(crate) rows: Vec<usize>,
    /// CSV file with a header line; a `diagnosis` (M/B) or `label` (0/1) column is kept as labels.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// ONNX classifier: float32 [N, features] to float32 [N, 1] logits.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Where models run: cpu or gpu.
    #[arg(long, default_value_t = Device::Cpu)]
    pub(crate) device: Device,
}

impl DemoArgs {
    /// As many groups of `slots` slots as there must be for every node to have one.
    pub(crate) fn groups(&self) -> Result<Groups> {
        let count = self.nodes.div_ceil(usize::from(self.slots).max(1));
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        Groups::new(count, self.slots).context("--nodes, --slots")
    }
}

/// Runs the demo; fails when any check does.
pub(crate) async fn run(args: DemoArgs, json: bool) -> Result<ExitCode> {
    cast::check(&args)?;
    let summary = stages::play(&args, Screen { quiet: json }).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        summary.print();
    }
    Ok(if summary.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
