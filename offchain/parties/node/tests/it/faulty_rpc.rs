//! A node whose chain answers wrongly at every step that has a deadline. None of that may cost its bond: it repeats the
//! step until the chain has it.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::jobs::Phase;
use bithive_chain::{BlockClock, Chain, Cosmos, CosmosOptions, ServeOptions, Server, connect_any};
use bithive_local::NODE_BOND;
use bithive_node::{Contributor, Report};
use cosmwasm_std::Decimal;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::rpc::{Fault, Proxy};
use crate::town::Town;

/// How long a job may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// How long a server is behind at least, as one of the devnet was.
const BEHIND: Duration = Duration::from_millis(5_300);
/// What a step needs of the chain.
const METHODS: [&str; 3] = ["abci_query", "broadcast_tx_sync", "tx"];

/// Nothing is waited for longer than a test can wait. The fee that is offered at first is too low for the chain, so every
/// transaction is sent with a higher one as well.
fn options(url: &str) -> CosmosOptions {
    CosmosOptions::new(url)
        .fees("ubee", Decimal::permille(10))
        .request_timeout(Duration::from_millis(1_500))
        .confirm_timeout(Duration::from_secs(2))
        .poll_interval(Duration::from_millis(50))
}

/// Three nodes with an assigned job, of which node 0 reaches the chain by RPC only.
struct World {
    town: Town,
    server: Server,
    proxy: Proxy,
    job_id: u64,
}

impl World {
    async fn new() -> Self {
        let mut town = Town::with_nodes(3).await;
        let job_id = town.assigned_job().await;
        let clock = BlockClock { every: Duration::from_millis(100), seconds: 1 };
        let served = ServeOptions { clock: Some(clock), ..ServeOptions::default() };
        let server = town.local.chain.serve(served).await.unwrap();
        let proxy = Proxy::before(&server.url()).await;
        Self { town, server, proxy, job_id }
    }

    /// Runs node 0 over `chain` and has the others live until node 0 has its pay. `enters` is called before node 0 can see a
    /// phase: the others wait for its commitment and its result, without which the job stays where it is.
    async fn settle(&mut self, chain: Arc<dyn Chain>, enters: impl Fn(Phase)) {
        let exchange = self.town.local.exchange(self.town.nodes[0].endpoint);
        let setup = self.town.setup_with(0, chain, exchange).await;
        let mut node = Contributor::new(setup, self.town.nodes[0].from_height).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move { node.run(async { drop(stopped.await) }).await });
        let deadline = Instant::now() + PATIENCE;
        let mut steps = 0;
        enters(Phase::Assigned);
        loop {
            let phase = self.town.phase(self.job_id).await;
            if phase == Phase::Settled && self.paid().await > 0 {
                break;
            }
            assert!(Instant::now() < deadline, "{phase:?}: {:?}", self.town.nodes[0].log.all());
            let job = self.town.job(self.job_id).await;
            let own = job.workers.iter().find(|own| own.address.as_str() == self.town.nodes[0].address);
            let own = own.unwrap();
            let did = [own.commitment.is_some(), own.masked.is_some()];
            for (next, _) in
                [Phase::Committed, Phase::Revealed].into_iter().zip(did).skip(steps).filter(|(_, did)| *did)
            {
                steps += 1;
                enters(next);
            }
            let waits = match job.phase {
                Phase::Assigned => steps < 1,
                Phase::Committed => steps < 2,
                _ => false,
            };
            if !waits {
                self.town.live(1).await;
                self.town.live(2).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.send(()).unwrap();
        running.await.unwrap().unwrap();
    }

    async fn paid(&self) -> u128 {
        self.town.local.client.balance(&self.town.nodes[0].address).await.unwrap()
    }

    /// The node was in the quorum, was paid in full, and never gave up.
    async fn assert_unharmed(&self, what: impl std::fmt::Debug) {
        let job = self.town.job(self.job_id).await;
        assert_eq!(job.outcome.unwrap().quorum, 0b111, "{what:?}");
        let node = &self.town.nodes[0];
        assert_eq!(self.paid().await, node.ask * 85 / 100, "{what:?}");
        let failures = node.log.failures();
        assert!(failures.iter().all(|(_, retries)| *retries), "{what:?}: {failures:?}");
        for once in [Report::Committed { job_id: self.job_id }, Report::Revealed { job_id: self.job_id }] {
            assert!(node.log.count(|report| *report == once) <= 1, "{what:?}");
        }
        self.town.assert_books_balance().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_of_an_rpc_server_costs_a_bond_at_any_step() {
    for fault in Fault::ALL {
        let mut world = World::new().await;
        let chain = Arc::new(Cosmos::connect(options(&world.proxy.url)).await.unwrap());
        let proxy = world.proxy.clone();
        // Assigned: commit; Committed: reveal; Revealed: sign, finalize and withdraw.
        world.settle(chain, |_| proxy.fail(fault, 2, &METHODS)).await;
        assert!(world.proxy.met() >= 4, "{fault:?} was met {} times", world.proxy.met());
        world.assert_unharmed(fault).await;
        world.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_takes_over_when_the_first_one_answers_with_pages_from_the_reveal_on() {
    let mut world = World::new().await;
    let (proxy, direct) = (world.proxy.clone(), world.server.url());
    let chain = connect_any(vec![options(&proxy.url), options(&direct)]).await.unwrap();
    let always = ["status", "abci_info", "abci_query", "broadcast_tx_sync", "tx", "block", "block_results"];
    let fails = proxy.clone();
    world
        .settle(chain, move |phase| {
            if phase != Phase::Assigned {
                fails.fail(Fault::Page, u32::MAX, &always);
            }
        })
        .await;
    assert!(proxy.met() > 0);
    world.assert_unharmed("a second server").await;
    assert_eq!(world.town.nodes[0].log.failures(), [], "nothing failed that the second server could answer");
    world.server.stop().await;
}

/// The first tries of a program that was just started come fast: a handful of them is over before the server has caught up.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_just_restarted_reveals_in_time_though_its_server_is_behind_by_seconds() {
    let mut world = World::new().await;
    for index in 0..3 {
        world.town.live(index).await;
    }
    let (job, begun) = (world.town.job(world.job_id).await, Instant::now());
    assert_eq!((job.phase, job.workers[0].masked.is_none()), (Phase::Committed, true));
    let proxy = world.proxy.clone();
    proxy.fail(Fault::Refuses, u32::MAX, &METHODS);
    let catches_up = proxy.clone();
    let behind = tokio::spawn(async move {
        while begun.elapsed() < BEHIND || catches_up.met() <= 5 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        catches_up.fail(Fault::Refuses, 0, &METHODS);
    });
    let chain = Arc::new(Cosmos::connect(options(&proxy.url)).await.unwrap());
    world.settle(chain, |_| {}).await;
    behind.await.unwrap();
    world.assert_unharmed("a server that is behind").await;
    let log = &world.town.nodes[0].log;
    assert_eq!(log.count(|report| *report == Report::Revealed { job_id: world.job_id }), 1);
    let node = world.town.local.client.node(&world.town.nodes[0].address).await.unwrap().unwrap();
    assert_eq!(node.bond.u128(), NODE_BOND, "nothing of it was slashed");
    world.server.stop().await;
}
