//! How far studies are, and what is to be sent.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bithive_audit::show_time;
use bithive_command_kit::{Output, table};
use bithive_gateway::config::GatewayConfig;
use bithive_gateway::{Letter, Spool, SpoolKey, Study, Thing, Uid, again, letters, studies};
use serde::Serialize;
use serde_json::json;

/// A study as it is shown.
#[derive(Serialize)]
struct Shown<'a> {
    study: &'a Uid,
    rule: Option<&'a str>,
    stage: &'static str,
    reason: Option<&'a str>,
    /// Objects that become images, and those that do not.
    objects: usize,
    left_out: usize,
    /// Digests by which consents name the images, and numbers of their jobs.
    data: Vec<&'a str>,
    jobs: Vec<u64>,
    /// Seconds of the Unix epoch.
    since: u64,
}

fn shown(study: &Study) -> Shown<'_> {
    Shown {
        study: &study.study,
        rule: study.rule.as_deref(),
        stage: study.stage.name(),
        reason: study.reason.as_deref(),
        objects: study.objects.len(),
        left_out: study.left_out,
        data: study.parts.iter().map(|part| part.digest.as_str()).collect(),
        jobs: study.parts.iter().filter_map(|part| part.job).collect(),
        since: study.since / 1_000,
    }
}

/// Lists studies; the gateway may run.
pub(super) fn list(file: &Path, output: Output) -> Result<()> {
    let config = GatewayConfig::load(file)?;
    let found = studies(&config.spool, &SpoolKey::read(&config.key)?)?;
    let all: Vec<Shown<'_>> = found.iter().map(shown).collect();
    output.show(&all, |all| {
        let mut rows = table(&["study", "rule", "stage", "since", "jobs", "reason"]);
        for study in all {
            let jobs: Vec<String> = study.jobs.iter().map(u64::to_string).collect();
            rows.add_row([
                study.study.to_string(),
                study.rule.unwrap_or_default().to_owned(),
                study.stage.to_owned(),
                show_time(study.since),
                jobs.join(" "),
                study.reason.unwrap_or_default().to_owned(),
            ]);
        }
        println!("{rows}");
    })
}

/// Lists what is not sent yet, and counts what is; the gateway may run.
pub(super) fn outbox(file: &Path, output: Output) -> Result<()> {
    let config = GatewayConfig::load(file)?;
    let all = letters(&config.spool, &SpoolKey::read(&config.key)?)?;
    let (sent, waiting): (Vec<Letter>, Vec<Letter>) =
        all.into_iter().partition(|letter| letter.sent.is_some());
    let answer = json!({ "sent": sent.len(), "waiting": waiting });
    output.show(&answer, |_| {
        let mut rows = table(&["to", "what", "attempts", "problem"]);
        for letter in &waiting {
            let what = match &letter.thing {
                Thing::Object(instance) => instance.to_string(),
                Thing::Document { kind, id } => format!("{kind}/{id}"),
            };
            let problem = letter.problem.clone().unwrap_or_default();
            rows.add_row([letter.to.clone(), what, letter.attempts.to_string(), problem]);
        }
        println!("{rows}");
        println!("{} are sent", sent.len());
    })
}

/// Has a study begin anew, of a gateway that does not run.
pub(super) fn begin_again(file: &Path, study: &Uid, output: Output) -> Result<ExitCode> {
    let config = GatewayConfig::load(file)?;
    let spool = Spool::open(&config.spool, SpoolKey::read(&config.key)?, config.limits())?;
    let begins = again(&spool, study)?;
    output.show(&json!({ "begins": begins }), |_| {
        println!(
            "{}",
            if begins { "it begins again with the next start" } else { "no such study has ended" }
        );
    })?;
    Ok(if begins { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
