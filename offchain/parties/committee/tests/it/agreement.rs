//! How members come by their keys.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bithive_blindmatch::committee::CommitteeError;
use bithive_committee::{Member, ServiceError};
use bithive_exchange::{ExchangeError, PeerId, Protocol, Service};
use bytes::Bytes;

use crate::world::{Hangs, World, region};

/// Changes the last byte of what it says of one kind.
struct Twists {
    member: Arc<Member>,
    kind: u8,
}

#[async_trait]
impl Service for Twists {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        let mut answer = self.member.answer(protocol, from, body.clone()).await?.to_vec();
        if body.first() == Some(&self.kind)
            && let Some(last) = answer.last_mut()
        {
            *last ^= 1;
        }
        Ok(answer.into())
    }
}

async fn members(world: &mut World) -> Vec<Arc<Member>> {
    let mut members = Vec::new();
    for index in 0..3 {
        members.push(world.start(index).await);
    }
    members
}

#[tokio::test]
async fn the_agreement_waits_for_everybody_names_who_is_missing_and_can_be_repeated() {
    let mut world = World::quiet().await;
    let epoch = world.epoch().await;
    let early = world.start_patient(0, Duration::from_millis(1500)).await;
    let named = world.client.committee().await.unwrap().members;
    world.start(1).await;
    for hangs in [false, true] {
        if hangs {
            world.replace(2, Protocol::ShareKeys, Hangs);
        }
        let error = early.prepare(epoch).await.unwrap_err();
        assert!(
            matches!(&error, ServiceError::NotAgreed { from_epoch, .. } if *from_epoch == epoch),
            "{error}"
        );
        assert!(error.to_string().contains(named[2].address.as_str()), "{error}");
        assert!(!error.to_string().contains(named[1].address.as_str()), "{error}");
        assert!(early.post_share_keys(epoch).await.is_err());
    }
    // The first two were asked for contributions before and after a restart: they are the same ones.
    let mut all = vec![world.start(0).await, world.start(1).await, world.start(2).await];
    all.rotate_left(1);
    world.post(&all, epoch).await;
    world.post(&[early], epoch).await;
    let node = world.node().await;
    world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
}

#[tokio::test]
async fn two_members_that_agree_at_the_same_time_get_along() {
    let mut world = World::quiet().await;
    let epoch = world.epoch().await;
    let members = members(&mut world).await;
    let (a, b, c) = tokio::join!(
        members[0].post_share_keys(epoch),
        members[1].post_share_keys(epoch),
        members[2].prepare(epoch)
    );
    c.unwrap();
    for result in [a, b] {
        assert_eq!(result.unwrap(), []);
    }
    let posts = world.client.share_keys(epoch).await.unwrap();
    assert_eq!((posts.len(), &posts[0].digest), (2, &posts[1].digest));
}

#[tokio::test]
async fn a_member_that_contradicts_another_holder_stops_the_agreement_and_the_owner_names_others() {
    // What it contributes, and what it states.
    for kind in [2, 3] {
        let mut world = World::quiet().await;
        let epoch = world.epoch().await;
        let all = members(&mut world).await;
        world.replace(2, Protocol::ShareKeys, Twists { member: all[2].clone(), kind });
        let mut contradictions = 0;
        for member in &all[..2] {
            match member.prepare(epoch).await {
                Err(ServiceError::Committee(CommitteeError::Disagreement { members, .. })) => {
                    assert!(members.iter().any(|member| member.get() == 3), "{members:?}");
                    contradictions += 1;
                }
                other => panic!("{other:?}"),
            }
            assert!(member.post_share_keys(epoch).await.is_err());
        }
        assert_eq!(contradictions, 2);
        let recruit = world.recruit().await;
        let fresh = world.start(recruit).await;
        world.name(&[0, 1, recruit], 2, epoch + 1).await;
        world.post(&[all[0].clone(), all[1].clone(), fresh], epoch + 1).await;
    }
}

