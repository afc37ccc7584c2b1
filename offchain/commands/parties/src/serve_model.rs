//! `bithive serve-model`: a model behind HTTP, paid for by the request.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::flows::limits;
use bithive_client::{EconomyClient, Flows};
use bithive_command_kit::{Output, input};
use bithive_daemon::config::{LogConfig, LogFilter, LoopbackAddress, MetricsConfig};
use bithive_daemon::metrics;
use bithive_door::{Door, DoorOptions, DoorTerms, Ledger, Service};
use bithive_inference::Device;
use bithive_state::Owner;
use bithive_token_commands::{Accounts, Currency, NetworkArgs, currency};
use serde_json::json;

use super::daemon::{UntilArgs, start_log};

/// File of the records, in the folder of the door.
const RECORDS: &str = "door.redb";
/// Seconds of an hour.
const HOUR: u64 = 3_600;
/// Prices that a deposit has room for, where --min-deposit is left out.
const DEPOSIT_PRICES: u128 = 100;
/// Prices that may be owed, where --exposure is left out.
const EXPOSURE_PRICES: u128 = 1_000;

/// Arguments of `bithive serve-model`.
#[derive(clap::Args)]
pub struct ServeModelArgs {
    /// ONNX model; the demonstration's by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// cpu or gpu.
    #[arg(long, default_value_t)]
    device: Device,
    /// Account that is paid, and that redeems vouchers.
    #[arg(long)]
    from: String,
    /// Price of a request.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    price: String,
    /// What it is paid in: btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    asset: Currency,
    /// Number of an offer (`bithive invoice create --standing`) that requests are sold for, too, each by a transaction of its own, at the offer's
    /// price (scheme exact of x402). Give each door an offer of its own: those that share one take one payment for the same request.
    #[arg(long, value_name = "N")]
    offer: Option<u64>,
    /// Most rows or images of a request.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    most: u16,
    /// Runs of the model at one time.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..))]
    workers: u16,
    /// Least deposit of a stream; a hundred prices when left out.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    min_deposit: Option<String>,
    /// Least hours of notice of a stream: the time to redeem after its payer has closed it.
    #[arg(long, value_name = "HOURS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(limits::MIN_NOTICE_SECONDS / HOUR..=limits::MAX_NOTICE_SECONDS / HOUR))]
    min_notice: u64,
    /// Most that all streams together may owe: what was served and is not redeemed. From half of it on, vouchers are redeemed. A thousand prices
    /// when left out.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    exposure: Option<String>,
    /// Hours after which what is owed is redeemed, however little it is.
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    redeem_every: u64,
    /// Address to listen at; port 0 takes a free one. On another address than this machine's own, put a server with TLS before it: who sees a
    /// voucher on its way can use it first.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8402")]
    listen: SocketAddr,
    /// URL under which clients reach it, where a server with TLS stands before it, like `https://model.example`
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Folder for the records of what was paid for; by default `door` in the home folder. Keep it: without it what is owed is lost.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Loopback TCP address for metrics and status.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<LoopbackAddress>,
    /// What is logged to the error stream: a level, or levels by module.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: LogFilter,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    until: UntilArgs,
}

/// Serves the model until the process is asked to stop.
pub async fn run(args: ServeModelArgs, home: &Path, output: Output) -> Result<()> {
    ensure!(
        !args.network.is_home(),
        "the chain of a home folder is one process's, and clients need it, too: serve it with `bithive chain serve`, and name its URL with --chain"
    );
    args.device.check()?;
    start_log(&LogConfig { filter: args.log.clone(), ..LogConfig::default() })?;
    // Before anybody learns the address, so that no signal is lost.
    let stop = args.until.stop()?;
    let (_, model) = input::load_model(args.model.as_deref(), args.device)?;
    let accounts = Accounts::open(&args.network, home).await?;
    let account = accounts.account(&args.from).await?;
    let terms = terms(&args, &accounts, account.address())?;
    terms.check()?;
    let owner = Owner {
        account: account.address().to_owned(),
        chain_id: accounts.client().deployment().chain_id.clone(),
        registry: Flows::new(accounts.client().clone())?.contract().to_owned(),
    };
    let state = args.state.clone().unwrap_or_else(|| home.join("door"));
    std::fs::create_dir_all(&state).with_context(|| state.display().to_string())?;
    let ledger = Ledger::open(&state.join(RECORDS), &owner)?;
    let service = Service::new(model, args.most.into(), args.workers.into());
    let url = args.url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    let (price, asset) = (terms.price, terms.asset.to_string());
    let options =
        DoorOptions { listen: args.listen, url, ..DoorOptions::new(service, ledger, Some((account, terms))) };
    let (door, counted) = Door::start(options).await?;
    let _metrics = metrics::serve(&MetricsConfig { listen: args.metrics }, counted, door.monitor()).await?;
    let answer = json!({
        "url": door.url(), "address": door.address().to_string(), "chain_id": owner.chain_id, "payee": owner.account,
        "price": price.to_string(), "asset": asset, "offer": args.offer,
    });
    output.show(&answer, |_| {
        println!(
            "{}: {} for each request, paid to {}, until ctrl-C",
            door.url(),
            args.asset.show(price),
            args.from
        );
        if let Some(offer) = args.offer {
            println!("or by a transaction for each request that pays offer {offer}");
        }
    })?;
    let failed = tokio::select! {
        () = stop.requested() => false,
        () = door.failed() => true,
    };
    door.stop().await;
    if failed {
        bail!(
            "the records in {} can't be written; see whether the disk is full, and start again",
            state.display()
        );
    }
    Ok(())
}

fn terms(args: &ServeModelArgs, accounts: &Accounts, payee: &str) -> Result<DoorTerms> {
    let amount = |option: &str, text: &Option<String>, otherwise: u128| match text {
        Some(text) => args.asset.read(option, text),
        None => Ok(otherwise),
    };
    let price = args.asset.read("--price", &args.price)?;
    let economy = EconomyClient::new(accounts.client().clone())?;
    Ok(DoorTerms {
        payee: payee.to_owned(),
        asset: args.asset.asset(&economy),
        price,
        min_deposit: amount("--min-deposit", &args.min_deposit, price.saturating_mul(DEPOSIT_PRICES))?,
        min_notice: args.min_notice.saturating_mul(HOUR),
        exposure: amount("--exposure", &args.exposure, price.saturating_mul(EXPOSURE_PRICES))?,
        redeem_every: Duration::from_secs(args.redeem_every.saturating_mul(HOUR)),
        offer: args.offer,
    })
}
