//! The turn of an epoch.

use bithive_committee::ServiceError;
use bithive_exchange::Protocol;

use crate::world::{DAY, World, region, same};

#[tokio::test]
async fn a_new_epoch_has_other_tags_once_its_share_keys_are_posted() {
    let (mut world, members) = World::agreed().await;
    let node = world.node().await;
    let first = world.epoch().await;
    world.post(&members, first).await;
    let old = world.source(&node).tags(first, &[region("eu")], &mut world.rng).await.unwrap();
    world.chain.advance_time(DAY).await.unwrap();
    let epoch = world.epoch().await;
    assert_eq!(epoch, first + 1);
    let early = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.err().unwrap();
    assert!(matches!(early, ServiceError::NoTable { epoch: named, .. } if named == epoch));
    world.post(&members, epoch).await;
    let new = world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
    assert!(old.get(&region("eu")).is_some() && new.get(&region("eu")).is_some());
    assert!(!same(&old, &new));
    // What was kept of the epoch before is still there.
    let kept = world.source(&node).tags(first, &[region("eu")], &mut world.rng).await.unwrap();
    assert!(same(&old, &kept));
}

#[tokio::test]
async fn the_next_epochs_share_keys_can_be_posted_before_it_starts_and_no_later_ones() {
    let (world, members) = World::agreed().await;
    let epoch = world.epoch().await;
    world.post(&members, epoch + 1).await;
    assert_eq!(world.client.share_keys(epoch + 1).await.unwrap().len(), 3);
    assert!(members[0].post_share_keys(epoch + 2).await.is_err());
    assert!(members[0].post_share_keys(epoch - 1).await.is_err());
}

#[tokio::test]
async fn malformed_share_key_requests_are_refused() {
    let mut world = World::new().await;
    let party = world.requester().await;
    let epoch = world.epoch().await;
    let request = |kind: u8, epoch: u64| [&[kind][..], &epoch.to_be_bytes()].concat();
    let bad = [
        vec![],
        vec![1],
        request(2, epoch),
        [request(0, epoch), vec![0]].concat(),
        request(0, epoch + 2),
        request(1, epoch - 2),
        request(1, u64::MAX),
        // There was no committee before the first one.
        request(0, epoch - 1),
        // A committee has 32 bytes, this one does not exist, and this party is in none.
        [&[2][..], &[7; 31]].concat(),
        [&[2][..], &[7; 32]].concat(),
        [&[3][..], &[7; 32]].concat(),
    ];
    let to = world.seats[0].endpoint;
    for body in bad {
        assert!(party.exchange.request(to, Protocol::ShareKeys, body.into()).await.is_err());
    }
    for good in [request(0, epoch), request(1, epoch), request(0, epoch + 1)] {
        party.exchange.request(to, Protocol::ShareKeys, good.into()).await.unwrap();
    }
    world.chain.advance_time(DAY).await.unwrap();
    for last in [request(0, epoch), request(1, epoch)] {
        party.exchange.request(to, Protocol::ShareKeys, last.into()).await.unwrap();
    }
    for protocol in [Protocol::Claim, Protocol::Signature] {
        assert!(party.exchange.request(to, protocol, request(0, epoch).into()).await.is_err());
    }
}
