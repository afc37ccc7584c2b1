//! The demo, stage by stage.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Result, ensure};
use bithive_api::jobs::JobResponse;
use bithive_attest::result::words_for;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_blindmatch::vault::Vault;
use bithive_client::amount::show;
use bithive_command_kit::input::{self, JobInput};
use bithive_local::UNIT;
use bithive_node::Report;
use bithive_requester::AssignmentSummary;
use bithive_requester::{JobSpec, Offer, Quorum, Selection, Windows};

use super::args::DemoArgs;
use super::balances::Balances;
use super::curious;
use super::devnet_chain::DevnetChain;
use super::dishonest::{self, Cast};
use super::network::{FaultPoint, JobRequest, Matched, Parties, Posted};
use super::node::DemoNode;
use super::outsiders::{self, Attempt};
use super::processes::Hosts;
use super::profiles::POLICY;
use super::results::{FinishedJob, Results, accounts, settle, summarise, withdraw_all};
use super::screen::Screen;
use super::setup::{DemoState, NOTICE, REQUESTER, TREASURY, name_of};
use super::summary::{Lie, Summary};
use super::{processes, tasks};

/// Most that a worker may ask for one of the demo's jobs.
const PRICE: u128 = 15 * UNIT;

/// 1/1024 in fixed-point units: machines round differently, a cheat is further off.
pub(super) const TOLERANCE: u32 = 64;

const HOUR: u64 = 3_600;

/// Runs the demo.
pub(super) async fn run(
    args: &DemoArgs,
    screen: Screen,
    (real, hosts): (Option<DevnetChain>, Hosts),
) -> Result<Summary> {
    // Bad input ends the demo before anything else happens.
    let input = input::load(args.input.as_deref(), args.model.as_deref(), &args.rows, args.device)?;
    let policy = Policy::parse(POLICY, &Schema::bithive())?;
    if args.network {
        let (demo, mut parties) = processes::start(args, &policy, screen, hosts).await?;
        run_stages(args, demo, &mut parties, (input, policy)).await
    } else if let Some(chain) = real {
        let (demo, mut parties) = tasks::on_devnet(args, &policy, screen, &chain).await?;
        run_stages(args, demo, &mut parties, (input, policy)).await
    } else {
        let (demo, mut parties) = tasks::embedded(args, &policy, screen, false).await?;
        run_stages(args, demo, &mut parties, (input, policy)).await
    }
}

/// Runs one job over the first row, as the first of the demo; for a network that is then left to others.
pub(super) async fn first_job(
    args: &DemoArgs,
    demo: &mut DemoState,
    parties: &mut dyn Parties,
    (input, policy): (&JobInput, &Policy),
) -> Result<u64> {
    let spec = spec(policy, input, args.redundancy, 1)?;
    let everybody = Selection::default();
    let plan = Plan { policy: POLICY, spec: &spec, rows: 1, selection: &everybody, earlier: None };
    Ok(job(demo, parties, plan).await?.job.job_id)
}

