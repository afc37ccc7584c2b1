//! Results, failed rounds, refunds.

use std::sync::Arc;

use bithive_api::jobs::{ExecuteMsg, Phase};
use bithive_node::Report;
use bithive_requester::{RequesterError, Selection};

use crate::forge::Forgery;
use crate::town::{ANSWER, Finds, Town, WINDOW};

async fn slots(town: &Town, job_id: u64) -> Vec<u16> {
    town.job(job_id).await.workers.iter().map(|worker| worker.slot).collect()
}

/// Every node looks at the disputed job, and the requester assigns whom it can.
async fn assign_again(town: &mut Town, job_id: u64) -> Result<Vec<u16>, RequesterError> {
    assert_eq!(town.phase(job_id).await, Phase::Disputed);
    town.live_all().await;
    let refused = town.requester().await.collect().await.unwrap().refused;
    assert!(refused.is_empty(), "{refused:?}");
    town.requester().await.assign(job_id, &Selection::default()).await?;
    Ok(slots(town, job_id).await)
}

#[tokio::test]
async fn there_is_no_result_before_the_settlement() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.post().await.job_id;
    let expect = |refused: Result<Vec<f32>, RequesterError>, found: &str| {
        assert!(matches!(refused, Err(RequesterError::Phase { phase, .. }) if phase == found));
    };
    expect(town.requester().await.result(job_id).await, "Open");
    town.live_all().await;
    town.requester().await.collect().await.unwrap();
    town.requester().await.assign(job_id, &Selection::default()).await.unwrap();
    expect(town.requester().await.result(job_id).await, "Assigned");
    town.live_all().await;
    town.live_all().await;
    expect(town.requester().await.result(job_id).await, "Revealed");
    town.live_until_quiet().await;
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    // The output is there for whoever has the records, and for nobody else.
    town.requester_state = bithive_state::State::in_memory().unwrap();
    let refused = town.requester().await.result(job_id).await;
    assert!(matches!(refused, Err(RequesterError::NotOurs { job_id: named }) if named == job_id));
}

#[tokio::test]
async fn workers_that_stay_away_are_replaced_and_the_second_round_settles() {
    let mut town = Town::with_nodes(6).await;
    let job_id = town.assigned_job().await;
    assert_eq!(slots(&town, job_id).await, [1, 2, 3]);
    town.let_pass(job_id, WINDOW + 1).await;
    // They are the cheapest, and the market would refuse any set that they are in.
    assert_eq!(assign_again(&mut town, job_id).await.unwrap(), [4, 5, 6]);
    for node in &town.nodes[..3] {
        assert_eq!(node.log.count(|report| matches!(report, Report::Claimed { .. })), 1, "not again");
    }
    town.live_until_quiet().await;
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    assert_eq!(town.job(job_id).await.round, 2);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_worker_at_fault_that_claims_again_is_refused() {
    let mut town = Town::with_nodes(6).await;
    let job_id = town.assigned_job().await;
    town.let_pass(job_id, WINDOW + 1).await;
    let claim = Forgery { round: 2, ask: 1, ..town.honest(job_id, 0) };
    let refused = town.offer(job_id, claim).await.unwrap_err();
    assert!(refused.to_string().contains("at fault in an earlier round"), "{refused}");
    let claim = Forgery { round: 2, ask: 1, ..town.honest(job_id, 4) };
    town.offer(job_id, claim).await.unwrap();
}

#[tokio::test]
async fn who_was_at_fault_in_the_first_round_is_known_in_the_third() {
    let mut town = Town::with_nodes(8).await;
    let job_id = town.assigned_job().await;
    // Node 2 commits in the first round; the two that do not are at fault.
    town.live(2).await;
    town.let_pass(job_id, WINDOW + 1).await;
    assert_eq!(assign_again(&mut town, job_id).await.unwrap(), [3, 4, 5]);
    town.let_pass(job_id, WINDOW + 1).await;
    assert_eq!(town.phase(job_id).await, Phase::Disputed);
    for index in [0, 1] {
        let claim = Forgery { round: 3, ask: 1, ..town.honest(job_id, index) };
        assert!(town.offer(job_id, claim).await.is_err());
    }
    assert_eq!(assign_again(&mut town, job_id).await.unwrap(), [6, 7, 8]);
    town.live_until_quiet().await;
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn who_did_not_sign_is_not_chosen_again_and_who_was_outvoted_may_be_right() {
    let mut town = Town::with_nodes(5).await;
    town.nodes[1].compute = Arc::new(Finds(vec![7.0, 7.0]));
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live_all().await;
    assert_eq!(town.phase(job_id).await, Phase::Revealed);
    town.let_pass(job_id, WINDOW + 1).await;
    // Those who agreed and did not sign are at fault; the other stays for the other half of its ask, and two decide.
    assert_eq!(assign_again(&mut town, job_id).await.unwrap(), [2, 4, 5]);
    assert_eq!(town.job(job_id).await.workers[0].ask.u128(), town.nodes[1].ask - town.nodes[1].ask / 2);
    town.live_until_quiet().await;
    assert_eq!(town.job(job_id).await.outcome.unwrap().quorum, 0b110);
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_worker_that_commits_and_does_not_reveal_is_not_chosen_again() {
    let mut town = Town::with_nodes(5).await;
    for (index, found) in [1.0, 5.0, 9.0].into_iter().enumerate() {
        town.nodes[index].compute = Arc::new(Finds(vec![found, found]));
    }
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live(1).await;
    assert_eq!(town.phase(job_id).await, Phase::Committed);
    // Node 2 revealed when it committed last, node 1 now, node 0 never: no quorum, and one at fault.
    town.let_pass(job_id, WINDOW + 1).await;
    let refused = assign_again(&mut town, job_id).await;
    assert_eq!(refused.unwrap(), [2, 4, 5]);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_job_for_which_nobody_qualifies_is_refunded_to_the_unit() {
    let mut town = Town::empty().await;
    town.add_node(8, "us").await;
    let address = town.requester_key.address().to_owned();
    let before = town.local.client.balance(&address).await.unwrap();
    let job_id = town.claimed_job().await;
    let refused = town.requester().await.assign(job_id, &Selection::default()).await;
    assert!(matches!(refused, Err(RequesterError::TooFewClaims { found: 0, expected: 3, round: 1, .. })));
    town.let_pass(job_id, WINDOW + 1).await;
    assert_eq!(town.phase(job_id).await, Phase::Refunded);
    town.requester_account().await.jobs(&ExecuteMsg::Withdraw {}).await.unwrap();
    assert_eq!(town.local.client.balance(&address).await.unwrap(), before);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn what_was_not_asked_for_goes_back_to_the_requester() {
    let mut town = Town::with_nodes(3).await;
    let address = town.requester_key.address().to_owned();
    let before = town.local.client.balance(&address).await.unwrap();
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    town.requester_account().await.jobs(&ExecuteMsg::Withdraw {}).await.unwrap();
    let paid: u128 = town.nodes.iter().map(|node| node.ask).sum();
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.local.client.balance(&address).await.unwrap(), before - paid);
    town.assert_books_balance().await;
}
