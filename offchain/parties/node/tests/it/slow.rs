//! Slow models, content that does not come, and windows that are too short: what one job does to a node's others.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bithive_api::jobs::Phase;
use bithive_exchange::Exchange;
use bithive_inference::{Device, Features, MAX_ROWS, Model, Table};
use bithive_local::NODE_BOND;
use bithive_node::{Compute, Contributor, Limits, Onnx, Report};
use bithive_requester::{JobSpec, Selection, Windows};
use tokio::task::JoinHandle;

use crate::flaky::{FlakyChain, FlakyExchange};
use crate::onnx::softplus;
use crate::town::{ANSWER, Town};

/// Longest wait for something that happens within seconds.
const WAIT: Duration = Duration::from_secs(240);
const WDBC: &[u8] = include_bytes!("../../../../../models/wdbc.onnx");
const ROWS: &[u8] = include_bytes!("../../../../../data/wdbc/holdout.csv");
const DAY: u64 = 86_400;

/// As much work as a model may be, on as many rows as there may be: seconds, however fast the machine is.
fn slow_job(town: &Town) -> JobSpec {
    let mut spec = town.spec();
    spec.model = softplus(2, 8_192, 40).into();
    spec.rows = Features::new(2, vec![0.5; 2 * MAX_ROWS]).unwrap().encode();
    spec.dimensions = 16;
    spec.offer.windows = Windows::same(DAY);
    spec
}

fn short_job(town: &Town) -> JobSpec {
    let mut spec = town.spec();
    let table = Table::from_csv(ROWS).unwrap().select(&[0, 1, 2]).unwrap();
    (spec.rows, spec.model, spec.dimensions) = (table.features().encode(), WDBC.into(), 3);
    spec
}

