//! What became of the study: one document, as JSON or as a table.

use std::collections::BTreeMap;

use anyhow::Result;
use bithive_command_kit::table;
use bithive_inference::Answered;
use console::style;
use serde::Serialize;
use serde_json::Value;

use super::super::args::DemoArgs;
use super::super::check::Check;
use super::super::setup::{DemoState, NOTICE, name_of};
use super::study::FinishedStudy;

/// Results of `demo --imaging`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ImagingSummary {
    /// Whether every check holds.
    pub(crate) ok: bool,
    /// Not for clinical use.
    notice: &'static str,
    /// Id of the chain.
    chain: String,
    seed: u64,
    /// Objects that the gateway has taken.
    objects: usize,
    /// Attributes that de-identification has changed.
    changed_attributes: u64,
    /// Study Instance UID after it.
    study: String,
    /// What stands for the patient.
    patient: String,
    /// What the chain has of the consent, in hexadecimal.
    consent: String,
    /// Number of the job.
    job: u64,
    /// The workers, in slot order.
    chosen: Vec<String>,
    /// Workers that agree.
    quorum: usize,
    quorum_needed: u8,
    /// What the model says of each image.
    answers: Vec<Answered>,
    /// The report: a Bundle of FHIR R4.
    report: Value,
    stage_ms: BTreeMap<&'static str, u64>,
    checks: Vec<Check>,
}

pub(super) fn summarise(args: &DemoArgs, demo: &DemoState, done: FinishedStudy) -> Result<ImagingSummary> {
    let FinishedStudy { study, objects, consent, finished, reported, checks } = done;
    let job = &finished.job;
    Ok(ImagingSummary {
        ok: checks.iter().all(|check| check.ok),
        notice: NOTICE,
        chain: demo.network.client.deployment().chain_id.clone(),
        seed: args.seed,
        objects,
        changed_attributes: study.changes,
        study: study.uid,
        patient: study.pseudonym,
        consent: consent.digest().to_hex(),
        job: job.job_id,
        chosen: finished
            .assigned
            .workers
            .iter()
            .map(|worker| name_of(demo, &worker.address).to_owned())
            .collect(),
        quorum: job.workers.iter().filter(|worker| worker.in_quorum == Some(true)).count(),
        quorum_needed: job.terms.quorum,
        answers: reported.answers.answers,
        report: serde_json::from_str(&reported.bundle.to_json())?,
        stage_ms: demo.timer.stages.clone(),
        checks,
    })
}

impl ImagingSummary {
    pub(crate) fn print(&self) {
        println!("\n{}", style("Summary").bold());
        let mut facts = table(&["what", "value"]);
        for (name, value) in [
            ("objects taken", self.objects.to_string()),
            ("attributes changed", self.changed_attributes.to_string()),
            ("study, patient", format!("{}, {}", self.study, self.patient)),
            ("consent", self.consent.clone()),
            ("job, chosen", format!("{}, {}", self.job, self.chosen.join(", "))),
            ("quorum", format!("{} agree, {} needed", self.quorum, self.quorum_needed)),
        ] {
            facts.add_row([name.to_owned(), value]);
        }
        println!("{facts}");
        let mut stages = table(&["stage", "ms"]);
        for (stage, ms) in &self.stage_ms {
            stages.add_row([(*stage).to_owned(), ms.to_string()]);
        }
        println!("{stages}");
        println!("{}", style("Checks").bold());
        for check in &self.checks {
            let mark = if check.ok { style("ok  ").green() } else { style("FAIL").red().bold() };
            println!("   {mark} {}: {}", check.name, check.detail);
        }
        println!("\n{}", self.notice);
    }
}
