//! `bithive audit verify`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bithive_audit::{Digest, Head, show_time};
use bithive_audit_log::{Verdict, verify};
use bithive_command_kit::Output;
use serde_json::json;

use super::anchor;
use super::which::LogArgs;
use crate::relied::read_file;

/// Most bytes of a file with a head.
const MAX_HEAD_BYTES: usize = 4_096;

/// Arguments of `bithive audit verify`.
#[derive(clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    log: LogArgs,
    /// Signed head that is known from outside, as `audit head --sign` writes it; can be repeated.
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
    /// Account that has to have signed the heads; can be repeated. By default any, and it is said who.
    #[arg(long, value_name = "ADDRESS", requires = "head")]
    signer: Vec<String>,
    /// Compare with the head that the account of the log has put on the chain (`audit anchor`).
    #[arg(long)]
    chain: bool,
    /// Account whose head on the chain counts: that of --config by default, or the operator's of the home folder.
    #[arg(long, value_name = "ADDRESS", requires = "chain")]
    account: Option<String>,
}

/// Checks a log.
pub(crate) async fn run(args: &VerifyArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let folder = args.log.folder(home)?;
    let (mut heads, mut signers) = heads(&args.head, &args.signer)?;
    // A log whose identity can't be told is broken, which shows below.
    if let Some(log) = identity(&folder, &heads)?.filter(|_| args.chain) {
        let (client, account, _home) = anchor::place(&args.log, args.account.as_deref(), home).await?;
        heads.push(anchor::head_of(&client, &account, log).await?);
        signers.push(account);
    }
    let verdict = verify(&folder, heads, |_| {})?;
    let answer = match &verdict.log {
        Ok(summary) => json!({
            "ok": true, "log": summary.head.log, "first": summary.first, "last": summary.head.seq, "head": summary.head,
            "heads_compared": summary.heads, "signers": signers, "clock_set_back": summary.clock_set_back,
            "unfinished_bytes": verdict.torn,
        }),
        Err(fault) => json!({
            "ok": false, "fault": fault.word(), "entry": fault.seq(), "problem": fault.to_string(), "signers": signers,
            "unfinished_bytes": verdict.torn,
        }),
    };
    output.show(&answer, |_| print(&verdict, &signers))?;
    Ok(if verdict.log.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which log it is: its first entry says so, or a head where that entry was removed on purpose.
fn identity(folder: &Path, heads: &[Head]) -> Result<Option<Digest>> {
    let mut log = None;
    verify(folder, [], |entry| {
        if entry.seq == 1 {
            log = Some(entry.prev);
        }
    })?;
    Ok(log.or_else(|| heads.first().map(|head| head.log)))
}

/// Reads heads, and who has signed them.
fn heads(files: &[PathBuf], expected: &[String]) -> Result<(Vec<Head>, Vec<String>)> {
    let (mut heads, mut signers) = (Vec::new(), Vec::new());
    for file in files {
        let option = || format!("--head {}", file.display());
        let (head, signer) =
            Head::read(&read_file(file, MAX_HEAD_BYTES).context("--head")?).with_context(option)?;
        ensure!(
            expected.is_empty() || expected.contains(&signer),
            "{} is signed by {signer}; expected {}",
            option(),
            expected.join(" or ")
        );
        heads.push(head);
        if !signers.contains(&signer) {
            signers.push(signer);
        }
    }
    Ok((heads, signers))
}

fn print(verdict: &Verdict, signers: &[String]) {
    match &verdict.log {
        Ok(summary) => {
            println!(
                "sound: entries {} to {}, the last one of {}, {}",
                summary.first,
                summary.head.seq,
                show_time(summary.head.at),
                summary.head.digest
            );
            if signers.is_empty() {
                println!(
                    "no head from outside was compared: an end that was cut off would not show (--chain, --head)"
                );
            } else {
                println!("it agrees with {} heads of {}", summary.heads, signers.join(", "));
            }
            if summary.clock_set_back > 0 {
                println!(
                    "{} entries have an earlier time than the one before: the clock was set back",
                    summary.clock_set_back
                );
            }
        }
        Err(fault) => println!("broken: {fault}"),
    }
    if verdict.torn > 0 {
        println!(
            "{} bytes of an unfinished entry at the end; the next entry cuts them off and says so",
            verdict.torn
        );
    }
}
