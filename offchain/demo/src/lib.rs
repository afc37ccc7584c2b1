//! `bithive demo`: a confidential job from request to payment, every party a task of this process, or with `--network`
//! a process of its own. The chain is in this process too, or with `--chain devnet` a wasmd.
//!
//! The parties run on their own, over the same chain trait and exchange that separate machines use; the demo waits for
//! what they report and compares it with what it knows to be true. `stages` runs the demo from beginning to end, and
//! `check` compares; `profiles` says which nodes take part. `network::Parties` is what the stages need of the
//! parties: `tasks` runs them in this process, `processes` as processes. `devnet_chain` puts the contracts on a
//! real chain. `page` leaves a network to whoever opens its page. `imaging` is another story with the same parties: a study of a hospital.

mod args;
mod balances;
mod check;
mod curious;
mod devnet_chain;
mod dishonest;
mod folder;
mod forged;
mod gas;
mod imaging;
mod network;
mod node;
mod node_tasks;
mod outsiders;
mod page;
mod processes;
mod profiles;
mod reports;
mod results;
mod screen;
mod setup;
mod stages;
mod summary;
mod tasks;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use bithive_command_kit::Output;
use bithive_daemon::Stop;
use bithive_node::{Compute, Onnx};

pub use args::{ChainKind, DemoArgs};
use devnet_chain::DevnetChain;
use imaging::ImagingSummary;
use processes::Hosts;
use screen::Screen;
use summary::Summary;

/// The models of a cheat: their results are off by a little.
pub fn cheat(honest: Onnx) -> Arc<dyn Compute> {
    Arc::new(node_tasks::Perturbed(honest))
}

/// Runs the demo; fails when any check does.
pub async fn run(args: DemoArgs, home: &Path, output: Output) -> Result<ExitCode> {
    profiles::check(&args)?;
    if args.page {
        page::run(&args, output).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.imaging {
        let screen = Screen { quiet: output.json };
        let (stop, _) = Stop::on_signals()?;
        let summary = tokio::select! {
            summary = imaging::run(&args, screen) => summary?,
            () = stop.requested() => anyhow::bail!("stopped"),
        };
        output.show(&summary, ImagingSummary::print)?;
        return Ok(if summary.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    // A chain that is not there ends the demo before anything is drawn.
    let real = match args.chain {
        ChainKind::Embedded => None,
        ChainKind::Devnet => Some(DevnetChain::find(home, &args.artifacts).await?),
    };
    let hosts = Hosts::open(args.namespaces, args.seed)?;
    let screen = Screen { quiet: output.json };
    let summary = match hosts.inside()? {
        None => until_stopped(&args, screen, (real, hosts)).await?,
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
                runtime.build()?.block_on(until_stopped(&args, screen, (real, hosts)))
            })
        })??,
    };
    output.show(&summary, Summary::print)?;
    Ok(if summary.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn until_stopped(
    args: &DemoArgs,
    screen: Screen,
    places: (Option<DevnetChain>, Hosts),
) -> Result<Summary> {
    let (stop, _) = Stop::on_signals()?;
    tokio::select! {
        summary = stages::run(args, screen, places) => summary,
        // Whatever was started ends with what is dropped here.
        () = stop.requested() => anyhow::bail!("stopped"),
    }
}
