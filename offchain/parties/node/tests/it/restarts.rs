//! Programs that end at the worst moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bithive_api::jobs::Phase;
use bithive_node::{Compute, Contributor, Limits, Report};

use crate::flaky::{FlakyChain, FlakyExchange};
use crate::town::{ANSWER, Town};

/// Finds something else each time, the honest answer first.
#[derive(Default)]
struct Fickle(AtomicU32);

impl Compute for Fickle {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        let run = self.0.fetch_add(1, Ordering::SeqCst) as f32;
        Ok(ANSWER.iter().map(|value| value + run).collect())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

#[tokio::test]
async fn nodes_and_requester_that_restart_between_any_two_steps_finish_the_job() {
    let mut town = Town::with_nodes(3).await;
    // Every call of `live` and of `requester` is a new program on the old records.
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    for node in &town.nodes {
        for once in [Report::Committed { job_id }, Report::Revealed { job_id }, Report::Signed { job_id }] {
            assert_eq!(node.log.count(|report| *report == once), 1);
        }
        assert_eq!(node.log.failures(), []);
    }
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_result_is_found_once_however_often_the_node_crashes_before_it_commits() {
    let mut town = Town::with_nodes(3).await;
    let fickle = Arc::new(Fickle::default());
    town.nodes[0].compute = fickle.clone();
    let job_id = town.assigned_job().await;
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose.store(usize::MAX, Ordering::SeqCst);
    for _ in 0..3 {
        let exchange = town.local.exchange(town.nodes[0].endpoint);
        let setup = town.setup_with(0, chain.clone(), exchange).await;
        Contributor::new(setup, town.nodes[0].from_height).await.unwrap().catch_up().await.unwrap();
        assert!(town.job(job_id).await.workers[0].commitment.is_none());
        town.local.chain.produce_block().await.unwrap();
    }
    assert!(town.nodes[0].log.failures().iter().all(|(_, retries)| *retries));
    town.live_until_quiet().await;
    assert_eq!(fickle.0.load(Ordering::SeqCst), 1);
    let job = town.job(job_id).await;
    assert_eq!((job.phase, job.outcome.unwrap().quorum), (Phase::Settled, 0b111));
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_node_whose_every_answer_from_the_chain_is_lost_does_nothing_twice() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose_answer.store(usize::MAX, Ordering::SeqCst);
    for _ in 0..12 {
        let exchange = town.local.exchange(town.nodes[0].endpoint);
        let setup = town.setup_with(0, chain.clone(), exchange).await;
        Contributor::new(setup, town.nodes[0].from_height).await.unwrap().catch_up().await.unwrap();
        town.live(1).await;
        town.live(2).await;
        town.local.chain.produce_block().await.unwrap();
    }
    let job = town.job(job_id).await;
    assert_eq!((job.phase, job.outcome.unwrap().quorum), (Phase::Settled, 0b111));
    let refused = town.nodes[0].log.failures().into_iter().filter(|(_, retries)| !retries);
    assert_eq!(refused.collect::<Vec<_>>(), []);
    let paid = town.nodes[0].ask * 85 / 100;
    assert_eq!(town.local.client.balance(&town.nodes[0].address).await.unwrap(), paid);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_claim_that_could_not_be_sent_is_sent_by_the_next_program() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.post().await.job_id;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    let setup = town.setup_with(0, Arc::new(town.local.chain.clone()), exchange.clone()).await;
    let mut node = Contributor::new(setup, town.nodes[0].from_height).await.unwrap();
    exchange.mute.store(true, Ordering::SeqCst);
    node.catch_up().await.unwrap();
    drop(node);
    assert!(town.nodes[0].log.failure().1, "it tries again");
    assert!(town.requester().await.collect().await.unwrap().accepted.is_empty());
    // The event that named the job is behind the cursor, and no block follows.
    town.live(0).await;
    assert_eq!(town.nodes[0].log.count(|report| matches!(report, Report::Claimed { .. })), 1);
    assert_eq!(town.requester().await.collect().await.unwrap().accepted[0].job_id, job_id);
}

#[tokio::test]
async fn blocks_that_are_read_again_do_nothing_again() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    let (height, reports) = (town.height().await, town.nodes[0].log.all());
    let sent = town.tap.deliveries().len();
    for index in 0..3 {
        town.nodes[index].state.put("cursor", &town.nodes[index].from_height).unwrap();
    }
    town.live_all().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!((town.height().await, town.nodes[0].log.all()), (height, reports));
    assert_eq!(town.tap.deliveries().len(), sent);
}

#[tokio::test]
async fn a_node_goes_on_where_its_records_end() {
    let mut town = Town::with_nodes(1).await;
    town.post().await;
    let mut node = town.start(0).await;
    assert_eq!(node.next_height(), town.nodes[0].from_height);
    node.catch_up().await.unwrap();
    let next = town.height().await + 1;
    assert_eq!(node.next_height(), next);
    assert_eq!(town.start(0).await.next_height(), next);
}

#[tokio::test]
async fn a_settlement_that_was_about_to_be_sent_needs_no_other_block() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    while town.phase(job_id).await != Phase::Revealed {
        town.live_all().await;
    }
    // Every node signs and hears of the others; what they would settle with is lost on the way.
    let chain = FlakyChain::new(town.local.chain.clone());
    chain.lose.store(usize::MAX, Ordering::SeqCst);
    for _ in 0..3 {
        for index in 0..3 {
            let exchange = town.local.exchange(town.nodes[index].endpoint);
            let setup = town.setup_with(index, chain.clone(), exchange).await;
            Contributor::new(setup, town.nodes[index].from_height).await.unwrap().catch_up().await.unwrap();
        }
    }
    assert_eq!(town.phase(job_id).await, Phase::Revealed);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn messages_whose_receiver_crashes_before_it_discards_them_come_again() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    exchange.stuck.store(true, Ordering::SeqCst);
    while town.phase(job_id).await != Phase::Revealed {
        town.live_all().await;
    }
    town.live(1).await;
    town.live(2).await;
    for _ in 0..2 {
        let setup = town.setup_with(0, Arc::new(town.local.chain.clone()), exchange.clone()).await;
        let mut node = Contributor::new(setup, town.nodes[0].from_height).await.unwrap();
        assert!(node.catch_up().await.is_err());
    }
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.nodes[0].log.count(|report| *report == Report::Signed { job_id }), 1);
    town.assert_books_balance().await;
}
