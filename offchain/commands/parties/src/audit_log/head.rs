//! `bithive audit head`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_audit::{Act, Outcome, show_time};
use bithive_audit_log::verify;
use bithive_chain::SigningKey;
use bithive_command_kit::{Configured, Output, PasswordArgs};
use bithive_keystore::private;
use bithive_signed::Signed;
use serde::Serialize;
use serde_json::json;

use super::which::{LogArgs, no_log};

/// Arguments of `bithive audit head`.
#[derive(clap::Args)]
pub struct HeadArgs {
    #[command(flatten)]
    log: LogArgs,
    /// Sign it with the account of --config.
    #[arg(long, requires = "config")]
    sign: bool,
    /// File to create with the signed head, in place of standard output.
    #[arg(long, value_name = "FILE", requires = "sign")]
    out: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Shows the head, signed if that is asked for.
pub(crate) fn run(args: &HeadArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let folder = args.log.folder(home)?;
    let key = match &args.log.config {
        Some(file) if args.sign => {
            let (key, log) = Configured::load(file)?.unlock(&args.password)?;
            // This entry is the head that is signed: that it was signed is part of what it vouches for.
            log.with_context(|| no_log(file))?.record(Act::HeadSigned, Outcome::Success, |_| {})?;
            Some(key)
        }
        _ => None,
    };
    let head = match verify(&folder, [], |_| {})?.log {
        Ok(summary) => summary.head,
        Err(fault) => {
            eprintln!("the log is broken: {fault}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let Some(key) = key else {
        output.show(&head, |head| {
            println!("entry {} of {}: {} of the log {}", head.seq, show_time(head.at), head.digest, head.log)
        })?;
        return Ok(ExitCode::SUCCESS);
    };
    let signed = signed_by(&key, head)?;
    let text = serde_json::to_string_pretty(&signed)?;
    match &args.out {
        None => println!("{text}"),
        Some(file) => {
            private::create(file, format!("{text}\n").as_bytes())?;
            let answer =
                json!({ "file": file, "seq": signed.document.seq, "signer": signed.signature.signer });
            output.show(&answer, |_| println!("wrote {}: entry {}", file.display(), signed.document.seq))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A document with the signature of an account, in the form of ADR-36.
pub(crate) fn signed_by<T: Serialize>(key: &SigningKey, document: T) -> Result<Signed<T>> {
    let public = key.public_key().to_bytes();
    Signed::sign(document, (key.address(), &public), |bytes| key.sign(bytes).map_err(anyhow::Error::from))
}
