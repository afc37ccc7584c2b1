//! `bithive requester`: who may post jobs and ask the committee.

use std::path::Path;

use anyhow::Result;
use bithive_chain::Chain as _;
use bithive_client::amount::{self, show};
use bithive_command_kit::Output;
use bithive_home::Home;
use bithive_local::REQUESTER_BOND;
use bithive_requester::Requester;
use bithive_state::State;
use clap::Subcommand;
use serde_json::json;

use super::join::{self, RequesterJoinArgs};

/// Requesters: who may post jobs.
#[derive(Subcommand)]
pub enum Command {
    /// Register a wallet as a requester, with a bond and an endpoint.
    Register {
        /// Name of the wallet.
        name: String,
        /// Bond in BTT.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse, default_value = "100")]
        bond: u128,
    },
    /// Make a requester's keys and register it, over the network.
    Join(RequesterJoinArgs),
}

/// Runs a command. A requester that joins over the network needs no home.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<()> {
    match command {
        Command::Register { name, bond } => register(&mut Home::open(home).await?, &name, bond, output).await,
        Command::Join(args) => join::requester(args, output).await,
    }
}

async fn register(home: &mut Home, name: &str, bond: u128, output: Output) -> Result<()> {
    anyhow::ensure!(
        bond >= REQUESTER_BOND,
        "--bond is {}; expected at least {}",
        show(bond),
        show(REQUESTER_BOND)
    );
    let account = home.account(name).await?;
    let denom = home.local.chain.info().await?.fee_denom;
    let btt = home.local.client.balance(account.address()).await?;
    let fees = home.local.chain.balance(account.address(), &denom).await?;
    anyhow::ensure!(
        btt >= bond && fees > 0,
        "{name} holds {} and {fees} {denom} for fees; expected at least {} for the bond (--bond), and some for fees: \
         `bithive wallet fund {name} --amount {}`",
        show(btt),
        show(bond),
        amount::digits(bond.saturating_sub(btt))
    );
    let endpoint = home.requester_endpoint(name)?.id();
    account.register_requester(endpoint.0, bond).await?;
    let answer =
        json!({ "name": name, "address": account.address(), "endpoint": endpoint.to_string(), "bond": bond });
    output.show(&answer, |_| println!("{name} is registered with a bond of {}", show(bond)))
}

/// The requester behind a wallet.
pub async fn open(home: &mut Home, name: &str) -> Result<Requester> {
    let account = home.account(name).await?;
    anyhow::ensure!(
        home.local.client.requester(account.address()).await?.is_some(),
        "{name:?} is not registered; run `bithive requester register {name}` first"
    );
    let endpoint = home.requester_endpoint(name)?.id();
    let state = State::open(&home.file("requesters", name, "redb")?)?;
    let exchange = home.local.exchange(endpoint);
    let tags = home.local.tags(&exchange, &state);
    let rng = bithive_local::fork(&mut home.rng);
    Ok(Requester::new(account, exchange, tags, state, (home.local.crs.clone(), home.local.groups), rng)?)
}
