//! `bithive invoice`: what is for sale, and what was paid for it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::asset::Asset;
use bithive_api::checkout::{Event, ExecuteMsg, Offer, Part, Price, ReceiptsOf, events, limits};
use bithive_command_kit::Output;
use bithive_keystore::private;
use bithive_payment::coding;
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::HexBinary;
use serde_json::json;

use super::accounts::{Accounts, address, now, until};
use super::currency::{Currency, currency};
use super::invoices::{self, Site};
use super::network::On;
use super::unsigned::{Transactions, Transacts};

const DAY: u64 = 86_400;
/// Most bytes of a file whose digest is an offer's coding.
const MOST_CODING: u64 = 1 << 20;

/// Offers: an invoice to one buyer, or something that anybody can buy any number of times. `bithive pay` pays them. What was paid becomes
/// a credit at once, which `wallet claim` or `invoice withdraw` pays out. Accounts are named as in `stake`. Amounts of BTT, BTK and SKY are
/// like 12.5; of other assets they are base units.
#[derive(Subcommand)]
pub enum Command {
    /// Make an invoice, for example: invoice create --from alice --to bob --amount 12.5
    ///
    /// For anybody, any number of times: invoice create --from alice --amount 3 --standing --split alice=9000 --split carol=1000
    Create(Box<CreateArgs>),
    /// Show an offer.
    Show {
        /// Number of the offer.
        id: u64,
    },
    /// List the offers that accounts sell, or that name them as their buyer.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// End an offer, as its seller. What was paid stays paid, and can be refunded.
    Cancel {
        /// Number of the offer.
        id: u64,
        /// Wallet of the seller.
        #[arg(long)]
        from: String,
    },
    /// Give the payer of a receipt something back, as its seller. The money is the seller's own; the parts of others stay theirs.
    Refund {
        /// Number of the receipt.
        receipt: u64,
        /// Wallet of the seller.
        #[arg(long)]
        from: String,
        /// Amount in what was paid; all that was not given back yet when left out.
        #[arg(long, allow_negative_numbers = true)]
        amount: Option<String>,
    },
    /// Withdraw everything that payments have credited the account with in an asset.
    Withdraw {
        /// Wallet that is owed.
        #[arg(long)]
        from: String,
        /// btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
        #[arg(long, default_value = "btt", value_parser = currency)]
        asset: Currency,
    },
    /// List the receipts of an offer, or of a payer.
    #[command(group = ArgGroup::new("of").args(["id", "payer"]).required(true))]
    Receipts {
        /// Number of the offer.
        id: Option<u64>,
        /// Account that has paid.
        #[arg(long)]
        payer: Option<String>,
    },
    /// Check that a file is what an offer is for, with the salt that its seller has made. The exit code is 1 if it is not.
    Check {
        /// Number of the offer.
        id: u64,
        /// What is paid for, byte by byte.
        #[arg(long, value_name = "FILE")]
        coding: PathBuf,
        /// The salt, from `invoice create --salt`.
        #[arg(long, value_name = "FILE")]
        salt: PathBuf,
    },
}

