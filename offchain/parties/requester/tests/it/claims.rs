//! Which claims are accepted.

use std::sync::atomic::Ordering;

use bithive_api::jobs::Phase;
use bithive_api::registry::ExecuteMsg;
use bithive_blindmatch::claim::ClaimError;
use bithive_blindmatch::vault::MatchKey;
use bithive_chain::ChainError;
use bithive_exchange::{EndpointKey, PeerId, Protocol};
use bithive_requester::{AcceptedClaim, RequesterError};

use crate::flaky::FlakyChain;
use crate::forge::Forgery;
use crate::town::{PRICE, Town};

fn assert_refused(answer: Result<AcceptedClaim, RequesterError>, why: &str) {
    match answer {
        Err(RequesterError::Mismatch { what: "the claim", reason }) => {
            assert!(reason.contains(why), "{reason}")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_honest_claim_is_accepted_once_however_often_it_is_sent() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    for _ in 0..2 {
        let claim = town.offer(job_id, town.honest(job_id, 0)).await.unwrap();
        assert_eq!((claim.job_id, claim.round, claim.slot), (job_id, 1, 1));
        assert_eq!((claim.address, claim.ask), (town.nodes[0].address.clone(), town.nodes[0].ask));
    }
    assert_eq!(town.requester().await.claims(job_id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_claim_waits_while_answers_of_the_chain_cannot_be_read() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.post().await.job_id;
    town.live_all().await;
    let chain = FlakyChain::new(town.local.chain.clone());
    let mut requester = town.requester_over(&chain).await;
    for _ in 0..3 {
        chain.garble.store(1, Ordering::SeqCst);
        let collected = requester.collect().await;
        assert!(matches!(collected, Err(RequesterError::Chain(ChainError::Decode { .. }))), "{collected:?}");
    }
    let collected = requester.collect().await.unwrap();
    assert!(collected.refused.is_empty(), "{:?}", collected.refused);
    assert_eq!(requester.claims(job_id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn garbage_is_refused_and_concerns_nobody_else() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    let stranger = EndpointKey::generate(&mut town.rng).id();
    assert_refused(town.offer_bytes(stranger, vec![0; 7]).await, "too short");
    for sealed in [vec![], vec![1; 40], vec![1; 400]] {
        let bytes = [&job_id.to_be_bytes()[..], &sealed].concat();
        let refused = town.offer_bytes(stranger, bytes).await;
        assert!(matches!(refused, Err(RequesterError::Claim(_))), "{refused:?}");
    }
    let unknown_job = [&99u64.to_be_bytes()[..], &[1; 240]].concat();
    assert!(matches!(town.offer_bytes(stranger, unknown_job).await, Err(RequesterError::Chain(_))));
    assert_eq!(town.requester().await.claims(job_id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_node_that_has_not_opened_the_vault_is_refused() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    let claim = Forgery { match_key: MatchKey::from_bytes([7; 32]), ..town.honest(job_id, 0) };
    assert!(matches!(town.offer(job_id, claim).await, Err(RequesterError::Claim(ClaimError::Mac))));
}

#[tokio::test]
async fn a_claim_for_one_job_is_worth_nothing_for_another() {
    let mut town = Town::with_nodes(1).await;
    town.claimed_job().await;
    let second = town.post().await.job_id;
    let (from, body) = town.messages(Protocol::Claim, town.requester_endpoint).remove(0);
    let replayed = [&second.to_be_bytes()[..], &body[8..]].concat();
    let refused = town.offer_bytes(from, replayed).await;
    assert!(matches!(refused, Err(RequesterError::Claim(ClaimError::NotForUs))), "{refused:?}");
    assert!(town.requester().await.claims(second).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_claim_that_is_sent_again_after_the_assignment_or_settlement_is_refused() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    let (from, body) = town.messages(Protocol::Claim, town.requester_endpoint).remove(0);
    for phase in [Phase::Assigned, Phase::Settled] {
        assert_eq!(town.phase(job_id).await, phase);
        let refused = town.offer_bytes(from, body.to_vec()).await;
        assert!(
            matches!(&refused, Err(RequesterError::Phase { phase: found, .. }) if *found == format!("{phase:?}"))
        );
        town.live_until_quiet().await;
    }
}

#[tokio::test]
async fn a_claim_from_another_endpoint_than_the_registered_one_is_refused() {
    let mut town = Town::with_nodes(2).await;
    let job_id = town.claimed_job().await;
    for from in [town.nodes[1].endpoint, PeerId([9; 32])] {
        let claim = Forgery { from, ..town.honest(job_id, 0) };
        assert_refused(town.offer(job_id, claim).await, "another endpoint");
    }
}

#[tokio::test]
async fn a_claim_in_the_name_of_another_is_refused() {
    let mut town = Town::with_nodes(2).await;
    let job_id = town.claimed_job().await;
    let claim = Forgery {
        address: town.nodes[1].address.clone(),
        slot: 2,
        from: town.nodes[1].endpoint,
        ..town.honest(job_id, 0)
    };
    assert!(matches!(town.offer(job_id, claim).await, Err(RequesterError::Bls(_))));
    let claim = Forgery { address: town.requester_key.address().into(), ..town.honest(job_id, 0) };
    assert_refused(town.offer(job_id, claim).await, "not a registered node");
    let claim = Forgery { slot: 2, ..town.honest(job_id, 0) };
    assert_refused(town.offer(job_id, claim).await, "slot");
}

#[tokio::test]
async fn an_ask_of_nothing_or_above_the_price_is_refused_and_the_price_itself_is_not() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    for ask in [0, PRICE + 1, u128::MAX] {
        let claim = Forgery { ask, ..town.honest(job_id, 0) };
        assert_refused(town.offer(job_id, claim).await, "0 or above");
    }
    let claim = Forgery { ask: PRICE, ..town.honest(job_id, 0) };
    assert_eq!(town.offer(job_id, claim).await.unwrap().ask, PRICE);
}

#[tokio::test]
async fn consent_to_another_round_is_refused() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    for round in [0, 2, 255] {
        let claim = Forgery { round, ..town.honest(job_id, 0) };
        assert!(matches!(town.offer(job_id, claim).await, Err(RequesterError::Bls(_))));
    }
}

#[tokio::test]
async fn a_node_that_is_leaving_is_refused() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    town.node_account(0).await.registry(&ExecuteMsg::Unbond {}).await.unwrap();
    assert_refused(town.offer(job_id, town.honest(job_id, 0)).await, "not eligible");
}

#[tokio::test]
async fn only_who_posted_a_job_can_read_its_claims() {
    let mut town = Town::with_nodes(1).await;
    let job_id = town.claimed_job().await;
    town.requester_state = bithive_state::State::in_memory().unwrap();
    let refused = town.offer(job_id, town.honest(job_id, 0)).await;
    assert!(matches!(refused, Err(RequesterError::NotOurs { job_id: named }) if named == job_id));
}
