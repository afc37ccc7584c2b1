//! The story, stage by stage.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_api::registry::NodeRegistration;
use bithive_attest::result::words_for;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_blindmatch::vault::Vault;
use bithive_chain::SigningKey;
use bithive_client::Account;
use bithive_exchange::{EndpointKey, LocalNetwork, PeerId, Tap};
use bithive_inference::{Label, accuracy, sigmoid};
use bithive_node::Report;
use bithive_requester::{Assigned, JobSpec, Posted, Requester, Selection};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::DemoArgs;
use super::books::{Moved, Snapshot};
use super::cast::{self, POLICY, Parts};
use super::check::{self, Check, Secret};
use super::crowd::{self, Actor, Crowd};
use super::gas;
use super::input::{self, JobInput};
use super::outsiders::{self, Attempt};
use super::screen::Screen;
use super::summary::{Prediction, Summary};
use super::watch::Desk;
use crate::amount::show;
use bithive_local::UNIT;
use bithive_local::{self as local, BTT_GENESIS, Founders, Local, NODE_BOND, REQUESTER_BOND, fork};

/// Most that a worker may ask for one of the demo's jobs.
const PRICE: u128 = 15 * UNIT;
/// 1/1024 in fixed-point units: machines round differently, a cheat is further off.
const TOLERANCE: u32 = 64;
const HOUR: u64 = 3_600;
const NOTICE: &str = "Demonstration on public data. Not a medical device, not for clinical use.";

const REQUESTER: &str = "requester";
const TREASURY: &str = "treasury";

/// Wall time by stage.
struct Clock {
    started: Instant,
    stages: BTreeMap<&'static str, u64>,
}

impl Clock {
    fn new() -> Self {
        Self { started: Instant::now(), stages: BTreeMap::new() }
    }

    /// Ends the stage that is running.
    fn lap(&mut self, stage: &'static str) {
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.stages.insert(stage, ms);
        self.started = Instant::now();
    }
}

