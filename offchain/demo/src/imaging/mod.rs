//! `bithive demo --imaging`: a study from a scanner to a report in the hospital's language.
//!
//! `phantom` is the study, `modality` the scanner, `hospital` the gateway that takes it and the images without what names the patient, `consent` the
//! patient. The job is one like those of the other demo, with a consent that the market and the nodes ask for; `study` goes all the way to the
//! `report`, and `withdrawal` shows that it goes no further without the consent. [`to_show`] stops at the report, for a page.

mod consent;
mod hospital;
mod modality;
mod phantom;
mod report;
mod shown;
mod study;
mod summary;
mod withdrawal;

use anyhow::{Result, ensure};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{Embedded, SigningKey};

use super::args::DemoArgs;
use super::check::{self, Secret};
use super::network::{Matched, Parties as _};
use super::profiles::POLICY;
use super::screen::Screen;
use super::setup::DemoState;
use super::tasks::{self, Tasks};
use hospital::Study;
use study::study;
pub(super) use summary::ImagingSummary;
use withdrawal::withdrawn;

/// Runs the demo with everything that is sent and stored looked at afterwards.
pub(super) async fn run(args: &DemoArgs, screen: Screen) -> Result<ImagingSummary> {
    let policy = Policy::parse(POLICY, &Schema::bithive())?;
    let (mut demo, mut parties) = tasks::embedded(args, &policy, screen, true).await?;
    let mut done = study(args, &mut demo, &mut parties, &policy).await?;
    screen.stage(8, "Withdrawal, books and secrets");
    let stopped = withdrawn(&mut demo, &mut parties, &done).await?;
    done.checks.extend(stopped.0);
    parties.stop().await?;
    let jobs = [(done.finished.job.job_id, &done.finished.matched), (stopped.1, &stopped.2)];
    let endpoints = |nodes: &[usize]| nodes.iter().map(|node| demo.nodes[*node].endpoint).collect();
    let jobs = jobs.map(|(job_id, nodes)| Matched { job_id, nodes: endpoints(nodes), of_attacker: false });
    let observed = parties.observed(&jobs)?;
    let client = &demo.network.client;
    let transcript = check::chain_transcript(client, demo.network.first_height).await?;
    done.checks.extend(check::conservation(client).await?.1);
    done.checks.extend(check::secrecy(&transcript, &observed, &secrets(&done.study)));
    done.checks.extend(observed.checks);
    demo.timer.lap("8_withdrawal_and_books");
    summary::summarise(args, &demo, done)
}

/// What a page shows of a study.
pub(super) struct ToShow {
    /// Number of its job.
    pub(super) job_id: u64,
    /// The report, a Bundle of FHIR R4 as JSON.
    pub(super) report: String,
    /// The patient's, who has consented.
    pub(super) patient: SigningKey,
}

/// Takes a study as far as its report, and leaves the consent as it is; fails when any check does.
pub(super) async fn to_show(
    args: &DemoArgs,
    demo: &mut DemoState,
    parties: &mut Tasks<Embedded>,
    policy: &Policy,
) -> Result<ToShow> {
    let done = study(args, demo, parties, policy).await?;
    for check in &done.checks {
        ensure!(check.ok, "{}: {}", check.name, check.detail);
    }
    let report = done.reported.bundle.to_json();
    Ok(ToShow { job_id: done.finished.job.job_id, report, patient: done.consent.key })
}

/// What nobody but the hospital, the requester and the chosen nodes may see.
fn secrets(study: &Study) -> Vec<Secret> {
    let name = |value: &str| value.split('^').next().unwrap_or_default().as_bytes().to_vec();
    let sealed = study.images.encode();
    vec![
        Secret { name: "the patient's name is nowhere in the open", bytes: name(phantom::PATIENT) },
        Secret {
            name: "the patient's pseudonym is nowhere in the open",
            bytes: study.pseudonym.clone().into(),
        },
        Secret { name: "the study's new identifier is nowhere in the open", bytes: study.uid.clone().into() },
        // A row of pixels through the middle of the first slice.
        Secret {
            name: "the pixels are nowhere in the open",
            bytes: sealed.iter().skip(8_192).take(256).copied().collect(),
        },
    ]
}
