//! The story, stage by stage.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Result, ensure};
use bithive_api::jobs::JobResponse;
use bithive_attest::result::words_for;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_blindmatch::vault::Vault;
use bithive_exchange::PeerId;
use bithive_local::UNIT;
use bithive_node::Report;
use bithive_requester::{JobSpec, Selection};

use super::books::Snapshot;
use super::cast::POLICY;
use super::devnet::Place;
use super::genesis::{NOTICE, REQUESTER, Stage, TREASURY, name_of};
use super::input::{self, JobInput};
use super::network::Ground;
use super::outsiders::{self, Attempt};
use super::screen::Screen;
use super::summary::Summary;
use super::verdict::{Played, Told, accounts, settle, summarise, withdraw_all};
use super::world::{Moment, Order, Players, Posted};
use super::{DemoArgs, network, tasks};
use crate::amount::show;
use crate::commands::follow::Chosen;

/// Most that a worker may ask for one of the demo's jobs.
const PRICE: u128 = 15 * UNIT;

/// 1/1024 in fixed-point units: machines round differently, a cheat is further off.
const TOLERANCE: u32 = 64;

const HOUR: u64 = 3_600;

pub(super) async fn play(
    args: &DemoArgs,
    screen: Screen,
    (real, ground): (Option<Place>, Ground),
) -> Result<Summary> {
    // Bad input ends the demo before anything else happens.
    let input = input::load(args.input.as_deref(), args.model.as_deref(), &args.rows, args.device)?;
    let policy = Policy::parse(POLICY, &Schema::bithive())?;
    if args.network {
        let (stage, mut players) = network::start(args, &policy, screen, ground).await?;
        tell(args, stage, &mut players, (input, policy)).await
    } else if let Some(place) = real {
        let (stage, mut players) = tasks::on_devnet(args, &policy, screen, &place).await?;
        tell(args, stage, &mut players, (input, policy)).await
    } else {
        let (stage, mut players) = tasks::embedded(args, &policy, screen).await?;
        tell(args, stage, &mut players, (input, policy)).await
    }
}

async fn tell(
    args: &DemoArgs,
    mut stage: Stage,
    players: &mut dyn Players,
    (input, policy): (JobInput, Policy),
) -> Result<Summary> {
    let screen = stage.screen;
    show_input(&input, screen);
    stage.clock.lap("2_input");

    screen.stage(3, "A first job, so that one of its workers can be left out of the next");
    let first = spec(&stage, &policy, &input, args.redundancy, 1)?;
    let first = job(&mut stage, players, (&first, 1), &Selection::default(), None).await?;
    let dropped = &stage.actors[stage.parts.dropped];
    screen.line(format!("job {} is settled; {} is left out next", first.job.job_id, dropped.person.name));
    let selection = Selection { exclude: BTreeSet::from([dropped.address.clone()]) };
    stage.clock.restart("3_first_job");

    screen.stage(4, "The job");
    let rows = input.table.features().row_count();
    let spec = spec(&stage, &policy, &input, args.redundancy, rows)?;
    let accounts = accounts(&stage, players.requester());
    let before = Snapshot::take(&stage.world.client, &accounts).await?;
    let main = job(&mut stage, players, (&spec, rows), &selection, Some(&first.job)).await?;

    screen.stage(7, "Settlement");
    let values = players.result(main.posted.job_id).await?;
    let outcome = settle(&stage, values, &input)?;
    players.stop().await?;
    withdraw_all(&stage, players.requester()).await?;
    let now = Snapshot::take(&stage.world.client, &accounts).await?;
    let moved = now.since(&before, REQUESTER, TREASURY);
    stage.clock.lap("7_settlement");

    screen.stage(8, "Books and secrets");
    let matched: Vec<PeerId> = main.matched.iter().map(|index| stage.actors[*index].endpoint).collect();
    let seen = players.seen(&matched)?;
    let told = Told { first, main, outcome, moved, input, spec, seen };
    summarise(args, stage, told).await
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

fn spec(stage: &Stage, policy: &Policy, input: &JobInput, workers: u8, rows: usize) -> Result<JobSpec> {
    let rows: Vec<usize> = (0..rows).collect();
    let table = input.table.select(&rows)?;
    Ok(JobSpec {
        policy: policy.clone(),
        rows: table.features().encode(),
        dimensions: u16::try_from(words_for(rows.len()))?,
        model: input.model_bytes.clone(),
        workers,
        quorum: workers / 2 + 1,
        tolerance: TOLERANCE,
        price: PRICE,
        assign_seconds: HOUR,
        commit_seconds: HOUR,
        reveal_seconds: HOUR,
        finalize_seconds: HOUR,
        model_owner: stage.accounts.last().map(|(_, account)| account.address().to_owned()),
        data_owner: None,
    })
}

/// Plays one job; the one without an earlier job is told in one line.
async fn job(
    stage: &mut Stage,
    players: &mut dyn Players,
    (spec, rows): (&JobSpec, usize),
    selection: &Selection,
    earlier: Option<&JobResponse>,
) -> Result<Played> {
    let screen = Screen { quiet: stage.screen.quiet || earlier.is_none() };
    let claims = stage.actors.iter().filter(|actor| actor.person.qualifies).count();
    let posted = players.post(Order { spec, rows, selection, claims }).await?;
    let job_id = posted.job_id;
    show_vault(stage, &posted, spec, screen)?;
    stage.clock.lap("4_post");
    if earlier.is_some() {
        players.disturb(Moment::Posted, None, &stage.desk).await?;
    }

    let everybody = stage.actors.len();
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id: id, .. } if *id == job_id);
    stage.desk.until("tried the vault", everybody, tried).await?;
    let opened =
        |report: &Report| matches!(report, Report::VaultTried { job_id: id, opened: true } if *id == job_id);
    let matched = stage.desk.nodes(opened);
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id: id, .. } if *id == job_id);
    stage.desk.until("claimed", matched.len(), claimed).await?;
    let assigned = players.assign(job_id, selection).await?;
    show_matching(stage, &matched, &assigned, screen);
    stage.clock.lap("5_match_and_assign");
    if earlier.is_some() {
        let first = assigned.workers.first().map(|worker| worker.address.as_str());
        let worker = stage.actors.iter().position(|actor| Some(actor.address.as_str()) == first);
        players.disturb(Moment::Assigned, worker, &stage.desk).await?;
    }

    let committed = |report: &Report| matches!(report, Report::Committed { job_id: id } if *id == job_id);
    stage.desk.until("committed", assigned.workers.len(), committed).await?;
    let job = stage.world.client.job(job_id).await?;
    let attempts = match earlier {
        Some(earlier) => outsiders(stage, players, &job, earlier, screen).await?,
        None => Vec::new(),
    };
    stage.clock.lap("6a_decrypt_and_run");
    let finalized = |report: &Report| matches!(report, Report::Finalized { job_id: id } if *id == job_id);
    stage.desk.until("settled the job", 1, finalized).await?;
    let job = stage.world.client.job(job_id).await?;
    paid_out(stage, &job).await?;
    show_quorum(stage, &job, screen);
    stage.clock.lap("6b_quorum");
    if earlier.is_none() {
        players.result(job_id).await?;
    }
    Ok(Played { posted, assigned, job, attempts, matched })
}

