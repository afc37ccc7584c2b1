//! What a requester can send that a node must not work on. None of it costs the node bond: it never commits.

use std::sync::Arc;

use bithive_api::jobs::Phase;
use bithive_blindmatch::policy::Policy;
use bithive_exchange::Exchange;
use bithive_local::NODE_BOND;
use bithive_node::{Contributor, Report};
use bithive_requester::Selection;

use crate::by_hand::Dishonest;
use crate::flaky::FlakyExchange;
use crate::town::{Finds, Town, WINDOW};

/// Nobody commits, each node says why and does not try again; the escrow goes back and every bond stays.
async fn assert_nobody_works(town: &mut Town, job_id: u64, why: &str) {
    town.live_until_quiet().await;
    town.local.chain.produce_block().await.unwrap();
    town.live_all().await;
    let job = town.job(job_id).await;
    assert_eq!(job.phase, Phase::Assigned);
    assert!(job.workers.iter().all(|worker| worker.commitment.is_none()));
    for node in &town.nodes {
        let failures = node.log.failures();
        assert!(!failures.is_empty());
        assert!(failures.iter().all(|(reason, retries)| reason.contains(why) && !retries), "{failures:?}");
    }
    town.let_pass(job_id, WINDOW + 1).await;
    town.let_pass(job_id, WINDOW + 1).await;
    assert_eq!(town.phase(job_id).await, Phase::Refunded);
    for node in &town.nodes {
        let bond = town.local.client.node(&node.address).await.unwrap().unwrap().bond.u128();
        assert_eq!(bond, NODE_BOND);
    }
    town.assert_books_balance().await;
}

/// The attack: the vault asks one thing, and the policy in the input another, so that who commits answers that as well.
#[tokio::test]
async fn a_node_that_was_assigned_answers_no_second_question_about_its_attributes() {
    for question in ["vram >= 80", "region = jp"] {
        let mut town = Town::with_nodes(3).await;
        let job_id = town.claimed_job().await;
        let other = Policy::parse(question, &town.local.schema).unwrap();
        assert!(town.nodes.iter().all(|node| !other.is_satisfied(&node.attributes)));
        let policy = Some(serde_json::to_vec(&other).unwrap());
        town.assign_by_hand(job_id, Dishonest { policy, ..Dishonest::default() }).await;
        town.live_until_quiet().await;
        assert_eq!(town.phase(job_id).await, Phase::Settled, "{question}");
        for node in &town.nodes {
            assert_eq!(node.log.count(|report| *report == Report::Committed { job_id }), 1, "{question}");
        }
    }
}

#[tokio::test]
async fn a_policy_that_is_none_ends_the_job_for_the_node() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.claimed_job().await;
    let lie = Dishonest { policy: Some(b"{\"all\":7}".to_vec()), ..Dishonest::default() };
    town.assign_by_hand(job_id, lie).await;
    assert_nobody_works(&mut town, job_id, "the policy is not valid").await;
}

#[tokio::test]
async fn a_payload_that_was_changed_is_refused() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.claimed_job().await;
    town.assign_by_hand(job_id, Dishonest { damage_payload: true, ..Dishonest::default() }).await;
    assert_nobody_works(&mut town, job_id, "").await;
}

#[tokio::test]
async fn an_input_that_does_not_open_its_commitment_is_refused() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.claimed_job().await;
    town.assign_by_hand(job_id, Dishonest { other_commitment: true, ..Dishonest::default() }).await;
    assert_nobody_works(&mut town, job_id, "does not open the commitment").await;
}

#[tokio::test]
async fn an_honest_assignment_made_by_hand_is_worked_on() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.claimed_job().await;
    town.assign_by_hand(job_id, Dishonest::default()).await;
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
}

#[tokio::test]
async fn an_assignment_that_the_node_never_claimed_is_refused() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.post().await.job_id;
    town.assign_by_hand(job_id, Dishonest::default()).await;
    assert_nobody_works(&mut town, job_id, "never claimed").await;
}

#[tokio::test]
async fn a_result_that_could_never_be_revealed_is_not_committed_to() {
    let mut town = Town::with_nodes(3).await;
    let mut spec = town.spec();
    spec.dimensions = 3;
    let job_id = town.requester().await.post(&spec).await.unwrap().job_id;
    town.live_all().await;
    town.requester().await.collect().await.unwrap();
    town.requester().await.assign(job_id, &Selection::default()).await.unwrap();
    assert_nobody_works(&mut town, job_id, "the result has 2 words, the job's terms say 3").await;
}

#[tokio::test]
async fn a_result_that_does_not_fit_fixed_point_is_not_committed_to() {
    let mut town = Town::with_nodes(3).await;
    for node in &mut town.nodes {
        node.compute = Arc::new(Finds(vec![f32::NAN, 1.0]));
    }
    let job_id = town.assigned_job().await;
    assert_nobody_works(&mut town, job_id, "expected a finite number").await;
}

#[tokio::test]
async fn a_model_that_is_not_there_yet_is_waited_for() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    exchange.hidden.lock().unwrap().insert(*blake3::hash(b"model").as_bytes());
    let handle: Arc<dyn Exchange> = exchange.clone();
    let setup = town.setup_with(0, Arc::new(town.local.chain.clone()), handle).await;
    let mut node = Contributor::new(setup, town.nodes[0].from_height).await.unwrap();
    node.catch_up().await.unwrap();
    let (reason, retries) = town.nodes[0].log.failure();
    assert!(reason.contains("not available") && retries, "{reason}");
    exchange.hidden.lock().unwrap().clear();
    town.local.chain.produce_block().await.unwrap();
    node.catch_up().await.unwrap();
    assert_eq!(town.nodes[0].log.count(|report| *report == Report::Committed { job_id }), 1);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
}
