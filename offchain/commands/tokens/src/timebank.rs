//! `bithive timebank`: credits for idle compute, which pay for jobs.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::timebank::{
    ConfigResponse, Event, ExecuteMsg, HostResponse, MeterResponse, Oracle, OraclesResponse, TotalsResponse,
    events,
};
use bithive_client::Token;
use bithive_client::amount::{self, show, show_in};
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use clap::{ArgGroup, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::accounts::{Accounts, AddressBook, Done, account, address, economy, named_or_all};
use super::announced::{OWNER, Owner};
use super::idle;
use super::network::{NetworkArgs, On};
use super::unsigned::{Transactions, Transacts};

/// Most bytes of a file with a statement or an oracle: many times what either has.
const MOST_BYTES: u64 = 64 << 10;
/// Millionths in a percent.
const PPM_OF_PERCENT: u32 = 10_000;

/// Credits for idle compute: meters and oracles give them, they earn interest by themselves, and pay for jobs. An account is the name of
/// a wallet, node:NAME for that of a node, or an address.
#[derive(Subcommand)]
pub enum Command {
    /// Show how many credits there are, what backs them, what a credit is worth, and the oracles.
    Show,
    /// Show the credits of accounts, and what those that are meters may credit in a day.
    Accounts {
        /// Names or addresses; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// Show what was imported of a host in a BOINC project, for example: timebank host `https://boinc.example/` 42
    Host {
        /// URL of the project, as its scheduler names it.
        project: String,
        /// The host's number in the project.
        host: u64,
    },
    /// Add BTT to what backs credits and their interest, for example: timebank fund --from operator --amount 1000
    Fund {
        /// Wallet that pays.
        #[arg(long)]
        from: String,
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
    },
    /// Credit the interest of the days that have passed. Every other message does so first.
    Accrue {
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Import BOINC credit that oracles have signed for, for example: timebank import host-42.json --from alice
    ///
    /// The file is JSON with the statement, the bits of the oracles that signed, and the aggregate of their signatures:
    /// {"statement":{"account":"bithive1..","project":"https://..","host":42,"total":1000},"signers":5,"signature":"hex"}. The credits
    /// are for the account of the statement, whoever sends it. What was imported of the host before counts no second time.
    Import {
        /// File with the signed statement.
        file: PathBuf,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Set, as the owner, what a contract that meters idle time may credit in a day, for example:
    /// timebank set-meter bithive1.. --per-day 1000
    ///
    /// In a contract that is older than a day a new meter or limit waits for three days, in which everybody sees it: the exit code is 1 then.
    /// Removing one takes effect at once.
    #[command(group = ArgGroup::new("limit").args(["per_day", "remove"]).required(true))]
    SetMeter {
        /// Address of the contract.
        meter: String,
        /// Most credits that it may give in a day.
        #[arg(long, value_name = "CREDITS")]
        per_day: Option<u64>,
        /// Let it credit nothing any more.
        #[arg(long)]
        remove: bool,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Replace, as the owner, the oracles that attest BOINC credit, for example:
    /// timebank set-oracles --oracle a.json --oracle b.json --oracle c.json --threshold 2
    ///
    /// Each file is what an oracle hands out, as JSON: {"account":"bithive1..","bls_key":"hex","bls_possession":"hex"}. In a contract that is
    /// older than a day this waits for three days, in which everybody sees it: the exit code is 1 then.
    SetOracles {
        /// File of an oracle; the first has bit 0. Can be repeated.
        #[arg(long = "oracle", value_name = "FILE", required = true)]
        oracles: Vec<PathBuf>,
        /// How many have to sign: more than half. By default the least that are.
        #[arg(long)]
        threshold: Option<u8>,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Give, as the owner, BTT that no credit needs to the treasury.
    ReturnFunds {
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Idle time of machines, which they claim and members of a meter vouch for.
    #[command(subcommand)]
    Idle(idle::Command),
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show
            | Self::Accounts { .. }
            | Self::Host { .. }
            | Self::Idle(idle::Command::Show { .. }) => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if what an owner set has to wait.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = &Accounts::open(&network, home).await?;
    match command {
        Command::Idle(command) => return idle::run(command, accounts, &network, output).await,
        Command::Show => everything(accounts, output).await?,
        Command::Accounts { names } => list(accounts, names, output).await?,
        Command::Host { project, host } => show_host(accounts, project, host, output).await?,
        Command::Fund { from, amount } => {
            let account = account(accounts, &from).await?;
            let receipt = account.fund_timebank(amount).await?;
            let funded = |event| match event {
                Event::Funded { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let contract = account.client().at(Contract::Timebank);
            let done = Done::read(&receipt, contract, events::FUNDED, funded)?;
            output.show(&done, |done| println!("{} backs credits from now on", show(done.value)))?;
        }
        Command::Accrue { from } => {
            let account = account(accounts, &from).await?;
            account.timebank(&ExecuteMsg::Accrue {}).await?;
            let totals = account.client().timebank_totals().await?;
            output.show(&totals, |totals| println!("the interest of {} days is credited", totals.days))?;
        }
        Command::Import { file, from } => import(accounts, &file, &from, output).await?,
        Command::SetMeter { meter, per_day, from, .. } => {
            let message = ExecuteMsg::SetMeter { meter: address(accounts, &meter)?, per_day };
            let text = match per_day {
                Some(credits) => format!("{meter} may give {credits} credits a day"),
                None => format!("{meter} is no meter any more"),
            };
            return owner(accounts, &network, &from, output).send(Contract::Timebank, &message, &text).await;
        }
        Command::SetOracles { oracles, threshold, from } => {
            let oracles = oracles.iter().map(|file| read(file)).collect::<Result<Vec<Oracle>>>()?;
            let message =
                ExecuteMsg::SetOracles { threshold: threshold_of(threshold, oracles.len()), oracles };
            let text = "the oracles are replaced";
            return owner(accounts, &network, &from, output).send(Contract::Timebank, &message, text).await;
        }
        Command::ReturnFunds { amount, from } => {
            let message = ExecuteMsg::ReturnFunds { amount: amount.into() };
            let text = format!("{} is the treasury's", show(amount));
            return owner(accounts, &network, &from, output).send(Contract::Timebank, &message, &text).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn owner<'a>(accounts: &'a Accounts, network: &NetworkArgs, from: &'a str, output: Output) -> Owner<'a> {
    Owner::new(accounts, network, from, output)
}

/// More than half of so many oracles, unless another number is given.
fn threshold_of(given: Option<u8>, oracles: usize) -> u8 {
    given.unwrap_or_else(|| u8::try_from((oracles / 2).saturating_add(1)).unwrap_or(u8::MAX))
}

#[derive(Serialize)]
struct Everything {
    config: ConfigResponse,
    totals: TotalsResponse,
    oracles: OraclesResponse,
}

async fn everything(accounts: &Accounts, output: Output) -> Result<()> {
    let client = economy(accounts)?;
    let answer = Everything {
        config: client.timebank_config().await?,
        totals: client.timebank_totals().await?,
        oracles: client.oracles().await?,
    };
    let book = AddressBook::of(accounts)?;
    output.show(&answer, |Everything { config, totals, oracles }| {
        let params = &config.params;
        println!(
            "{} credits, worth {}; {} back them{}",
            totals.credits,
            show(totals.owed.u128()),
            show(totals.funded.u128()),
            if config.paused { "; deposits and imports are paused" } else { "" }
        );
        println!(
            "a credit is worth {} and earns {}.{:04} % a day; the interest of {} days is credited",
            show(params.price.u128()),
            params.interest_ppm / PPM_OF_PERCENT,
            params.interest_ppm % PPM_OF_PERCENT,
            totals.days
        );
        println!(
            "imported today {} of {} credits; {} of {} oracles have to sign",
            totals.imported_today,
            params.import_per_day,
            oracles.threshold,
            oracles.oracles.len()
        );
        if !oracles.oracles.is_empty() {
            let mut rows = table(&["bit", "oracle", "BLS key"]);
            for (bit, oracle) in oracles.oracles.iter().enumerate() {
                rows.add_row([bit.to_string(), book.name(oracle.account.as_str()), oracle.bls_key.to_hex()]);
            }
            println!("{rows}");
        }
    })
}

#[derive(Serialize)]
struct Holder {
    name: String,
    address: String,
    credits: u64,
    /// What these are worth in a job, in base units of BTT.
    worth: u128,
    /// What it may credit, if it is a meter.
    meter: Option<MeterResponse>,
}

async fn list(accounts: &Accounts, names: Vec<String>, output: Output) -> Result<()> {
    let client = economy(accounts)?;
    let price = client.timebank_config().await?.params.price.u128();
    let mut holders = Vec::new();
    for name in named_or_all(accounts, names)? {
        let address = address(accounts, &name)?;
        let (credits, meter) = (client.credits(&address).await?, client.meter(&address).await?);
        let worth = price.saturating_mul(credits.into());
        holders.push(Holder { name, address, credits, worth, meter });
    }
    output.show(&holders, |holders| {
        let mut rows = table(&["account", "credits", "worth", "may credit a day", "credited today"]);
        for Holder { name, credits, worth, meter, .. } in holders {
            let of = |number: fn(&MeterResponse) -> u64| meter.as_ref().map(number);
            let text = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
            rows.add_row([
                name.clone(),
                credits.to_string(),
                show_in(*worth, Token::Btt.symbol()),
                text(of(|meter| meter.per_day)),
                text(of(|meter| meter.today)),
            ]);
        }
        println!("{rows}");
    })
}

#[derive(Serialize)]
struct Host {
    project: String,
    host: u64,
    /// None before the first import.
    imported: Option<HostResponse>,
}

async fn show_host(accounts: &Accounts, project: String, host: u64, output: Output) -> Result<()> {
    let imported = economy(accounts)?.boinc_host(&project, host).await?;
    let book = AddressBook::of(accounts)?;
    output.show(&Host { project, host, imported }, |Host { project, host, imported }| match imported {
        None => println!("nothing of host {host} in {project} was imported"),
        Some(HostResponse { account, total, credits }) => {
            let account = book.name(account.as_str());
            println!("host {host} in {project} is {account}'s: {credits} credits for {total} cobblestones");
        }
    })
}

async fn import(accounts: &Accounts, file: &Path, from: &str, output: Output) -> Result<()> {
    // The fields of the file are those of the message.
    let content: Value = read(file)?;
    let message: ExecuteMsg = serde_json::from_value(json!({ "import": content })).with_context(|| {
        format!("{}; expected a signed statement, see `timebank import --help`", file.display())
    })?;
    let account = account(accounts, from).await?;
    let receipt = account.timebank(&message).await?;
    let imported = |event| match event {
        Event::Imported { account, credits, .. } => Some((account, credits)),
        _ => None,
    };
    let contract = account.client().at(Contract::Timebank);
    let done = Done::read(&receipt, contract, events::IMPORTED, imported)?;
    let book = AddressBook::of(accounts)?;
    output.show(&done, |done| {
        let (account, credits) = &done.value;
        println!("{} has {credits} credits more", book.name(account.as_str()));
    })
}

/// Reads a small file of JSON, strictly.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let named = || file.display().to_string();
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).with_context(named)?;
    opened.take(MOST_BYTES.saturating_add(1)).read_to_end(&mut bytes).with_context(named)?;
    ensure!(bytes.len() as u64 <= MOST_BYTES, "{} has more than {MOST_BYTES} bytes", file.display());
    serde_json::from_slice(&bytes).with_context(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_half_of_the_oracles_have_to_sign() {
        let by_default = |oracles| threshold_of(None, oracles);
        assert_eq!([1, 2, 3, 4, 16].map(by_default), [1, 2, 2, 3, 9]);
        assert_eq!(threshold_of(Some(3), 3), 3);
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large");
        std::fs::write(&file, format!("\"{}\"", "a".repeat(1 << 16))).unwrap();
        assert!(read::<Value>(&file).unwrap_err().to_string().contains("more than 65536 bytes"));
    }
}
