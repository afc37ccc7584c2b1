//! What each member refuses, asked directly.

use bithive_exchange::Protocol;
use bithive_local::COMMITTEE;
use bithive_state::State;
use bithive_threshold::{NODE_EVALUATIONS, REQUESTER_EVALUATIONS, most_values};

use crate::world::{DAY, Party, World, input, region};

#[tokio::test]
async fn a_second_value_of_a_slot_is_refused_to_a_node_by_every_member() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    for member in 0..3 {
        let refused = world.ask(member, &node, epoch, &[region("ch")]).await.unwrap_err();
        assert!(refused.contains("not those that it has registered"), "{refused}");
        world.ask(member, &node, epoch, &[region("eu")]).await.unwrap();
        let refused = world.ask(member, &node, epoch, &[region("eu")]).await.unwrap_err();
        assert!(refused.contains("the limit is 1"), "{refused}");
        // A refused request costs nothing, also where only a part of it was over the limit.
        let refused = world.ask(member, &node, epoch, &[input(0, "yes"), region("eu")]).await;
        assert!(refused.is_err());
        world.ask(member, &node, epoch, &[input(0, "yes")]).await.unwrap();
    }
}

#[tokio::test]
async fn two_values_of_a_slot_in_one_request_are_refused_to_a_node() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    let refused = world.ask(0, &node, epoch, &[region("eu"), region("ch")]).await.unwrap_err();
    assert!(refused.contains("not those that it has registered"), "{refused}");
    world.ask(0, &node, epoch, &[region("eu")]).await.unwrap();
}

#[tokio::test]
async fn the_same_request_is_answered_again() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    let request = world.request(&node, epoch, &[region("eu")]);
    for _ in 0..3 {
        world.ask_bytes(1, &node, request.clone()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_different_requests_for_one_slot_at_once_one_is_answered() {
    let mut world = World::new().await;
    let epoch = world.epoch().await;
    for _ in 0..4 {
        let node = world.node().await;
        // Of the only value that it has registered, with other blinds each time.
        let mut ask = |_| {
            let body = world.request(&node, epoch, &[region("eu")]).into();
            let (exchange, to) = (node.exchange.clone(), world.seats[0].endpoint);
            tokio::spawn(async move { exchange.request(to, Protocol::Evaluate, body).await.is_ok() })
        };
        let asked = [(); 8].map(&mut ask);
        let mut answered = 0;
        for answer in asked {
            answered += usize::from(answer.await.unwrap());
        }
        assert_eq!(answered, 1);
    }
}

#[tokio::test]
async fn the_request_of_one_node_is_of_no_use_to_another() {
    let mut world = World::new().await;
    let (ann, ben) = (world.node().await, world.node().await);
    let epoch = world.epoch().await;
    let request = world.request(&ann, epoch, &[region("eu")]);
    world.ask_bytes(0, &ann, request.clone()).await.unwrap();
    let refused = world.ask_bytes(0, &ben, request).await.unwrap_err();
    assert!(refused.contains("the proof does not hold"), "{refused}");
    world.ask(0, &ben, epoch, &[region("eu")]).await.unwrap();
}

#[tokio::test]
async fn the_request_of_one_requester_is_a_new_one_from_another() {
    let mut world = World::new().await;
    let (ann, ben) = (world.requester().await, world.requester().await);
    let epoch = world.epoch().await;
    let request = world.request(&ann, epoch, &["eu", "ch", "uk", "us"].map(region));
    for requester in [&ann, &ben] {
        world.ask_bytes(0, requester, request.clone()).await.unwrap();
        assert!(world.ask(0, requester, epoch, &[region("cn")]).await.is_err(), "it was charged");
    }
}

#[tokio::test]
async fn a_requester_has_four_values_of_a_slot_and_no_fifth() {
    let mut world = World::new().await;
    let requester = world.requester().await;
    let epoch = world.epoch().await;
    world.ask(0, &requester, epoch, &[region("eu"), region("ch"), region("uk")]).await.unwrap();
    assert!(world.ask(0, &requester, epoch, &[region("us"), region("cn")]).await.is_err());
    world.ask(0, &requester, epoch, &[region("us")]).await.unwrap();
    let refused = world.ask(0, &requester, epoch, &[region("cn")]).await.unwrap_err();
    assert!(refused.contains("the limit is 4"), "{refused}");
}

#[tokio::test]
async fn a_party_that_asks_different_members_for_different_values_gets_no_more_than_the_bound() {
    let mut world = World::new().await;
    let (node, requester) = (world.node().await, world.requester().await);
    let epoch = world.epoch().await;
    let (members, threshold) = (COMMITTEE.0.into(), COMMITTEE.1.into());
    for (party, evaluations, expected) in [(node, NODE_EVALUATIONS, 1), (requester, REQUESTER_EVALUATIONS, 6)]
    {
        // Each value from the next two members in a circle, which uses up all three at the same pace.
        let (mut answered, mut values) = (0, 0);
        for value in ["eu", "ch", "uk", "us", "cn", "hk", "jp", "sg"] {
            let mut answers = 0;
            for _ in 0..threshold {
                let answer = world.ask(answered % members, &party, epoch, &[region(value)]).await;
                answered += usize::from(answer.is_ok());
                answers += usize::from(answer.is_ok());
            }
            values += usize::from(answers == threshold);
        }
        assert_eq!(values, expected);
        assert_eq!(values, most_values(members, threshold, evaluations), "the bound is met, not passed");
    }
}

#[tokio::test]
async fn strangers_and_members_are_refused() {
    let mut world = World::new().await;
    let stranger = world.requester().await;
    let epoch = world.epoch().await;
    let at = |world: &World, endpoint| Party {
        account: stranger.account.clone(),
        exchange: world.exchange(endpoint),
        state: State::in_memory().unwrap(),
        node: false,
    };
    let nobody = at(&world, bithive_exchange::PeerId([3; 32]));
    let refused = world.ask(0, &nobody, epoch, &[region("eu")]).await.unwrap_err();
    assert!(refused.contains("not registered"), "{refused}");
    let member = at(&world, world.seats[1].endpoint);
    let refused = world.ask(0, &member, epoch, &[region("eu")]).await.unwrap_err();
    assert!(refused.contains("a committee member may not request evaluations"), "{refused}");
}

#[tokio::test]
async fn a_party_that_is_leaving_is_refused() {
    let mut world = World::new().await;
    let node = world.node().await;
    node.account.registry(&bithive_api::registry::ExecuteMsg::Unbond {}).await.unwrap();
    let epoch = world.epoch().await;
    let refused = world.ask(0, &node, epoch, &[region("eu")]).await.unwrap_err();
    assert!(refused.contains("not registered"), "{refused}");
}

#[tokio::test]
async fn only_this_epoch_and_the_last_one_are_answered() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    for other in [0, epoch - 2, epoch + 1, u64::MAX] {
        let refused = world.ask(0, &node, other, &[region("eu")]).await.unwrap_err();
        assert!(refused.contains(&format!("epoch {other} is not answered")), "{refused}");
    }
    world.chain.advance_time(DAY).await.unwrap();
    world.ask(0, &node, epoch, &[region("eu")]).await.unwrap();
    world.ask(0, &node, epoch + 1, &[region("eu")]).await.unwrap();
}

#[tokio::test]
async fn garbage_and_slots_that_are_none_are_refused_and_cost_nothing() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    let good = world.request(&node, epoch, &[region("eu")]);
    let mut no_point = good.clone();
    no_point[13..45].fill(0xff);
    for bad in [vec![], vec![0xff; 45], good[..good.len() - 1].to_vec(), no_point] {
        assert!(world.ask_bytes(0, &node, bad).await.is_err());
    }
    assert!(world.ask(0, &node, epoch, &[region("eu"), input(200, "yes")]).await.is_err());
    world.ask(0, &node, epoch, &[region("eu")]).await.unwrap();
}

