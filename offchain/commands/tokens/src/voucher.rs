//! `bithive voucher`: what the payer of a stream signs for its payee, in place of a transaction for each payment.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::ContractEvent as _;
use bithive_api::flows::{Event, FlowResponse, Key, SignedVoucher, Terms, limits};
use bithive_client::{VoucherFile, holds};
use bithive_command_kit::{Output, table};
use bithive_economics::flow::redeemable;
use bithive_keystore::private;
use bithive_signed::adr36;
use bithive_signed::voucher::Voucher;
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::HexBinary;
use serde::Serialize;
use serde_json::json;

use super::accounts::{Accounts, now};
use super::network::On;
use super::streams::Site;
use super::timebank::read;
use super::unsigned::{Transactions, Transacts};

/// Vouchers of streams by vouchers. Each says all that is owed so far, so that the payee keeps the newest one, and one transaction pays for a
/// thousand. A voucher is good for one stream on one chain, and pays its payee only, whoever redeems it.
#[derive(Subcommand)]
pub enum Command {
    /// Sign a voucher, for example: voucher sign 1 --from alice --amount 2.5 --out voucher.json
    Sign(SignArgs),
    /// Print the text of a voucher, for a key that is in no keystore to sign.
    Text {
        /// Number of the stream.
        id: u64,
        /// All that is owed since the stream was opened.
        #[arg(long, allow_negative_numbers = true)]
        amount: String,
    },
    /// Check vouchers, and show what they would pay now. The exit code is 1 if one does not hold.
    Show {
        /// Files that `voucher sign` has written.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Redeem vouchers in one transaction: the newest of each stream is enough. The exit code is 1 if one was skipped.
    Redeem {
        /// Files that `voucher sign` has written, 64 at most.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Wallet that sends the transaction; anybody may, the payees are paid.
        #[arg(long)]
        from: String,
    },
}

/// A voucher to sign.
#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["from", "signature"]).required(true))]
pub struct SignArgs {
    /// Number of the stream.
    id: u64,
    /// All that is owed since the stream was opened, in what it pays in; more than in the voucher before.
    #[arg(long, allow_negative_numbers = true)]
    amount: String,
    /// Wallet whose key the stream names.
    #[arg(long)]
    from: Option<String>,
    /// Signature over the text of `voucher text`, in hex, in place of a wallet.
    #[arg(long, value_name = "HEX", value_parser = signature)]
    signature: Option<HexBinary>,
    /// File to write the voucher to; it is printed when left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn signature(text: &str) -> Result<HexBinary, String> {
    let bytes = HexBinary::from_hex(text).ok().filter(|bytes| bytes.len() == 64);
    bytes.ok_or_else(|| "expected 128 hex digits".into())
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Redeem { .. } => Transactions::One,
            _ => Transactions::None,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = Accounts::open(&network, home).await?;
    let site = &Site::open(&accounts)?;
    match command {
        Command::Sign(args) => sign(site, args, output).await?,
        Command::Text { id, amount } => {
            let (flow, cumulative) = owed(site, id, &amount).await?;
            let text = text(site, flow.id, cumulative);
            output.show(&json!({ "text": text }), |_| print!("{text}"))?;
        }
        Command::Show { files } => return show(site, &files, output).await,
        Command::Redeem { files, from } => return redeem(site, &files, &from, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// The stream, and the amount that is owed in all.
async fn owed(site: &Site<'_>, id: u64, amount: &str) -> Result<(FlowResponse, u128)> {
    let (flow, currency) = site.known(id).await?;
    ensure!(
        matches!(flow.terms, Terms::Vouchers { .. }),
        "stream {id} pays by time; it needs no vouchers, `stream settle` credits what is due"
    );
    let cumulative = currency.read("--amount", amount)?;
    let (paid, deposit) = (flow.paid.u128(), flow.deposit.u128());
    ensure!(
        cumulative > paid,
        "--amount is {}, and stream {id} has paid {}; expected all that is owed since it was opened",
        currency.show(cumulative),
        currency.show(paid)
    );
    ensure!(
        cumulative <= deposit,
        "--amount is {}, and the deposit of stream {id} is {}; `stream top-up` adds to it",
        currency.show(cumulative),
        currency.show(deposit)
    );
    Ok((flow, cumulative))
}

fn text(site: &Site<'_>, flow: u64, cumulative: u128) -> String {
    let (chain_id, contract) = (site.flows.chain_id(), site.flows.contract());
    Voucher { chain_id, contract, flow, cumulative }.text()
}

async fn sign(site: &Site<'_>, args: SignArgs, output: Output) -> Result<()> {
    let (flow, cumulative) = owed(site, args.id, &args.amount).await?;
    let signature = match (args.signature, &args.from) {
        (Some(signature), _) => signature,
        (None, Some(from)) => by_account(site, &flow, cumulative, from)?,
        (None, None) => bail!("expected --from or --signature"),
    };
    let voucher = SignedVoucher { id: args.id, cumulative: cumulative.into(), signature };
    let file = VoucherFile::new(&site.flows, voucher);
    ensure!(
        holds(&site.flows, &flow, &file.voucher()),
        "the signature is not of stream {}'s key over the text of `voucher text`",
        args.id
    );
    let Some(out) = &args.out else {
        return output.show(&file, |file| println!("{}", json!(file)));
    };
    private::create(out, json!(file).to_string().as_bytes())?;
    output
        .show(&file, |_| println!("wrote {}; give it to the payee, who keeps the newest one", out.display()))
}

/// The signature of an account that the stream names.
fn by_account(site: &Site<'_>, flow: &FlowResponse, cumulative: u128, from: &str) -> Result<HexBinary> {
    let Terms::Vouchers { key, .. } = &flow.terms else { bail!("stream {} takes no vouchers", flow.id) };
    let account = site.accounts.key(from)?;
    let own = HexBinary::from(account.public_key().to_bytes());
    let text = text(site, flow.id, cumulative);
    let signed = match key {
        Key::Wallet(key) if *key == own => account.sign(&adr36::sign_bytes(flow.payer.as_str(), &text))?,
        Key::Secp256k1(key) if *key == own => account.sign(text.as_bytes())?,
        _ => bail!(
            "stream {} names another key than {from}'s; its holder signs the text of `voucher text`, and --signature takes what it answers",
            flow.id
        ),
    };
    Ok(signed.into())
}

#[derive(Serialize)]
struct Checked {
    file: PathBuf,
    #[serde(flatten)]
    voucher: VoucherFile,
    /// What it would pay now, in base units.
    pays: u128,
    /// Why it would pay nothing.
    problem: Option<String>,
}

async fn show(site: &Site<'_>, files: &[PathBuf], output: Output) -> Result<ExitCode> {
    let (mut all, now) = (Vec::new(), now(site.accounts).await?);
    for file in files {
        let voucher: VoucherFile = read(file)?;
        let (pays, problem) = match worth(site, &voucher, now).await? {
            Ok(pays) => (pays, None),
            Err(problem) => (0, Some(problem)),
        };
        all.push(Checked { file: file.clone(), voucher, pays, problem });
    }
    let whole = all.iter().all(|checked| checked.problem.is_none());
    output.show(&all, |all| {
        let mut rows = table(&["file", "stream", "owed in all", "pays now", ""]);
        for Checked { file, voucher, pays, problem } in all {
            let problem = problem.clone().unwrap_or_default();
            let (file, owed) = (file.display().to_string(), voucher.cumulative.to_string());
            rows.add_row([file, voucher.flow.to_string(), owed, pays.to_string(), problem]);
        }
        println!("{rows}");
        println!("amounts are in base units");
    })?;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a voucher pays at `now`, or why it pays nothing.
async fn worth(site: &Site<'_>, file: &VoucherFile, now: u64) -> Result<Result<u128, String>> {
    if !file.is_of(&site.flows) {
        return Ok(Err(format!("it is for {} on {}", file.contract, file.chain_id)));
    }
    let Some(flow) = site.flows.flow(file.flow).await? else {
        return Ok(Err("the stream has ended, or was never opened".into()));
    };
    if !holds(&site.flows, &flow, &file.voucher()) {
        return Ok(Err("the signature is not of the stream's key".into()));
    }
    if now > flow.ends {
        return Ok(Err("the stream takes no vouchers any more".into()));
    }
    Ok(Ok(redeemable(file.cumulative.u128(), flow.deposit.u128(), flow.paid.u128())))
}

async fn redeem(site: &Site<'_>, files: &[PathBuf], from: &str, output: Output) -> Result<ExitCode> {
    ensure!(
        files.len() <= limits::MAX_VOUCHERS,
        "{} vouchers; expected at most {} for one transaction",
        files.len(),
        limits::MAX_VOUCHERS
    );
    let mut vouchers = Vec::new();
    for file in files {
        let voucher: VoucherFile = read(file)?;
        ensure!(
            voucher.is_of(&site.flows),
            "{}: this voucher is for {} on {}; name that chain with --chain or --network",
            file.display(),
            voucher.contract,
            voucher.chain_id
        );
        vouchers.push(voucher.voucher());
    }
    let account = site.accounts.account(from).await?;
    let receipt = site.flows.redeem(&account, vouchers).await?;
    let events: Vec<_> = Event::of(site.flows.contract(), &receipt.events)
        .collect::<Result<_, _>>()
        .context("what the contract has announced")?;
    let skipped = |event: &Event| match event {
        Event::Skipped { id, cumulative, reason } => {
            Some(json!({ "id": id, "cumulative": cumulative, "reason": reason }))
        }
        _ => None,
    };
    let skipped: Vec<_> = events.iter().filter_map(skipped).collect();
    let credited = |event: &Event| match event {
        Event::Paid { id, payee, asset, amount, paid } => Some(
            json!({ "id": id, "payee": payee, "asset": asset.to_string(), "amount": amount, "paid": paid }),
        ),
        _ => None,
    };
    let paid: Vec<_> = events.iter().filter_map(credited).collect();
    let answer = json!({ "transaction": receipt.hash.to_string(), "height": receipt.height, "paid": paid, "skipped": skipped });
    output.show(&answer, |_| {
        for event in &events {
            match event {
                Event::Paid { id, payee, asset, amount, .. } => {
                    println!("stream {id}: {amount} of {asset} are {payee}'s to withdraw");
                }
                Event::Skipped { reason, .. } => println!("skipped: {reason}"),
                _ => {}
            }
        }
    })?;
    Ok(if skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
