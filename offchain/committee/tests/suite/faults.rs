//! Members that are down, or lie.

use std::sync::Arc;

use async_trait::async_trait;
use bithive_blindmatch::committee::CommitteeError;
use bithive_blindmatch::oprf::OprfError;
use bithive_committee::{Member, ServiceError};
use bithive_exchange::{PeerId, Protocol, Service};
use bithive_state::State;
use bytes::Bytes;

use crate::world::{Fails, Says, World, input, region, same, schema};

/// Answers as the member does, with one byte changed.
struct Lies {
    member: Arc<Member>,
    position: usize,
}

#[async_trait]
impl Service for Lies {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        let mut answer = self.member.answer(protocol, from, body).await?.to_vec();
        let position = answer.len() - 1 - self.position;
        answer[position] ^= 1;
        Ok(answer.into())
    }
}

#[tokio::test]
async fn any_two_of_three_members_are_enough_and_give_the_same_tags() {
    let mut world = World::new().await;
    let epoch = world.epoch().await;
    let inputs = [input(0, "yes"), region("eu")];
    let all = {
        let node = world.node().await;
        world.source(&node).tags(epoch, &inputs, &mut world.rng).await.unwrap()
    };
    for down in 0..3 {
        let node = world.requester().await;
        let member = world.start(down, State::in_memory().unwrap()).await;
        world.stop(down);
        let tags = world.source(&node).tags(epoch, &inputs, &mut world.rng).await.unwrap();
        assert!(same(&tags, &all));
        member.serve();
    }
}

#[tokio::test]
async fn two_members_down_are_too_many_and_the_error_counts_what_there_was() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    for down in [0, 2] {
        world.replace(down, Protocol::Evaluate, Fails("down"));
    }
    let error = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    assert!(matches!(error, ServiceError::Oprf(OprfError::TooFew { valid: 1, needed: 2, .. })), "{error}");
    // Once they are back the same request is answered, also by the one that was charged.
    for back in [0, 2] {
        world.start(back, State::in_memory().unwrap()).await;
    }
    world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

#[tokio::test]
async fn a_member_that_lies_is_left_out_and_the_tags_are_those_of_the_honest() {
    let mut world = World::new().await;
    let epoch = world.epoch().await;
    let inputs = [input(0, "yes"), region("eu")];
    let reference = world.requester().await;
    let honest = world.source(&reference).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    // The proof's last byte, its challenge, and an evaluation.
    for position in [0, 80, 120] {
        let requester = world.requester().await;
        let member = world.start(0, State::in_memory().unwrap()).await;
        world.replace(0, Protocol::Evaluate, Lies { member, position });
        let tags = world.source(&requester).tags(epoch, &inputs, &mut world.rng).await.unwrap();
        assert!(same(&tags, &honest));
    }
}

#[tokio::test]
async fn a_member_that_answers_garbage_or_as_another_is_left_out() {
    let mut world = World::new().await;
    let epoch = world.epoch().await;
    for garbage in [vec![], vec![0; 10], vec![0xff; 500]] {
        let requester = world.requester().await;
        world.replace(1, Protocol::Evaluate, Says(garbage));
        world.source(&requester).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    }
    // Member 1 answers at the place of member 2.
    let requester = world.requester().await;
    let copy = world.start(0, State::in_memory().unwrap()).await;
    world.replace(1, Protocol::Evaluate, Lies { member: copy, position: 0 });
    world.source(&requester).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

#[tokio::test]
async fn two_members_that_lie_leave_too_few_and_are_named() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    for index in [1, 2] {
        let member = world.start(index, State::in_memory().unwrap()).await;
        world.replace(index, Protocol::Evaluate, Lies { member, position: 0 });
    }
    let error = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    let ServiceError::Oprf(OprfError::TooFew { valid: 1, needed: 2, faults }) = &error else {
        panic!("{error}");
    };
    let named: Vec<u8> = faults.iter().map(|fault| fault.member.get()).collect();
    assert_eq!(named, [2, 3]);
}

