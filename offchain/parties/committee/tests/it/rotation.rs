//! One committee follows another.

use std::collections::BTreeSet;
use std::sync::Arc;

use bithive_blindmatch::oprf::Tags;
use bithive_committee::{Member, ServiceError, TagSource};
use bithive_exchange::Protocol;
use bithive_state::State;
use rand_chacha::ChaCha20Rng;

use crate::world::{DAY, Fails, Party, World, input, region, same};

/// Names of what a seat keeps of its committees, without the committees' digests, and these.
fn kept(state: &State) -> (Vec<String>, BTreeSet<String>) {
    let names = state.names("committee/").unwrap();
    let parts = names.iter().map(|name| name.strip_prefix("committee/").unwrap().split_once('/').unwrap());
    let (ids, records): (BTreeSet<_>, Vec<_>) =
        parts.map(|(id, what)| (id.to_owned(), what.to_owned())).unzip();
    (records, ids)
}

/// Every seed that a seat holds.
fn seeds(state: &State) -> BTreeSet<Vec<u8>> {
    let names = state.names("committee/").unwrap();
    let seeds = names.into_iter().filter(|name| name.ends_with("/seeds"));
    let bytes = seeds.map(|name| hex::decode(state.get::<String>(&name).unwrap().unwrap()).unwrap());
    bytes.flat_map(|bytes| bytes[4..].chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>()).collect()
}

/// A committee of the first three seats, two needed, that has posted for this epoch, and one of seats 1 to 4, three
/// needed, that follows in the next epoch, agreed and posted. Seat 0 leaves, 3 and 4 join.
async fn rotating() -> (World, Vec<Arc<Member>>) {
    let mut world = World::new().await;
    let epoch = world.epoch().await;
    for _ in 0..2 {
        world.recruit().await;
    }
    let mut members = Vec::new();
    for index in 0..5 {
        members.push(world.start(index).await);
    }
    world.name(&[1, 2, 3, 4], 3, epoch + 1).await;
    for member in &members[1..] {
        member.prepare(epoch + 1).await.unwrap();
    }
    world.post(&members[1..], epoch + 1).await;
    (world, members)
}

/// Each party gets its tags of the epoch it finds, one after the other.
async fn load(sources: Vec<TagSource>, mut rng: ChaCha20Rng) -> Vec<(u64, Tags)> {
    let mut tags = Vec::new();
    for source in sources {
        let epoch = source.epoch().await.unwrap();
        tokio::task::yield_now().await;
        tags.push((epoch, source.tags(epoch, &[input(0, "yes"), region("eu")], &mut rng).await.unwrap()));
        tokio::task::yield_now().await;
    }
    tags
}

#[tokio::test]
async fn every_party_gets_its_tags_before_during_and_after_a_rotation() {
    let mut world = World::new().await;
    let first = world.epoch().await;
    let mut members = Vec::new();
    for _ in 0..2 {
        world.recruit().await;
    }
    for index in 0..5 {
        members.push(world.start(index).await);
    }
    let mut parties = Vec::new();
    for _ in 0..15 {
        parties.push(world.requester().await);
    }
    let mut sources: Vec<_> = parties.iter().map(|party| world.source(party)).collect();
    let (before, during) = (sources.split_off(10), sources.split_off(5));
    let mut seen = load(before, world.rng.clone()).await;
    let rotation = async {
        world.name(&[1, 2, 3, 4], 3, first + 1).await;
        for member in &members[1..] {
            member.prepare(first + 1).await.unwrap();
        }
        world.post(&members[1..], first + 1).await;
        world.chain.advance_time(DAY).await.unwrap();
        for member in &members {
            member.retire().await.unwrap();
        }
    };
    let ((), meanwhile) = tokio::join!(rotation, load(during, world.rng.clone()));
    seen.extend(meanwhile);
    seen.extend(load(sources, world.rng.clone()).await);
    assert_eq!(seen.len(), 15);
    let of =
        |epoch| seen.iter().filter(|(found, _)| *found == epoch).map(|(_, tags)| tags).collect::<Vec<_>>();
    let (old, new) = (of(first), of(first + 1));
    assert!(old.len() >= 5 && new.len() >= 5 && old.len() + new.len() == 15);
    assert!(old.iter().all(|tags| same(tags, old[0])) && new.iter().all(|tags| same(tags, new[0])));
    assert!(!same(old[0], new[0]));
}

#[tokio::test]
async fn the_old_committee_answers_for_its_last_epoch_and_a_removed_member_for_no_later_one() {
    let (mut world, members) = rotating().await;
    let (first, node) = (world.epoch().await, world.node().await);
    let refused = members[0].post_share_keys(first + 1).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::NotAMember { from_epoch, .. } if *from_epoch == first + 1),
        "{refused}"
    );
    let refused = members[3].post_share_keys(first).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::NotAMember { from_epoch, .. } if *from_epoch == first),
        "{refused}"
    );
    world.chain.advance_time(DAY).await.unwrap();
    for member in &members {
        member.retire().await.unwrap();
    }
    let refused = world.ask(0, &node, first + 1, &[region("eu")]).await.unwrap_err();
    assert!(refused.contains("is not a member of the committee"), "{refused}");
    let refused = world.ask(3, &node, first, &[region("eu")]).await.unwrap_err();
    assert!(refused.contains("is not a member of the committee"), "{refused}");
    world.ask(0, &node, first, &[region("eu")]).await.unwrap();
    world.ask(3, &node, first + 1, &[region("eu")]).await.unwrap();
    // The tags of the last epoch, from the old committee alone.
    let late = world.requester().await;
    for joined in [3, 4] {
        world.replace(joined, Protocol::Evaluate, Fails("asked for an epoch before its time"));
    }
    world.source(&late).tags(first, &[region("eu")], &mut world.rng).await.unwrap();
}

