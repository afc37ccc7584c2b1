//! What authors and granters do with contents on the chain.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_api::grants::{ExecuteMsg, limits};
use bithive_audit::{parse_time, show_time};
use bithive_chain::validate_address;
use bithive_command_kit::Output;
use bithive_release::Wrap;
use serde_json::json;

use super::files::{Registration, content_of};
use crate::acting::AccountArgs;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Arguments of `bithive content register`.
#[derive(clap::Args)]
pub struct RegisterArgs {
    /// File that `content seal --registration` has written.
    registration: PathBuf,
    /// Account that may permit readers beside the author, for good, such as a shop; can be repeated, up to four times.
    #[arg(long, value_name = "ADDRESS")]
    granter: Vec<String>,
    #[command(flatten)]
    account: AccountArgs,
}

/// Arguments of `bithive content permit`.
#[derive(clap::Args)]
pub struct PermitArgs {
    /// The sealed file, or the content's 64 hex digits.
    content: String,
    /// Account that may read it; can be repeated.
    #[arg(long, value_name = "ADDRESS", required = true)]
    reader: Vec<String>,
    /// What for, as a code of HL7 v3 PurposeOfUse, such as TREAT or HRESCH.
    #[arg(long, value_name = "CODE")]
    purpose: String,
    /// When it ends, for example 2026-12-24T00:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = parse_time, required_unless_present = "days", conflicts_with = "days")]
    until: Option<u64>,
    /// After how many days it ends, by the chain's clock.
    #[arg(long)]
    days: Option<u32>,
    #[command(flatten)]
    account: AccountArgs,
}

/// Arguments of `bithive content revoke`.
#[derive(clap::Args)]
pub struct RevokeArgs {
    /// The sealed file, or the content's 64 hex digits.
    content: String,
    /// Account that may not read it any more; can be repeated.
    #[arg(long, value_name = "ADDRESS", required = true)]
    reader: Vec<String>,
    #[command(flatten)]
    account: AccountArgs,
}

/// Registers a sealed file as its author.
pub(super) async fn register(args: &RegisterArgs, home: &Path, output: Output) -> Result<()> {
    let registration = Registration::read(&args.registration)?;
    let name = || args.registration.display().to_string();
    let wrap = hex::decode(&registration.wrap).with_context(name)?;
    Wrap::decode(&wrap).with_context(name)?;
    check(&args.granter, "--granter")?;
    let (account, _home) = args.account.open(home).await?;
    let chain_id = &account.client().deployment().chain_id;
    let contract = account.client().grants_address().await?;
    ensure!(
        (&registration.chain_id, &registration.contract) == (chain_id, &contract),
        "the file is sealed for contract {} on {}, and this is {contract} on {chain_id}; seal it for this one",
        registration.contract,
        registration.chain_id
    );
    ensure!(
        registration.author == account.address(),
        "the file is sealed for the author {}, and the transaction would be of {}: send it as the author (--from, --config)",
        registration.author,
        account.address()
    );
    let message = ExecuteMsg::RegisterContent {
        content: registration.content.0.into(),
        commitment: registration.commitment.0.into(),
        wrap: wrap.into(),
        granters: args.granter.clone(),
    };
    let receipt = account.grants(&message).await?;
    let content = registration.content;
    let answer = json!({
        "content": content, "author": registration.author, "granters": args.granter,
        "transaction": receipt.hash.to_string(),
    });
    output.show(&answer, |_| {
        println!("content {content} is registered; `bithive content permit {content}` says who may read it");
    })
}

/// Permits readers, as many in a message as it takes.
pub(super) async fn permit(args: &PermitArgs, home: &Path, output: Output) -> Result<()> {
    let content = content_of(&args.content)?;
    check(&args.reader, "--reader")?;
    let (account, _home) = args.account.open(home).await?;
    let now = account.client().chain().info().await?.time.seconds();
    let days = args.days.map(|days| now.saturating_add(u64::from(days).saturating_mul(DAY)));
    // Times of the command line are in milliseconds.
    let until = args.until.map(|until| until / 1_000).or(days).context("expected --until or --days")?;
    let mut transactions = Vec::new();
    for readers in args.reader.chunks(limits::MAX_READERS) {
        let message = ExecuteMsg::Permit {
            content: content.into(),
            readers: readers.to_vec(),
            purpose: args.purpose.clone(),
            until,
        };
        transactions.push(account.grants(&message).await?.hash.to_string());
    }
    let answer = json!({
        "content": hex::encode(content), "readers": args.reader, "purpose": args.purpose, "until": until,
        "transactions": transactions,
    });
    output.show(&answer, |_| {
        let until = show_time(until.saturating_mul(1_000));
        println!("{} accounts may read {} until {until}", args.reader.len(), hex::encode(content));
    })
}

/// Takes permits back.
pub(super) async fn revoke(args: &RevokeArgs, home: &Path, output: Output) -> Result<()> {
    let content = content_of(&args.content)?;
    check(&args.reader, "--reader")?;
    let (account, _home) = args.account.open(home).await?;
    let mut transactions = Vec::new();
    for readers in args.reader.chunks(limits::MAX_READERS) {
        let message = ExecuteMsg::RevokePermit { content: content.into(), readers: readers.to_vec() };
        transactions.push(account.grants(&message).await?.hash.to_string());
    }
    let answer =
        json!({ "content": hex::encode(content), "readers": args.reader, "transactions": transactions });
    output.show(&answer, |_| {
        println!("{} accounts get no key of {} any more", args.reader.len(), hex::encode(content));
        println!("a key that was released before stays with who has it");
    })
}

fn check(addresses: &[String], option: &'static str) -> Result<()> {
    addresses.iter().try_for_each(|address| validate_address(address).map(drop).context(option))
}
