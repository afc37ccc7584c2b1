//! `bithive wallet`: accounts.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bithive_api::jobs::ExecuteMsg;
use bithive_chain::Chain;
use bithive_client::Token;
use bithive_client::amount::{self, show};
use bithive_command_kit::{Output, table};
use bithive_home::Home;
use clap::{ArgGroup, Subcommand};
use serde::Serialize;

use super::accounts::{account, address, amount_of, economy, wallets};
use super::claims;

/// Accounts. `operator`, `treasury` and `incentive-pool` exist from the start.
#[derive(Subcommand)]
pub enum Command {
    /// Create an account.
    New {
        /// Name of the wallet.
        name: String,
    },
    /// List all accounts and their balances.
    List,
    /// Show one account.
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
    /// Send tokens, for example: wallet send --from alice --to bob --amount 12.5 --token btk
    Send {
        /// Name of the sending wallet.
        #[arg(long)]
        from: String,
        /// Name of a wallet, or an address.
        #[arg(long)]
        to: String,
        /// Amount, like 12.5.
        #[arg(long, value_parser = amount::parse)]
        amount: u128,
        /// btt, btk or sky.
        #[arg(long, default_value = "btt")]
        token: Token,
    },
    /// Withdraw what the job market owes the account.
    Withdraw {
        /// Name of the wallet.
        name: String,
    },
    /// List everything that can be claimed, now and later: pay of jobs, vesting, emission, stakes, bonds.
    Claimable {
        /// Names of wallets, or addresses; node:NAME for the account of a node. All of them when left out.
        names: Vec<String>,
    },
    /// Claim everything that is due, in one transaction for each wallet, for example: wallet claim alice
    ///
    /// If the chain refuses a part, the rest is still claimed; the reason is shown, and the exit code is 1. Positions in tokens
    /// other than BTT, BTK and SKY are left alone: `vesting claim` takes them.
    #[command(group = ArgGroup::new("whose").args(["names", "all"]).required(true))]
    Claim {
        /// Names of wallets; node:NAME for the account of a node.
        names: Vec<String>,
        /// Claim for all wallets and nodes.
        #[arg(long)]
        all: bool,
    },
}

#[derive(Serialize)]
struct Holding {
    name: String,
    address: String,
    balance: u128,
    /// None in a network without the economy.
    btk: Option<u128>,
    sky: Option<u128>,
    credits: Option<u64>,
    claimable: u128,
    fees: u128,
}

/// Runs a command on the network in the folder `home`.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    let home = &mut Home::open(home).await?;
    match command {
        Command::New { name } => {
            home.new_wallet(&name)?;
            let holding = holding(home, &name).await?;
            output.show(&holding, |holding| println!("{} {}", holding.name, holding.address))?;
        }
        Command::List => {
            let mut holdings = Vec::new();
            for name in wallets(home)? {
                holdings.push(holding(home, &name).await?);
            }
            output.show(&holdings, |holdings| print(holdings))?;
        }
        Command::Show { name } => show_one(home, &name, output).await?,
        Command::Fund { name, amount } => {
            home.local.fund(home.key(&name)?.address(), amount).await?;
            show_one(home, &name, output).await?;
        }
        Command::Send { from, to, amount, token } => {
            let to = address(home, &to)?;
            match token {
                Token::Btt => home.account(&from).await?.transfer(&to, amount).await?,
                other => account(home, &from).await?.transfer(other, &to, amount).await?,
            };
            show_one(home, &from, output).await?;
        }
        Command::Withdraw { name } => {
            home.account(&name).await?.jobs(&ExecuteMsg::Withdraw {}).await?;
            show_one(home, &name, output).await?;
        }
        Command::Claimable { names } => claims::list(home, names, output).await?,
        Command::Claim { names, .. } => return claims::claim(home, names, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn show_one(home: &Home, name: &str, output: Output) -> Result<()> {
    let holding = holding(home, name).await?;
    output.show(&holding, |holding| print(std::slice::from_ref(holding)))
}

async fn holding(home: &Home, name: &str) -> Result<Holding> {
    let address = home.key(name)?.address().to_owned();
    let client = &home.local.client;
    let denom = home.local.chain.info().await?.fee_denom;
    let mut holding = Holding {
        name: name.into(),
        balance: client.balance(&address).await?,
        btk: None,
        sky: None,
        credits: None,
        claimable: client.claimable(&address).await?,
        fees: home.local.chain.balance(&address, &denom).await?,
        address,
    };
    if let Ok(economy) = economy(home) {
        holding.btk = Some(economy.balance(Token::Btk, &holding.address).await?);
        holding.sky = Some(economy.balance(Token::Sky, &holding.address).await?);
        holding.credits = Some(economy.credits(&holding.address).await?);
    }
    Ok(holding)
}

fn print(holdings: &[Holding]) {
    let mut rows = table(&["wallet", "address", "BTT", "BTK", "SKY", "credits", "owed by jobs", "for fees"]);
    let of = |amount: Option<u128>, token: Token| amount.map(|amount| amount_of(amount, token.symbol()));
    for holding in holdings {
        rows.add_row([
            holding.name.clone(),
            holding.address.clone(),
            show(holding.balance),
            of(holding.btk, Token::Btk).unwrap_or_default(),
            of(holding.sky, Token::Sky).unwrap_or_default(),
            holding.credits.map(|credits| credits.to_string()).unwrap_or_default(),
            show(holding.claimable),
            holding.fees.to_string(),
        ]);
    }
    println!("{rows}");
}
