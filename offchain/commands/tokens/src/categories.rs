//! `bithive listing category`: what listings cost, and who decides on challenges.

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::listings::{Category, CategoryResponse, ExecuteMsg, Ruler, Terms, limits};
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::Addr;

use super::accounts::{AddressBook, address};
use super::announced::{OWNER, Owner};
use super::currency::{Currency, currency};
use super::listings::Site;
use super::network::NetworkArgs;
use super::unsigned::{Transactions, Transacts};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// Categories of listings.
#[derive(Subcommand)]
pub enum Command {
    /// List the categories: bond, times, who decides, how many jurors have a seat.
    List,
    /// Show a category, with its present terms or earlier ones.
    Show {
        /// Name of the category.
        name: String,
        /// Number of the terms; the present ones when left out.
        #[arg(long)]
        terms: Option<u32>,
    },
    /// Make a category, or give it new terms, as the owner, for example:
    /// listing category set arbiters --bond 500 --unbond-days 30 --ruling-hours 168 --ruler operator
    ///
    /// Listings keep the terms that they were made under. In a contract that is older than a day this waits for three days, in which everybody sees
    /// it: the exit code is 1 then.
    Set(SetArgs),
}

/// A category as it shall be.
#[derive(Args)]
#[command(group = ArgGroup::new("decides").args(["ruler", "judged_by"]).required(true))]
pub struct SetArgs {
    /// Name of the category: a-z, 0-9 and hyphens.
    name: String,
    /// The bond of a listing, and of a first challenge.
    #[arg(long, allow_negative_numbers = true)]
    bond: String,
    /// What bonds are in: btt, btk, sky, native:DENOMINATION (ibc/... among them) or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    asset: Currency,
    /// Days from an owner's wish to leave until its bond returns.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u64).range(1..=limits::UNBOND_SECONDS.1 / DAY))]
    unbond_days: u64,
    /// Hours that the ruler has, or jurors have from their draw on.
    #[arg(long, value_name = "HOURS", default_value_t = 168, value_parser = clap::value_parser!(u64).range(1..=limits::RULING_SECONDS.1 / HOUR))]
    ruling_hours: u64,
    /// Account or contract that decides on challenges.
    #[arg(long, value_name = "ACCOUNT")]
    ruler: Option<String>,
    /// Category of jurors, seven of whom decide on each challenge.
    #[arg(long, value_name = "CATEGORY")]
    judged_by: Option<String>,
    /// Make it a category of jurors, for good: each account has one listing in it, and its bond never falls.
    #[arg(long)]
    jurors: bool,
    /// Contract that may cut bonds, for the treasury. Can be repeated.
    #[arg(long = "slasher", value_name = "CONTRACT")]
    slashers: Vec<String>,
    /// Account that may label listings. Can be repeated.
    #[arg(long = "labeller", value_name = "ACCOUNT")]
    labellers: Vec<String>,
    /// Take no new listings.
    #[arg(long)]
    closed: bool,
    /// The owner's wallet, or a keystore file.
    #[arg(long, default_value = OWNER)]
    from: String,
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List | Self::Show { .. } => Transactions::None,
            Self::Set(_) => Transactions::One,
        }
    }
}

/// Runs a command. 1 if what the owner set has to wait.
pub(super) async fn run(
    command: Command,
    site: &Site<'_>,
    network: &NetworkArgs,
    output: Output,
) -> Result<ExitCode> {
    match command {
        Command::List => list(site, output).await?,
        Command::Show { name, terms } => show(site, name, terms, output).await?,
        Command::Set(args) => return set(site, args, network, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(site: &Site<'_>, output: Output) -> Result<()> {
    let (found, book) = (site.listings.categories().await?, AddressBook::of(site.accounts)?);
    output.show(&found.entries, |entries| {
        if entries.is_empty() {
            println!("there are no categories; `listing category set` makes one");
            return;
        }
        print(site, entries, &book);
        if !found.complete {
            println!("there are more categories than are shown here");
        }
    })
}

async fn show(site: &Site<'_>, name: String, terms: Option<u32>, output: Output) -> Result<()> {
    let mut category = site.category(&name).await?;
    if let Some(number) = terms {
        let found = site.listings.terms(&name, number).await?;
        let present = category.number;
        category.terms = found.with_context(|| {
            format!("category {name} never had terms {number}; the present ones are {present}")
        })?;
        category.number = number;
    }
    let book = AddressBook::of(site.accounts)?;
    output.show(&category, |category| {
        print(site, std::slice::from_ref(category), &book);
        let names =
            |list: &[Addr]| list.iter().map(|one| book.name(one.as_str())).collect::<Vec<_>>().join(", ");
        if !category.terms.slashers.is_empty() {
            println!("bonds may be cut by {}", names(&category.terms.slashers));
        }
        if !category.labellers.is_empty() {
            println!("listings are labelled by {}", names(&category.labellers));
        }
    })
}

fn print(site: &Site<'_>, categories: &[CategoryResponse], book: &AddressBook) {
    let mut rows = table(&["category", "terms", "bond", "leaving", "ruling", "decides", "jurors", "open"]);
    for CategoryResponse { name, number, terms, jurors, seated, open, .. } in categories {
        let currency = Currency::of(&site.economy, &terms.asset);
        rows.add_row([
            name.clone(),
            number.to_string(),
            currency.show(terms.bond.u128()),
            format!("{} d", terms.unbond_seconds / DAY),
            format!("{} h", terms.ruling_seconds / HOUR),
            match &terms.ruler {
                Ruler::Named(ruler) => book.name(ruler.as_str()),
                Ruler::Jurors(pool) => format!("7 of {pool}"),
            },
            if *jurors { seated.to_string() } else { String::new() },
            (if *open { "yes" } else { "no" }).into(),
        ]);
    }
    println!("{rows}");
}

async fn set(site: &Site<'_>, args: SetArgs, network: &NetworkArgs, output: Output) -> Result<ExitCode> {
    let bond = args.asset.read("--bond", &args.bond)?;
    ensure!(bond > 0, "--bond is 0; expected at least one base unit");
    let each =
        |names: &[String]| names.iter().map(|name| address(site.accounts, name)).collect::<Result<Vec<_>>>();
    let ruler = match (&args.ruler, &args.judged_by) {
        (Some(ruler), _) => Ruler::Named(address(site.accounts, ruler)?),
        (None, pool) => Ruler::Jurors(pool.clone().context("expected --ruler or --judged-by")?),
    };
    let terms = Terms {
        asset: args.asset.asset(&site.economy),
        bond: bond.into(),
        unbond_seconds: args.unbond_days.saturating_mul(DAY),
        ruling_seconds: args.ruling_hours.saturating_mul(HOUR),
        ruler,
        slashers: each(&args.slashers)?,
    };
    let (jurors, open, labellers) = (args.jurors, !args.closed, each(&args.labellers)?);
    let category = Category { terms, jurors, open, labellers };
    let text = format!("category {} asks for a bond of {}", args.name, args.asset.show(bond));
    let message = ExecuteMsg::SetCategory { name: args.name, category };
    Owner::new(site.accounts, network, &args.from, output).send(Contract::Listings, &message, &text).await
}
