//! Members that are down, or lie.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bithive_blindmatch::committee::{TableFault, TableFaultReason};
use bithive_blindmatch::oprf::OprfError;
use bithive_committee::{Member, ServiceError};
use bithive_exchange::{PeerId, Protocol, Service};
use bytes::Bytes;

use crate::watch::watch;
use crate::world::{DAY, Fails, Hangs, Says, World, input, region, same};

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
        let member = world.start(down).await;
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
        world.start(back).await;
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
        let member = world.start(0).await;
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
    let copy = world.start(0).await;
    world.replace(1, Protocol::Evaluate, Lies { member: copy, position: 0 });
    world.source(&requester).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

/// A committee of five, three needed, whose share keys of this epoch are posted; its members are those started.
async fn five() -> (World, Vec<Arc<Member>>) {
    let mut world = World::quiet().await;
    for _ in 0..2 {
        world.recruit().await;
    }
    let from_epoch = world.epoch().await + 1;
    world.name(&[0, 1, 2, 3, 4], 3, from_epoch).await;
    let mut members = Vec::new();
    for index in 0..5 {
        members.push(world.start(index).await);
    }
    for member in &members {
        member.prepare(from_epoch).await.unwrap();
    }
    world.chain.advance_time(DAY).await.unwrap();
    assert_eq!(world.epoch().await, from_epoch);
    world.post(&members, from_epoch).await;
    (world, members)
}

#[tokio::test]
async fn with_three_of_five_any_two_members_may_be_down_or_lie_and_are_named() {
    let (mut world, members) = five().await;
    let epoch = world.epoch().await;
    let inputs = [input(0, "yes"), region("eu")];
    let honest = world.node().await;
    let honest = world.source(&honest).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    for (down, liars) in [(&[0, 4][..], &[][..]), (&[2], &[0]), (&[], &[1, 3])] {
        for index in down {
            world.stop(*index);
        }
        for index in liars {
            let member = members[*index].clone();
            world.replace(*index, Protocol::Evaluate, Lies { member, position: 0 });
        }
        let party = world.node().await;
        let named = Arc::new(Mutex::new(Vec::new()));
        let log = named.clone();
        let guard = watch(move |event| log.lock().unwrap().push(event.to_owned()));
        let tags = world.source(&party).tags(epoch, &inputs, &mut world.rng).await.unwrap();
        drop(guard);
        assert!(same(&tags, &honest), "the tags are those of the others");
        let named = named.lock().unwrap();
        let says = |index: usize, what: &str| {
            let name = format!("member=member {} (", index + 1);
            named.iter().any(|event| event.contains(&name) && event.contains(what))
        };
        for index in 0..5 {
            assert_eq!(says(index, "no evaluation"), down.contains(&index), "{named:?}");
            assert_eq!(says(index, "at fault"), liars.contains(&index), "{named:?}");
        }
        for index in down.iter().chain(liars) {
            members[*index].serve();
        }
    }
}

#[tokio::test]
async fn with_three_of_five_a_third_member_down_or_lying_is_too_many_and_the_liars_are_named() {
    let (mut world, members) = five().await;
    let epoch = world.epoch().await;
    world.stop(4);
    for index in [0, 2] {
        let member = members[index].clone();
        world.replace(index, Protocol::Evaluate, Lies { member, position: 0 });
    }
    let node = world.node().await;
    let error = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    let ServiceError::Oprf(OprfError::TooFew { valid: 2, needed: 3, faults }) = &error else {
        panic!("{error}");
    };
    let named: Vec<u8> = faults.iter().map(|fault| fault.member.get()).collect();
    assert_eq!(named, [1, 3]);
}

#[tokio::test]
async fn two_members_that_lie_leave_too_few_and_are_named() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    for index in [1, 2] {
        let member = world.start(index).await;
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
        let (mut world, members) = World::agreed().await;
        let epoch = world.epoch().await;
        let of_another_epoch = world.partial_table(2, epoch + 1).await;
        let of_another_member = world.partial_table(1, epoch).await;
        let nonsense =
            [None, Some(vec![0xff; 900]), Some(of_another_epoch), Some(of_another_member)][case].clone();
        match nonsense {
            None => world.stop(2),
            Some(bytes) => world.replace(2, Protocol::ShareKeys, Says(bytes)),
        }
        for member in &members[..2] {
            let faults = member.post_share_keys(epoch).await.unwrap();
            // Only the table of another epoch could be read, and was the member's own.
            let named: Vec<u8> = faults.iter().map(|fault| fault.member.get()).collect();
            assert_eq!(named, if case == 2 { vec![3] } else { vec![] });
            member.post_share_keys(epoch).await.unwrap();
        }
        let posts = world.client.share_keys(epoch).await.unwrap();
        assert_eq!(posts.len(), 2);
        assert_eq!(posts[0].digest, posts[1].digest);
        let node = world.node().await;
        world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    }
}

