//! `bithive pay get`: a request that is paid for where the server asks for it.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use bithive_api::flows::limits;
use bithive_command_kit::{Output, input};
use bithive_door::{Ask, Bought, Buy, Buyer, Flow, MAX_BODY, Opening, Payer, Purse, PurseError, Reply};
use bithive_state::StateError;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::accounts::{Accounts, economy};
use super::currency::{Currency, currency};
use super::network::NetworkArgs;
use super::unsigned::Transactions;

/// It may open a stream, or add to one, and asks a server then.
pub(super) const TRANSACTIONS: Transactions = Transactions::Several(
    "open a stream with `stream open … --vouchers --unsigned`, and name it with --flow",
);

/// File of the purse, in the home folder.
const PURSE: &str = "purse.redb";
/// Seconds of an hour.
const HOUR: u64 = 3_600;
/// Seconds of a day.
const DAY: u64 = 86_400;
/// How often it is tried to open the purse that another process has, and how long in between.
const TRIES: (u32, Duration) = (120, Duration::from_millis(500));

/// How a request is paid for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheme {
    /// By a voucher of a stream, without a transaction.
    BatchSettlement,
    /// By a transaction that pays the server's offer. The reply waits for a block.
    Exact,
}

/// A request, and what may be paid for it.
#[derive(Args)]
pub struct GetArgs {
    /// URL with https://, or with http:// of this machine.
    url: String,
    /// Wallet that pays.
    #[arg(long)]
    from: String,
    /// File to send as the body of a POST; a GET when left out.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Most that the request may cost.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    max_price: String,
    /// What it is paid in: btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    asset: Currency,
    /// How it is paid for.
    #[arg(long, value_enum, default_value_t = Scheme::BatchSettlement)]
    scheme: Scheme,
    /// Number of the stream that pays; one of the wallet's that fits when left out.
    #[arg(long, value_name = "N", conflicts_with = "deposit")]
    flow: Option<u64>,
    /// Deposit with which a stream is opened where there is none, and so much is added to one that is used up.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    deposit: Option<String>,
    /// Days until the end of a stream that is opened.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=limits::MAX_SECONDS / DAY))]
    days: u64,
    /// Longest time, in hours, that the server may hold a deposit after its stream was closed.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=limits::MAX_NOTICE_SECONDS / HOUR))]
    max_notice: u64,
    /// File with the vouchers that were signed; `purse.redb` in the home folder when left out. Keep it: a copy of an earlier day is refused.
    #[arg(long, value_name = "FILE")]
    purse: Option<PathBuf>,
    /// File to write the reply's body to, in place of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Asks, and pays within the limits.
pub(super) async fn run(network: &NetworkArgs, args: GetArgs, home: &Path, output: Output) -> Result<()> {
    let data = args.data.as_deref().map(|file| input::read(file, MAX_BODY).context("--data")).transpose()?;
    let accounts = Accounts::open(network, home).await?;
    let max_price = args.asset.read("--max-price", &args.max_price)?;
    if args.scheme == Scheme::Exact {
        let streams = args.flow.is_some() || args.deposit.is_some() || args.purse.is_some();
        ensure!(
            !streams,
            "--flow, --deposit and --purse are for vouchers; a request is paid for by one transaction with --scheme exact"
        );
        return buy(&accounts, &args, (data, max_price), output).await;
    }
    let deposit = args.deposit.as_deref().map(|deposit| args.asset.read("--deposit", deposit)).transpose()?;
    let flow = match args.flow {
        Some(number) => Flow::Numbered(number),
        None => Flow::Any(deposit.map(|deposit| Opening { deposit, days: args.days })),
    };
    let asset = args.asset.asset(&economy(&accounts)?);
    let (account, key) = (accounts.account(&args.from).await?, accounts.key(&args.from)?);
    let purse = open(&args.purse.unwrap_or_else(|| home.join(PURSE))).await?;
    let payer = Payer::new(account, key, purse)?;
    let ask = Ask {
        url: args.url,
        data: data.map(Into::into),
        max_price,
        asset,
        max_notice: args.max_notice.saturating_mul(HOUR),
        flow,
    };
    let mut out = place(args.out.as_deref())?;
    let Reply { body, price, flow } = payer.get(&ask).await?;
    let (flow, owed) = flow.unzip();
    let answer = json!({ "price": price.to_string(), "asset": args.asset.to_string(), "flow": flow, "owed": owed.map(|owed| owed.to_string()) });
    let paid = match (flow, owed) {
        (Some(flow), Some(owed)) => {
            format!("paid {}; stream {flow} owes {} in all", args.asset.show(price), args.asset.show(owed))
        }
        _ => "the server asked for no payment".into(),
    };
    show((&*body, out.as_mut()), answer, &paid, output)
}

/// Asks, and pays on the chain within the limit.
async fn buy(
    accounts: &Accounts,
    args: &GetArgs,
    (data, max_price): (Option<Vec<u8>>, u128),
    output: Output,
) -> Result<()> {
    let asset = args.asset.asset(&economy(accounts)?);
    let buyer = Buyer::new(accounts.account(&args.from).await?, accounts.key(&args.from)?)?;
    let mut out = place(args.out.as_deref())?;
    let buy = Buy { url: args.url.clone(), data: data.map(Into::into), max_price, asset };
    let Bought { body, price, receipt, before } = buyer.get(&buy).await?;
    let answer = json!({ "price": price.to_string(), "asset": args.asset.to_string(), "receipt": receipt, "paid_before": before });
    let paid = match (receipt, price) {
        (Some(receipt), _) if before => format!("it was paid for before; receipt {receipt}"),
        (Some(receipt), _) => format!("paid {}; receipt {receipt}", args.asset.show(price)),
        (None, 0) => "the server asked for no payment".into(),
        (None, _) => {
            format!("the server was given a payment of {}, and has not used it yet", args.asset.show(price))
        }
    };
    show((&*body, out.as_mut()), answer, &paid, output)
}

/// The file for the reply, before anything is paid, so that there is a place for it.
fn place(out: Option<&Path>) -> Result<Option<File>> {
    out.map(|out| File::create(out).with_context(|| format!("--out {}", out.display()))).transpose()
}

/// Writes the reply where it is to go, and says what it cost.
fn show(
    (body, out): (&[u8], Option<&mut File>),
    mut answer: Value,
    paid: &str,
    output: Output,
) -> Result<()> {
    let whole = out.is_none();
    if let Some(out) = out {
        out.write_all(body).context("--out")?;
    } else if let Some(answer) = answer.as_object_mut() {
        let text = || Value::from(String::from_utf8_lossy(body).into_owned());
        answer.insert("body".into(), serde_json::from_slice(body).unwrap_or_else(|_| text()));
    }
    let mut written = Ok(());
    output.show(&answer, |_| {
        if whole {
            written = std::io::stdout().write_all(body);
        }
        eprintln!("{paid}");
    })?;
    Ok(written?)
}

/// The purse, once no other process has it.
async fn open(file: &Path) -> Result<Purse> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let (tries, pause) = TRIES;
    for _ in 1..tries {
        match Purse::open(file) {
            Err(PurseError::State(StateError::InUse { .. })) => sleep(pause).await,
            opened => return Ok(opened?),
        }
    }
    Ok(Purse::open(file)?)
}
