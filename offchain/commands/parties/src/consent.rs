//! `bithive consent`: receipts of consents, made, signed, shown and checked without a chain; what a chain has of them; and the uses that a
//! subject sees.

mod grant;
mod uses;
mod wallet;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bithive_audit::{Act, Outcome, parse_time, show_time};
use bithive_command_kit::{Configured, Output, PasswordArgs, open_keystore};
use bithive_consent::{
    Digest, MAX_RECEIPT_BYTES, Name, Receipt, ReceiptKind, Revocations, RevocationsKind, SignedReceipt, Use,
    data_digest, read_revocations,
};
use bithive_home::Home;
use bithive_inference::MAX_BYTES;
use bithive_keystore::{fresh_rng, names, private};
use bithive_signed::{Signature, canonical};
use clap::{ArgGroup, Subcommand};
use rand_core::Rng as _;
use serde_json::json;

use self::wallet::WalletAnswer;
use super::acting::{AccountArgs, ReaderArgs};
use super::audit_log::signed_by;
use super::relied::{now, read_file, read_lists, read_receipt};

/// Seconds of a day.
const DAY: u64 = 86_400;
/// Most bytes of a list of revocations.
const MAX_LIST_BYTES: usize = bithive_consent::MAX_REVOCATION_BYTES;

/// Consent receipts: who may use which data, for what, until when.
#[derive(Subcommand)]
pub enum Command {
    /// Write a receipt, to be signed, for example: consent make --issuer ADDRESS --reader ADDRESS --purpose TREAT --data rows.csv --days 365 --out consent.json
    Make(Box<MakeArgs>),
    /// Sign a receipt with the account of a configuration, or put a wallet's signature to it.
    ///
    /// A wallet signs the text that `consent show --text` prints (ADR-36, "sign arbitrary"). Its answer is the file of --wallet.
    Sign(SignArgs),
    /// Show a receipt, signed or not, and its digest.
    Show {
        /// File with the receipt.
        receipt: PathBuf,
        /// Print the text that is signed, and nothing else.
        #[arg(long, conflicts_with = "standing")]
        text: bool,
        /// Show how each use that it permits stands on the chain: live, revoked, expired or unknown.
        #[arg(long)]
        standing: bool,
        /// Where the chain is.
        #[command(flatten)]
        reader: ReaderArgs,
    },
    /// Put a consent on the chain, for example: consent record consent.json --from patient
    ///
    /// Jobs can name it from then on, until it ends or is revoked. The chain has a digest for each purpose and reader, and nothing of what the
    /// receipt says. The issuer sends it, or signs what `consent order` prints, and then anybody sends it.
    Record(Box<grant::RecordArgs>),
    /// Print the text that a wallet signs (ADR-36), so that somebody else can record or revoke a consent for its issuer.
    Order(Box<grant::OrderArgs>),
    /// Show which jobs use the data of a subject, of whom and what for, and every emergency, for example: consent uses ADDRESS --receipt consent.json
    Uses(uses::UsesArgs),
    /// State on the chain that data is opened without a consent, and why.
    ///
    /// The subject and everybody see it, for ever. For a day it stands in for a consent, for this requester only. A requester can state three
    /// in a day.
    BreakGlass(Box<uses::BreakGlassArgs>),
    /// Whether a receipt permits a use. Exit codes: 0 it does; 1 it does not, and why; 2 an error.
    Check(Box<CheckArgs>),
    /// Withdraw consents on the chain, for example: consent revoke consent.json --from patient
    ///
    /// No job that names them is assigned from the next transaction on. What was computed before is not undone. With --out, it writes a signed
    /// list instead, which needs no chain and reaches only those to whom it is given; nobody is made to use the newest one.
    Revoke(Box<RevokeArgs>),
}