async fn run_stages(
    args: &DemoArgs,
    mut demo: DemoState,
    parties: &mut dyn Parties,
    (input, policy): (JobInput, Policy),
) -> Result<Summary> {
    let screen = demo.screen;
    show_input(&input, screen);
    demo.timer.lap("2_input");

    screen.stage(3, "A first job, so that one of its workers can be left out of the next");
    let first = spec(&policy, &input, args.redundancy, 1)?;
    let everybody = Selection::default();
    let plan = Plan { policy: POLICY, spec: &first, rows: 1, selection: &everybody, earlier: None };
    let first = job(&mut demo, parties, plan).await?;
    let dropped = &demo.nodes[demo.roles.dropped];
    screen.line(format!("job {} is settled; {} is left out next", first.job.job_id, dropped.profile.name));
    let selection = Selection { exclude: BTreeSet::from([dropped.address.clone()]), ..Selection::default() };
    demo.timer.restart("3_first_job");

    screen.stage(4, "The job");
    let rows = input.table.features().row_count();
    let spec = spec(&policy, &input, args.redundancy, rows)?;
    let accounts = accounts(&demo, parties.requester());
    let before = Balances::take(&demo.network.client, &accounts).await?;
    let plan = Plan { policy: POLICY, spec: &spec, rows, selection: &selection, earlier: Some(&first.job) };
    let main = job(&mut demo, parties, plan).await?;

    screen.stage(7, "Settlement");
    let values = parties.result(main.posted.job_id).await?;
    let outcome = settle(&demo, values, &input)?;
    withdraw_all(&demo, parties.requester()).await?;
    let now = Balances::take(&demo.network.client, &accounts).await?;
    let changes = now.since(&before, REQUESTER, TREASURY);
    demo.timer.lap("7_settlement");

    screen.stage(8, "A requester that lies");
    let dishonest = dishonest_job(&mut demo, parties, &input).await?;

    screen.stage(9, "A requester and a stranger that want to know more");
    let curious =
        curious::play(&mut demo, &parties.attacker(), parties.requester(), &main.posted.vault).await?;
    demo.timer.lap("9a_curious");
    parties.stop().await?;

    screen.stage(10, "Books and secrets");
    let endpoints = |nodes: &[usize]| nodes.iter().map(|index| demo.nodes[*index].endpoint).collect();
    let mut jobs: Vec<Matched> = [&first, &main, &dishonest.0]
        .map(|job| Matched { job_id: job.posted.job_id, nodes: endpoints(&job.matched), of_attacker: false })
        .into();
    jobs.push(Matched { job_id: curious.job_id, nodes: endpoints(&curious.opened), of_attacker: true });
    let observed = parties.observed(&jobs)?;
    let results = Results { first, main, dishonest, curious, outcome, changes, input, spec, observed };
    summarise(args, demo, results).await
}

/// One more job of the same requester, which now chooses two nodes that do what it says, and an honest one.
async fn dishonest_job(
    demo: &mut DemoState,
    parties: &mut dyn Parties,
    input: &JobInput,
) -> Result<(FinishedJob, Lie)> {
    let cast = Cast::new(demo);
    let times = demo.timer.stages.clone();
    dishonest::restore_bonds(demo, &cast).await?;
    let policy = Policy::parse(dishonest::POLICY, &demo.network.schema)?;
    let spec = spec(&policy, input, dishonest::WORKERS, 1)?;
    let selection = Selection { exclude: cast.others(demo), ..Selection::default() };
    let accounts = accounts(demo, parties.requester());
    let before = Balances::take(&demo.network.client, &accounts).await?;
    let plan = Plan { policy: dishonest::POLICY, spec: &spec, rows: 1, selection: &selection, earlier: None };
    let job = job(demo, parties, plan).await?;
    let now = Balances::take(&demo.network.client, &accounts).await?;
    let lie = dishonest::costs(demo, &cast, &before, &now);
    demo.timer.restart("8_dishonest_requester");
    // Its steps have the names of the main job's.
    demo.timer.stages.extend(times);
    Ok((job, lie))
}

fn show_input(input: &JobInput, screen: Screen) {
    screen.stage(2, "Input: real rows and a trained model");
    screen.line(format!(
        "{}: {} rows, {} features, {}",
        input.source,
        input.table.features().row_count(),
        input.table.columns().len(),
        if input.table.labels().is_some() { "labelled" } else { "no labels" }
    ));
    let digest = hex::encode(&input.model.digest()[..8]);
    screen.line(format!(
        "model {digest}..., {} bytes, {} features",
        input.model_bytes.len(),
        input.model.width()
    ));
    screen.line(NOTICE);
}

fn spec(policy: &Policy, input: &JobInput, workers: u8, rows: usize) -> Result<JobSpec> {
    let rows: Vec<usize> = (0..rows).collect();
    let table = input.table.select(&rows)?;
    Ok(JobSpec {
        policy: policy.clone(),
        rows: table.features().encode(),
        dimensions: u16::try_from(words_for(rows.len()))?,
        model: input.model_bytes.clone(),
        offer: offer(workers),
    })
}

