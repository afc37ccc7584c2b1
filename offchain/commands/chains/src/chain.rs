//! `bithive chain`: the embedded chain itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_api::jobs::limits::MODEL_CREDITS;
use bithive_api::jobs::{self, ModelWork};
use bithive_api::token::SupplyResponse;
use bithive_chain::Chain;
use bithive_client::amount::{show, show_in};
use bithive_client::{Client, OwnerMessage, Token, set_as_owner};
use bithive_command_kit::Output;
use bithive_command_kit::input;
use bithive_deploy::Contract;
use bithive_dgkbe::Groups;
use bithive_home::Home;
use bithive_token_commands::Transactions;
use clap::{Subcommand, value_parser};
use cosmwasm_std::HexBinary;
use serde::Serialize;
use serde_json::json;

use super::accreditors::{self, AccreditorsArgs};
use super::place::PlaceArgs;
use super::serve::{self, ServeArgs};
use super::settings::{self, SettingsArgs};

/// The embedded chain of a home folder.
#[derive(Subcommand)]
pub enum Command {
    /// Create a network: chain, contracts of the market and of the tokens' economy, reference string, committee of three.
    Init {
        /// Slots of a broadcast group: reference string and keys grow with it.
        #[arg(long, default_value_t = 64)]
        slots: u16,
        /// Broadcast groups: groups times slots is the most nodes that can register.
        #[arg(long, default_value_t = 1)]
        groups: u16,
    },
    /// Show height, time and balances, and check that all amounts add up.
    Status,
    /// Let time pass; the clock of the chain moves only with its blocks.
    Advance {
        /// Seconds to let pass.
        #[arg(long)]
        seconds: u64,
    },
    /// Set, as the owner of the market, what a run of a model is worth: jobs with that model earn credits from then on. The exit code is
    /// 1 when that waits, as it does in a market older than a day. For example: chain model --credits 100 --network hive.network --from owner.json
    Model(ModelArgs),
    /// Show what owners have announced and has no effect yet, or apply what is due, for example: chain settings apply --all
    ///
    /// A contract that is older than a day announces what its owner sets and keeps it for three days, in which everybody sees it. Then
    /// anybody applies it, for two weeks; after that it is void. The exit code is 1 when a contract can't be asked.
    Settings(SettingsArgs),
    /// Show or set who may vouch for attributes of nodes, and which attributes need it.
    Accreditors(AccreditorsArgs),
    /// Serve the chain to other programs, over the RPC of a CometBFT node, until interrupted.
    Serve(ServeArgs),
}