/// Arguments of `bithive consent make`.
#[derive(clap::Args)]
pub struct MakeArgs {
    /// Account that will sign: the subject's own, or that of whoever takes the consent down.
    #[arg(long, value_name = "ADDRESS")]
    issuer: Name,
    /// Pseudonym of whom the data is about, 64 hex digits; a random one by default.
    #[arg(long, value_name = "DIGEST")]
    subject: Option<Digest>,
    /// Who may use the data: an address or another pseudonym; can be repeated.
    #[arg(long, required = true)]
    reader: Vec<Name>,
    /// What for, as a code of HL7 v3 PurposeOfUse, such as TREAT or HRESCH; can be repeated.
    #[arg(long, required = true)]
    purpose: Vec<Name>,
    /// File with data that it is about; can be repeated.
    #[arg(long, value_name = "FILE", required_unless_present = "data_digest")]
    data: Vec<PathBuf>,
    /// Digest of data that it is about, as `consent show` prints it; can be repeated.
    #[arg(long, value_name = "DIGEST")]
    data_digest: Vec<Digest>,
    /// When it begins, for example 2026-11-23T00:00:00Z; now by default.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<u64>,
    /// When it ends.
    #[arg(long, value_name = "TIME", value_parser = parse_time, required_unless_present = "days", conflicts_with = "days")]
    until: Option<u64>,
    /// After how many days it ends.
    #[arg(long)]
    days: Option<u32>,
    /// File to create.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `bithive consent sign`.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("signer").args(["from", "config", "wallet"]).required(true))]
pub struct SignArgs {
    /// File with the receipt.
    receipt: PathBuf,
    /// Name of the wallet of the home folder that signs, or a keystore file.
    #[arg(long, value_name = "NAME|FILE")]
    from: Option<String>,
    /// Configuration of the party whose account signs. With an audit log, it says that the consent was given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What the issuer's wallet has answered: JSON with `pub_key` and `signature`.
    #[arg(long, value_name = "FILE")]
    wallet: Option<PathBuf>,
    /// File to create.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Arguments of `bithive consent check`.
#[derive(clap::Args)]
pub struct CheckArgs {
    /// File with the signed receipt.
    receipt: PathBuf,
    /// Who wants to use the data.
    #[arg(long)]
    reader: Name,
    /// What the data is wanted for, as the receipt names purposes.
    #[arg(long)]
    purpose: Name,
    /// File with the data.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// When; now by default.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<u64>,
    /// Account whose consents count; can be repeated. A receipt that anybody signs for himself proves nothing.
    #[arg(long, value_name = "ADDRESS", required = true)]
    issuer: Vec<String>,
    /// Signed list of consents that were withdrawn; can be repeated.
    #[arg(long, value_name = "FILE")]
    revocations: Vec<PathBuf>,
}

/// Arguments of `bithive consent revoke`.
#[derive(clap::Args)]
pub struct RevokeArgs {
    /// Files with the signed receipts.
    #[arg(required = true)]
    receipts: Vec<PathBuf>,
    /// Only this purpose, on the chain; can be repeated. The others stay permitted.
    #[arg(long, value_name = "CODE", conflicts_with = "out")]
    purpose: Vec<Name>,
    /// What the issuer's wallet has answered to the text of `consent order --revoke`, where another account sends the transaction.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    wallet: Option<PathBuf>,
    /// List that was written before; what is on it stays withdrawn.
    #[arg(long, value_name = "FILE", requires = "out")]
    list: Option<PathBuf>,
    /// File to create with a signed list, in place of a transaction. --config says who signs it; with an audit log, that says that they were
    /// withdrawn.
    #[arg(long, value_name = "FILE", requires = "config")]
    out: Option<PathBuf>,
    #[command(flatten)]
    account: AccountArgs,
}

/// Runs a command. Those that read or change what a chain has open the home folder, or go to another chain.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Make(args) => make(*args, output)?,
        Command::Sign(args) => sign(&args, home, output).await?,
        Command::Show { receipt, standing: true, reader, .. } => {
            grant::standing(&receipt, &reader, home, output).await?;
        }
        Command::Show { receipt, text, .. } => show(&receipt, text, output)?,
        Command::Record(args) => grant::record(&args, home, output).await?,
        Command::Order(args) => grant::order(&args, home, output).await?,
        Command::Uses(args) => uses::uses(&args, home, output).await?,
        Command::BreakGlass(args) => uses::break_glass(&args, home, output).await?,
        Command::Check(args) => return check(&args, output),
        Command::Revoke(args) => match &args.out {
            Some(out) => revoke(&args, out, output)?,
            None => {
                let (wallet, receipts) = (args.wallet.as_deref(), args.receipts.as_slice());
                grant::revoke(receipts, &args.purpose, (wallet, &args.account), home, output).await?;
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn make(args: MakeArgs, output: Output) -> Result<()> {
    let mut rng = fresh_rng()?;
    let mut random = || {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Digest(bytes)
    };
    let mut data = args.data_digest;
    for file in &args.data {
        data.push(data_digest(&read_file(file, MAX_BYTES).context("--data")?));
    }
    let iat = now();
    // Times of the command line are in milliseconds.
    let nbf = args.from.map_or(iat, |from| from / 1_000);
    let days = args.days.map(|days| nbf.saturating_add(u64::from(days).saturating_mul(DAY)));
    let exp = args.until.map(|until| until / 1_000).or(days).context("expected --until or --days")?;
    let receipt = Receipt {
        data,
        exp,
        iat,
        issuer: args.issuer,
        kind: ReceiptKind::Consent1,
        nbf,
        purposes: args.purpose,
        readers: args.reader,
        salt: random(),
        subject: args.subject.unwrap_or_else(&mut random),
    }
    .sorted();
    receipt.check()?;
    // It has the salt, and so is not for everybody.
    private::create(&args.out, &serde_json::to_vec_pretty(&receipt)?)?;
    let answer = json!({ "file": args.out, "subject": receipt.subject, "receipt": receipt });
    output.show(&answer, |_| {
        println!("wrote {}; {} signs it with `bithive consent sign`", args.out.display(), receipt.issuer);
        println!("subject {}", receipt.subject);
    })
}

async fn sign(args: &SignArgs, home: &Path, output: Output) -> Result<()> {
    let bytes = read_file(&args.receipt, MAX_RECEIPT_BYTES)?;
    let receipt = SignedReceipt::read_unsigned(&bytes).with_context(|| args.receipt.display().to_string())?;
    let (signed, log) = match (&args.config, &args.wallet) {
        (None, None) => {
            let name = args.from.as_deref().context("expected --from, --config or --wallet")?;
            let file = Path::new(name);
            let key = if file.is_file() {
                open_keystore(file, &args.password.read(file)?)?.account(names::ACCOUNT)?
            } else {
                Home::open(home).await?.key(name)?
            };
            let issuer = &receipt.issuer;
            ensure!(
                issuer.as_str() == key.address(),
                "the issuer of {} is {issuer}; --from {name} is {}",
                args.receipt.display(),
                key.address()
            );
            let signed = signed_by(&key, receipt)?;
            (SignedReceipt::of(signed.document, signed.signature)?, None)
        }
        (Some(file), _) => {
            let configured = Configured::load(file)?;
            let address = configured.address()?;
            ensure!(
                receipt.issuer.as_str() == address,
                "the issuer of {} is {}; --config is of {address}",
                args.receipt.display(),
                receipt.issuer
            );
            let (key, log) = configured.unlock(&args.password)?;
            let signed = signed_by(&key, receipt)?;
            (SignedReceipt::of(signed.document, signed.signature)?, log)
        }
        (None, Some(file)) => {
            let answer = WalletAnswer::read(file)?;
            let signature = Signature {
                signer: receipt.issuer.to_string(),
                public_key: answer.pub_key.value,
                signature: answer.signature,
            };
            (SignedReceipt::of(receipt, signature).context("--wallet")?, None)
        }
    };
    let digest = signed.digest()?;
    if let Some(log) = log {
        log.record(Act::ConsentGiven, Outcome::Success, |event| {
            event.consent = Some(digest);
            event.subject = Some(signed.receipt().subject);
        })?;
    }
    private::create(&args.out, &serde_json::to_vec_pretty(&signed)?)?;
    let answer = json!({ "file": args.out, "digest": digest, "issuer": signed.receipt().issuer });
    output.show(&answer, |_| println!("wrote {}: consent {digest}", args.out.display()))
}

fn show(file: &Path, text: bool, output: Output) -> Result<()> {
    let bytes = read_file(file, MAX_RECEIPT_BYTES)?;
    let (receipt, digest) = match SignedReceipt::read_unsigned(&bytes) {
        Ok(receipt) => (receipt, None),
        Err(_) => {
            let signed = SignedReceipt::read(&bytes).with_context(|| file.display().to_string())?;
            (signed.receipt().clone(), Some(signed.digest()?))
        }
    };
    let canonical = canonical::encode(&receipt)?;
    if text {
        // A wallet signs exactly this, without an end of line.
        print!("{canonical}");
        return Ok(());
    }
    let answer =
        json!({ "receipt": receipt, "signed": digest.is_some(), "digest": digest, "text": canonical });
    output.show(&answer, |_| {
        let words = |names: &[Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let day = |seconds: u64| show_time(seconds.saturating_mul(1_000));
        match digest {
            Some(digest) => println!("consent {digest}, signed by its issuer {}", receipt.issuer),
            None => println!("not signed; its issuer is {}", receipt.issuer),
        }
        println!("subject  {}", receipt.subject);
        println!("readers  {}", words(&receipt.readers));
        println!("purposes {}", words(&receipt.purposes));
        println!("from     {} until {}", day(receipt.nbf), day(receipt.exp));
        for data in &receipt.data {
            println!("data     {data}");
        }
    })
}

fn check(args: &CheckArgs, output: Output) -> Result<ExitCode> {
    let receipt = read_receipt(&args.receipt)?;
    let data = match &args.data {
        Some(file) => Some(data_digest(&read_file(file, MAX_BYTES).context("--data")?)),
        None => None,
    };
    let at = args.at.map_or_else(now, |at| at / 1_000);
    let wanted = Use { reader: &args.reader, purpose: &args.purpose, data, now: at };
    let lists = read_lists(&args.revocations)?;
    let permitted = receipt.permits(&wanted, args.issuer.iter().map(String::as_str), &lists);
    let answer = match &permitted {
        Ok(digest) => json!({ "permitted": true, "digest": digest }),
        Err(error) => json!({ "permitted": false, "reason": error.word(), "problem": error.to_string() }),
    };
    output.show(&answer, |_| match &permitted {
        Ok(digest) => println!("permitted by consent {digest}"),
        Err(error) => println!("not permitted: {error}"),
    })?;
    Ok(if permitted.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn revoke(args: &RevokeArgs, out: &Path, output: Output) -> Result<()> {
    let configured = Configured::load(args.account.config().context("--out: expected --config")?)?;
    let issuer: Name = configured.address()?.parse()?;
    let mut revoked = match &args.list {
        None => Vec::new(),
        Some(file) => {
            let signed =
                read_revocations(&read_file(file, MAX_LIST_BYTES).context("--list")?).context("--list")?;
            ensure!(
                signed.document.issuer == issuer,
                "--list is of {}; --config is of {issuer}",
                signed.document.issuer
            );
            signed.document.revoked
        }
    };
    let mut subjects = Vec::new();
    for file in &args.receipts {
        let receipt = read_receipt(file)?;
        ensure!(
            receipt.receipt().issuer == issuer,
            "{} was given by {}; --config is of {issuer}",
            file.display(),
            receipt.receipt().issuer
        );
        let digest = receipt.digest()?;
        revoked.push(digest);
        subjects.push((digest, receipt.receipt().subject));
    }
    revoked.sort();
    revoked.dedup();
    ensure!(
        revoked.len() <= bithive_consent::MAX_REVOKED,
        "the list would have {} consents; expected at most {}: those that have expired need not be on it",
        revoked.len(),
        bithive_consent::MAX_REVOKED
    );
    let (key, log) = configured.unlock(args.account.password())?;
    let list = Revocations { iat: now(), issuer, kind: RevocationsKind::Revocations1, revoked };
    let signed = signed_by(&key, list)?;
    if let Some(log) = log {
        for (digest, subject) in subjects {
            log.record(Act::ConsentWithdrawn, Outcome::Success, |event| {
                event.consent = Some(digest);
                event.subject = Some(subject);
            })?;
        }
    }
    private::create(out, &serde_json::to_vec_pretty(&signed)?)?;
    let answer = json!({ "file": out, "revoked": signed.document.revoked });
    output.show(&answer, |_| {
        println!(
            "wrote {}: {} consents are withdrawn; give it to whoever relies on them",
            out.display(),
            signed.document.revoked.len()
        );
    })
}
