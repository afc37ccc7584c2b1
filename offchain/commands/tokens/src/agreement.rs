//! The terms of a new agreement, from the options of `bithive escrow open`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use bithive_api::escrow::{Approver, Event, ExecuteMsg, Milestone, Payee, Terms, events, limits};
use bithive_command_kit::Output;
use bithive_keystore::private;
use clap::{ArgGroup, Args};
use cosmwasm_std::HexBinary;
use sha2::{Digest as _, Sha256};

use super::accounts::{Accounts, address};
use super::agreements::{Site, positive};
use super::currency::{Currency, currency};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// Random bytes of a code; as text it has twice as many characters.
const CODE_BYTES: usize = 16;

/// A new agreement.
#[derive(Args)]
#[command(group = ArgGroup::new("approver").args(["arbiter", "code", "hash", "signer"]))]
pub struct OpenArgs {
    /// Wallet that pays; with --crowd, who asks.
    #[arg(long)]
    from: String,
    /// Account that is paid, or NAME=PERCENT, once for each of up to 8; the first has what rounding leaves.
    #[arg(long, required = true, value_name = "NAME[=PERCENT]")]
    to: Vec<String>,
    /// Amount of a milestone, or AMOUNT:DAYS[:REVIEW_DAYS], once for each of up to 16, in their order.
    #[arg(long, required = true, value_name = "AMOUNT[:DAYS[:REVIEW_DAYS]]")]
    milestone: Vec<String>,
    /// What it is in: btt, btk, sky, native:DENOMINATION (ibc/... among them) or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    asset: Currency,
    /// Days that payees have for each milestone, from when it begins.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=limits::MAX_DUE_SECONDS / DAY))]
    days: u64,
    /// Days of the review after each submission.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=limits::MAX_REVIEW_SECONDS / DAY))]
    review: u64,
    /// Account that decides where the paying wallet rejects and a payee disagrees; without one, what is rejected is refunded.
    #[arg(long, conflicts_with = "crowd")]
    arbiter: Option<String>,
    /// Make a code that releases the only milestone, and write it to this new file. Who has the code has the payees paid; give it to them when
    /// you have what you pay for.
    #[arg(long, value_name = "FILE", conflicts_with = "crowd")]
    code: Option<PathBuf>,
    /// SHA-256 of a code that somebody else has made, in hex.
    #[arg(long, value_name = "HEX", conflicts_with = "crowd", value_parser = hash)]
    hash: Option<HexBinary>,
    /// Account that approves milestones in place of the payer or the crowd, once for each of up to 15.
    #[arg(long, requires = "needed")]
    signer: Vec<String>,
    /// How many of the signers have to approve.
    #[arg(long, requires = "signer")]
    needed: Option<u8>,
    /// Ask a crowd for the sum, for so many days, in place of paying it; the crowd approves, by what each put in.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=limits::MAX_FUNDING_SECONDS / DAY))]
    crowd: Option<u64>,
    /// File with what was agreed; its SHA-256 goes onto the chain, the file stays here.
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
}

fn hash(text: &str) -> Result<HexBinary, String> {
    let bytes = HexBinary::from_hex(text).ok().filter(|bytes| bytes.len() == limits::DIGEST_BYTES);
    bytes.ok_or_else(|| "expected 64 hex digits".into())
}

/// Reads a percentage like 33.5 as basis points.
pub(super) fn share(text: &str) -> Result<u16, String> {
    let expected =
        || format!("{text:?} is no percentage; expected 0 to 100 with at most two decimals, like 33.5");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 2 || text.ends_with('.') {
        return Err(expected());
    }
    let bps = format!("{whole}{part:0<2}").parse::<u16>().ok().filter(|bps| *bps <= 10_000);
    bps.ok_or_else(expected)
}

/// SHA-256 of a file.
pub(super) fn digest_of(file: &Path) -> Result<HexBinary> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    Ok(Sha256::digest(bytes).as_slice().into())
}

/// Makes an agreement.
pub(super) async fn open(site: &Site<'_>, args: OpenArgs, output: Output) -> Result<()> {
    let milestones = milestones(&args)?;
    let sum = milestones.iter().try_fold(0u128, |sum, milestone| sum.checked_add(milestone.amount.u128()));
    let sum = sum.context("the sum of the milestones leaves 128 bits; take smaller amounts")?;
    let code = args.code.is_some().then(new_code).transpose()?;
    let terms = Terms {
        payees: payees(site.accounts, &args.to)?,
        milestones,
        approver: approver(site.accounts, &args, code.as_deref())?,
        text: args.text.as_deref().map(digest_of).transpose()?,
    };
    // Before the money goes: a code that can't be kept releases nothing, and its agreement is locked until it is due.
    if let (Some(file), Some(code)) = (&args.code, &code) {
        private::create(file, code.as_bytes())?;
    }
    let (account, asset) = (site.accounts.account(&args.from).await?, args.asset.asset(&site.economy));
    let receipt = match args.crowd {
        Some(days) => {
            let seconds = days.saturating_mul(DAY);
            site.escrow.execute(&account, &ExecuteMsg::Raise { asset, seconds, terms }).await?
        }
        None => site.escrow.open(&account, (&asset, sum), terms).await?,
    };
    let opened = |event| match event {
        Event::Opened { id, .. } => Some(id),
        _ => None,
    };
    let done = site.read(&receipt, events::OPENED, opened)?;
    output.show(&done, |done| {
        let (id, sum) = (done.value, args.asset.show(sum));
        match args.crowd {
            Some(days) => println!("agreement {id} asks for {sum} within {days} days; `escrow fund {id}`"),
            None => println!("agreement {id}: {sum} wait for {}", args.to.join(", ")),
        }
        if let Some(file) = &args.code {
            println!("its code is in {}; whoever has it can release the money to the payees", file.display());
        }
    })
}

