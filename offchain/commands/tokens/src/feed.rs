//! `bithive feed`: prices and valuations that reporters sign.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::oracle::{Category, Event, ExecuteMsg, Terms, events, limits};
use bithive_command_kit::Output;
use bithive_contracts::Contract;
use clap::{Args, Subcommand};
use cosmwasm_std::HexBinary;

use super::accounts::Accounts;
use super::announced::{OWNER, Owner};
use super::feeds::{self, Site};
use super::network::On;
use super::reports;
use super::unsigned::{Transactions, Transacts};

/// Feeds of prices and valuations: reporters sign what they see, anybody submits enough reports of a round, and their median is the price. A
/// feed gives no price when it is stale, or has jumped and nobody has confirmed it. (The oracles of `timebank` and `boinc` are others: they
/// attest credit.)
///
/// A value is in minor units of the feed's currency (cents of a euro) for 10^decimals base units of what is priced.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// List the feeds, and what they answer.
    List,
    /// Show a feed: what it is, its reporters, its last price and what is pending.
    Show {
        /// Number of the feed.
        id: u64,
    },
    /// Print the price of a feed. Where it has none now, the error says why.
    Price {
        /// Number of the feed.
        id: u64,
    },
    /// Make a feed, as the owner, for example: feed create --description "BTT, 6 decimals" --currency EUR --decimals 10 --interval 60
    /// --max-age 600 --dev-bps 500 --cooldown 900 --quorum 3 --reporter HEX --reporter HEX --reporter HEX
    Create(CreateArgs),
    /// Replace, as the owner, the reporters of a feed. In a contract that is older than a day this waits for three days, in which everybody sees
    /// it: the exit code is 1 then.
    SetReporters {
        /// Number of the feed.
        id: u64,
        #[command(flatten)]
        reporters: Reporters,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Stop a feed, as the owner, for example when keys of reporters are stolen: it answers and takes nothing, at once.
    Stop {
        /// Number of the feed.
        id: u64,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Let a feed go on that was stopped, as the owner.
    Start {
        /// Number of the feed.
        id: u64,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Make the key of a reporter, in a file that only its owner can read, and print the public key.
    Key {
        /// File to create.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Sign a report, for example: feed report 1 --value 253600 --key reporter.key --out report.json
    ///
    /// A reporter signs one value for a round: two that differ prove that it reports dishonestly.
    Report(reports::ReportArgs),
    /// Submit reports of one round in one transaction. The exit code is 1 if one was skipped.
    Submit {
        /// Files that `feed report` has written, at most 21.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
}

/// Who reports, and how many reports make a price.
#[derive(Args)]
pub struct Reporters {
    /// Public key of a reporter, as `feed key` prints it. Can be repeated.
    #[arg(long = "reporter", value_name = "HEX", required = true, value_parser = key)]
    reporters: Vec<HexBinary>,
    /// How many reports make a price: odd, and more than half of the reporters. 2 f + 1 stand f reporters that lie.
    #[arg(long, value_parser = clap::value_parser!(u8).range(i64::from(limits::MIN_QUORUM)..=i64::from(limits::MAX_QUORUM)))]
    quorum: u8,
}

/// A new feed.
#[derive(Args)]
pub struct CreateArgs {
    /// What is priced, for people.
    #[arg(long)]
    description: String,
    /// It is the value of an asset that appraisers report, and no exchange rate.
    #[arg(long)]
    valuation: bool,
    /// Currency of the values, as ISO 4217 names it, such as EUR.
    #[arg(long)]
    currency: String,
    /// Values are for 10 to the power of this many base units.
    #[arg(long, value_parser = clap::value_parser!(u8).range(..=i64::from(limits::MAX_DECIMALS)))]
    decimals: u8,
    /// Seconds of a round.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(limits::MIN_INTERVAL..=limits::MAX_INTERVAL))]
    interval: u64,
    /// How old a price may be, in seconds; at least a round.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=limits::MAX_AGE))]
    max_age: u64,
    /// Largest step from one price to the next, in 1/10,000; a larger one has to be confirmed.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(1..=i64::from(limits::MAX_DEV_BPS)))]
    dev_bps: u16,
    /// Seconds until a larger step can be confirmed.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(limits::MIN_COOLDOWN..=limits::MAX_COOLDOWN))]
    cooldown: u64,
    #[command(flatten)]
    reporters: Reporters,
    /// The owner's wallet, or a keystore file.
    #[arg(long, default_value = OWNER)]
    from: String,
}

fn key(text: &str) -> Result<HexBinary, String> {
    let bytes = HexBinary::from_hex(text).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| "expected 64 hex digits, as `feed key` prints them".into())
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List | Self::Show { .. } | Self::Price { .. } | Self::Key { .. } | Self::Report(_) => {
                Transactions::None
            }
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if something has to wait, or a report was skipped.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    // A key is of no network.
    if let Command::Key { out } = &command {
        return reports::new_key(out, output).map(|()| ExitCode::SUCCESS);
    }
    let accounts = &Accounts::open(&network, home).await?;
    let site = &Site::open(accounts)?;
    match command {
        Command::Key { .. } => {}
        Command::List => feeds::list(site, output).await?,
        Command::Show { id } => feeds::show(site, id, output).await?,
        Command::Price { id } => feeds::price(site, id, output).await?,
        Command::Create(args) => create(site, args, output).await?,
        Command::SetReporters { id, reporters: Reporters { reporters, quorum }, from } => {
            site.known(id).await?;
            let message = ExecuteMsg::SetReporters { feed: id, reporters, quorum };
            let owner = Owner::new(accounts, &network, &from, output);
            return owner.send(Contract::Oracle, &message, &format!("feed {id} has other reporters")).await;
        }
        Command::Stop { id, from } => stop(site, (id, true), &from, output).await?,
        Command::Start { id, from } => stop(site, (id, false), &from, output).await?,
        Command::Report(args) => reports::sign(site, args, output).await?,
        Command::Submit { files, from } => return reports::submit(site, &files, &from, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(site: &Site<'_>, args: CreateArgs, output: Output) -> Result<()> {
    ensure!(
        args.max_age >= args.interval,
        "--max-age is {} and --interval {}; expected a price to live as long as a round",
        args.max_age,
        args.interval
    );
    let terms = Terms {
        category: if args.valuation { Category::Valuation } else { Category::ExchangeRate },
        description: args.description,
        currency: args.currency,
        decimals: args.decimals,
        interval: args.interval,
        max_age: args.max_age,
        dev_bps: args.dev_bps,
        cooldown: args.cooldown,
    };
    let Reporters { reporters, quorum } = args.reporters;
    let message = ExecuteMsg::CreateFeed { terms, reporters, quorum };
    let created = |event| match event {
        Event::Created { feed, .. } => Some(feed),
        _ => None,
    };
    let done = site.tell(&args.from, &message, events::CREATED, created).await?;
    output.show(&done, |done| {
        println!("feed {}; {quorum} reports of one round make its first price", done.value)
    })
}

async fn stop(site: &Site<'_>, (id, stopped): (u64, bool), from: &str, output: Output) -> Result<()> {
    let message = ExecuteMsg::SetStopped { feed: id, stopped };
    let told = |event| matches!(event, Event::Stopped { .. }).then_some(());
    let done =
        site.tell(from, &message, events::STOPPED, told).await.context("as the owner of the contract")?;
    output.show(&done, |_| println!("feed {id} {}", if stopped { "is stopped" } else { "goes on" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reporters_key_is_64_hex_digits() {
        assert_eq!(key(&"01".repeat(32)), Ok([1; 32].into()));
        for text in ["", "00", &"zz".repeat(32), &"01".repeat(33)] {
            assert!(key(text).unwrap_err().contains("expected 64 hex digits"), "{text}");
        }
    }
}