/// What the demo's jobs offer: a majority of the workers must agree.
pub(super) fn offer(workers: u8) -> Offer {
    let quorum = Quorum { workers, quorum: workers / 2 + 1, tolerance: TOLERANCE };
    Offer::new(PRICE, quorum, Windows::same(HOUR))
}

/// A job to run.
pub(super) struct Plan<'a> {
    pub(super) policy: &'a str,
    pub(super) spec: &'a JobSpec,
    pub(super) rows: usize,
    pub(super) selection: &'a Selection,
    pub(super) earlier: Option<&'a JobResponse>,
}

/// Runs one job. One without an earlier job is not shown.
pub(super) async fn job(
    demo: &mut DemoState,
    parties: &mut dyn Parties,
    plan: Plan<'_>,
) -> Result<FinishedJob> {
    let Plan { policy, spec, rows, selection, earlier } = plan;
    let screen = Screen { quiet: demo.screen.quiet || earlier.is_none() };
    let satisfies = |node: &&DemoNode| spec.policy.is_satisfied(&node.profile.attributes);
    let claims = demo.nodes.iter().filter(satisfies).count();
    let posted = parties.post(JobRequest { policy, spec, rows, selection, claims }).await?;
    let job_id = posted.job_id;
    show_vault(demo, &posted, spec, screen)?;
    demo.timer.lap("4_post");
    if earlier.is_some() {
        parties.inject_fault(FaultPoint::Posted, None).await?;
    }

    let everybody = demo.nodes.len();
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id: id, .. } if *id == job_id);
    demo.reports.until("tried the vault", everybody, tried).await?;
    let opened =
        |report: &Report| matches!(report, Report::VaultTried { job_id: id, opened: true } if *id == job_id);
    let matched = demo.reports.nodes(opened);
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id: id, .. } if *id == job_id);
    demo.reports.until("claimed", matched.len(), claimed).await?;
    let assigned = parties.assign(job_id, selection).await?;
    show_matching(demo, &matched, &assigned, screen);
    demo.timer.lap("5_match_and_assign");
    if earlier.is_some() {
        let first = assigned.workers.first().map(|worker| worker.address.as_str());
        let worker = demo.nodes.iter().position(|node| Some(node.address.as_str()) == first);
        parties.inject_fault(FaultPoint::Assigned, worker).await?;
    }

    let committed = |report: &Report| matches!(report, Report::Committed { job_id: id } if *id == job_id);
    demo.reports.until("committed", assigned.workers.len(), committed).await?;
    let job = demo.network.client.job(job_id).await?;
    let attempts = match earlier {
        Some(earlier) => outsiders(demo, parties, &job, earlier, screen).await?,
        None => Vec::new(),
    };
    demo.timer.lap("6a_decrypt_and_run");
    let finalized = |report: &Report| matches!(report, Report::Finalized { job_id: id } if *id == job_id);
    demo.reports.until("settled the job", 1, finalized).await?;
    let job = demo.network.client.job(job_id).await?;
    paid_out(demo, &job).await?;
    show_quorum(demo, &job, screen);
    demo.timer.lap("6b_quorum");
    if earlier.is_none() {
        parties.result(job_id).await?;
    }
    let policy = spec.policy.clone();
    Ok(FinishedJob { policy, posted, assigned, job, attempts, matched })
}

fn show_vault(demo: &DemoState, posted: &Posted, spec: &JobSpec, screen: Screen) -> Result<()> {
    let vault = Vault::decode(&posted.vault)?;
    screen.line(format!("policy: {POLICY}"));
    screen.line(format!(
        "job {} posted: vault of {} bytes, {} in escrow",
        posted.job_id,
        posted.vault.len(),
        show(spec.escrow()?)
    ));
    for line in hex::encode(&posted.vault).as_bytes().chunks(96).take(6) {
        screen.line(format!("  {}", String::from_utf8_lossy(line)));
    }
    let slots: Vec<String> = demo.network.schema.slots().iter().map(|slot| slot.label.clone()).collect();
    let named: BTreeSet<&str> = vault
        .tree()
        .leaves()
        .iter()
        .filter_map(|slot| slots.get(usize::from(slot.0)).map(String::as_str))
        .collect();
    screen.sees(
        "chain",
        format!("{} leaves over {named:?}, in the shape of the tree", vault.tree().leaves().len()),
    );
    screen.hidden("chain", "which values they ask for");
    Ok(())
}

