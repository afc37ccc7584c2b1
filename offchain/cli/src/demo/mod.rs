//! `bithive demo`: a confidential job from request to payment, every party a task of this process, or with `--network`
//! a process of its own. The chain is in this process too, or with `--chain devnet` a wasmd.
//!
//! The demo plays the audience. The parties run on their own, over the same chain trait and exchange that separate
//! machines use; the demo waits for what they report and compares it with what it knows to be true. `stages` is the
//! story, `check` the comparisons, `cast` who takes part; `world` is what the story needs of the parties, `tasks` and
//! `network` are the two ways to play them, `devnet` puts the contracts on a real chain.

mod actor;
mod books;
mod cast;
mod check;
mod crowd;
mod devnet;
mod gas;
mod genesis;
pub(crate) mod input;
mod network;
mod outsiders;
mod screen;
mod stages;
mod summary;
mod tasks;
mod verdict;
mod watch;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use bithive_daemon::Stop;
use bithive_dgkbe::Groups;
use bithive_inference::Device;
use bithive_node::{Compute, Onnx};

use network::Ground;
use screen::Screen;
use summary::Summary;

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
    /// The chain: one in this process, or the first one of the devnet in --home, which has to be up.
    #[arg(long, value_enum, default_value_t = ChainKind::Embedded, conflicts_with = "network")]
    pub(crate) chain: ChainKind,
    /// With --chain devnet: folder of the contracts' wasm, which `scripts/wasm` builds.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    /// Every party a process of its own, over UDP: chain, relay, committee, nodes, requester.
    #[arg(long)]
    pub(crate) network: bool,
    /// With --network: kill a committee member and a worker in the middle of the job, and start them again.
    #[arg(long, requires = "network")]
    pub(crate) kill: bool,
    /// With --network: the parties behind two NATs, in network namespaces (Linux, as root).
    #[arg(long, requires = "network")]
    pub(crate) namespaces: bool,
}

/// What the contracts run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ChainKind {
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

/// What a cheat's models give: a bit beside the truth.
pub(crate) fn cheat(honest: Onnx) -> Arc<dyn Compute> {
    Arc::new(crowd::Perturbed(honest))
}

/// Runs the demo; fails when any check does.
pub(crate) async fn run(args: DemoArgs, home: &Path, json: bool) -> Result<ExitCode> {
    cast::check(&args)?;
    // A chain that is not there ends the demo before anything is drawn.
    let real = match args.chain {
        ChainKind::Embedded => None,
        ChainKind::Devnet => Some(devnet::Place::find(home, &args.artifacts).await?),
    };
    let ground = Ground::open(args.namespaces, args.seed)?;
    let screen = Screen { quiet: json };
    let summary = match ground.inside()? {
        None => until_stopped(&args, screen, (real, ground)).await?,
        // Every thread that opens a socket has to be there.
        Some(namespace) => tokio::task::block_in_place(|| {
            let enter = namespace.clone();
            namespace.run(|| {
                let mut runtime = tokio::runtime::Builder::new_multi_thread();
                let runtime = runtime.enable_all().on_thread_start(move || {
                    if let Err(error) = enter.enter() {
                        tracing::error!(%error, "a thread is outside of the laboratory");
                    }
                });
                runtime.build()?.block_on(until_stopped(&args, screen, (real, ground)))
            })
        })??,
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        summary.print();
    }
    Ok(if summary.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn until_stopped(
    args: &DemoArgs,
    screen: Screen,
    places: (Option<devnet::Place>, Ground),
) -> Result<Summary> {
    let (stop, _) = Stop::on_signals()?;
    tokio::select! {
        summary = stages::play(args, screen, places) => summary,
        // Whatever was started ends with what is dropped here.
        () = stop.requested() => anyhow::bail!("stopped"),
    }
}
