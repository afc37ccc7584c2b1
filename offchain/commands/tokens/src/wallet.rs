//! `bithive wallet`: accounts.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::jobs::ExecuteMsg;
use bithive_client::Token;
use bithive_client::amount::{self, show};
use bithive_command_kit::{Output, table};
use bithive_contracts::Role;
use bithive_local::fee_grant;
use clap::Subcommand;
use cosmwasm_std::coin;
use serde::Serialize;

use super::accounts::{Accounts, account, address, amount_of, economy, wallets};
use super::claims;
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// The account that has all BTT of a new network.
const OPERATOR: &str = "operator";

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
        /// Name of the wallet, a keystore file or an address; the account of --config when left out.
        name: Option<String>,
    },
    /// Give an account BTT and coins for fees, from the operator, for example: wallet fund alice --amount 1000
    Fund {
        /// Name of a wallet, an address, or a party's keystore file.
        to: String,
        /// BTT, like 12.5; 0 for the coins alone.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
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
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
        /// btt, btk or sky.
        #[arg(long, default_value = "btt")]
        token: Token,
    },
    /// Withdraw what the job market owes the account.
    Withdraw {
        /// Name of the wallet, or a keystore file; the account of --config when left out.
        name: Option<String>,
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
    Claim {
        /// Names of wallets; node:NAME for the account of a node; keystore files. The account of --config when left out.
        names: Vec<String>,
        /// Claim for all wallets and nodes.
        #[arg(long, conflicts_with = "names")]
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

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::New { .. } | Self::List | Self::Show { .. } | Self::Claimable { .. } => Transactions::None,
            Self::Claim { names, all } if *all || names.len() > 1 => {
                Transactions::Several("name one account to claim for")
            }
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    if let Command::New { .. } = &command {
        ensure!(
            network.is_home(),
            "`wallet new` makes wallets of a home folder; `bithive keys new --out FILE` makes a keystore, which is an account anywhere"
        );
    }
    if let Command::Show { name: None } | Command::Withdraw { name: None } = &command {
        ensure!(
            network.has_own(),
            "expected the name of a wallet, --config FILE, or --profile NAME with an account"
        );
    }
    let accounts = &mut Accounts::open(&network, home).await?;
    accounts.client().deployment().check(Role::Market)?;
    match command {
        Command::New { name } => {
            accounts.new_wallet(&name)?;
            let holding = holding(accounts, &name).await?;
            output.show(&holding, |holding| println!("{} {}", holding.name, holding.address))?;
        }
        Command::List => {
            let mut holdings = Vec::new();
            for name in wallets(accounts)? {
                holdings.push(holding(accounts, &name).await?);
            }
            output.show(&holdings, |holdings| print(holdings))?;
        }
        Command::Show { name } => show_one(accounts, &one(accounts, name)?, output).await?,
        Command::Fund { to, amount } => {
            let denom = accounts.client().chain().info().await?.fee_denom;
            let fees = coin(fee_grant().amount.u128(), denom);
            accounts.account(OPERATOR).await?.grant(&address(accounts, &to)?, amount, fees).await?;
            show_one(accounts, &to, output).await?;
        }
        Command::Send { from, to, amount, token } => {
            let to = address(accounts, &to)?;
            afford(accounts, &from, token, amount).await?;
            match token {
                Token::Btt => accounts.account(&from).await?.transfer(&to, amount).await?,
                other => account(accounts, &from).await?.transfer(other, &to, amount).await?,
            };
            show_one(accounts, &from, output).await?;
        }
        Command::Withdraw { name } => {
            let name = one(accounts, name)?;
            accounts.account(&name).await?.jobs(&ExecuteMsg::Withdraw {}).await?;
            show_one(accounts, &name, output).await?;
        }
        Command::Claimable { names } => claims::list(accounts, names, output).await?,
        Command::Claim { names, all } => {
            ensure!(
                all || !names.is_empty() || accounts.own().is_some(),
                "whose? expected names of wallets, --all, --config FILE, or --profile NAME with an account"
            );
            return claims::claim(accounts, names, output).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The account that is named, or that of the configuration.
fn one(accounts: &Accounts, name: Option<String>) -> Result<String> {
    let own = || accounts.own().map(ToOwned::to_owned);
    name.or_else(own)
        .context("expected the name of a wallet, --config FILE, or --profile NAME with an account")
}

/// Refuses to send what an account does not hold, in the words that the amount was given in.
async fn afford(accounts: &Accounts, from: &str, token: Token, amount: u128) -> Result<()> {
    let address = address(accounts, from)?;
    let held = match token {
        Token::Btt => accounts.client().balance(&address).await?,
        other => economy(accounts)?.balance(other, &address).await?,
    };
    let shown = |amount| amount_of(amount, token.symbol());
    ensure!(
        amount <= held,
        "--amount is {}; {from} holds {}, expected at most that",
        shown(amount),
        shown(held)
    );
    Ok(())
}

async fn show_one(accounts: &Accounts, name: &str, output: Output) -> Result<()> {
    let holding = holding(accounts, name).await?;
    output.show(&holding, |holding| print(std::slice::from_ref(holding)))
}

async fn holding(accounts: &Accounts, name: &str) -> Result<Holding> {
    let address = address(accounts, name)?;
    let client = accounts.client();
    let denom = client.chain().info().await?.fee_denom;
    let mut holding = Holding {
        name: name.into(),
        balance: client.balance(&address).await?,
        btk: None,
        sky: None,
        credits: None,
        claimable: client.claimable(&address).await?,
        fees: client.chain().balance(&address, &denom).await?,
        address,
    };
    if let Ok(economy) = economy(accounts) {
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
