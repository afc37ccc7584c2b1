//! `bithive chain`: the embedded chain itself.

use std::path::Path;

use anyhow::Result;
use bithive_chain::Chain;
use bithive_client::{Deployment, Economy};
use bithive_dgkbe::Groups;
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::serve::{self, ServeArgs};
use crate::amount::show;
use crate::home::{self, Home};
use crate::output::Output;

/// The embedded chain of a home folder.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a network: chain, contracts of the market and of the tokens' economy, reference string, committee of three.
    Init {
        /// Slots of a broadcast group: reference string and keys grow with it.
        #[arg(long, default_value_t = 64)]
        slots: u16,
        /// Broadcast groups: groups times slots is the most nodes that can register.
        #[arg(long, default_value_t = 1)]
        groups: u16,
    },
    /// Height, time, money, and whether the books balance.
    Status,
    /// Let time pass; the chain's clock moves with its blocks only.
    Advance {
        /// Seconds.
        #[arg(long)]
        seconds: u64,
    },
    /// Serve the chain to other programs, over the RPC of a CometBFT node, until interrupted.
    Serve(ServeArgs),
}

/// A new network.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    deployment: Deployment,
    economy: Economy,
}

pub(crate) async fn run(command: Command, path: &Path, output: Output) -> Result<()> {
    match command {
        Command::Init { slots, groups } => {
            let (deployment, economy) = home::create(path, Groups::new(groups, slots)?).await?;
            output.show(&Made { deployment, economy }, |Made { deployment, economy }| {
                println!("network {} in {}", deployment.chain_id, path.display());
                let Deployment { token, registry, jobs, .. } = deployment;
                println!("token {token}\nregistry {registry}\njobs {jobs}");
                let Economy { btk, sky, vesting, emissions, staking, rewards, treasury, timebank } = economy;
                println!("btk {btk}\nsky {sky}\nvesting {vesting}\nemissions {emissions}\nstaking {staking}");
                println!("rewards {rewards}\ntreasury {treasury}\ntimebank {timebank}");
            })
        }
        Command::Serve(args) => serve::run(args, path, output).await,
        Command::Status => status(&Home::open(path).await?, output).await,
        Command::Advance { seconds } => {
            let home = Home::open(path).await?;
            let block = home.local.chain.advance_time(seconds).await?;
            home.local.post_share_keys().await?;
            let answer = json!({ "height": block.height, "time": block.time.seconds() });
            output.show(&answer, |_| println!("height {}, time {}", block.height, block.time.seconds()))
        }
    }
}

async fn status(home: &Home, output: Output) -> Result<()> {
    let client = &home.local.client;
    let info = home.local.chain.info().await?;
    let supply = client.supply().await?;
    let totals = client.totals().await?;
    let config = client.registry_config().await?;
    let balances: u128 = client.balances().await?.iter().map(|(_, balance)| balance).sum();
    let conserved = balances == (supply.minted - supply.burnt).u128();
    let nodes = client.nodes().await?.len();
    let answer = json!({
        "chain_id": info.chain_id,
        "height": info.height,
        "time": info.time.seconds(),
        "epoch": client.committee().await?.epoch,
        "slots": config.params.slots,
        "groups": config.params.groups,
        "nodes": nodes,
        "jobs": totals.jobs,
        "minted": supply.minted.u128(),
        "burnt": supply.burnt.u128(),
        "balances_total": balances,
        "bonded": config.bonded.u128(),
        "escrowed": totals.escrowed.u128(),
        "claimable": totals.claimable.u128(),
        "conserved": conserved,
    });
    output.show(&answer, |_| {
        println!("{} at height {}, time {}", info.chain_id, info.height, info.time.seconds());
        println!("{nodes} nodes in {}, {} jobs", home.local.groups, totals.jobs);
        println!(
            "minted {}, burnt {}, bonded {}, in escrow {}, claimable {}",
            show(supply.minted.u128()),
            show(supply.burnt.u128()),
            show(config.bonded.u128()),
            show(totals.escrowed.u128()),
            show(totals.claimable.u128())
        );
        println!("sum of all balances = minted - burnt: {}", if conserved { "yes" } else { "NO" });
    })?;
    anyhow::ensure!(conserved, "the balances do not add up to what was minted and not burnt");
    Ok(())
}
