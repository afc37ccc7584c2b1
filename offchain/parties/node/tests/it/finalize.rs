//! Who settles the job.

use bithive_api::jobs::{ExecuteMsg, Finalization, Phase};
use bithive_node::{Guard, Quorum, Report};
use bithive_state::State;

use crate::town::{Town, WINDOW};

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
