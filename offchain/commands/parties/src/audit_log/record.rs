//! `bithive audit record`.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_audit::{Act, Digest, Name, Outcome, Role, show_time};
use bithive_audit_log::Who;
use bithive_command_kit::Output;

use super::show::as_json;
use super::which::LogArgs;

/// Arguments of `bithive audit record`.
#[derive(clap::Args)]
pub struct RecordArgs {
    /// What was done: opened, decrypted, exported, received, deidentified, job-posted, input-sent, result-read, consent-given, consent-withdrawn, erased,
    /// break-glass, configuration-changed, keystore-opened or signed-in.
    act: Act,
    #[command(flatten)]
    log: LogArgs,
    /// How it ended: begun, success, refused or failed.
    #[arg(long, default_value = "success")]
    outcome: Outcome,
    /// Who did it: an address or another pseudonym, never a name. The account of --config by default.
    #[arg(long)]
    actor: Option<Name>,
    /// As what: requester, node, gateway, operator, clinician, researcher, subject or service.
    #[arg(long)]
    role: Option<Role>,
    /// Reason or detail, as a code, for example: emergency
    #[arg(long)]
    code: Option<Name>,
    /// Whom the data is about: a pseudonym, 64 hex digits.
    #[arg(long, value_name = "DIGEST")]
    subject: Option<Digest>,
    /// What it was done to, of any form: the log has its salted digest.
    #[arg(long, value_name = "TEXT")]
    object: Option<String>,
    /// Digest of the consent that permitted it.
    #[arg(long, value_name = "DIGEST")]
    consent: Option<Digest>,
    /// What for, as a code of HL7 v3 PurposeOfUse.
    #[arg(long)]
    purpose: Option<Name>,
    /// How many records it was about.
    #[arg(long, value_name = "NUMBER")]
    count: Option<u32>,
}

/// Whoever runs the program.
pub(crate) fn operator() -> Result<Who> {
    Ok(("operator".parse()?, Role::Operator))
}

/// Logs an act.
pub(crate) fn run(args: RecordArgs, home: &Path, output: Output) -> Result<()> {
    anyhow::ensure!(
        !matches!(args.act, Act::LogBegun | Act::LogRepaired | Act::HeadSigned),
        "{} is what the log says of itself; nobody else records it",
        args.act
    );
    let named = || {
        let actor = args.actor.clone().context("expected --actor and --role, or --config: who did it")?;
        Ok((actor, args.role.context("expected --role: as what the actor did it")?))
    };
    let log = args.log.open(home, named)?;
    let object = args.object.as_ref().map(|text| log.object("named", text));
    let entry = log.record(args.act, args.outcome, |event| {
        if let Some(actor) = args.actor.clone() {
            event.actor = actor;
        }
        if let Some(role) = args.role {
            event.role = role;
        }
        event.code = args.code.clone();
        event.subject = args.subject;
        event.object = object;
        event.consent = args.consent;
        event.purpose = args.purpose.clone();
        event.count = args.count;
    })?;
    output.show(&as_json(&entry), |_| {
        println!("entry {} of {}: {}", entry.seq, show_time(entry.event.at), entry.event.act)
    })
}
