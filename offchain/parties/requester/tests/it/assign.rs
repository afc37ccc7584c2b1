//! Whom the requester chooses, and what it posts.

use std::collections::BTreeSet;

use bithive_api::jobs::Phase;
use bithive_api::registry::ExecuteMsg;
use bithive_blindmatch::policy::Policy;
use bithive_requester::{JobSpec, Offer, RequesterError, Selection};

use crate::forge::Forgery;
use crate::town::Town;

async fn chosen(town: &mut Town, job_id: u64, exclude: &[usize]) -> Vec<usize> {
    let exclude: BTreeSet<String> = exclude.iter().map(|index| town.nodes[*index].address.clone()).collect();
    let assigned =
        town.requester().await.assign(job_id, &Selection { exclude, ..Selection::default() }).await.unwrap();
    let slots: Vec<usize> = assigned.workers.iter().map(|worker| usize::from(worker.slot) - 1).collect();
    let on_chain: Vec<usize> =
        town.job(job_id).await.workers.iter().map(|worker| usize::from(worker.slot) - 1).collect();
    assert_eq!(slots, on_chain);
    slots
}

#[tokio::test]
async fn the_cheapest_are_chosen() {
    let mut town = Town::with_nodes(5).await;
    for (node, ask) in town.nodes.iter_mut().zip([9, 3, 5, 4, 8]) {
        node.ask = ask;
    }
    let job_id = town.claimed_job().await;
    let asks: Vec<u128> =
        town.requester().await.claims(job_id).await.unwrap().iter().map(|claim| claim.ask).collect();
    assert_eq!(asks, [3, 4, 5, 8, 9]);
    assert_eq!(chosen(&mut town, job_id, &[]).await, [1, 2, 3]);
}

#[tokio::test]
async fn who_is_excluded_is_passed_over() {
    let mut town = Town::with_nodes(5).await;
    let job_id = town.claimed_job().await;
    assert_eq!(chosen(&mut town, job_id, &[0, 2]).await, [1, 3, 4]);
}

#[tokio::test]
async fn too_few_claims_say_how_many_there_are_and_how_many_it_takes() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.claimed_job().await;
    let exclude = BTreeSet::from([town.nodes[1].address.clone()]);
    let refused = town
        .requester()
        .await
        .assign(job_id, &Selection { exclude, ..Selection::default() })
        .await
        .unwrap_err();
    let text = format!("job {job_id} has 2 usable claims for round 1; expected at least 3");
    assert_eq!(refused.to_string(), text);
    assert_eq!(town.phase(job_id).await, Phase::Open);
}