#[tokio::test]
async fn the_quota_outlasts_the_members_program() {
    let mut world = World::quiet().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("member");
    world.seats[0].state = State::open(&path).unwrap();
    for index in [1, 2] {
        world.start(index).await;
    }
    let request = world.request(&node, epoch, &[region("eu")]);
    let running = world.start(0).await;
    running.prepare(epoch).await.unwrap();
    world.ask_bytes(0, &node, request.clone()).await.unwrap();
    drop(running);
    // The service that the network holds has the file open; it ends with its replacement.
    world.stop(0);
    world.seats[0].state = State::in_memory().unwrap();
    world.seats[0].state = State::open(&path).unwrap();
    world.start(0).await;
    assert!(world.ask(0, &node, epoch, &[region("eu")]).await.is_err());
    world.ask_bytes(0, &node, request).await.unwrap();
}

#[tokio::test]
async fn a_new_epoch_brings_a_new_quota_and_the_old_one_stays_charged() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    world.ask(0, &node, epoch, &[region("eu")]).await.unwrap();
    world.chain.advance_time(DAY).await.unwrap();
    world.ask(0, &node, epoch + 1, &[region("eu")]).await.unwrap();
    assert!(world.ask(0, &node, epoch, &[region("eu")]).await.is_err());
    world.chain.advance_time(DAY).await.unwrap();
    world.ask(0, &node, epoch + 2, &[region("eu")]).await.unwrap();
    let refused = world.ask(0, &node, epoch, &[region("eu")]).await.unwrap_err();
    assert!(refused.contains("is not answered"), "a forgotten epoch is no fresh quota: {refused}");
}

/// The attack: a node that has registered one answer asks for another under the proof of its own.
#[tokio::test]
async fn a_point_of_another_answer_is_refused_and_costs_nothing() {
    let mut world = World::new().await;
    let (node, helper) = (world.node().await, world.requester().await);
    let epoch = world.epoch().await;
    let mut forged = world.request(&node, epoch, &[region("eu")]);
    let other = world.request(&helper, epoch, &[region("ch")]);
    forged[13..45].copy_from_slice(&other[13..45]);
    let refused = world.ask_bytes(0, &node, forged).await.unwrap_err();
    assert!(refused.contains("the proof does not hold"), "{refused}");
    let bare = world.ask_bytes(0, &node, other).await.unwrap_err();
    assert!(bare.contains("does not prove"), "{bare}");
    world.ask(0, &node, epoch, &[region("eu")]).await.unwrap();
}

#[tokio::test]
async fn an_attribute_that_needs_accreditation_is_evaluated_once_an_accreditor_has_vouched_for_it() {
    let mut world = World::new().await;
    let (node, requester) = (world.node().await, world.requester().await);
    let epoch = world.epoch().await;
    let accreditor = world.accreditation(&["region"]).await;
    let refused = world.ask(0, &node, epoch, &[region("eu"), input(0, "yes")]).await.unwrap_err();
    assert!(refused.contains("`region` is not accredited"), "{refused}");
    world.ask(0, &node, epoch, &[input(0, "yes")]).await.unwrap();
    // A requester asks for what its policy names, of whatever attribute.
    world.ask(0, &requester, epoch, &[region("eu")]).await.unwrap();
    world.vouch(&accreditor, &node, &["region"]).await;
    world.ask(0, &node, epoch, &[region("eu")]).await.unwrap();
}
