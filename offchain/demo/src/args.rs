//! Arguments of `bithive demo`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use bithive_dgkbe::Groups;
use bithive_inference::Device;

/// Arguments of `bithive demo`.
#[derive(clap::Args)]
pub struct DemoArgs {
    /// Contributor nodes, at least redundancy + 3.
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
    /// The chain: one in this process, or the first one of the devnet in --home, which has to be up.
    #[arg(long, value_enum, default_value_t = ChainKind::Embedded, conflicts_with = "network")]
    pub(crate) chain: ChainKind,
    /// With --chain devnet: folder of the contracts' wasm, which `scripts/wasm` builds.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    /// Every party a process of its own, over UDP: chain, relay, committee, nodes, requester.
    #[arg(long)]
    pub(crate) network: bool,
    /// In place of the stages: a study of CT phantoms goes from a scanner through a hospital's gateway, de-identification, the patient's
    /// consent and a job to a FHIR report. With --page, the page shows the job and the report.
    #[arg(long, conflicts_with_all = ["network", "chain", "rows", "input", "model"])]
    pub(crate) imaging: bool,
    /// In place of the stages: a network in this process that lives until ctrl-C, and the page for people before it.
    #[arg(long, conflicts_with_all = ["network", "chain", "rows", "seed"])]
    pub(crate) page: bool,
    /// With --page: address to listen at; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", requires = "page")]
    pub(crate) listen: SocketAddr,
    /// With --network: kill a committee member and a worker in the middle of the job, and start them again.
    #[arg(long, requires = "network")]
    pub(crate) kill: bool,
    /// With --network: the parties behind two NATs, in network namespaces (Linux, as root).
    #[arg(long, requires = "network")]
    pub(crate) namespaces: bool,
}

/// What the contracts run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ChainKind {
    /// Contracts natively in this process.
    Embedded,
    /// Their wasm on a wasmd of this machine: the same jobs by real transactions.
    Devnet,
}

impl DemoArgs {
    /// As many groups of `slots` slots as there must be for every node to have one.
    pub(crate) fn groups(&self) -> Result<Groups> {
        let count = self.nodes.div_ceil(usize::from(self.slots).max(1));
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        Groups::new(count, self.slots).context("--nodes, --slots")
    }
}