#[tokio::test]
async fn a_node_that_leaves_after_its_claim_is_passed_over() {
    let mut town = Town::with_nodes(4).await;
    let job_id = town.claimed_job().await;
    town.node_account(0).await.registry(&ExecuteMsg::Unbond {}).await.unwrap();
    assert_eq!(chosen(&mut town, job_id, &[]).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_node_whose_public_key_is_malformed_is_passed_over() {
    let mut town = Town::empty().await;
    // Two elements change places: each is a point of the group, together they are no key.
    let swap = |key: &mut Vec<u8>| {
        let length = key.len();
        let (front, last) = key.split_at_mut(length - 96);
        front[length - 192..].swap_with_slice(last);
    };
    town.add_node_with_key(24, "eu", swap).await;
    town.add_node_with_key(24, "eu", |key| key.truncate(key.len() - 1)).await;
    for _ in 0..3 {
        town.add_node(24, "eu").await;
    }
    let job_id = town.claimed_job().await;
    assert_eq!(town.requester().await.claims(job_id).await.unwrap().len(), 5, "all of them claim");
    assert_eq!(chosen(&mut town, job_id, &[]).await, [2, 3, 4]);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
}

#[tokio::test]
async fn a_job_that_has_its_workers_takes_no_others() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    let refused = town.requester().await.assign(job_id, &Selection::default()).await;
    assert!(matches!(refused, Err(RequesterError::Phase { phase, .. }) if phase == "Assigned"));
}

#[tokio::test]
async fn a_second_job_changes_only_the_slots_that_differ() {
    let mut town = Town::with_nodes(4).await;
    let mut requester = town.requester().await;
    for (expected, exclude) in [(3, None), (2, Some(2)), (2, None)] {
        let job_id = requester.post(&town.spec()).await.unwrap().job_id;
        town.live_all().await;
        requester.collect().await.unwrap();
        let exclude = exclude.map(|index: usize| town.nodes[index].address.clone()).into_iter().collect();
        let assigned =
            requester.assign(job_id, &Selection { exclude, ..Selection::default() }).await.unwrap();
        assert_eq!(assigned.changed_slots, expected);
    }
}

#[tokio::test]
async fn terms_that_the_market_refuses_move_no_money() {
    let mut town = Town::empty().await;
    let address = town.requester_key.address().to_owned();
    let before = town.local.client.balance(&address).await.unwrap();
    let offer = |change: &dyn Fn(&mut Offer)| {
        let mut spec = town.spec();
        change(&mut spec.offer);
        spec
    };
    // Each is said in the words of the option that set it, with what is expected.
    let bad = [
        (offer(&|offer| offer.price = u128::MAX), "--price is 340,"),
        (offer(&|offer| offer.price = 0), "--price is 0 BTT; expected more than 0 BTT"),
        (offer(&|offer| offer.quorum.quorum = 1), "--quorum is 1; expected 2 to 3"),
        (
            offer(&|offer| (offer.quorum.workers, offer.quorum.quorum) = (17, 9)),
            "--workers is 17; expected 1 to 16",
        ),
        (offer(&|offer| offer.quorum.tolerance = 65_537), "--tolerance is 65537; expected 0 to 65536"),
        (offer(&|offer| offer.windows.assign_seconds = 0), "--assign-seconds is 0; expected 30 to 86400"),
        (offer(&|offer| offer.windows.reveal_seconds = 1), "--reveal-seconds is 1; expected 30 to 86400"),
        (offer(&|offer| offer.price = 1_000_000_000_000), "holds 1,000 BTT; expected at least 3,000,000 BTT"),
        (offer(&|offer| offer.model_owner = Some("nobody".into())), "model_owner"),
        (JobSpec { dimensions: 0, ..town.spec() }, "dimensions"),
    ];
    for (index, (spec, said)) in bad.into_iter().enumerate() {
        let refused = town.requester().await.post(&spec).await.unwrap_err();
        match index {
            0..=6 => assert!(matches!(refused, RequesterError::Term { .. })),
            7 => assert!(matches!(refused, RequesterError::Funds { .. })),
            _ => assert!(matches!(refused, RequesterError::Chain(_)), "{index}: {refused}"),
        }
        assert!(refused.to_string().contains(said), "{refused}");
        // Nothing is kept of a job that was not posted.
        assert_eq!(town.requester().await.begun().unwrap(), 0);
        assert_eq!(town.requester_state.names("vault/").unwrap().len(), 0);
    }
    assert_eq!(town.local.client.balance(&address).await.unwrap(), before);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_policy_over_the_committees_quota_is_not_posted() {
    let mut town = Town::empty().await;
    let policy = |text| Policy::parse(text, &town.local.schema).unwrap();
    let four = JobSpec { policy: policy("region in (eu, ch, uk, us)"), ..town.spec() };
    let fifth = JobSpec { policy: policy("region in (eu, cn)"), ..town.spec() };
    town.requester().await.post(&four).await.unwrap();
    let refused = town.requester().await.post(&fifth).await;
    assert!(matches!(refused, Err(RequesterError::Committee(_))), "{refused:?}");
    // What is known already can be used again and again.
    town.requester().await.post(&four).await.unwrap();
    assert_eq!(town.local.client.totals().await.unwrap().jobs, 2);
    // The next day brings new tags.
    town.local.chain.advance_time(86_400).await.unwrap();
    town.local.post_share_keys().await.unwrap();
    town.requester().await.post(&fifth).await.unwrap();
}

#[tokio::test]
async fn a_claim_with_a_lower_ask_replaces_the_nodes_first_one() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.claimed_job().await;
    let claim = Forgery { ask: 1, ..town.honest(job_id, 2) };
    town.offer(job_id, claim).await.unwrap();
    chosen(&mut town, job_id, &[]).await;
    assert_eq!(town.job(job_id).await.workers[2].ask.u128(), 1);
}
