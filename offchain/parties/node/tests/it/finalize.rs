//! Who settles the job.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::jobs::{ExecuteMsg, Finalization, Phase};
use bithive_node::{Compute, Guard, Limits, Quorum, Report};
use bithive_requester::Selection;
use bithive_state::State;

use crate::town::{Finds, Town, WINDOW};

#[tokio::test]
async fn another_member_settles_when_the_representative_is_away() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.live_all().await;
    // Everybody reveals; node 0, the representative, is away from then on.
    town.live_all().await;
    let job = town.job(job_id).await;
    assert_eq!((job.phase, job.outcome.unwrap().representative), (Phase::Revealed, 0));
    for _ in 0..2 {
        town.live(1).await;
        town.live(2).await;
    }
    assert_eq!(town.phase(job_id).await, Phase::Revealed, "it is the representative's turn");
    town.local.chain.advance_time(WINDOW / 2).await.unwrap();
    // Programs that have just started, too: what they wait for is on record.
    town.live(1).await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.nodes[1].log.count(|report| *report == Report::Finalized { job_id }), 1);
    town.live_until_quiet().await;
    for node in &town.nodes {
        let paid = town.local.client.balance(&node.address).await.unwrap();
        assert_eq!(paid, node.ask * 85 / 100, "the one that was away is paid, too");
    }
    town.assert_books_balance().await;
}

/// The others took this node's signature and went away: it shows its own on chain, and is not at fault.
#[tokio::test]
async fn a_member_whose_peers_are_silent_shows_its_signature_and_keeps_its_bond() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.live_all().await;
    for index in [2, 1, 0] {
        town.live(index).await;
    }
    assert_eq!(town.phase(job_id).await, Phase::Revealed);
    let signed =
        |job: &bithive_api::jobs::JobResponse| job.workers.iter().map(|row| row.signed).collect::<Vec<_>>();
    assert_eq!(signed(&town.job(job_id).await), [false; 3]);
    town.local.chain.advance_time(WINDOW / 2).await.unwrap();
    let alone = town
        .nodes
        .iter()
        .position(|node| node.log.count(|report| matches!(report, Report::Signed { .. })) == 1);
    town.live(alone.unwrap()).await;
    let job = town.job(job_id).await;
    if job.phase == Phase::Revealed {
        assert_eq!(signed(&job).iter().filter(|signed| **signed).count(), 1);
        town.let_pass(job_id, WINDOW).await;
        let job = town.job(job_id).await;
        let row = &job.workers[alone.unwrap()];
        assert!(!row.barred && row.remainder.is_some(), "{row:?}");
    }
    town.assert_books_balance().await;
}

/// A worker that is kept shows what it has found already, under the key of the new round.
#[tokio::test]
async fn a_kept_worker_computes_nothing_again() {
    let mut town = Town::with_nodes(5).await;
    for (index, found) in [(0, 5.0), (2, 9.0)] {
        town.nodes[index].compute = Arc::new(Finds(vec![found, found]));
    }
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live_all().await;
    assert_eq!(town.phase(job_id).await, Phase::Disputed);
    town.live_all().await;
    let paid = town.nodes[1].ask / 2 * 85 / 100;
    assert_eq!(town.local.client.balance(&town.nodes[1].address).await.unwrap(), paid, "half at once");
    assert!(town.requester().await.collect().await.unwrap().refused.is_empty());
    let exclude = [0, 2].map(|index| town.nodes[index].address.clone());
    let most_added = town.nodes.iter().map(|node| node.ask).sum();
    let selection = Selection { exclude: exclude.into(), most_added };
    town.requester().await.assign(job_id, &selection).await.unwrap();
    let slots: Vec<u16> = town.job(job_id).await.workers.iter().map(|row| row.slot).collect();
    assert_eq!(slots, [2, 4, 5], "one of those who differ is kept");
    let decrypted =
        |town: &Town| town.nodes[1].log.count(|report| matches!(report, Report::Decrypted { .. }));
    let before = decrypted(&town);
    town.nodes[1].compute = Arc::new(Refuses);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert!(town.nodes[1].log.failures().is_empty(), "{:?}", town.nodes[1].log.failures());
    assert_eq!(decrypted(&town), before);
    let paid = paid + (town.nodes[1].ask - town.nodes[1].ask / 2) * 85 / 100;
    assert_eq!(town.local.client.balance(&town.nodes[1].address).await.unwrap(), paid, "the other half");
    town.assert_books_balance().await;
}

/// Fails whenever it is asked.
struct Refuses;

impl Compute for Refuses {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        Err("computed again".into())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

#[tokio::test]
async fn the_work_of_a_job_that_was_settled_in_a_batch_is_reported_by_its_quorum() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live_all().await;
    let job = town.job(job_id).await;
    assert_eq!(job.phase, Phase::Revealed);
    let domain = town.local.client.deployment().clone();
    let mut quorum = Quorum::of(&job, domain.jobs_domain()).unwrap();
    for (index, worker) in (0u8..).zip(&job.workers) {
        let node = town.nodes.iter().position(|node| node.address == worker.address.as_str()).unwrap();
        let guard = Guard::new(State::in_memory().unwrap());
        let signature = quorum.sign(&town.keys(node).bls, &guard).unwrap();
        quorum.add(index, signature).unwrap();
    }
    let (signers, signature) = quorum.aggregate().unwrap().unwrap();
    let statements = vec![Finalization { job_id, signers }];
    let batch = ExecuteMsg::FinalizeMany { statements, signature: (&signature).into() };
    town.requester_account().await.jobs(&batch).await.unwrap();
    assert!(!town.local.client.is_reported(job_id).await.unwrap());
    town.live_until_quiet().await;
    assert!(town.local.client.is_reported(job_id).await.unwrap());
    town.assert_books_balance().await;
}