#[tokio::test]
async fn keys_are_destroyed_once_their_last_epoch_is_no_longer_answered() {
    let (mut world, members) = rotating().await;
    let (first, node) = (world.epoch().await, world.node().await);
    let agreed = ["commitments", "seeds", "statement"];
    let of = |world: &World, index: usize| kept(&world.seats[index].state);
    for (index, committees) in [(0, 1), (1, 2), (2, 2), (3, 1)] {
        let (records, ids) = of(&world, index);
        assert_eq!(ids.len(), committees);
        assert!(
            records.iter().all(|what| agreed.contains(&what.as_str())),
            "contributions are gone: {records:?}"
        );
        assert_eq!(records.len(), 3 * committees);
    }
    for (days, committees) in [(1, [1, 2, 2, 1]), (2, [0, 1, 1, 1])] {
        world.chain.advance_time(DAY).await.unwrap();
        for member in &members {
            member.retire().await.unwrap();
        }
        for (index, committees) in committees.into_iter().enumerate() {
            assert_eq!(of(&world, index).1.len(), committees, "seat {index} after {days} days");
        }
    }
    assert_eq!(of(&world, 1).1, of(&world, 3).1, "what is left is the new committee");
    // A program that starts again on these records has nothing to answer with either.
    world.start(0).await;
    assert!(world.ask(0, &node, first, &[region("eu")]).await.is_err());
    assert!(world.ask(0, &node, first + 1, &[region("eu")]).await.is_err());
}

/// Fewer than t of the old and fewer than t of the new members: each part lacks one seed of every key of its own
/// committee, and can't have it from the other part, because there is no seed in common.
#[tokio::test]
async fn no_seed_of_the_old_committee_is_one_of_the_new_even_with_the_same_member() {
    let (world, _) = rotating().await;
    let (_, old_id) = kept(&world.seats[0].state);
    let (_, new_id) = kept(&world.seats[3].state);
    let of = |index: usize, id: &BTreeSet<String>| -> BTreeSet<Vec<u8>> {
        let name = format!("committee/{}/seeds", id.first().unwrap());
        let bytes = hex::decode(world.seats[index].state.get::<String>(&name).unwrap().unwrap()).unwrap();
        bytes[4..].chunks(32).map(<[u8]>::to_vec).collect()
    };
    let old: BTreeSet<_> = (0..3).flat_map(|index| of(index, &old_id)).collect();
    let new: BTreeSet<_> = (1..5).flat_map(|index| of(index, &new_id)).collect();
    assert_eq!((old.len(), new.len()), (3, 6), "C(3, 1) and C(4, 2)");
    assert!(old.is_disjoint(&new));
    // t - 1 of each, one of whom sits in both: one seed short of each committee's.
    let coalition: BTreeSet<_> = [1]
        .into_iter()
        .flat_map(|index| of(index, &old_id))
        .chain([1, 3].into_iter().flat_map(|index| of(index, &new_id)))
        .collect();
    assert_eq!((old.difference(&coalition).count(), new.difference(&coalition).count()), (1, 1));
    assert_eq!(seeds(&world.seats[1].state).len(), 2 + 3);
}

#[tokio::test]
async fn a_quota_belongs_to_its_epoch_and_passes_to_no_other_committee() {
    let (mut world, members) = rotating().await;
    let (first, node) = (world.epoch().await, world.node().await);
    // Seat 1 sits in both committees, seat 0 in the old, seat 3 in the new one.
    for seat in [0, 1] {
        world.ask(seat, &node, first, &[region("eu")]).await.unwrap();
    }
    world.chain.advance_time(DAY).await.unwrap();
    for (index, member) in members.iter().enumerate() {
        member.retire().await.unwrap();
        world.start(index).await;
    }
    for seat in [0, 1] {
        let refused = world.ask(seat, &node, first, &[region("eu")]).await.unwrap_err();
        assert!(refused.contains("the limit is 1"), "spent before the turn, and before a restart: {refused}");
    }
    for seat in [1, 3] {
        world.ask(seat, &node, first + 1, &[region("eu")]).await.unwrap();
        assert!(world.ask(seat, &node, first + 1, &[region("eu")]).await.is_err());
    }
    // A member that left forgets its ledger, and does not start a fresh one for epochs that are over.
    world.chain.advance_time(DAY).await.unwrap();
    members[0].retire().await.unwrap();
    assert_eq!(world.seats[0].state.names("charge/").unwrap(), [""; 0]);
    assert!(world.ask(0, &node, first, &[region("eu")]).await.is_err());
}

/// Whoever has an answer of the old committee can't pass it off as one of the new.
#[tokio::test]
async fn an_answer_of_the_old_committee_is_of_no_use_in_the_new_epoch() {
    let (mut world, _) = rotating().await;
    let (first, spy) = (world.epoch().await, world.requester().await);
    let mut answers = Vec::new();
    for seat in [1, 2] {
        answers.push(world.ask(seat, &spy, first, &[region("eu")]).await.unwrap().encode());
    }
    world.chain.advance_time(DAY).await.unwrap();
    let party: Party = world.requester().await;
    for (seat, answer) in [1, 2].into_iter().zip(answers) {
        world.replace(seat, Protocol::Evaluate, crate::world::Says(answer));
    }
    let error = world.source(&party).tags(first + 1, &[region("eu")], &mut world.rng).await.err().unwrap();
    assert!(error.to_string().contains("2 valid answers, expected 3"), "{error}");
}
