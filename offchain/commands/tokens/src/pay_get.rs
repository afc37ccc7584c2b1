//! `bithive pay get`: a request that is paid for where the server asks for it.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use bithive_api::flows::limits;
use bithive_command_kit::{Output, input};
use bithive_door::{Ask, Flow, MAX_BODY, Opening, Payer, Purse, PurseError, Reply};
use bithive_state::StateError;
use clap::Args;
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
    // Before anything is paid, so that there is a place for the reply.
    let place = |out: &PathBuf| File::create(out).with_context(|| format!("--out {}", out.display()));
    let mut out = args.out.as_ref().map(place).transpose()?;
    let reply = payer.get(&ask).await?;
    if let Some(out) = &mut out {
        out.write_all(&reply.body).context("--out")?;
    }
    show(&reply, &args.asset, out.is_none(), output)
}

fn show(reply: &Reply, asset: &Currency, whole: bool, output: Output) -> Result<()> {
    let Reply { body, price, flow } = reply;
    let (flow, owed) = flow.unzip();
    let body_json = || {
        serde_json::from_slice(body)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body).into_owned()))
    };
    let mut answer = json!({ "price": price.to_string(), "asset": asset.to_string(), "flow": flow, "owed": owed.map(|owed| owed.to_string()) });
    if whole && let Some(answer) = answer.as_object_mut() {
        answer.insert("body".into(), body_json());
    }
    let mut written = Ok(());
    output.show(&answer, |_| {
        if whole {
            written = std::io::stdout().write_all(body);
        }
        match (flow, owed) {
            (Some(flow), Some(owed)) => {
                eprintln!("paid {}; stream {flow} owes {} in all", asset.show(*price), asset.show(owed))
            }
            _ => eprintln!("the server asked for no payment"),
        }
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
