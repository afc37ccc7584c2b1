//! `bithive wallet`: accounts.

use anyhow::Result;
use bithive_api::jobs::ExecuteMsg;
use bithive_chain::{Chain, validate_address};
use clap::Subcommand;
use serde::Serialize;

use crate::amount::{self, show};
use crate::home::Home;
use crate::output::{Output, table};

/// Accounts. `operator`, `treasury` and `incentive-pool` exist from the start.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create an account.
    New {
        /// Name of the wallet.
        name: String,
    },
    /// All accounts with what they hold.
    List,
    /// One account.
    Show {
        /// Name of the wallet.
        name: String,
    },
    /// Give an account BTT and coins for fees, from the operator.
    Fund {
        /// Name of the wallet.
        name: String,
        /// BTT, like 12.5.
        #[arg(long, value_parser = amount::parse)]
        amount: u128,
    },
    /// Send BTT.
    Send {
        /// Name of the sending wallet.
        #[arg(long)]
        from: String,
        /// Name of a wallet, or an address.
        #[arg(long)]
        to: String,
        /// BTT, like 12.5.
        #[arg(long, value_parser = amount::parse)]
        amount: u128,
    },
    /// Take what the job market owes the account.
    Withdraw {
        /// Name of the wallet.
        name: String,
    },
}

#[derive(Serialize)]
struct Holding {
    name: String,
    address: String,
    balance: u128,
    claimable: u128,
    fees: u128,
}

pub(crate) async fn run(command: Command, home: &mut Home, output: Output) -> Result<()> {
    match command {
        Command::New { name } => {
            home.new_wallet(&name)?;
            let holding = holding(home, &name).await?;
            output.show(&holding, |holding| println!("{} {}", holding.name, holding.address))
        }
        Command::List => {
            let mut names: Vec<String> = ["operator", "treasury", "incentive-pool"].map(Into::into).into();
            names.extend(home.names("wallets")?);
            let mut holdings = Vec::with_capacity(names.len());
            for name in names {
                holdings.push(holding(home, &name).await?);
            }
            output.show(&holdings, |holdings| print(holdings))
        }
        Command::Show { name } => show_one(home, &name, output).await,
        Command::Fund { name, amount } => {
            home.local.fund(home.key(&name)?.address(), amount).await?;
            show_one(home, &name, output).await
        }
        Command::Send { from, to, amount } => {
            let address = match validate_address(&to) {
                Ok(address) => address.to_string(),
                Err(_) => home.key(&to)?.address().to_owned(),
            };
            home.account(&from).await?.transfer(&address, amount).await?;
            show_one(home, &from, output).await
        }
        Command::Withdraw { name } => {
            home.account(&name).await?.jobs(&ExecuteMsg::Withdraw {}).await?;
            show_one(home, &name, output).await
        }
    }
}

async fn show_one(home: &Home, name: &str, output: Output) -> Result<()> {
    let holding = holding(home, name).await?;
    output.show(&holding, |holding| print(std::slice::from_ref(holding)))
}

async fn holding(home: &Home, name: &str) -> Result<Holding> {
    let address = home.key(name)?.address().to_owned();
    let client = &home.local.client;
    let denom = home.local.chain.info().await?.fee_denom;
    Ok(Holding {
        name: name.into(),
        balance: client.balance(&address).await?,
        claimable: client.claimable(&address).await?,
        fees: home.local.chain.balance(&address, &denom).await?,
        address,
    })
}

fn print(holdings: &[Holding]) {
    let mut rows = table(&["wallet", "address", "balance", "claimable", "for fees"]);
    for holding in holdings {
        rows.add_row([
            holding.name.clone(),
            holding.address.clone(),
            show(holding.balance),
            show(holding.claimable),
            holding.fees.to_string(),
        ]);
    }
    println!("{rows}");
}