/// A node's program that runs until it is dropped, as if it were killed.
struct Running(JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Running {
    fn of(mut node: Contributor) -> Self {
        Self(tokio::spawn(async move { node.run(std::future::pending()).await.unwrap() }))
    }

    async fn start(town: &mut Town, index: usize) -> Self {
        Self::of(town.start(index).await)
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < WAIT, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn post(town: &mut Town, spec: &JobSpec) -> u64 {
    town.requester().await.post(spec).await.unwrap().job_id
}

async fn assign(town: &mut Town, job_id: u64) {
    let mut requester = town.requester().await;
    requester.collect().await.unwrap();
    requester.assign(job_id, &Selection::default()).await.unwrap();
}

fn commitments(job: &bithive_api::jobs::JobResponse) -> usize {
    job.workers.iter().filter(|worker| worker.commitment.is_some()).count()
}

async fn assert_no_bond_is_lost(town: &Town) {
    for node in &town.nodes {
        let bond = town.local.client.node(&node.address).await.unwrap().unwrap().bond.u128();
        assert_eq!(bond, NODE_BOND);
    }
    town.assert_books_balance().await;
}

/// The attack: two nodes compute a slow job of the attacker, whose node then commits to another job of theirs. Reveals and
/// signatures do not wait for the computation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_compute_for_long_reveal_and_sign_their_other_jobs() {
    let mut town = Town::with_nodes(3).await;
    let onnx = Arc::new(Onnx::new(Device::Cpu));
    for node in &mut town.nodes {
        node.compute = onnx.clone();
    }
    let short = short_job(&town);
    let short = post(&mut town, &short).await;
    let slow = slow_job(&town);
    let slow = post(&mut town, &slow).await;
    town.live_all().await;
    assign(&mut town, short).await;
    assign(&mut town, slow).await;
    let honest = [Running::start(&mut town, 0).await, Running::start(&mut town, 1).await];
    until("two commit", async || commitments(&town.job(short).await) == 2).await;
    // The third has held back its commitment until now.
    let attacker = Running::start(&mut town, 2).await;
    until("the short job is settled", async || town.phase(short).await == Phase::Settled).await;
    assert_eq!(town.phase(slow).await, Phase::Assigned, "the slow one is still computed");
    assert!(town.nodes.iter().all(|node| node.log.failures().is_empty()));
    drop((honest, attacker));
    assert_no_bond_is_lost(&town).await;
}

/// The attack: a megabyte of model that is a hundred billion exponentials on ten thousand rows.
#[tokio::test]
async fn a_model_of_too_much_work_is_not_claimed() {
    let mut town = Town::with_nodes(1).await;
    town.nodes[0].compute = Arc::new(Onnx::new(Device::Cpu));
    let mut spec = slow_job(&town);
    spec.model = softplus(30, 8_192, 1_000).into();
    assert!((1_000_000..1_100_000).contains(&spec.model.len()));
    let job_id = post(&mut town, &spec).await;
    town.live(0).await;
    let (reason, retries) = town.nodes[0].log.failure();
    assert!(reason.contains("work of at most") && !retries, "{reason}");
    town.requester().await.collect().await.unwrap();
    assert!(town.requester().await.claims(job_id).await.unwrap().is_empty());
}

/// A machine on which every run takes as long as it says, and that finds what every machine of these tests finds.
struct Takes(Duration);

impl Compute for Takes {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        Ok(ANSWER.to_vec())
    }

    fn estimate(&self, _: &[u8], rows: usize) -> Result<Duration, String> {
        assert_eq!(rows, ANSWER.len(), "as many as the terms say");
        Ok(self.0)
    }
}

#[tokio::test]
async fn a_job_whose_window_is_too_short_for_the_machine_is_not_claimed() {
    let mut town = Town::with_nodes(1).await;
    town.nodes[0].compute = Arc::new(Takes(Duration::from_secs(10)));
    for (window, fits) in [(30, false), (60, true)] {
        let mut spec = town.spec();
        spec.offer.windows.commit_seconds = window;
        let job = post(&mut town, &spec).await;
        // Looked at twice, it is said once.
        town.live(0).await;
        town.local.chain.produce_block().await.unwrap();
        town.live(0).await;
        let log = &town.nodes[0].log;
        let declined = |report: &Report| {
            matches!(report, Report::Declined { job_id, reason } if *job_id == job
            && reason.contains("10.0s") && reason.contains("--commit-seconds"))
        };
        assert_eq!(log.count(declined), usize::from(!fits), "{:?}", log.all());
        let claimed = |report: &Report| matches!(report, Report::Claimed { job_id, .. } if *job_id == job);
        assert_eq!(log.count(claimed), usize::from(fits));
    }
    assert_eq!(town.nodes[0].log.failures(), []);
}

fn claims(town: &Town, job: u64) -> usize {
    town.nodes[0].log.count(|report| matches!(report, Report::Claimed { job_id, .. } if *job_id == job))
}

/// Windows of an hour leave the node a quarter of it.
#[tokio::test]
async fn a_node_that_is_behind_the_chain_takes_on_nothing_more_until_it_keeps_up() {
    let mut town = Town::with_nodes(1).await;
    let chain = FlakyChain::new(town.local.chain.clone());
    let exchange = town.local.exchange(town.nodes[0].endpoint);
    let job = town.post().await.job_id;
    for (ahead, claimed) in [(901, 0), (900, 1)] {
        chain.ahead.store(ahead, Ordering::SeqCst);
        town.local.chain.produce_block().await.unwrap();
        let setup = town.setup_with(0, chain.clone(), exchange.clone()).await;
        let from = town.nodes[0].from_height;
        Contributor::new(setup, from).await.unwrap().catch_up().await.unwrap();
        assert_eq!(claims(&town, job), claimed, "{ahead} s behind");
    }
    assert_eq!(town.nodes[0].log.failures(), []);
}

/// Runs the model that it gets, whatever time is left for it.
struct Hopeful;

impl Compute for Hopeful {
    fn run(&self, model: &[u8], rows: &[u8], limits: &Limits) -> Result<Vec<f32>, String> {
        let model = Model::load(model, Device::Cpu).map_err(|error| error.to_string())?;
        let rows = Features::decode(rows).map_err(|error| error.to_string())?;
        model.run_within(&rows, &limits.budget).map_err(|error| error.to_string())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

/// Of a window for commitments of two minutes, two seconds are left beside those for the transaction.
async fn almost_too_late(compute: Arc<dyn Compute>) -> Town {
    let mut town = Town::with_nodes(3).await;
    for node in &mut town.nodes {
        // Claimed as by machines that are fast.
        node.compute = Arc::new(Hopeful);
    }
    let mut spec = slow_job(&town);
    spec.offer.windows.commit_seconds = 120;
    let job_id = post(&mut town, &spec).await;
    town.live_all().await;
    assign(&mut town, job_id).await;
    town.local.chain.advance_time(88).await.unwrap();
    town.nodes[0].compute = compute;
    let start = Instant::now();
    town.live(0).await;
    assert!(start.elapsed() < WAIT);
    assert_eq!(commitments(&town.job(job_id).await), 0);
    assert_eq!(town.phase(job_id).await, Phase::Assigned);
    assert_no_bond_is_lost(&town).await;
    town
}

#[tokio::test]
async fn a_run_ends_with_the_window_for_commitments() {
    let town = almost_too_late(Arc::new(Hopeful)).await;
    let (reason, retries) = town.nodes[0].log.failure();
    let ended = reason.contains("window for commitments ends") || reason.contains("takes too long");
    assert!(ended && !retries, "{reason}");
}

#[tokio::test]
async fn a_job_that_can_no_longer_be_done_in_time_is_dropped_before_it_runs() {
    let onnx = Onnx::new(Device::Cpu);
    let (model, rows) = (softplus(2, 8_192, 40), MAX_ROWS);
    assert!(onnx.estimate(&model, rows).unwrap() > Duration::from_secs(2));
    let town = almost_too_late(Arc::new(onnx)).await;
    let (reason, retries) = town.nodes[0].log.failure();
    assert!(reason.contains("takes too long") && !retries, "{reason}");
}

#[tokio::test]
async fn rows_that_were_never_priced_are_not_computed() {
    let mut town = Town::with_nodes(3).await;
    for node in &mut town.nodes {
        node.compute = Arc::new(Onnx::new(Device::Cpu));
    }
    let mut spec = short_job(&town);
    spec.dimensions = 2;
    let job_id = post(&mut town, &spec).await;
    town.live_all().await;
    assign(&mut town, job_id).await;
    town.live(0).await;
    let (reason, retries) = town.nodes[0].log.failure();
    assert!(
        reason.contains("the input has 3 rows or images, the job's terms say at most 2") && !retries,
        "{reason}"
    );
}

/// Computes until it is let go or its result is no longer wanted.
#[derive(Default)]
struct Gate {
    /// What it says that a run takes.
    estimate: Duration,
    open: AtomicBool,
    started: AtomicUsize,
    cancelled: Mutex<Vec<String>>,
}

impl Compute for Gate {
    fn run(&self, _: &[u8], _: &[u8], limits: &Limits) -> Result<Vec<f32>, String> {
        self.started.fetch_add(1, Ordering::SeqCst);
        while !self.open.load(Ordering::SeqCst) {
            if let Err(error) = limits.budget.check() {
                self.cancelled.lock().unwrap().push(error.to_string());
                return Err(error.to_string());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(ANSWER.to_vec())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(self.estimate)
    }
}

impl Gate {
    async fn is_cancelled(&self, times: usize) {
        until("the run ends", async || self.cancelled.lock().unwrap().len() == times).await;
        assert!(self.cancelled.lock().unwrap().iter().all(|reason| reason.contains("cancelled")));
    }
}

#[tokio::test]
async fn a_program_that_is_killed_in_the_middle_of_a_run_begins_again_and_commits_once() {
    let mut town = Town::with_nodes(3).await;
    let gate = Arc::new(Gate::default());
    town.nodes[0].compute = gate.clone();
    let job_id = town.assigned_job().await;
    for life in 1..=2 {
        let running = Running::start(&mut town, 0).await;
        until("it computes", async || gate.started.load(Ordering::SeqCst) == life).await;
        // Blocks go by, and the run is not started a second time.
        town.local.chain.produce_block().await.unwrap();
        town.local.chain.produce_block().await.unwrap();
        drop(running);
        gate.is_cancelled(life).await;
        assert_eq!(gate.started.load(Ordering::SeqCst), life);
    }
    gate.open.store(true, Ordering::SeqCst);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.nodes[0].log.count(|report| *report == Report::Committed { job_id }), 1);
    assert_eq!(gate.started.load(Ordering::SeqCst), 3);
    assert_eq!(town.nodes[0].log.failures(), []);
}

#[tokio::test]
async fn a_run_of_a_job_that_goes_on_without_it_is_cancelled() {
    let mut town = Town::with_nodes(3).await;
    let gate = Arc::new(Gate::default());
    town.nodes[0].compute = gate.clone();
    let job_id = town.assigned_job().await;
    let _running = Running::start(&mut town, 0).await;
    until("it computes", async || gate.started.load(Ordering::SeqCst) == 1).await;
    town.live(1).await;
    town.live(2).await;
    town.let_pass(job_id, crate::town::WINDOW + 1).await;
    assert_eq!(town.phase(job_id).await, Phase::Committed, "two of three are enough");
    gate.is_cancelled(1).await;
    assert_eq!(town.nodes[0].log.failures(), []);
    assert_no_bond_is_lost(&town).await;
}

#[tokio::test]
async fn content_that_does_not_come_holds_up_no_other_job() {
    let mut town = Town::with_nodes(3).await;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    let stalled = exchange.clone();
    let first = town.assigned_job().await;
    let payload = town.job(first).await.assignment.unwrap().payload;
    stalled.stalled.lock().unwrap().insert(payload.as_slice().try_into().unwrap());
    let handle: Arc<dyn Exchange> = exchange;
    let setup = town.setup_with(0, Arc::new(town.local.chain.clone()), handle).await;
    let node = Contributor::new(setup, town.nodes[0].from_height).await.unwrap();
    let _running = Running::of(node);
    // A model that does not come either, of a job that is not claimed yet.
    let mut spec = town.spec();
    spec.model = b"never".as_slice().into();
    stalled.stalled.lock().unwrap().insert(*blake3::hash(b"never").as_bytes());
    post(&mut town, &spec).await;
    let second = post_and_assign(&mut town).await;
    until("it commits", async || {
        let done = Report::Committed { job_id: second };
        town.nodes[0].log.count(|report| *report == done) == 1
    })
    .await;
    let job = town.job(first).await;
    let own = job.workers.iter().find(|worker| worker.address.as_str() == town.nodes[0].address).unwrap();
    assert!(own.commitment.is_none());
    assert_eq!(town.nodes[0].log.failures(), []);
}

/// A run of 1,189 s fits three times into what a window of an hour leaves, and nothing more does, however many run at the same time.
#[tokio::test]
async fn a_job_waits_while_what_was_begun_leaves_no_time_for_it() {
    let mut town = Town::with_nodes(3).await;
    let gate = Arc::new(Gate { estimate: Duration::from_secs(1_189), ..Gate::default() });
    town.nodes[0].compute = gate.clone();
    let first = town.assigned_job().await;
    let _running = Running::start(&mut town, 0).await;
    until("it computes", async || gate.started.load(Ordering::SeqCst) == 1).await;
    let second = town.post().await.job_id;
    let log = town.nodes[0].log.clone();
    let tried = Report::VaultTried { job_id: second, opened: true };
    until("the vault opens", async || log.count(|report| *report == tried) == 1).await;
    for _ in 0..3 {
        town.local.chain.produce_block().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    gate.open.store(true, Ordering::SeqCst);
    until("it claims", async || claims(&town, second) == 1).await;
    let committed = |report: &Report| *report == Report::Committed { job_id: first };
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id, .. } if *job_id == second);
    let all = log.all();
    assert!(all.iter().position(committed).unwrap() < all.iter().position(claimed).unwrap(), "{all:?}");
    assert_eq!(log.failures(), []);
}

/// Posts a job like the others and assigns it once the running node 0 has claimed it.
async fn post_and_assign(town: &mut Town) -> u64 {
    let job = town.post().await.job_id;
    town.live(1).await;
    town.live(2).await;
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id, .. } if *job_id == job);
    until("it claims", async || town.nodes[0].log.count(claimed) == 1).await;
    assign(town, job).await;
    job
}
