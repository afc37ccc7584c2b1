//! `bithive demo --imaging`: a study from a scanner to a report in the hospital's language.
//!
//! `phantom` is the study, `modality` the scanner, `hospital` the gateway that takes it and the images without what names the patient, `consent` the
//! patient. The job is one like those of the other demo, with a consent that the market and the nodes ask for. `report` is its end.

mod consent;
mod hospital;
mod modality;
mod phantom;
mod report;
mod summary;

use anyhow::{Context, Result, bail};
use bithive_api::grants::Standing;
use bithive_api::jobs::ExecuteMsg;
use bithive_attest::result::words_for;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_chain::Embedded;
use bithive_client::GrantError;
use bithive_inference::{Budget, Device, Model, ModelInput};
use bithive_node::Report;
use bithive_requester::{JobSpec, Requester, RequesterError, Selection};

use super::args::DemoArgs;
use super::check::{self, Check, Secret};
use super::network::{Matched, Parties as _};
use super::profiles::POLICY;
use super::results::FinishedJob;
use super::screen::Screen;
use super::setup::{DemoState, name_of};
use super::stages::{Plan, TOLERANCE, job, offer};
use super::tasks::{self, Tasks};
use consent::Consent;
use hospital::{Received, Study};
pub(super) use report::Reported;
pub(super) use summary::ImagingSummary;

/// Finds lesions in phantoms; models/phantoms.md says what it is and is not.
const MODEL: &[u8] = include_bytes!("../../../../models/phantoms.onnx");

/// A study that has gone all the way.
pub(super) struct FinishedStudy {
    study: Study,
    objects: usize,
    consent: Consent,
    finished: FinishedJob,
    pub(super) reported: Reported,
    checks: Vec<Check>,
}