/// Everything that exists once the network stands.
struct Stage {
    local: Local,
    tap: Tap,
    actors: Vec<Actor>,
    parts: Parts,
    desk: Desk,
    committee: Vec<PeerId>,
    accounts: Vec<(&'static str, Account)>,
    refused: Vec<String>,
    screen: Screen,
}

/// One finished job.
struct Played {
    posted: Posted,
    assigned: Assigned,
    job: JobResponse,
    attempts: Vec<Attempt>,
    matched: Vec<usize>,
}

pub(super) async fn play(args: &DemoArgs, screen: Screen) -> Result<Summary> {
    let mut rng = ChaCha20Rng::seed_from_u64(args.seed);
    let mut clock = Clock::new();
    // Bad input ends the demo before anything else happens.
    let input = input::load(args.input.as_deref(), args.model.as_deref(), &args.rows, args.device)?;
    let policy = Policy::parse(POLICY, &Schema::bithive())?;

    let mut stage = genesis(args, &policy, screen, &mut rng).await?;
    clock.lap("1_genesis");
    let crowd =
        Crowd::start(&stage.local, &stage.actors, stage.parts, args.device, &stage.desk, &mut rng).await?;
    let mut requester = requester(&stage, &mut rng).await?;
    show_input(&input, screen);
    clock.lap("2_input");

    screen.stage(3, "A first job, so that one of its workers can be left out of the next");
    let first = spec(&stage, &policy, &input, args.redundancy, 1)?;
    screen.sees("everybody", "the steps below, in brief");
    let first =
        job(&mut stage, &mut requester, &first, &Selection::default(), None, &mut rng, &mut clock, true)
            .await?;
    clock.lap("3_first_job");

    screen.stage(4, "The job");
    let dropped = stage.actors[stage.parts.dropped].address.clone();
    let selection = Selection { exclude: BTreeSet::from([dropped]) };
    let spec = spec(&stage, &policy, &input, args.redundancy, input.table.features().row_count())?;
    let accounts = accounts(&stage, &requester);
    let before = Snapshot::take(&stage.local, &accounts).await?;
    let main =
        job(&mut stage, &mut requester, &spec, &selection, Some(&first.job), &mut rng, &mut clock, false)
            .await?;

    screen.stage(7, "Settlement");
    let outcome = settle(&stage, &requester, &main, &input).await?;
    crowd.stop().await?;
    withdraw_all(&stage, &requester).await?;
    let moved = Snapshot::take(&stage.local, &accounts).await?.since(&before, REQUESTER, TREASURY);
    clock.lap("7_settlement");

    screen.stage(8, "Books and secrets");
    let told = Told { first, main, outcome, moved, input, spec };
    summarise(args, &stage, &requester, told, clock).await
}

async fn genesis(args: &DemoArgs, policy: &Policy, screen: Screen, rng: &mut ChaCha20Rng) -> Result<Stage> {
    screen.stage(1, "Genesis: chain, contracts, committee, nodes");
    let crs = local::ceremony(args.slots, rng)?;
    screen.line(format!("ceremony of two contributions for {} slots, verified", args.slots));
    let founders = Founders::generate(rng)?;
    let committee: Vec<PeerId> = founders.committee.iter().map(|member| member.endpoint.id()).collect();
    let (treasury, pool) = (founders.treasury.clone(), founders.incentive_pool.clone());
    let chain = local::open_chain(None, &founders)?;
    let deployment = local::deploy(std::sync::Arc::new(chain.clone()), &founders, &crs).await?;
    let tap = Tap::default();
    let states = committee.iter().map(|_| State::in_memory()).collect::<Result<_, _>>()?;
    let network = LocalNetwork::tapped(tap.clone());
    let local = Local::start(chain, deployment, network, crs, founders, states, rng).await?;
    screen.line(format!(
        "{} minted; contracts: token {}, registry {}, jobs {}",
        show(BTT_GENESIS),
        short(&local.client.deployment().token),
        short(&local.client.deployment().registry),
        short(&local.client.deployment().jobs)
    ));
    screen.line(format!(
        "committee of {}, {} needed, share keys posted",
        local::COMMITTEE.0,
        local::COMMITTEE.1
    ));

    let people = cast::draw(args, &local.schema, policy, rng)?;
    let many = people.len() > 16;
    let actors = crowd::register(&local, people, rng, |actor| {
        if !many {
            let person = &actor.person;
            screen.line(format!("{} registers slot {} ({})", person.name, person.slot, person.shown));
        }
    })
    .await?;
    screen.line(format!("{} nodes registered, each with a bond of {}", actors.len(), show(NODE_BOND)));
    screen.sees("chain", "slot, public keys, bond, and a commitment to the attributes");
    screen.hidden("chain", "the attributes");
    let refused = refused_registrations(&local, &actors, screen, rng).await?;

    let model_owner = local.account(SigningKey::generate(rng)).await?;
    let accounts = vec![
        (TREASURY, local.account(treasury).await?),
        ("incentive pool", local.account(pool).await?),
        ("model owner", model_owner),
    ];
    local.fund(accounts[2].1.address(), 0).await?;
    let parts = Parts::new(usize::from(args.redundancy));
    Ok(Stage { local, tap, actors, parts, desk: Desk::new(), committee, accounts, refused, screen })
}

/// Registrations that the contract must refuse; nothing may move.
async fn refused_registrations(
    local: &Local,
    actors: &[Actor],
    screen: Screen,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<String>> {
    let key = SigningKey::generate(rng);
    let account = local.account(key).await?;
    local.fund(account.address(), NODE_BOND).await?;
    let first = &actors.first().context("there are no nodes")?.registration;
    let mut identity = vec![0; 48];
    identity[0] = 0xc0;
    // x = 4 is on the curve, outside the subgroup of prime order.
    let mut off_subgroup = vec![0; 48];
    (off_subgroup[0], off_subgroup[47]) = (0x80, 4);
    let free = (1..=local.crs.slots()).find(|slot| actors.iter().all(|actor| actor.person.slot != *slot));
    let fresh = NodeRegistration {
        slot: free.unwrap_or(1),
        endpoint: (&EndpointKey::generate(rng).id().0).into(),
        ..first.clone()
    };
    let attempts = [
        (
            "a DGKBE key that is the identity",
            NodeRegistration { dgkbe_key: identity.into(), ..fresh.clone() },
        ),
        (
            "a DGKBE key off the subgroup",
            NodeRegistration { dgkbe_key: off_subgroup.into(), ..fresh.clone() },
        ),
        ("another node's BLS key with its proof copied", fresh),
    ];
    let before = local.client.balance(account.address()).await?;
    let mut refused = Vec::new();
    for (what, registration) in attempts {
        match account.register_node(registration, NODE_BOND).await {
            Ok(_) => bail!("{what} was registered"),
            Err(error) => {
                screen.refused(what, error.to_string());
                refused.push(format!("{what}: {error}"));
            }
        }
    }
    ensure!(local.client.balance(account.address()).await? == before, "a refused registration moved money");
    Ok(refused)
}

async fn requester(stage: &Stage, rng: &mut ChaCha20Rng) -> Result<Requester> {
    let local = &stage.local;
    let endpoint = EndpointKey::generate(rng).id();
    let account = local.account(SigningKey::generate(rng)).await?;
    local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await?;
    account.register_requester(endpoint.0, REQUESTER_BOND).await?;
    let exchange = local.exchange(endpoint);
    let state = State::in_memory()?;
    let tags = local.tags(&exchange, &state);
    Ok(Requester::new(account, exchange, tags, state, local.crs.clone(), fork(rng))?)
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

#[allow(clippy::too_many_arguments)]
async fn job(
    stage: &mut Stage,
    requester: &mut Requester,
    spec: &JobSpec,
    selection: &Selection,
    earlier: Option<&JobResponse>,
    rng: &mut ChaCha20Rng,
    clock: &mut Clock,
    brief: bool,
) -> Result<Played> {
    let screen = Screen { quiet: stage.screen.quiet || brief };
    let posted = requester.post(spec).await?;
    let job_id = posted.job_id;
    show_vault(stage, &posted, spec, screen)?;
    if !brief {
        clock.lap("4_post");
    }

    let everybody = stage.actors.len();
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id: id, .. } if *id == job_id);
    stage.desk.until("tried the vault", everybody, tried).await?;
    let opened =
        |report: &Report| matches!(report, Report::VaultTried { job_id: id, opened: true } if *id == job_id);
    let matched = stage.desk.nodes(opened);
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id: id, .. } if *id == job_id);
    stage.desk.until("claimed", matched.len(), claimed).await?;
    let collected = requester.collect().await?;
    if let Some(refused) = collected.refused.first() {
        bail!("a claim was refused: {}", refused.reason);
    }
    let assigned = requester.assign(job_id, selection).await?;
    show_matching(stage, &matched, &assigned, screen);
    if !brief {
        clock.lap("5_match_and_assign");
    }

    let workers = assigned.workers.len();
    let committed = |report: &Report| matches!(report, Report::Committed { job_id: id } if *id == job_id);
    stage.desk.until("committed", workers, committed).await?;
    let job = stage.local.client.job(job_id).await?;
    let attempts = match earlier {
        Some(earlier) => outsiders(stage, &job, earlier, screen, rng).await?,
        None => Vec::new(),
    };
    if !brief {
        clock.lap("6a_decrypt_and_run");
    }
    let finalized = |report: &Report| matches!(report, Report::Finalized { job_id: id } if *id == job_id);
    stage.desk.until("settled the job", 1, finalized).await?;
    let job = stage.local.client.job(job_id).await?;
    paid_out(stage, &job).await?;
    show_quorum(stage, &job, screen);
    if !brief {
        clock.lap("6b_quorum");
    } else {
        stage.screen.line(format!(
            "job {job_id}: {} workers, {} of them left out next",
            workers, stage.actors[stage.parts.dropped].person.name
        ));
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
    let slots: Vec<String> = stage.local.schema.slots().iter().map(|slot| slot.label.clone()).collect();
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

fn show_matching(stage: &Stage, matched: &[usize], assigned: &Assigned, screen: Screen) {
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
        "header {} bytes, mask {} bytes, encrypted input {} bytes; {} slots changed since the last set",
        assigned.header_bytes, assigned.mask_bytes, assigned.payload_bytes, assigned.changed_slots
    ));
    screen.stage(6, "Work: decrypt, run, commit, reveal, agree");
}

