//! A chain that has another history than the one that a node has read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bithive_api::jobs::Phase;
use bithive_node::{Contributor, Observer, Report};

use crate::town::{Log, Town};

/// Passes reports on, and counts rollbacks.
struct Counts(Arc<Log>, AtomicU64);

impl Observer for Counts {
    fn report(&self, report: Report) {
        self.0.report(report);
    }

    fn rolled_back(&self, _height: u64) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

async fn live(town: &mut Town, counts: &Arc<Counts>) {
    let mut setup = town.setup(0).await;
    setup.observer = counts.clone();
    Contributor::new(setup, town.nodes[0].from_height).await.unwrap().catch_up().await.unwrap();
}

/// As after the chain's folder was put back to what it was before: the node has read more blocks than there are.
#[tokio::test]
async fn a_node_goes_on_with_a_chain_that_is_shorter_than_before() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    let counts = Arc::new(Counts(town.nodes[0].log.clone(), AtomicU64::new(0)));
    let height = town.height().await;
    town.nodes[0].state.put("cursor", &(height + 1_000)).unwrap();
    for _ in 0..6 {
        live(&mut town, &counts).await;
        town.live(1).await;
        town.live(2).await;
    }
    assert_eq!(counts.1.load(Ordering::SeqCst), 1, "it says so once");
    let job = town.job(job_id).await;
    assert_eq!((job.phase, job.outcome.unwrap().quorum), (Phase::Settled, 0b111));
    assert_eq!(town.nodes[0].log.failures(), []);
    town.assert_books_balance().await;
}

/// The chain went on after it was put back: it has as many blocks as before, and other ones.
#[tokio::test]
async fn a_node_notices_that_the_last_block_it_has_read_is_another_one_now() {
    let mut town = Town::with_nodes(3).await;
    let counts = Arc::new(Counts(town.nodes[0].log.clone(), AtomicU64::new(0)));
    let job_id = town.claimed_job().await;
    live(&mut town, &counts).await;
    let mut last: serde_json::Value = town.nodes[0].state.get("last_block").unwrap().unwrap();
    assert_eq!(last["height"], town.height().await);
    live(&mut town, &counts).await;
    assert_eq!(counts.1.load(Ordering::SeqCst), 0);
    last["hash"] = "00".repeat(32).into();
    town.nodes[0].state.put("last_block", &last).unwrap();
    town.requester().await.assign(job_id, &Default::default()).await.unwrap();
    live(&mut town, &counts).await;
    assert_eq!(counts.1.load(Ordering::SeqCst), 1);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.nodes[0].log.failures(), []);
}