/// Each seed has two holders here, so that it is one word against another: the commitments decide.
#[tokio::test]
async fn a_member_that_lies_about_a_seed_is_named_by_all_and_the_epoch_goes_on() {
    for position in [1, 33, 65] {
        let (mut world, members) = World::agreed().await;
        let epoch = world.epoch().await;
        let liar = Lies { member: members[2].clone(), position };
        world.replace(2, Protocol::ShareKeys, liar);
        for member in &members[..2] {
            let faults = member.post_share_keys(epoch).await.unwrap();
            let [TableFault { member: named, reason: TableFaultReason::Points { mask } }] = faults[..] else {
                panic!("{faults:?}");
            };
            assert_eq!((named.get(), mask >> 2), (3, 1), "a seed that it holds");
        }
        let node = world.node().await;
        world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    }
}

#[tokio::test]
async fn a_table_that_a_member_has_to_itself_is_not_enough() {
    let (mut world, members) = World::agreed().await;
    for down in [1, 2] {
        world.stop(down);
    }
    let epoch = world.epoch().await;
    let error = members[0].post_share_keys(epoch).await.unwrap_err();
    assert!(matches!(&error, ServiceError::Incomplete { .. }) && error.passes(), "{error}");
    for down in [1, 2] {
        let name = format!("member {} ({}): ", down + 1, world.address(down));
        assert!(error.to_string().contains(&name), "{error}");
    }
    assert!(world.client.share_keys(epoch).await.unwrap().is_empty());
    // One of them is enough, and nothing else is to be done.
    world.start(1).await;
    assert_eq!(members[0].post_share_keys(epoch).await.unwrap(), []);
}

#[tokio::test]
async fn a_table_whose_digest_too_few_members_posted_is_refused() {
    let (mut world, members) = World::agreed().await;
    let (node, epoch) = (world.node().await, world.epoch().await);
    world.post(&members[..1], epoch).await;
    // Another digest does not count for the table that the members have.
    let other = bithive_api::registry::ExecuteMsg::PostShareKeys { epoch, digest: (&[7; 32]).into() };
    world.seat_account(1).await.registry(&other).await.unwrap();
    let error = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    assert!(matches!(&error, ServiceError::NoTable { needed: 2, .. }), "{error}");
    assert!(error.to_string().contains("is not posted by 2 members"), "{error}");
    world.post(&members[2..], epoch).await;
    world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

/// Short beside the default, long beside what an answer takes.
const IMPATIENT: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn a_member_that_never_answers_keeps_no_party_waiting_for_ever() {
    let (mut world, members) = World::agreed().await;
    let epoch = world.epoch().await;
    world.post(&members, epoch).await;
    let (node, other) = (world.node().await, world.node().await);
    let reference = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    for protocol in [Protocol::Evaluate, Protocol::ShareKeys] {
        world.replace(0, protocol, Hangs);
    }
    let source = world.source(&other).with_patience(IMPATIENT);
    let tags = source.tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    assert!(same(&tags, &reference));
    // Two are too many; the party hears of it, and its request can be repeated.
    world.replace(1, Protocol::Evaluate, Hangs);
    let late = world.node().await;
    let source = world.source(&late).with_patience(IMPATIENT);
    let error = source.tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    assert!(matches!(error, ServiceError::Oprf(OprfError::TooFew { valid: 1, needed: 2, .. })), "{error}");
    world.start(0).await;
    world.start(1).await;
    source.tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

#[tokio::test]
async fn a_member_that_never_answers_does_not_keep_the_others_from_posting() {
    let (mut world, _) = World::agreed().await;
    world.replace(1, Protocol::ShareKeys, Hangs);
    let epoch = world.epoch().await;
    for poster in [0, 2] {
        let member = world.start_patient(poster, IMPATIENT).await;
        assert_eq!(member.post_share_keys(epoch).await.unwrap(), []);
    }
    assert_eq!(world.client.share_keys(epoch).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_false_table_is_passed_over_for_the_posted_one() {
    let mut world = World::new().await;
    let (node, epoch) = (world.node().await, world.epoch().await);
    let member = world.start(0).await;
    world.replace(0, Protocol::ShareKeys, Lies { member, position: 0 });
    world.replace(1, Protocol::ShareKeys, Says(vec![1, 2, 3]));
    world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    world.stop(2);
    let late = world.requester().await;
    let error = world.source(&late).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    let ServiceError::NoTable { reasons, .. } = &error else { panic!("{error}") };
    for index in 0..3 {
        let account = world.seat_account(index).await.address().to_owned();
        assert!(reasons.contains(&format!("member {} ({account}): ", index + 1)), "{reasons}");
    }
}