async fn outsiders(
    stage: &Stage,
    job: &JobResponse,
    earlier: &JobResponse,
    screen: Screen,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<Attempt>> {
    let (unlucky, dropped) = (&stage.actors[stage.parts.unlucky], &stage.actors[stage.parts.dropped]);
    let mut attempts =
        outsiders::try_all(&stage.local, job, None, unlucky, "qualifies, was not chosen", rng).await?;
    let who = "worked on the earlier job, was left out";
    attempts.extend(outsiders::try_all(&stage.local, job, Some(earlier), dropped, who, rng).await?);
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

/// What the requester has in the end.
struct Outcome {
    predictions: Vec<Prediction>,
    accuracy: Option<f64>,
    checks: Vec<Check>,
    values: Vec<f32>,
}

async fn settle(stage: &Stage, requester: &Requester, main: &Played, input: &JobInput) -> Result<Outcome> {
    let values = requester.result(main.posted.job_id).await?;
    let own = input.model.run(input.table.features())?;
    let furthest = values.iter().zip(&own).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
    let near = Check::new(
        "the output is what the model gives on the requester's own machine",
        values.len() == own.len() && furthest < 1e-3,
        format!("{} values, largest difference {furthest:e}", values.len()),
    );
    let probabilities: Vec<f32> = values.iter().map(|logit| sigmoid(*logit)).collect();
    let labels = input.table.labels();
    let class = |label: Label| if label == Label::Positive { "malignant" } else { "benign" };
    let predictions: Vec<Prediction> = probabilities
        .iter()
        .enumerate()
        .map(|(row, probability)| Prediction {
            row,
            probability: *probability,
            class: class(Label::from_probability(*probability)),
            label: labels.and_then(|labels| labels.get(row)).map(|label| class(*label)),
        })
        .collect();
    for prediction in predictions.iter().take(5) {
        let label = prediction.label.map(|label| format!(", label {label}")).unwrap_or_default();
        stage.screen.line(format!(
            "row {}: {:.4} {}{label}",
            prediction.row, prediction.probability, prediction.class
        ));
    }
    if predictions.len() > 5 {
        stage.screen.line(format!("... and {} more rows", predictions.len() - 5));
    }
    let accuracy = labels.map(|labels| accuracy(&probabilities, labels)).transpose()?;
    Ok(Outcome { predictions, accuracy, checks: vec![near], values })
}

/// Every account whose money the job can move, by the name under which it is shown.
fn accounts(stage: &Stage, requester: &Requester) -> Vec<(String, String)> {
    let nodes = stage.actors.iter().map(|actor| (actor.person.name.clone(), actor.address.clone()));
    let others =
        stage.accounts.iter().map(|(name, account)| ((*name).to_owned(), account.address().to_owned()));
    let requester = (REQUESTER.to_owned(), requester.account().address().to_owned());
    nodes.chain(others).chain([requester]).collect()
}

/// Waits until the workers of a settled job have withdrawn what they earned.
async fn paid_out(stage: &Stage, job: &JobResponse) -> Result<()> {
    for worker in &job.workers {
        let started = Instant::now();
        while stage.local.client.claimable(&worker.address).await? > 0 {
            ensure!(
                started.elapsed().as_secs() < 60,
                "{} does not withdraw",
                name_of(stage, &worker.address)
            );
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }
    Ok(())
}

/// Everyone else who is owed something takes it.
async fn withdraw_all(stage: &Stage, requester: &Requester) -> Result<()> {
    let others = stage.accounts.iter().map(|(name, account)| (*name, account));
    for (name, account) in others.chain([(REQUESTER, requester.account())]) {
        let amount = stage.local.client.claimable(account.address()).await?;
        if amount > 0 {
            account.jobs(&ExecuteMsg::Withdraw {}).await?;
            stage.screen.line(format!("{name} withdraws {} of both jobs", show(amount)));
        }
    }
    Ok(())
}

fn name_of<'a>(stage: &'a Stage, address: &str) -> &'a str {
    stage.actors.iter().find(|actor| actor.address == address).map_or("?", |actor| actor.person.name.as_str())
}

fn short(address: &str) -> String {
    let tail = address.len().saturating_sub(6);
    format!("{}...{}", &address[..address.len().min(12)], &address[tail..])
}

/// What the story told.
struct Told {
    first: Played,
    main: Played,
    outcome: Outcome,
    moved: Moved,
    input: JobInput,
    spec: JobSpec,
}

async fn summarise(
    args: &DemoArgs,
    stage: &Stage,
    requester: &Requester,
    told: Told,
    mut clock: Clock,
) -> Result<Summary> {
    let Told { first, main, outcome, moved, input, spec } = told;
    let (books, mut checks) = check::conservation(&stage.local).await?;
    let escrow = spec.price * u128::from(spec.workers);
    let paid: u128 = moved.payments.iter().map(|payment| payment.amount).sum();
    let refunded = escrow.saturating_sub(moved.spent);
    checks.push(Check::new(
        "escrow = paid + refunded",
        escrow == paid + refunded,
        format!("{} = {} + {}", show(escrow), show(paid), show(refunded)),
    ));
    let eligible: Vec<usize> = qualifying(stage);
    checks.push(Check::new(
        "exactly the nodes that satisfy the policy opened the vault",
        main.matched == eligible && first.matched == eligible,
        format!("{} opened it, {} satisfy it", main.matched.len(), eligible.len()),
    ));
    let refused = main.attempts.iter().filter(|attempt| attempt.refused).count();
    checks.push(Check::new(
        "nobody but the chosen opens the input",
        refused == main.attempts.len() && refused > 0,
        format!("{refused} of {} attempts refused", main.attempts.len()),
    ));
    let cheat = &stage.actors[stage.parts.cheat].person.name;
    checks.push(Check::new(
        "the cheat, and nobody else, lost bond",
        moved.slashed.len() == 1 && moved.slashed.iter().all(|slash| slash.to == *cheat),
        format!("{cheat} cheated; bonds cut: {}", moved.slashed.len()),
    ));
    let honest = stage.local.client.jobs_config().await?.slash_amount.u128();
    checks.push(Check::new(
        "half of what was slashed is burnt",
        moved.burnt == honest / 2,
        format!("{} of {}", show(moved.burnt), show(honest)),
    ));
    checks.extend(outcome.checks);
    checks.extend(secrets(stage, requester, &input, &outcome.values, &main).await?);
    clock.lap("8_checks");

    let workers = main.assigned.workers.iter().map(|worker| name_of(stage, &worker.address).to_owned());
    let quorum = main.job.outcome.as_ref().map_or(0, |outcome| outcome.quorum.count_ones());
    Ok(Summary {
        ok: checks.iter().all(|check| check.ok),
        notice: NOTICE,
        nodes: args.nodes,
        slots: args.slots,
        seed: args.seed,
        matched: main.matched.len(),
        eligible: eligible.len(),
        chosen: workers.collect(),
        header_bytes: main.assigned.header_bytes,
        mask_bytes: main.assigned.mask_bytes,
        vault_bytes: main.posted.vault.len(),
        vault_leaves: Vault::decode(&main.posted.vault)?.tree().leaves().len(),
        payload_bytes: main.assigned.payload_bytes,
        changed_slots: main.assigned.changed_slots,
        decrypt_attempts: main.attempts.len(),
        decrypt_refused: refused,
        attempts: main.attempts,
        quorum,
        quorum_needed: main.job.terms.quorum,
        slashed: moved.slashed,
        accuracy: outcome.accuracy,
        rows: outcome.predictions.len(),
        predictions: outcome.predictions,
        paid,
        payments: moved.payments,
        escrow,
        refunded,
        minted: books.minted,
        burnt: books.burnt,
        balances_total: books.balances_total,
        gas: gas::by_step(&stage.local).await?,
        stage_ms: clock.stages,
        refused_registrations: stage.refused.clone(),
        checks,
    })
}

fn qualifying(stage: &Stage) -> Vec<usize> {
    let people = stage.actors.iter().enumerate();
    people.filter(|(_, actor)| actor.person.qualifies).map(|(index, _)| index).collect()
}

/// Searches everything public and everything delivered for what nobody may see.
async fn secrets(
    stage: &Stage,
    requester: &Requester,
    input: &JobInput,
    values: &[f32],
    main: &Played,
) -> Result<Vec<Check>> {
    let transcript = check::chain_transcript(&stage.local).await?;
    let floats = |row: &[f32]| row.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let first_row = input.table.features().rows().next().context("there are no rows")?;
    let fixed = bithive_attest::result::to_fixed(values)?;
    let mut secrets = vec![
        Secret {
            name: "an input row is nowhere in the clear",
            bytes: floats(&first_row[..first_row.len().min(8)]),
        },
        Secret { name: "the policy's text is nowhere in the clear", bytes: POLICY.as_bytes().to_vec() },
        Secret { name: "the policy's JSON is nowhere in the clear", bytes: policy_json()? },
    ];
    if values.len() >= 3 {
        secrets.push(Secret { name: "the output is nowhere in the clear", bytes: floats(&values[..3]) });
        let words = fixed.iter().take(3).flat_map(|word| word.to_le_bytes()).collect();
        secrets.push(Secret { name: "the unmasked result is nowhere in the clear", bytes: words });
    }
    let mut checks = check::secrecy(&transcript, &stage.tap, &secrets);
    let matched: Vec<PeerId> = main.matched.iter().map(|index| stage.actors[*index].endpoint).collect();
    checks.extend(check::routing(&stage.tap, requester.endpoint(), &stage.committee, &matched));
    checks.push(vault_check(stage, main)?);
    Ok(checks)
}

fn policy_json() -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Policy::parse(POLICY, &Schema::bithive())?)?)
}

/// The vault's public part is that of a policy over the same attributes with other values.
fn vault_check(stage: &Stage, main: &Played) -> Result<Check> {
    const OTHER: &str = "vram >= 80 and region in (us, jp) and any 2 of (iso27001, hipaa, gdpr)";
    let schema = &stage.local.schema;
    let vault = Vault::decode(&main.posted.vault)?;
    let slots: Vec<u16> = vault.tree().leaves().iter().map(|slot| slot.0).collect();
    let named = Policy::parse(OTHER, schema)?.compile(schema)?;
    let other: Vec<u16> = named.tree().leaves().iter().map(|leaf| leaf.slot().0).collect();
    Ok(Check::new(
        "the vault names attributes, not values",
        slots == other,
        format!("its {} leaves are those of \"{OTHER}\"", slots.len()),
    ))
}