/// A model, and what a run of it was measured to be worth.
#[derive(clap::Args)]
pub struct ModelArgs {
    /// ONNX classifier; the demonstration model by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Compute credits of a run, for each worker.
    #[arg(long, value_parser = value_parser!(u64).range(MODEL_CREDITS.0..=MODEL_CREDITS.1), required_unless_present = "forget")]
    credits: Option<u64>,
    /// Quality of the data that it was trained on, in 1/10,000.
    #[arg(long, value_name = "BPS", value_parser = value_parser!(u16).range(0..=10_000), default_value_t = 10_000)]
    quality: u16,
    /// Confidence of the model, in 1/10,000.
    #[arg(long, value_name = "BPS", value_parser = value_parser!(u16).range(0..=10_000), default_value_t = 10_000)]
    confidence: u16,
    /// Forget the model: jobs with it count as no work.
    #[arg(long, conflicts_with = "credits")]
    forget: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Runs a command on the chain of the home in `path`.
pub async fn run(command: Command, path: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Init { slots, groups } => {
            let deployment = bithive_home::create(path, Groups::new(groups, slots)?).await?;
            output.show(&deployment, |deployment| {
                println!("network {} in {}", deployment.chain_id, path.display());
                for (contract, address) in deployment.contracts() {
                    println!("{contract} {address}");
                }
                println!("all SKY are locked for the operator by their schedules; `vesting list operator` shows them");
            })?;
        }
        Command::Model(args) => {
            return args.place.run(Transactions::One, output, model(&args, path, output)).await;
        }
        Command::Accreditors(args) => return accreditors::run(args, path, output).await,
        Command::Settings(args) => return settings::run(args, path, output).await,
        Command::Serve(args) => serve::run(args, path, output).await?,
        Command::Status => status(&Home::open(path).await?, output).await?,
        Command::Advance { seconds } => {
            let home = Home::open(path).await?;
            let block = home.local.chain.advance_time(seconds).await?;
            home.local.post_share_keys().await?;
            let answer = json!({ "height": block.height, "time": block.time.seconds() });
            output.show(&answer, |_| println!("height {}, time {}", block.height, block.time.seconds()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn model(args: &ModelArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let (bytes, name) = input::model_file(args.model.as_deref())?;
    let (quality_bps, confidence_bps) = (args.quality, args.confidence);
    let work = args.credits.map(|credits| ModelWork { credits, quality_bps, confidence_bps });
    let model = HexBinary::from(&bithive_inference::digest(&bytes));
    let place = args.place.open(home).await?;
    let set = jobs::ExecuteMsg::SetModel { model: model.clone(), work };
    let message = OwnerMessage::new(Contract::Jobs, place.contract(Contract::Jobs)?, &set)?;
    let waits = set_as_owner(place.account().await?.wallet(), &[message]).await?.waits;
    let now = place.chain().info().await?.time.seconds();
    output.show(&json!({ "model": model, "work": work, "waits": waits }), |_| {
        match work {
            Some(ModelWork { credits, .. }) => {
                println!("a run of {name} ({model}) is {credits} credits for each worker")
            }
            None => println!("a run of {name} ({model}) is not known, and counts as no work"),
        }
        settings::tell_of(&waits, now, &args.place.option());
    })?;
    Ok(settings::exit_code(&waits))
}

async fn status(home: &Home, output: Output) -> Result<()> {
    let client = &home.local.client;
    let info = home.local.chain.info().await?;
    let books = all_books(home).await?;
    let totals = client.totals().await?;
    let config = client.registry_config().await?;
    let btt = books.first().context("the books of BTT")?;
    let conserved = books.iter().all(|books| books.conserved);
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
        "minted": btt.minted,
        "burnt": btt.burnt,
        "balances_total": btt.balances_total,
        "bonded": config.bonded.u128(),
        "escrowed": totals.escrowed.u128(),
        "claimable": totals.claimable.u128(),
        "tokens": books,
        "conserved": conserved,
    });
    output.show(&answer, |_| {
        println!("{} at height {}, time {}", info.chain_id, info.height, info.time.seconds());
        println!("{nodes} nodes in {}, {} jobs", home.local.groups, totals.jobs);
        println!(
            "bonded {}, in escrow {}, claimable {}",
            show(config.bonded.u128()),
            show(totals.escrowed.u128()),
            show(totals.claimable.u128())
        );
        for TokenTotals { token, minted, burnt, conserved, .. } in &books {
            let (minted, burnt) = (show_in(*minted, token.symbol()), show_in(*burnt, token.symbol()));
            let answer = if *conserved { "yes" } else { "NO" };
            println!("minted {minted}, burnt {burnt}; the sum of all balances is the difference: {answer}");
        }
    })?;
    anyhow::ensure!(conserved, "the balances do not add up to what was minted and not burnt");
    Ok(())
}

/// Whether the balances of a token are what was minted and not burnt, in base units.
#[derive(Serialize)]
struct TokenTotals {
    token: Token,
    minted: u128,
    burnt: u128,
    balances_total: u128,
    conserved: bool,
}

/// Totals of BTT first; of the other tokens where the network has them.
async fn all_books(home: &Home) -> Result<Vec<TokenTotals>> {
    let mut books = vec![books(home, Token::Btt, home.local.client.deployment().token()).await?];
    if let Ok(economy) = home.economy() {
        for token in [Token::Btk, Token::Sky] {
            books.push(self::books(home, token, economy.token(token)).await?);
        }
    }
    Ok(books)
}

async fn books(home: &Home, token: Token, address: &str) -> Result<TokenTotals> {
    let client = &home.local.client;
    let deployment = client.deployment().clone().with([(Contract::Token, address.into())]);
    let client = Client::new(client.chain().clone(), deployment);
    let SupplyResponse { minted, burnt, .. } = client.supply().await?;
    let balances_total: u128 = client.balances().await?.iter().map(|(_, balance)| balance).sum();
    let conserved = minted.checked_sub(burnt).is_ok_and(|held| held.u128() == balances_total);
    Ok(TokenTotals { token, minted: minted.u128(), burnt: burnt.u128(), balances_total, conserved })
}
