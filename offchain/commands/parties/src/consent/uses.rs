//! What a subject sees of the uses of its data, and emergencies.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_api::event::Text;
use bithive_api::grants::{Basis, Event, ExecuteMsg, Reason, events};
use bithive_audit::{Act, Outcome, show_time};
use bithive_chain::validate_address;
use bithive_command_kit::{Output, table};
use bithive_consent::{Digest, data_digest};
use bithive_home::Home;
use bithive_inference::MAX_BYTES;
use bithive_keystore::{fresh_rng, private};
use cosmwasm_std::Addr;
use rand_core::Rng as _;
use serde_json::json;

use super::grant::{Grant, grants};
use crate::acting::{AccountArgs, ReaderArgs};
use crate::relied::{read_file, read_receipt};

/// Most bytes of a text with reasons.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// Arguments of `bithive consent uses`.
#[derive(clap::Args)]
pub struct UsesArgs {
    /// Account that has given the consents: its address, or the name of a wallet of the home folder.
    subject: String,
    /// Receipt that the account has signed, to show what each use was for; can be repeated.
    #[arg(long, value_name = "FILE")]
    receipt: Vec<PathBuf>,
    #[command(flatten)]
    reader: ReaderArgs,
}

/// Arguments of `bithive consent break-glass`.
#[derive(clap::Args)]
pub struct BreakGlassArgs {
    /// Account of whom the data is about, which is told: its address.
    subject: String,
    /// Why, as a code of HL7 v3 PurposeOfUse: ETREAT, ERTREAT, DISASTER or BTG.
    #[arg(long, value_name = "CODE", value_parser = reason)]
    reason: Reason,
    /// File with the data that is opened.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "data_digest",
        conflicts_with = "data_digest"
    )]
    data: Option<PathBuf>,
    /// Digest of the data that is opened, in place of the file.
    #[arg(long, value_name = "DIGEST")]
    data_digest: Option<Digest>,
    /// File with the reasons in words. The chain has a salted digest of it.
    #[arg(long, value_name = "FILE")]
    text: PathBuf,
    /// File to create with text and salt: keep it, it shows later what the reasons were.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    account: AccountArgs,
}

fn reason(code: &str) -> Result<Reason, String> {
    let found = <Reason as Text>::parse(&code.to_ascii_uppercase());
    found.ok_or_else(|| format!("{code:?} is no reason; expected {}", <Reason as Text>::EXPECTED))
}

/// The account that a text names.
fn account_of(text: &str, home: Option<&Home>) -> Result<String> {
    match (validate_address(text), home) {
        (Ok(_), _) => Ok(text.to_owned()),
        (Err(_), Some(home)) => Ok(home.key(text)?.address().to_owned()),
        (Err(error), None) => {
            Err(error).context("expected the address of the account that has given the consents")
        }
    }
}

/// Shows who uses a subject's data, in which jobs and what for, and every emergency.
pub(super) async fn uses(args: &UsesArgs, home: &Path, output: Output) -> Result<()> {
    let mut known: Vec<Grant> = Vec::new();
    for file in &args.receipt {
        known.extend(grants(&read_receipt(file)?, &[])?);
    }
    let (client, opened) = args.reader.open(home).await?;
    let subject = account_of(&args.subject, opened.as_ref())?;
    let (jobs, emergencies) = (client.uses(&subject).await?, client.emergencies(&subject).await?);
    let mut rows = Vec::new();
    for used in &jobs.entries {
        for basis in &used.bases {
            rows.push((used, basis, purpose(basis, &known)));
        }
    }
    let shown: Vec<_> = rows
        .iter()
        .map(|(used, basis, purpose)| {
            json!({
                "job_id": used.job_id, "requester": used.requester, "phase": used.phase, "round": used.round, "basis": basis,
                "purpose": purpose,
            })
        })
        .collect();
    let complete = jobs.complete && emergencies.complete;
    let answer = json!({ "subject": subject, "uses": shown, "emergencies": emergencies.entries, "complete": complete });
    output.show(&answer, |_| {
        let mut lines = table(&["job", "requester", "state", "round", "by", "purpose"]);
        for (used, basis, purpose) in &rows {
            let by = match basis {
                Basis::Consent { .. } => "consent".to_owned(),
                Basis::BreakGlass { id, .. } => format!("emergency {id}"),
            };
            let (job, state) = (used.job_id.to_string(), format!("{:?}", used.phase));
            let purpose = purpose.clone().unwrap_or_else(|| "name the receipt with --receipt".into());
            lines.add_row([job, used.requester.to_string(), state, used.round.to_string(), by, purpose]);
        }
        println!("{lines}");
        for glass in &emergencies.entries {
            println!(
                "emergency {}: {} opened data without consent at {}, because of {}; ask for the reasons with the digest {}",
                glass.id,
                glass.requester,
                show_time(glass.at.saturating_mul(1_000)),
                glass.reason.name(),
                glass.text
            );
        }
        if !complete {
            println!("there are more; these are the first ones");
        }
    })
}