/// A code of its own, as text that a person can read out.
fn new_code() -> Result<String> {
    let mut bytes = [0; CODE_BYTES];
    getrandom::fill(&mut bytes).context("the system gives no randomness for a code")?;
    Ok(hex::encode(bytes))
}

fn payees(accounts: &Accounts, to: &[String]) -> Result<Vec<Payee>> {
    ensure!(to.len() <= limits::MAX_PAYEES, "{} payees; expected at most {}", to.len(), limits::MAX_PAYEES);
    let payee = |text: &String| {
        let (name, bps) = match text.rsplit_once('=') {
            Some((name, percent)) => (name, share(percent).map_err(anyhow::Error::msg).context("--to")?),
            None if to.len() == 1 => (text.as_str(), 10_000),
            None => anyhow::bail!("--to {text}: expected NAME=PERCENT, because there are several payees"),
        };
        Ok(Payee { address: address(accounts, name)?, bps })
    };
    to.iter().map(payee).collect()
}

fn milestones(args: &OpenArgs) -> Result<Vec<Milestone>> {
    let found = args.milestone.len();
    ensure!(
        found <= limits::MAX_MILESTONES,
        "{found} milestones; expected at most {}",
        limits::MAX_MILESTONES
    );
    args.milestone.iter().map(|text| milestone(args, text)).collect()
}

fn milestone(args: &OpenArgs, text: &str) -> Result<Milestone> {
    let mut parts = text.split(':');
    let amount = args.asset.read("--milestone", parts.next().unwrap_or_default())?;
    let amount = positive("--milestone", amount)?.into();
    let mut days = |default: u64, most: u64| match parts.next() {
        None => Ok(default.saturating_mul(DAY)),
        Some(part) => part
            .parse()
            .ok()
            .map(|days: u64| days.saturating_mul(DAY))
            .filter(|seconds| (HOUR..=most).contains(seconds))
            .with_context(|| {
                format!(
                    "--milestone {text}: {part:?} is not 1 to {} days, expected AMOUNT:DAYS:REVIEW_DAYS",
                    most / DAY
                )
            }),
    };
    let (due, review) =
        (days(args.days, limits::MAX_DUE_SECONDS)?, days(args.review, limits::MAX_REVIEW_SECONDS)?);
    ensure!(parts.next().is_none(), "--milestone {text}: expected AMOUNT:DAYS:REVIEW_DAYS");
    Ok(Milestone { amount, due, review })
}

fn approver(accounts: &Accounts, args: &OpenArgs, code: Option<&str>) -> Result<Approver> {
    if let Some(code) = code {
        return Ok(Approver::Preimage { hash: Sha256::digest(code).as_slice().into() });
    }
    if let Some(hash) = &args.hash {
        return Ok(Approver::Preimage { hash: hash.clone() });
    }
    if let (Some(needed), false) = (args.needed, args.signer.is_empty()) {
        let signers = args.signer.iter().map(|name| address(accounts, name)).collect::<Result<_>>()?;
        return Ok(Approver::Signers { signers, needed });
    }
    if args.crowd.is_some() {
        return Ok(Approver::Contributors {});
    }
    let arbiter = args.arbiter.as_ref().map(|name| address(accounts, name)).transpose()?;
    Ok(Approver::Payer { arbiter })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage_with_two_decimals_at_most() {
        let read = ["0", "100", "33.5", "33.33", "0.01"].map(|text| share(text).unwrap());
        assert_eq!(read, [0, 10_000, 3_350, 3_333, 1]);
        for text in ["", "-1", "100.01", "1.234", "5.", ".5", "ten", "1e2", "655360"] {
            assert!(share(text).unwrap_err().contains("expected 0 to 100"), "{text}");
        }
    }

    #[test]
    fn a_code_has_a_length_that_the_contract_takes_and_is_another_one_each_time() {
        let (first, second) = (new_code().unwrap(), new_code().unwrap());
        assert!((limits::MIN_CODE_BYTES..=limits::MAX_CODE_BYTES).contains(&first.len()));
        assert_ne!(first, second);
    }
}
