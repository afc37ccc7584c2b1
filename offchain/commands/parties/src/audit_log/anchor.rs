//! `bithive audit anchor`, and what the chain has of a log.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_api::grants::ExecuteMsg;
use bithive_audit::{Act, Digest, Fault, Head, Outcome};
use bithive_audit_log::{AuditLog, verify};
use bithive_client::{Account, Client};
use bithive_command_kit::{Configured, Output, PasswordArgs, connect};
use bithive_home::Home;
use serde_json::json;

use super::record::operator;
use super::which::LogArgs;

/// Arguments of `bithive audit anchor`.
#[derive(clap::Args)]
pub struct AnchorArgs {
    #[command(flatten)]
    log: LogArgs,
    /// Name of a wallet of the home folder that sends the transaction, where there is no --config.
    #[arg(long, value_name = "NAME", default_value = "operator", conflicts_with = "config")]
    from: String,
    /// Configuration of the party whose account sends it, where that is another one than the party whose log it is: a gateway has none.
    #[arg(long, value_name = "FILE")]
    account: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// What the log says of entries about its heads on the chain.
pub(crate) const CODE: &str = "anchor";

/// A log, and the account that puts its heads on the chain.
pub(crate) struct Anchor {
    account: Account,
    log: AuditLog,
    folder: PathBuf,
    _home: Option<Home>,
}

impl Anchor {
    /// `config` is that of the party whose account it is; without one it is the wallet `from` of the home folder.
    pub(crate) async fn open(
        log: &LogArgs,
        (config, from): (Option<&Path>, &str),
        password: &PasswordArgs,
        home: &Path,
    ) -> Result<Self> {
        let folder = log.folder(home)?;
        let (account, _home) = match config {
            Some(file) => (Configured::load(file)?.account(password).await?, None),
            None => {
                let home = Home::open(home).await?;
                (home.account(from).await?, Some(home))
            }
        };
        Ok(Self { account, log: log.open(home, operator)?, folder, _home })
    }

    /// Puts the head of the log on the chain; returns it with the hash of the transaction, or what is wrong with the log.
    pub(crate) async fn put(&self) -> Result<Result<(Head, String), Fault>> {
        // This entry is the head: that it went to the chain is part of what it vouches for.
        let note =
            |outcome| self.log.record(Act::HeadSigned, outcome, |event| event.code = CODE.parse().ok());
        note(Outcome::Begun)?;
        let head = match verify(&self.folder, [], |_| {})?.log {
            Ok(summary) => summary.head,
            Err(fault) => return Ok(Err(fault)),
        };
        let message =
            ExecuteMsg::AnchorAudit { log: head.log.0.into(), count: head.seq, head: head.digest.0.into() };
        match self.account.grants(&message).await {
            Ok(receipt) => {
                note(Outcome::Success)?;
                Ok(Ok((head, receipt.hash.to_string())))
            }
            Err(error) => {
                note(Outcome::Failed)?;
                Err(error.into())
            }
        }
    }
}

/// Puts the head of a log on the chain.
pub(crate) async fn run(args: &AnchorArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let folder = args.log.folder(home)?;
    if let Err(fault) = verify(&folder, [], |_| {})?.log {
        eprintln!("nothing is put on the chain: the log is broken: {fault}");
        return Ok(ExitCode::FAILURE);
    }
    let config = args.account.as_deref().or(args.log.config.as_deref());
    let anchor = Anchor::open(&args.log, (config, &args.from), &args.password, home).await?;
    let (head, transaction) = match anchor.put().await? {
        Ok(put) => put,
        Err(fault) => {
            eprintln!("nothing is put on the chain: the log is broken: {fault}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let account = &anchor.account;
    let answer = json!({ "account": account.address(), "head": head, "transaction": transaction });
    output.show(&answer, |_| {
        println!("entry {} of the log {} is on the chain, for {}", head.seq, head.log, account.address());
        println!("`bithive audit verify --chain --account {}` compares", account.address());
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The head that an account has put on the chain of a log; an error where there is none, since a log that was replaced as a whole has
/// another identity.
pub(crate) async fn head_of(client: &Client, account: &str, log: Digest) -> Result<Head> {
    let found = client.audit_head(account, log.0).await?.with_context(|| {
        format!(
            "{account} has put no head of the log {log} on the chain: run `bithive audit anchor`; if it did so before, this is another log than \
             that one"
        )
    })?;
    let digest = Digest(found.head.to_array().context("the head on the chain")?);
    // The chain has no time of the entry, but that of the block.
    let at = found.at.saturating_mul(1_000);
    Ok(Head { at, digest, kind: bithive_audit::HeadKind::Head1, log, seq: found.count })
}

/// The chain of a log, and the account whose heads count.
pub(crate) async fn place(
    args: &LogArgs,
    account: Option<&str>,
    home: &Path,
) -> Result<(Client, String, Option<Home>)> {
    let expected = "expected --account ADDRESS: whose head on the chain counts";
    if let Some(file) = &args.config {
        let configured = Configured::load(file)?;
        let account = account.map_or_else(|| configured.address(), |account| Ok(account.to_owned()))?;
        return Ok((connect(&configured.chain).await?, account, None));
    }
    let home = Home::open(home).await?;
    let account = match account {
        Some(account) => account.to_owned(),
        None => home.key("operator").context(expected)?.address().to_owned(),
    };
    Ok((home.local.client.clone(), account, Some(home)))
}