/// A new offer.
#[derive(Args)]
#[command(group = ArgGroup::new("price").args(["amount", "fiat", "least"]).required(true))]
pub struct CreateArgs {
    /// Wallet of the seller.
    #[arg(long)]
    from: String,
    /// The only account that may pay it; anybody when left out.
    #[arg(long)]
    to: Option<String>,
    /// What it costs.
    #[arg(long, allow_negative_numbers = true)]
    amount: Option<String>,
    /// What it costs in minor units of a feed's currency, such as cents: it is turned into the asset when it is paid.
    #[arg(long, value_name = "MINOR", requires = "feed")]
    fiat: Option<u128>,
    /// Number of the feed that prices it (`bithive feed list`).
    #[arg(long, value_name = "NUMBER", requires = "fiat")]
    feed: Option<u64>,
    /// Contract of the feed; the network's when left out. Payers are warned of any other.
    #[arg(long, value_name = "ADDRESS", requires = "fiat")]
    oracle: Option<String>,
    /// The payer names the amount, as of a tip or a donation; this is the least.
    #[arg(long, value_name = "LEAST", allow_negative_numbers = true)]
    least: Option<String>,
    /// What it is paid in: btt, btk, sky, native:DENOMINATION (ibc/... among them) or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    asset: Currency,
    /// One of those among whom a payment is split, at most 8, in 1/10,000 that sum to 10,000; the seller alone when left out.
    #[arg(long, value_name = "ACCOUNT=BPS", value_parser = part)]
    split: Vec<(String, u16)>,
    /// Part of a payment that is its referrer's, in 1/10,000, at most 3,000. A payer that names itself pays that much less.
    #[arg(long, value_name = "BPS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=i64::from(limits::MAX_REFERRAL_BPS)))]
    referral_bps: u16,
    /// How often it can be paid; once when left out.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    uses: Option<u32>,
    /// Days until it can be paid no more; 30 when left out.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=36_500))]
    days: Option<u64>,
    /// Any number of times unless --uses, without an end unless --days.
    #[arg(long)]
    standing: bool,
    /// What is paid for, such as the codes of a bill's services: only its salted digest goes on chain.
    #[arg(long, value_name = "FILE", requires = "salt")]
    coding: Option<PathBuf>,
    /// New file for the salt. Who is given it and the coding can check that they belong to the offer.
    #[arg(long, value_name = "FILE", requires = "coding")]
    salt: Option<PathBuf>,
}