/// Runs the demo with everything that is sent and stored looked at afterwards.
pub(super) async fn run(args: &DemoArgs, screen: Screen) -> Result<ImagingSummary> {
    let policy = Policy::parse(POLICY, &Schema::bithive())?;
    let (mut demo, mut parties) = tasks::observed_economy(args, &policy, screen).await?;
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

fn spec(policy: &Policy, study: &Study, model: &Model, workers: u8) -> Result<JobSpec> {
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

fn show_received(received: &Received, screen: Screen, checks: &mut Vec<Check>) {
    let sent = phantom::SLICES.len();
    screen.line(format!("C-STORE of {sent} slices of CT; {} are answered with success", received.objects));
    let found = phantom::identifying().filter(|(_, value)| received.shows(value)).count();
    let kept = received.on_disk.iter().map(|file| file.len()).sum::<usize>();
    screen.sees("the gateway's disk", "encrypted objects; their number, their lengths, and when they came");
    screen.hidden("the gateway's disk", "whose they are");
    checks.push(Check::new(
        "each object is on disk when the scanner hears of success",
        received.objects == sent,
        format!("{} of {sent}", received.objects),
    ));
    checks.push(Check::new(
        "what the gateway has on disk names nobody",
        found == 0 && kept > 0,
        format!("{} values searched in {kept} bytes: found {found}", phantom::identifying().count()),
    ));
}

fn show_deidentified(study: &Study, screen: Screen, checks: &mut Vec<Check>) -> Result<()> {
    screen.line(format!(
        "{} attributes are removed or replaced; the patient is {}",
        study.changes, study.pseudonym
    ));
    let images = study.images.shape();
    let [height, width] = [images.height(), images.width()];
    screen.line(format!("{} images of {height} x {width} pixels in Hounsfield units", images.images()));
    let values: Vec<&str> = phantom::identifying().map(|(_, value)| value).collect();
    let left = values.iter().filter(|value| study.files.iter().any(|file| holds(file, value.as_bytes())));
    let left = left.count();
    checks.push(Check::new(
        "no identifying value is left",
        left == 0,
        format!("{} values searched in {} files: {left} left", values.len(), study.files.len()),
    ));
    let original = phantom::slices()?;
    let same = original.spacing() == study.images.spacing() && original.images().eq(study.images.images());
    checks.push(Check::new(
        "the pixels are those of the scanner",
        same,
        format!("{} samples, and the size of a pixel", study.images.samples().len()),
    ));
    Ok(())
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

/// A check that a step was refused because of how the consent stands.
fn refusal(name: &'static str, refused: &Result<(), RequesterError>, expected: Standing) -> Check {
    let standing = match refused {
        Err(RequesterError::Grant(GrantError::NotPermitted { standing, .. })) => Some(*standing),
        _ => None,
    };
    let detail = match refused {
        Ok(()) => "it was done".to_owned(),
        Err(error) => error.to_string(),
    };
    Check::new(name, standing == Some(expected), detail)
}

fn show_job(demo: &DemoState, finished: &FinishedJob, checks: &mut Vec<Check>) {
    let (screen, job) = (demo.screen, &finished.job);
    let names = |nodes: &[usize]| {
        let names: Vec<&str> = nodes.iter().map(|node| demo.nodes[*node].profile.name.as_str()).collect();
        names.join(", ")
    };
    screen.line(format!(
        "job {}: {} of {} nodes open its vault: {}",
        job.job_id,
        finished.matched.len(),
        demo.nodes.len(),
        names(&finished.matched)
    ));
    let chosen: Vec<&str> =
        finished.assigned.workers.iter().map(|worker| name_of(demo, &worker.address)).collect();
    screen.line(format!(
        "chosen: {}; encrypted images {} bytes",
        chosen.join(", "),
        finished.assigned.payload_bytes
    ));
    screen.sees("a chosen node", "pixels without a name");
    screen.hidden("everybody else", "pixels, and what is found in them");
    let agreed = job.workers.iter().filter(|worker| worker.in_quorum == Some(true)).count();
    let eligible: Vec<usize> =
        (0..demo.nodes.len()).filter(|node| demo.nodes[*node].profile.qualifies).collect();
    checks.push(Check::new(
        "exactly the nodes that satisfy the policy opened the vault",
        finished.matched == eligible,
        format!("{} opened it, {} satisfy it", finished.matched.len(), eligible.len()),
    ));
    checks.push(Check::new(
        "a quorum agrees",
        agreed >= usize::from(job.terms.quorum) && job.outcome.is_some(),
        format!("{agreed} of {} agree, {} needed", job.workers.len(), job.terms.quorum),
    ));
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

/// The patient withdraws the consent between the claims of another job and its assignment: it is assigned to nobody. Its number, and who
/// claimed it.
async fn withdrawn(
    demo: &mut DemoState,
    parties: &mut Tasks<Embedded>,
    done: &FinishedStudy,
) -> Result<(Vec<Check>, u64, Vec<usize>)> {
    let model = Model::load(MODEL, Device::Cpu)?;
    let spec = spec(&done.finished.policy, &done.study, &model, done.finished.job.terms.workers)?;
    let job_id = parties.requester_mut().post(&spec).await?.job_id;
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id: id, .. } if *id == job_id);
    demo.reports.until("tried the vault", demo.nodes.len(), tried).await?;
    let opened =
        |report: &Report| matches!(report, Report::VaultTried { job_id: id, opened: true } if *id == job_id);
    let matched = demo.reports.nodes(opened);
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id: id, .. } if *id == job_id);
    demo.reports.until("claimed", matched.len(), claimed).await?;
    done.consent.revoke().await?;
    let requester = parties.requester_mut();
    let collected = requester.collect().await?;
    if let Some(refused) = collected.refused.first() {
        bail!("a claim was refused: {}", refused.reason);
    }
    let refused = requester.assign(job_id, &Selection::default()).await.map(drop);
    if let Err(error) = &refused {
        demo.screen
            .refused("to assign another job after the patient has withdrawn the consent", error.to_string());
    }
    let mut checks =
        vec![refusal("no job is assigned after the consent is withdrawn", &refused, Standing::Revoked)];
    requester.account().jobs(&ExecuteMsg::Cancel { job_id }).await?;
    requester.withdraw().await.context("the escrow of the job that was not assigned")?;
    let mut uses = done.consent.uses().await?;
    uses.sort_unstable();
    checks.push(Check::new(
        "the patient sees the job that was stopped, too",
        uses == [done.finished.job.job_id, job_id],
        format!("jobs {uses:?}"),
    ));
    Ok((checks, job_id, matched))
}

impl Received {
    /// Whether a value can be read from what is on disk.
    fn shows(&self, value: &str) -> bool {
        self.on_disk.iter().any(|file| holds(file, value.as_bytes()))
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
