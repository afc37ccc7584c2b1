//! `bithive stream`: deposits that drain to one payee, by time or by vouchers.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bithive_api::flows::{Event, ExecuteMsg, Key, Open, Terms, events, limits};
use bithive_command_kit::Output;
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::HexBinary;

use super::accounts::{Accounts, address, now, until};
use super::currency::{Currency, currency};
use super::network::On;
use super::streams::{self, Site};
use super::unsigned::{Transactions, Transacts};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// Payments that flow: a deposit drains to one payee, so much for each step of time, or as vouchers say that its payer signs (`bithive
/// voucher`). What is owed becomes a credit, which `wallet claim` or `stream withdraw` pays. Accounts are named as in `stake`. Amounts
/// of BTT, BTK and SKY are like 12.5; of other assets they are base units.
#[derive(Subcommand)]
pub enum Command {
    /// List the streams that accounts pay or are paid by.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// Show a stream.
    Show {
        /// Number of the stream.
        id: u64,
    },
    /// Open a stream, for example: stream open --from alice --to bob --amount 90 --rate 3 --every 86400
    ///
    /// By vouchers: stream open --from alice --to bob --amount 100 --vouchers --days 30
    Open(OpenArgs),
    /// Add to a stream; one by time that has drained begins again now. What is left at its end is the payer's, whoever added it.
    TopUp {
        /// Number of the stream.
        id: u64,
        /// Wallet that pays; anybody may.
        #[arg(long)]
        from: String,
        /// Amount in what the stream pays in; a multiple of what a step costs, unless its payer adds it.
        #[arg(long, allow_negative_numbers = true)]
        amount: String,
        /// Days from now until a stream by vouchers ends, which may only become later; as before when left out. Its payer decides.
        #[arg(long)]
        days: Option<u64>,
    },
    /// Credit the payee with what a stream by time owes; `wallet claim` does this for all streams of an account.
    Settle {
        /// Number of the stream.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Hand a stream over to another payee; what is due is the old one's. Redeem vouchers first: later they pay the new one.
    Transfer {
        /// Number of the stream.
        id: u64,
        /// Wallet of the payee.
        #[arg(long)]
        from: String,
        /// The new payee.
        #[arg(long)]
        to: String,
    },
    /// End a stream as its payer or payee. The payer of one by vouchers waits for its notice; a payee redeems what it has first.
    Close {
        /// Number of the stream.
        id: u64,
        /// Wallet of the payer or payee.
        #[arg(long)]
        from: String,
    },
    /// End a stream that has drained, or whose end has passed.
    Finish {
        /// Number of the stream.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Withdraw everything that streams owe the account in an asset.
    Withdraw {
        /// Wallet that is owed.
        #[arg(long)]
        from: String,
        /// btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
        #[arg(long, default_value = "btt", value_parser = currency)]
        asset: Currency,
    },
}

/// A new stream.
#[derive(Args)]
#[command(group = ArgGroup::new("terms").args(["rate", "vouchers"]).required(true))]
pub struct OpenArgs {
    /// Wallet that pays.
    #[arg(long)]
    from: String,
    /// Account that is paid.
    #[arg(long)]
    to: String,
    /// Amount of the deposit.
    #[arg(long, allow_negative_numbers = true)]
    amount: String,
    /// What it is in: btt, btk, sky, native:DENOMINATION (ibc/... among them) or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    asset: Currency,
    /// Amount of each step of time.
    #[arg(long, value_name = "AMOUNT", requires = "every")]
    rate: Option<String>,
    /// Seconds of a step.
    #[arg(long, value_name = "SECONDS", conflicts_with = "vouchers", value_parser = clap::value_parser!(u64).range(limits::MIN_STEP_SECONDS..=limits::MAX_STEP_SECONDS))]
    every: Option<u64>,
    /// Steps that are due at once.
    #[arg(long, value_name = "STEPS", default_value_t = 0, conflicts_with = "vouchers")]
    advance: u64,
    /// By vouchers in place of time.
    #[arg(long)]
    vouchers: bool,
    /// Public key that signs vouchers: wallet:HEX (a wallet's, as text), secp256k1:HEX or ed25519:HEX; that of the paying wallet when left out.
    #[arg(long, requires = "vouchers", value_parser = key)]
    key: Option<Key>,
    /// Hours that the payee has to redeem vouchers once the payer has closed the stream.
    #[arg(long, value_name = "HOURS", default_value_t = 24, conflicts_with = "rate", value_parser = clap::value_parser!(u64).range(limits::MIN_NOTICE_SECONDS / HOUR..=limits::MAX_NOTICE_SECONDS / HOUR))]
    notice: u64,
    /// Days from now until the stream by vouchers ends.
    #[arg(long, default_value_t = 30, conflicts_with = "rate", value_parser = clap::value_parser!(u64).range(1..=limits::MAX_SECONDS / DAY))]
    days: u64,
    /// Let the payee hand the stream over to another account.
    #[arg(long)]
    transferable: bool,
}

fn key(text: &str) -> Result<Key, String> {
    let expected = "expected wallet:HEX or secp256k1:HEX with 33 bytes, or ed25519:HEX with 32";
    let (kind, hex) = text.split_once(':').ok_or(expected)?;
    let bytes = HexBinary::from_hex(hex).map_err(|_| expected)?;
    match (kind, bytes.len()) {
        ("wallet", 33) => Ok(Key::Wallet(bytes)),
        ("secp256k1", 33) => Ok(Key::Secp256k1(bytes)),
        ("ed25519", 32) => Ok(Key::Ed25519(bytes)),
        _ => Err(expected.into()),
    }
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List { .. } | Self::Show { .. } => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<()> {
    let accounts = Accounts::open(&network, home).await?;
    let site = &Site::open(&accounts)?;
    match command {
        Command::List { names } => streams::list(site, names, output).await,
        Command::Show { id } => streams::show(site, id, output).await,
        Command::Open(args) => open(site, args, output).await,
        Command::TopUp { id, from, amount, days } => top_up(site, id, &from, (&amount, days), output).await,
        Command::Settle { id, from } => {
            let (_, currency) = site.known(id).await?;
            let paid = |event| match event {
                Event::Paid { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = site.tell(&from, &ExecuteMsg::Settle { id }, events::PAID, paid).await?;
            output.show(&done, |done| println!("{} are the payee's to withdraw", currency.show(done.value)))
        }
        Command::Transfer { id, from, to } => {
            let message = ExecuteMsg::Transfer { id, payee: address(&accounts, &to)? };
            let transferred = |event| matches!(event, Event::Transferred { .. }).then_some(());
            let done = site.tell(&from, &message, events::TRANSFERRED, transferred).await?;
            output.show(&done, |_| println!("stream {id} pays {to}"))
        }
        Command::Close { id, from } => end(site, id, &from, &ExecuteMsg::Close { id }, output).await,
        Command::Finish { id, from } => end(site, id, &from, &ExecuteMsg::Finish { id }, output).await,
        Command::Withdraw { from, asset } => {
            let withdrawn = |event| match event {
                Event::Withdrawn { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let message = ExecuteMsg::Withdraw { asset: asset.asset(&site.economy) };
            let done = site.tell(&from, &message, events::WITHDRAWN, withdrawn).await?;
            output.show(&done, |done| println!("{} is paid", asset.show(done.value)))
        }
    }
}

async fn open(site: &Site<'_>, args: OpenArgs, output: Output) -> Result<()> {
    let amount = positive("--amount", args.asset.read("--amount", &args.amount)?)?;
    let now = now(site.accounts).await?;
    let terms = match (&args.rate, args.every) {
        (Some(rate), Some(step)) => {
            let amount = positive("--rate", args.asset.read("--rate", rate)?)?;
            Terms::Rate { amount: amount.into(), step, advance: args.advance }
        }
        _ => {
            let key = args.key.map_or_else(|| own_key(site.accounts, &args.from), Ok)?;
            let ends = now.saturating_add(args.days.saturating_mul(DAY));
            Terms::Vouchers { key, notice: args.notice.saturating_mul(HOUR), ends }
        }
    };
    let payee = address(site.accounts, &args.to)?;
    let new = Open { payee, terms, transferable: args.transferable };
    let account = site.accounts.account(&args.from).await?;
    let asset = args.asset.asset(&site.economy);
    let receipt = site.flows.open(&account, (&asset, amount), new).await?;
    let opened = |event| match event {
        Event::Opened { id, ends, .. } => Some((id, ends)),
        _ => None,
    };
    let done = site.read(&receipt, events::OPENED, opened)?;
    output.show(&done, |done| {
        let ((id, ends), amount) = (done.value, args.asset.show(amount));
        println!("stream {id}: {amount} for {}; it ends {}", args.to, until(ends, now));
    })
}

fn positive(option: &str, amount: u128) -> Result<u128> {
    ensure!(amount > 0, "{option} is 0; expected at least one base unit");
    Ok(amount)
}

/// The key of a wallet, which signs vouchers as it signs texts.
fn own_key(accounts: &Accounts, from: &str) -> Result<Key> {
    let key =
        accounts.key(from).context("vouchers need a key that signs them; name its public part with --key")?;
    Ok(Key::Wallet(key.public_key().to_bytes().into()))
}

async fn top_up(
    site: &Site<'_>,
    id: u64,
    from: &str,
    (amount, days): (&str, Option<u64>),
    output: Output,
) -> Result<()> {
    let (_, currency) = site.known(id).await?;
    let amount = positive("--amount", currency.read("--amount", amount)?)?;
    let now = now(site.accounts).await?;
    let ends = days.map(|days| now.saturating_add(days.saturating_mul(DAY)));
    let account = site.accounts.account(from).await?;
    let asset = currency.asset(&site.economy);
    let receipt = site.flows.top_up(&account, (&asset, amount), (id, ends)).await?;
    let added = |event| match event {
        Event::ToppedUp { ends, .. } => Some(ends),
        _ => None,
    };
    let done = site.read(&receipt, events::TOPPED_UP, added)?;
    output.show(&done, |done| {
        println!("{} more; stream {id} ends {}", currency.show(amount), until(done.value, now));
    })
}

/// Closes or finishes a stream: it ends at once, or its notice runs.
async fn end(site: &Site<'_>, id: u64, from: &str, message: &ExecuteMsg, output: Output) -> Result<()> {
    let ((_, currency), now) = (site.known(id).await?, now(site.accounts).await?);
    let account = site.accounts.account(from).await?;
    let receipt = site.flows.execute(&account, message).await?;
    let told = |event| match event {
        Event::Closed { amount, .. } => Some(format!(
            "stream {id} has ended; {} are its payer's to withdraw",
            currency.show(amount.u128())
        )),
        Event::Closing { ends, .. } => Some(format!(
            "stream {id} takes vouchers until its end {}, then `stream finish` ends it",
            until(ends, now)
        )),
        _ => None,
    };
    let done =
        site.read(&receipt, events::CLOSED, told).or_else(|_| site.read(&receipt, events::CLOSING, told))?;
    output.show(&done, |done| println!("{}", done.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_kind_and_its_length() {
        assert_eq!(key(&format!("ed25519:{}", "01".repeat(32))), Ok(Key::Ed25519([1; 32].into())));
        assert_eq!(key(&format!("wallet:{}", "02".repeat(33))), Ok(Key::Wallet([2; 33].into())));
        for text in ["", "00", "ed25519:00", &format!("wallet:{}", "02".repeat(32)), "rsa:00", "ed25519:zz"] {
            assert!(key(text).unwrap_err().contains("expected wallet:HEX"), "{text}");
        }
    }
}
