//! From the scanner to the report, step by step.

use anyhow::Result;
use bithive_api::grants::Standing;
use bithive_attest::result::words_for;
use bithive_blindmatch::policy::Policy;
use bithive_chain::Embedded;
use bithive_inference::{Budget, Device, Model, ModelInput};
use bithive_requester::{JobSpec, Requester, Selection};

use super::super::args::DemoArgs;
use super::super::check::Check;
use super::super::network::Parties as _;
use super::super::profiles::POLICY;
use super::super::results::FinishedJob;
use super::super::screen::Screen;
use super::super::setup::DemoState;
use super::super::stages::{Plan, TOLERANCE, job, offer};
use super::super::tasks::Tasks;
use super::consent::{Consent, refusal};
use super::hospital::{self, Study};
use super::report::{self, Reported};
use super::shown::{show_deidentified, show_job, show_received};

/// Finds lesions in phantoms; models/phantoms.md says what it is and is not.
pub(super) const MODEL: &[u8] = include_bytes!("../../../../models/phantoms.onnx");

/// A study that has gone all the way.
pub(super) struct FinishedStudy {
    pub(super) study: Study,
    /// Objects that the gateway has taken.
    pub(super) objects: usize,
    pub(super) consent: Consent,
    pub(super) finished: FinishedJob,
    pub(super) reported: Reported,
    pub(super) checks: Vec<Check>,
}

/// Takes a study from the scanner to the report.
pub(super) async fn study(
    args: &DemoArgs,
    demo: &mut DemoState,
    parties: &mut Tasks<Embedded>,
    policy: &Policy,
) -> Result<FinishedStudy> {
    let (screen, mut checks) = (demo.screen, Vec::new());
    screen.stage(2, "A scanner sends a study to the hospital's gateway");
    let received = hospital::receive().await?;
    show_received(&received, screen, &mut checks);
    demo.timer.lap("2_gateway");

    screen.stage(3, "What names the patient goes, and images are made");
    let study = received.deidentify(&mut demo.rng)?;
    show_deidentified(&study, screen, &mut checks)?;
    demo.timer.lap("3_deidentify");

    screen.stage(4, "The patient consents");
    let model = Model::load(MODEL, args.device)?;
    let spec = spec(policy, &study, &model, args.redundancy)?;
    let reader = parties.requester().address().to_owned();
    let consent = Consent::give(demo, &reader, &spec.rows).await?;
    let requester = parties.requester_mut();
    requester.rely_on(Some(consent.relied.clone()));
    requester.name_bases(vec![consent.basis()]);
    consented(&consent, &study, requester, &spec, screen, &mut checks).await?;
    demo.timer.lap("4_consent");

    screen.stage(5, "The job: sealed, and only for those whom it is for");
    let everybody = Selection::default();
    let plan = Plan {
        policy: POLICY,
        spec: &spec,
        rows: study.images.shape().images(),
        selection: &everybody,
        earlier: None,
    };
    let finished = job(demo, parties, plan).await?;
    let job_id = finished.job.job_id;
    show_job(demo, &finished, &mut checks);
    checks.push(Check::new(
        "the patient sees the job",
        consent.uses().await? == [job_id],
        format!("job {job_id} names the consent"),
    ));

    screen.stage(6, "The answer");
    let values = parties.result(job_id).await?;
    screen.line(format!(
        "{} numbers, one for each pixel, agreed on by the quorum and opened by the requester",
        values.len()
    ));
    same_as_here(&study, &values, &mut checks)?;
    screen.stage(7, "The report");
    let client = &demo.network.client;
    let reported = report::write(client, &finished.job, (&study, &model), &values).await?;
    reported.show(screen, &mut checks);
    demo.timer.lap("7_report");
    Ok(FinishedStudy { study, objects: received.objects, consent, finished, reported, checks })
}

pub(super) fn spec(policy: &Policy, study: &Study, model: &Model, workers: u8) -> Result<JobSpec> {
    let input = ModelInput::Images(study.images.clone());
    model.check_input(&input)?;
    let values = input.count() * model.values_each();
    Ok(JobSpec {
        policy: policy.clone(),
        rows: input.encode(),
        dimensions: u16::try_from(words_for(values))?,
        model: MODEL.into(),
        offer: offer(workers),
    })
}

async fn consented(
    consent: &Consent,
    study: &Study,
    requester: &mut Requester,
    spec: &JobSpec,
    screen: Screen,
    checks: &mut Vec<Check>,
) -> Result<()> {
    screen
        .line("a receipt for one reader, one purpose (TREAT), these images and a day, signed by the patient");
    let other = study.images.select(&[0])?.encode();
    checks.push(Check::new(
        "the receipt permits these images and no others",
        consent.permits(&spec.rows) && !consent.permits(&other),
        "other images are refused",
    ));
    let refused = requester.post(spec).await.map(drop);
    checks.push(refusal(
        "no job is posted under a consent that is not on the chain",
        &refused,
        Standing::Unknown,
    ));
    if let Err(error) = &refused {
        screen.refused("a job before the consent is on the chain", error.to_string());
    }
    consent.record().await?;
    let standing = consent.standing().await?;
    screen.line(format!("recorded in the contract of consents: {}", consent.digest()));
    screen.sees("chain", "a digest, and when it ends");
    screen.hidden("chain", "what the receipt says, and of whom");
    checks.push(Check::new(
        "the consent is on the chain",
        standing == Standing::Live,
        format!("it is {standing:?}"),
    ));
    Ok(())
}

/// The nodes' answer is what the model says on this machine.
fn same_as_here(study: &Study, values: &[f32], checks: &mut Vec<Check>) -> Result<()> {
    let here = Model::load(MODEL, Device::Cpu)?
        .run_input(&ModelInput::Images(study.images.clone()), &Budget::unlimited())?;
    let apart = values.iter().zip(&here).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
    // The tolerance of the job is in units of 2^-16.
    let tolerance = TOLERANCE as f32 / 65_536.0;
    checks.push(Check::new(
        "the answer is what the model says here",
        values.len() == here.len() && apart <= tolerance,
        format!("{} numbers, at most {apart:.1e} apart", values.len()),
    ));
    Ok(())
}