fn part(text: &str) -> Result<(String, u16), String> {
    let expected = || format!("{text:?} is no part; expected ACCOUNT=BPS, such as alice=2500 for a quarter");
    let (account, bps) = text.rsplit_once('=').ok_or_else(expected)?;
    Ok((account.to_owned(), bps.parse().map_err(|_| expected())?))
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show { .. } | Self::List { .. } | Self::Receipts { .. } | Self::Check { .. } => {
                Transactions::None
            }
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = Accounts::open(&network, home).await?;
    let site = &Site::open(&accounts)?;
    match command {
        Command::Create(args) => create(site, *args, output).await?,
        Command::Show { id } => invoices::show(site, id, output).await?,
        Command::List { names } => invoices::list(site, names, output).await?,
        Command::Cancel { id, from } => {
            let cancelled = |event| matches!(event, Event::Cancelled { .. }).then_some(());
            let done = site.tell(&from, &ExecuteMsg::Cancel { id }, events::CANCELLED, cancelled).await?;
            output.show(&done, |_| println!("offer {id} is cancelled"))?;
        }
        Command::Refund { receipt, from, amount } => refund(site, receipt, &from, amount, output).await?,
        Command::Withdraw { from, asset } => {
            let withdrawn = |event| match event {
                Event::Withdrawn { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let message = ExecuteMsg::Withdraw { asset: asset.asset(&site.economy) };
            let done = site.tell(&from, &message, events::WITHDRAWN, withdrawn).await?;
            output.show(&done, |done| println!("{} is paid", asset.show(done.value)))?;
        }
        Command::Receipts { id, payer } => {
            let of = match (id, payer) {
                (Some(id), _) => ReceiptsOf::Offer(id),
                (None, payer) => ReceiptsOf::Payer(address(&accounts, &payer.unwrap_or_default())?),
            };
            invoices::receipts(site, of, output).await?;
        }
        Command::Check { id, coding, salt } => return check(site, id, &coding, &salt, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(site: &Site<'_>, args: CreateArgs, output: Output) -> Result<()> {
    let now = now(site.accounts).await?;
    let split = args
        .split
        .iter()
        .map(|(account, bps)| Ok(Part { account: address(site.accounts, account)?, bps: *bps }));
    let days = args.days.or((!args.standing).then_some(30));
    let (coding, salt) = match &args.coding {
        None => (None, None),
        Some(file) => {
            let mut salt = [0; coding::SALT_BYTES];
            getrandom::fill(&mut salt).context("random bytes of this machine")?;
            (Some(HexBinary::from(coding::digest(&salt, &content(file)?))), Some(salt))
        }
    };
    let offer = Offer {
        asset: args.asset.asset(&site.economy),
        price: price(site, &args)?,
        split: split.collect::<Result<_>>()?,
        referral_bps: args.referral_bps,
        uses: args.uses.or((!args.standing).then_some(1)),
        buyer: args.to.as_deref().map(|to| address(site.accounts, to)).transpose()?,
        expires: days.map(|days| now.saturating_add(days.saturating_mul(DAY))),
        coding,
    };
    // Before the offer: a digest whose salt is lost can't be opened.
    if let (Some(file), Some(salt)) = (&args.salt, salt) {
        private::create(file, hex::encode(salt).as_bytes())?;
    }
    let made = |event| match event {
        Event::Offered { id, expires, .. } => Some((id, expires)),
        _ => None,
    };
    let done = site.tell(&args.from, &ExecuteMsg::Offer(offer), events::OFFERED, made).await?;
    output.show(&done, |done| {
        let (id, expires) = done.value;
        let end = expires.map_or_else(|| "without an end".into(), |at| format!("until {}", until(at, now)));
        println!("offer {id}, {end}; `pay link {id}` makes a link to it");
    })
}

fn price(site: &Site<'_>, args: &CreateArgs) -> Result<Price> {
    if let (Some(fiat), Some(feed)) = (args.fiat, args.feed) {
        let oracle = args.oracle.clone().or_else(|| site.checkout.oracle().map(ToOwned::to_owned));
        let oracle = oracle.context("this network has no feeds; name their contract with --oracle")?;
        return Ok(Price::Quoted { fiat: fiat.into(), oracle: address(site.accounts, &oracle)?, feed });
    }
    if let Some(least) = &args.least {
        return Ok(Price::Open { least: args.asset.read("--least", least)?.into() });
    }
    let amount = args.amount.as_deref().unwrap_or_default();
    Ok(Price::Fixed(args.asset.read("--amount", amount)?.into()))
}

async fn refund(site: &Site<'_>, id: u64, from: &str, amount: Option<String>, output: Output) -> Result<()> {
    let receipt = site.known_receipt(id).await?;
    let currency = Currency::of(&site.economy, &receipt.asset);
    let left = receipt.amount.saturating_sub(receipt.refunded).u128();
    let amount = amount.map_or(Ok(left), |amount| currency.read("--amount", &amount))?;
    ensure!(amount > 0, "nothing of receipt {id} is left to give back; expected an amount above 0");
    let account = site.accounts.account(from).await?;
    let asset: Asset = currency.asset(&site.economy);
    let receipt = site.checkout.refund(&account, (&asset, amount), id).await?;
    let refunded = |event| match event {
        Event::Refunded { payer, amount, .. } => Some((payer, amount.u128())),
        _ => None,
    };
    let done = site.read(&receipt, events::REFUNDED, refunded)?;
    output.show(&done, |done| println!("{} are {}'s to withdraw", currency.show(done.value.1), done.value.0))
}

async fn check(site: &Site<'_>, id: u64, file: &Path, salt: &Path, output: Output) -> Result<ExitCode> {
    let (offer, _) = site.known(id).await?;
    let expected = offer.coding.with_context(|| format!("offer {id} has no coding"))?;
    let text = String::from_utf8(read(salt, 2 * coding::SALT_BYTES as u64 + 1)?).unwrap_or_default();
    let mut bytes = [0; coding::SALT_BYTES];
    hex::decode_to_slice(text.trim_end(), &mut bytes)
        .with_context(|| format!("{}: expected 64 hex digits, as --salt has written them", salt.display()))?;
    let holds = expected == coding::digest(&bytes, &content(file)?);
    output.show(&json!({ "offer": id, "holds": holds }), |_| match holds {
        true => println!("{} is what offer {id} is for", file.display()),
        false => println!("{} is not what offer {id} is for, or the salt is another one", file.display()),
    })?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn content(file: &Path) -> Result<Vec<u8>> {
    read(file, MOST_CODING)
}

fn read(file: &Path, most: u64) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let named = || file.display().to_string();
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).with_context(named)?;
    opened.take(most.saturating_add(1)).read_to_end(&mut bytes).with_context(named)?;
    ensure!(bytes.len() as u64 <= most, "{}: more than {most} bytes", file.display());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_an_account_and_its_share() {
        assert_eq!(part("alice=2500"), Ok(("alice".into(), 2_500)));
        assert_eq!(part("a=b=1"), Ok(("a=b".into(), 1)));
        for text in ["", "alice", "alice=", "alice=1.5", "alice=65536", "alice=-1"] {
            assert!(part(text).unwrap_err().contains("expected ACCOUNT=BPS"), "{text}");
        }
    }
}