/// What a use is for, as far as the receipts at hand say it.
fn purpose(basis: &Basis<Addr>, known: &[Grant]) -> Option<String> {
    match basis {
        Basis::BreakGlass { .. } => Some("emergency".into()),
        Basis::Consent { opening, .. } => {
            let grant = known.iter().find(|grant| grant.opening == opening.as_slice());
            grant.map(|grant| grant.purpose.to_string())
        }
    }
}

/// States an emergency on the chain.
pub(super) async fn break_glass(args: &BreakGlassArgs, home: &Path, output: Output) -> Result<()> {
    validate_address(&args.subject).context("expected the address of the subject's account")?;
    let reference = match (&args.data, args.data_digest) {
        (Some(file), _) => data_digest(&read_file(file, MAX_BYTES).context("--data")?),
        (None, Some(digest)) => digest,
        (None, None) => anyhow::bail!("expected --data or --data-digest"),
    };
    let text = String::from_utf8(read_file(&args.text, MAX_TEXT_BYTES).context("--text")?)
        .context("--text: expected UTF-8")?;
    let mut salt = [0; 32];
    fresh_rng()?.fill_bytes(&mut salt);
    // A short text could be found by trying, and nobody but the requester is to read it on a chain.
    let digest = data_digest(&[&salt[..], text.as_bytes()].concat());
    let (account, _home) = args.account.open(home).await?;
    let log = args.account.log(home, account.address())?;
    // Before the statement: what nobody could explain later is not stated.
    let statement = json!({ "text": text, "salt": Digest(salt), "digest": digest, "reference": reference });
    private::create(&args.out, &serde_json::to_vec_pretty(&statement)?)?;
    if let Some(log) = &log {
        log.record(Act::BreakGlass, Outcome::Begun, |event| {
            event.object = Some(reference);
            event.code = args.reason.name().parse().ok();
        })?;
    }
    let message = ExecuteMsg::BreakGlass {
        subject: args.subject.clone(),
        reference: reference.0.into(),
        reason: args.reason,
        text: digest.0.into(),
    };
    let receipt = account.grants(&message).await?;
    let contract = account.client().grants().await?.unwrap_or_default();
    let stated = |event: Event| match event {
        Event::BreakGlass { id, .. } => Some(id),
        _ => None,
    };
    let (id, _) = receipt.announced(&contract, events::BREAK_GLASS, stated)?;
    if let Some(log) = &log {
        log.record(Act::BreakGlass, Outcome::Success, |event| {
            event.object = Some(reference);
            event.code = args.reason.name().parse().ok();
        })?;
    }
    let answer = json!({
        "id": id, "subject": args.subject, "reference": reference, "reason": args.reason.name(), "text": digest, "file": args.out,
        "transaction": receipt.hash.to_string(),
    });
    output.show(&answer, |_| {
        println!("emergency {id} is on the chain, where {} and everybody see it, for ever", args.subject);
        println!(
            "for a day, jobs may name it: job post --emergency {id} --emergency-subject {}",
            args.subject
        );
        println!("wrote {}, which opens the digest of the reasons", args.out.display());
    })
}