fn show_matching(demo: &DemoState, matched: &[usize], assigned: &AssignmentSummary, screen: Screen) {
    screen.stage(5, "Matching: every node tries the vault with its own tags");
    let names: Vec<&str> = matched.iter().map(|index| demo.nodes[*index].profile.name.as_str()).collect();
    screen.line(format!("{} of {} nodes open it: {}", matched.len(), demo.nodes.len(), names.join(", ")));
    screen.sees("a node that does not qualify", "that the vault does not open");
    screen.sees("committee", "blinded points of every node, one evaluation per slot and epoch");
    screen.hidden("committee", "values, and who matched");
    screen.sees("requester", "sealed claims of those who match: account, slot, ask, signed consent");
    let chosen: Vec<&str> = assigned.workers.iter().map(|worker| name_of(demo, &worker.address)).collect();
    screen.line(format!("chosen: {}", chosen.join(", ")));
    screen.line(format!(
        "{} of 128 bytes for {} of {}; mask {} bytes, encrypted input {} bytes; {} slots changed in these groups",
        if assigned.headers == 1 { "1 header".into() } else { format!("{} headers", assigned.headers) },
        assigned.headers,
        demo.network.groups,
        assigned.mask_bytes,
        assigned.payload_bytes,
        assigned.changed_slots
    ));
    screen.stage(6, "Work: decrypt, run, commit, reveal, agree");
}

async fn outsiders(
    demo: &mut DemoState,
    parties: &dyn Parties,
    job: &JobResponse,
    earlier: &JobResponse,
    screen: Screen,
) -> Result<Vec<Attempt>> {
    let (network, rng) = (&demo.network, &mut demo.rng);
    let (unlucky, dropped) = (&demo.nodes[demo.roles.unlucky], &demo.nodes[demo.roles.dropped]);
    let end = parties.outsider(unlucky);
    let who = (unlucky, "qualifies, was not chosen");
    let mut attempts = outsiders::try_all((network, end.as_ref()), job, None, who, rng).await?;
    let end = parties.outsider(dropped);
    let who = (dropped, "worked on the earlier job, was left out");
    attempts.extend(outsiders::try_all((network, end.as_ref()), job, Some(earlier), who, rng).await?);
    for attempt in &attempts {
        screen.refused(&format!("{} ({}), {}", attempt.node, attempt.who, attempt.how), &attempt.error);
    }
    Ok(attempts)
}

fn show_quorum(demo: &DemoState, job: &JobResponse, screen: Screen) {
    for worker in &job.workers {
        let masked = worker.masked.as_ref().map(|masked| hex::encode(&masked[..masked.len().min(12)]));
        screen.line(format!(
            "{} revealed {}... {}",
            name_of(demo, worker.address.as_str()),
            masked.unwrap_or_default(),
            if worker.in_quorum == Some(true) { "agrees" } else { "is outside the quorum and loses bond" }
        ));
    }
    screen.sees("chain", "masked words, their differences, and one aggregate signature of the quorum");
    screen.hidden("chain", "the result");
}

/// Waits until the workers of a settled job have withdrawn what they earned.
async fn paid_out(demo: &DemoState, job: &JobResponse) -> Result<()> {
    for worker in &job.workers {
        let started = Instant::now();
        while demo.network.client.claimable(worker.address.as_str()).await? > 0 {
            ensure!(
                started.elapsed().as_secs() < 60,
                "{} does not withdraw",
                name_of(demo, worker.address.as_str())
            );
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    Ok(())
}