#[tokio::test]
async fn share_keys_are_merged_without_a_member_that_is_down_or_sends_nonsense() {
    for case in 0..4 {
        let mut world = World::quiet().await;
        let of_another_epoch = world.seeds(2).partial_table(3, schema().slot_count()).unwrap().encode();
        let of_another_member =
            world.seeds(1).partial_table(world.epoch().await, schema().slot_count()).unwrap().encode();
        let nonsense =
            [None, Some(vec![0xff; 900]), Some(of_another_epoch), Some(of_another_member)][case].clone();
        let first = world.start(0, State::in_memory().unwrap()).await;
        let second = world.start(1, State::in_memory().unwrap()).await;
        match nonsense {
            None => world.stop(2),
            Some(bytes) => world.replace(2, Protocol::ShareKeys, Says(bytes)),
        }
        let epoch = world.epoch().await;
        for member in [first, second] {
            member.post_share_keys(epoch).await.unwrap();
            member.post_share_keys(epoch).await.unwrap();
        }
        let posts = world.client.share_keys(epoch).await.unwrap();
        assert_eq!(posts.len(), 2);
        assert_eq!(posts[0].digest, posts[1].digest);
        let node = world.node().await;
        world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    }
}

/// With two holders for each seed there is no majority: only the other holder can tell who lies.
#[tokio::test]
async fn a_member_that_lies_about_a_seed_is_left_out_by_the_other_holder_and_by_nobody_else() {
    let mut world = World::quiet().await;
    let mut members = Vec::new();
    for index in 0..3 {
        members.push(world.start(index, State::in_memory().unwrap()).await);
    }
    // The last but one point is that of members 1 and 3.
    world.replace(2, Protocol::ShareKeys, Lies { member: members[2].clone(), position: 33 });
    let epoch = world.epoch().await;
    members[0].post_share_keys(epoch).await.unwrap();
    let error = members[1].post_share_keys(epoch).await.unwrap_err();
    assert!(matches!(&error, ServiceError::Committee(CommitteeError::Unpublished { .. })), "{error}");
}

#[tokio::test]
async fn a_table_that_a_member_has_to_itself_is_not_enough() {
    let mut world = World::quiet().await;
    let member = world.start(0, State::in_memory().unwrap()).await;
    for down in [1, 2] {
        world.stop(down);
    }
    let epoch = world.epoch().await;
    let error = member.post_share_keys(epoch).await.unwrap_err();
    assert!(matches!(&error, ServiceError::Committee(CommitteeError::Unpublished { .. })), "{error}");
    assert!(world.client.share_keys(epoch).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_table_whose_digest_too_few_members_posted_is_refused() {
    let mut world = World::quiet().await;
    let mut members = Vec::new();
    for index in 0..3 {
        members.push(world.start(index, State::in_memory().unwrap()).await);
    }
    let (node, epoch) = (world.node().await, world.epoch().await);
    members[0].post_share_keys(epoch).await.unwrap();
    // Another digest does not count for the table that the members have.
    let other = bithive_api::registry::ExecuteMsg::PostShareKeys { epoch, digest: (&[7; 32]).into() };
    world.seat_account(1).await.registry(&other).await.unwrap();
    let error = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    assert!(matches!(&error, ServiceError::NoTable { needed: 2, .. }), "{error}");
    assert!(error.to_string().contains("is not posted by 2 members"), "{error}");
    members[2].post_share_keys(epoch).await.unwrap();
    world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

#[tokio::test]
async fn a_false_table_is_passed_over_for_the_posted_one() {
    let mut world = World::new().await;
    let (node, epoch) = (world.node().await, world.epoch().await);
    let member = world.start(0, State::in_memory().unwrap()).await;
    world.replace(0, Protocol::ShareKeys, Lies { member, position: 0 });
    world.replace(1, Protocol::ShareKeys, Says(vec![1, 2, 3]));
    world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    world.stop(2);
    let late = world.requester().await;
    let error = world.source(&late).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    let ServiceError::NoTable { reasons, .. } = &error else { panic!("{error}") };
    assert_eq!(reasons.matches("; ").count(), 2, "each member's reason is there: {reasons}");
}