fn show_vault(stage: &Stage, posted: &Posted, spec: &JobSpec, screen: Screen) -> Result<()> {
    let vault = Vault::decode(&posted.vault)?;
    let escrow = spec.price * u128::from(spec.workers);
    screen.line(format!("policy: {POLICY}"));
    screen.line(format!(
        "job {} posted: vault of {} bytes, {} in escrow",
        posted.job_id,
        posted.vault.len(),
        show(escrow)
    ));
    for line in hex::encode(&posted.vault).as_bytes().chunks(96).take(6) {
        screen.line(format!("  {}", String::from_utf8_lossy(line)));
    }
    let slots: Vec<String> = stage.world.schema.slots().iter().map(|slot| slot.label.clone()).collect();
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

fn show_matching(stage: &Stage, matched: &[usize], assigned: &Chosen, screen: Screen) {
    screen.stage(5, "Matching: every node tries the vault with its own tags");
    let names: Vec<&str> = matched.iter().map(|index| stage.actors[*index].person.name.as_str()).collect();
    screen.line(format!("{} of {} nodes open it: {}", matched.len(), stage.actors.len(), names.join(", ")));
    screen.sees("a node that does not qualify", "that the vault stays shut");
    screen.sees("committee", "blinded points of every node, one evaluation per slot and epoch");
    screen.hidden("committee", "values, and who matched");
    screen.sees("requester", "sealed claims of those who match: account, slot, ask, signed consent");
    let chosen: Vec<&str> = assigned.workers.iter().map(|worker| name_of(stage, &worker.address)).collect();
    screen.line(format!("chosen: {}", chosen.join(", ")));
    screen.line(format!(
        "{} of 128 bytes for {} of {}; mask {} bytes, encrypted input {} bytes; {} slots changed in these groups",
        if assigned.headers == 1 { "1 header".into() } else { format!("{} headers", assigned.headers) },
        assigned.headers,
        stage.world.groups,
        assigned.mask_bytes,
        assigned.payload_bytes,
        assigned.changed_slots
    ));
    screen.stage(6, "Work: decrypt, run, commit, reveal, agree");
}

async fn outsiders(
    stage: &mut Stage,
    players: &dyn Players,
    job: &JobResponse,
    earlier: &JobResponse,
    screen: Screen,
) -> Result<Vec<Attempt>> {
    let (world, rng) = (&stage.world, &mut stage.rng);
    let (unlucky, dropped) = (&stage.actors[stage.parts.unlucky], &stage.actors[stage.parts.dropped]);
    let end = players.outsider(unlucky);
    let who = (unlucky, "qualifies, was not chosen");
    let mut attempts = outsiders::try_all((world, end.as_ref()), job, None, who, rng).await?;
    let end = players.outsider(dropped);
    let who = (dropped, "worked on the earlier job, was left out");
    attempts.extend(outsiders::try_all((world, end.as_ref()), job, Some(earlier), who, rng).await?);
    for attempt in &attempts {
        screen.refused(&format!("{} ({}), {}", attempt.node, attempt.who, attempt.how), &attempt.error);
    }
    Ok(attempts)
}

fn show_quorum(stage: &Stage, job: &JobResponse, screen: Screen) {
    for worker in &job.workers {
        let masked = worker.masked.as_ref().map(|masked| hex::encode(&masked[..masked.len().min(12)]));
        screen.line(format!(
            "{} revealed {}... {}",
            name_of(stage, &worker.address),
            masked.unwrap_or_default(),
            if worker.in_quorum == Some(true) { "agrees" } else { "is outside the quorum and loses bond" }
        ));
    }
    screen.sees("chain", "masked words, their differences, and one aggregate signature of the quorum");
    screen.hidden("chain", "the result");
}

/// Waits until the workers of a settled job have withdrawn what they earned.
async fn paid_out(stage: &Stage, job: &JobResponse) -> Result<()> {
    for worker in &job.workers {
        let started = Instant::now();
        while stage.world.client.claimable(&worker.address).await? > 0 {
            ensure!(
                started.elapsed().as_secs() < 60,
                "{} does not withdraw",
                name_of(stage, &worker.address)
            );
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    Ok(())
}