#[tokio::test]
async fn nobody_but_a_member_is_told_contributions_or_statements_and_nobody_once_all_agreed() {
    let mut world = World::quiet().await;
    let epoch = world.epoch().await;
    let all = members(&mut world).await;
    let outsider = world.requester().await;
    all[0].prepare(epoch).await.unwrap();
    let name = world.seats[0].state.names("committee/").unwrap()[0].clone();
    let id = hex::decode(name.split('/').nth(1).unwrap()).unwrap();
    let ask = |world: &World, from: PeerId, to: usize, kind: u8| {
        let (exchange, to) = (world.exchange(from), world.seats[to].endpoint);
        let body = [&[kind][..], &id].concat();
        async move { exchange.request(to, Protocol::ShareKeys, body.into()).await }
    };
    let reason = |answer: Result<Bytes, ExchangeError>| match answer {
        Err(ExchangeError::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    for kind in [2, 3] {
        let refused = reason(ask(&world, outsider.exchange.id(), 1, kind).await);
        assert!(refused.contains("only members"), "{refused}");
    }
    let one = world.seats[0].endpoint;
    // Member 2 has not all statements yet, so it still has its contributions: to the seed of 1 and 2 only.
    assert_eq!(ask(&world, one, 1, 2).await.unwrap().len(), 35);
    ask(&world, one, 1, 3).await.unwrap();
    all[1].prepare(epoch).await.unwrap();
    let refused = reason(ask(&world, one, 1, 2).await);
    assert!(refused.contains("contributions are destroyed"), "{refused}");
    ask(&world, one, 1, 3).await.unwrap();
}

#[tokio::test]
async fn a_committee_replaced_before_it_begins_leaves_no_keys() {
    let (mut world, all) = World::agreed().await;
    let epoch = world.epoch().await;
    let recruit = world.recruit().await;
    let fresh = world.start(recruit).await;
    world.name(&[0, 1, recruit], 2, epoch + 1).await;
    fresh.prepare(epoch + 1).await.unwrap();
    all[0].prepare(epoch + 1).await.unwrap();
    let count = |world: &World, index: usize| world.seats[index].state.names("committee/").unwrap().len();
    assert_eq!((count(&world, 0), count(&world, recruit)), (6, 3));
    world.name(&[0, 1, 2], 3, epoch + 1).await;
    for member in [&all[0], &fresh] {
        member.retire().await.unwrap();
    }
    assert_eq!((count(&world, 0), count(&world, recruit)), (3, 0));
    world.post(&all, epoch + 1).await;
    let refused = fresh.prepare(epoch + 1).await.unwrap_err();
    assert!(matches!(refused, ServiceError::NotAMember { .. }), "{refused}");
    assert!(
        matches!(fresh.prepare(epoch - 1).await, Err(ServiceError::NoCommittee { epoch: e }) if e == epoch - 1)
    );
}

#[tokio::test]
async fn own_keys_that_can_not_be_read_are_no_matter_of_waiting() {
    for (record, content) in [("seeds", "0102"), ("commitments", "no hex"), ("seeds", "")] {
        let (world, members) = World::agreed().await;
        let epoch = world.epoch().await;
        let state = &world.seats[0].state;
        let names = state.names("committee/").unwrap();
        let name = names.iter().find(|name| name.ends_with(record)).unwrap();
        state.put(name, &content).unwrap();
        let error = members[0].post_share_keys(epoch).await.unwrap_err();
        assert!(!error.passes() && error.to_string().contains(name.as_str()), "{error}");
        // The others go on without it.
        members[1].post_share_keys(epoch).await.unwrap();
    }
}

/// What a peer sends, or that it sends nothing, ends no other member.
#[tokio::test]
async fn what_others_do_passes() {
    let mut world = World::quiet().await;
    let epoch = world.epoch().await;
    let all = members(&mut world).await;
    for kind in [2, 3] {
        world.replace(2, Protocol::ShareKeys, Twists { member: all[2].clone(), kind });
        assert!(all[0].prepare(epoch).await.unwrap_err().passes());
    }
    world.replace(2, Protocol::ShareKeys, crate::world::Says(vec![0xff; 70]));
    assert!(all[1].prepare(epoch).await.unwrap_err().passes());
}
