//! Tags as a party gets and keeps them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bithive_committee::{Member, ServiceError};
use bithive_exchange::{PeerId, Protocol, Service};
use bytes::Bytes;

use crate::watch::watch;
use crate::world::{DAY, Fails, World, input, region, same};

/// Passes requests on, counts them, and loses the first answers.
struct Loses {
    member: Arc<Member>,
    asked: Arc<AtomicUsize>,
    answers: usize,
}

#[async_trait]
impl Service for Loses {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        let answer = self.member.answer(protocol, from, body).await?;
        if self.asked.fetch_add(1, Ordering::SeqCst) < self.answers {
            Err("the answer got lost".into())
        } else {
            Ok(answer)
        }
    }
}

/// Every member loses its first `answers` answers; returns how often all of them were asked.
async fn losing(world: &mut World, answers: usize) -> Vec<Arc<AtomicUsize>> {
    let mut counters = Vec::new();
    for index in 0..world.seats.len() {
        let member = world.start(index).await;
        let asked = Arc::new(AtomicUsize::new(0));
        counters.push(asked.clone());
        world.replace(index, Protocol::Evaluate, Loses { member, asked, answers });
    }
    counters
}

#[tokio::test]
async fn a_node_gets_its_tags_and_two_parties_get_the_same_for_the_same_value() {
    let mut world = World::new().await;
    let (node, requester) = (world.node().await, world.requester().await);
    let epoch = world.epoch().await;
    let inputs = [input(0, "yes"), input(1, "no"), region("eu")];
    let tags = world.source(&node).tags(epoch, &inputs, &mut world.rng.clone()).await.unwrap();
    assert!(inputs.iter().all(|input| tags.get(input).is_some()));
    let others = world.source(&requester).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    assert!(same(&tags, &others));
}

#[tokio::test]
async fn tags_that_are_kept_are_not_asked_for_again_even_after_a_restart() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    let inputs = [input(0, "yes"), region("eu")];
    let tags = world.source(&node).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    for index in 0..3 {
        world.stop(index);
    }
    let again = world.source(&node).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    assert!(same(&tags, &again));
    let part = world.source(&node).tags(epoch, &inputs[..1], &mut world.rng).await.unwrap();
    assert!(same(&tags, &part), "what is kept is given in full");
}

#[tokio::test]
async fn only_what_is_missing_is_asked_for() {
    let mut world = World::new().await;
    let requester = world.requester().await;
    let epoch = world.epoch().await;
    let values = ["eu", "ch", "uk", "us"].map(region);
    for count in 1..=4 {
        let tags = world.source(&requester).tags(epoch, &values[..count], &mut world.rng).await.unwrap();
        assert_eq!(tags.inputs().count(), count);
    }
    // Four of the slot is all there is.
    let fifth = world.source(&requester).tags(epoch, &[region("cn")], &mut world.rng).await;
    assert!(matches!(fifth, Err(ServiceError::Oprf(_))));
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_cost_the_quota() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    // Two attributes, so two requests for each attempt.
    let counters = losing(&mut world, 4).await;
    let inputs = [input(0, "yes"), region("eu")];
    for _ in 0..2 {
        let lost = world.source(&node).tags(epoch, &inputs, &mut world.rng).await;
        assert!(matches!(lost, Err(ServiceError::Oprf(_))));
    }
    // A new program each time: what makes the request the same one is on record.
    world.source(&node).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    assert!(counters.iter().all(|asked| asked.load(Ordering::SeqCst) == 6));
    assert_eq!(node.state.names("evaluation/").unwrap(), Vec::<String>::new(), "the seed is gone");
}

/// The attack: an accreditor takes back what it said while a node's answers are on their way, so that the node asks for less, in
/// another request, and every member has counted the former one.
#[tokio::test]
async fn accreditation_that_changes_between_two_attempts_costs_no_other_attribute() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    losing(&mut world, 2).await;
    let (memory, region) = ([input(0, "yes"), input(1, "no")], [region("eu")]);
    let both = [&memory[..], &region].concat();
    let lost = world.source(&node).tags(epoch, &both, &mut world.rng).await;
    assert!(matches!(lost, Err(ServiceError::Oprf(_))));
    let accreditor = world.accreditation(&["region"]).await;
    let tags = world.source(&node).tags(epoch, &memory, &mut world.rng).await.unwrap();
    assert!(memory.iter().all(|input| tags.get(input).is_some()));
    world.vouch(&accreditor, &node, &["region"]).await;
    let tags = world.source(&node).tags(epoch, &both, &mut world.rng).await.unwrap();
    assert!(both.iter().all(|input| tags.get(input).is_some()));
}

/// The worst moment: the tags are stored, and the seed is still there.
#[tokio::test]
async fn a_program_that_ends_between_storing_tags_and_forgetting_their_seed_has_both() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    let inputs = [input(0, "yes"), input(1, "no")];
    let (source, mut rng, asked) = (world.source(&node), world.rng.clone(), inputs.clone());
    let guard = watch(|event| assert!(!event.contains("tags are kept"), "the program ends here"));
    let program = tokio::spawn(async move { source.tags(epoch, &asked, &mut rng).await.map(drop) });
    assert!(program.await.unwrap_err().is_panic(), "it got as far as storing");
    drop(guard);
    assert_eq!(node.state.names("tags/").unwrap(), [format!("tags/{epoch}")]);
    assert_eq!(node.state.names("evaluation/").unwrap().len(), 1);
    for index in 0..3 {
        world.stop(index);
    }
    let tags = world.source(&node).tags(epoch, &inputs, &mut world.rng).await.unwrap();
    assert!(inputs.iter().all(|input| tags.get(input).is_some()), "nobody is asked again");
}

#[tokio::test]
async fn tags_and_seeds_of_epochs_that_are_over_are_removed() {
    let (mut world, members) = World::agreed().await;
    let node = world.node().await;
    let first = world.epoch().await;
    // As a request leaves it that is never answered.
    let unanswered = format!("evaluation/{first}/00");
    node.state.put(&unanswered, &[0; 32]).unwrap();
    for epoch in first..=first + 2 {
        world.post(&members, epoch).await;
        world.source(&node).tags(epoch, &[region("eu")], &mut world.rng).await.unwrap();
        let kept = epoch.saturating_sub(1).max(first)..=epoch;
        let kept: Vec<_> = kept.map(|epoch| format!("tags/{epoch}")).collect();
        assert_eq!(node.state.names("tags/").unwrap(), kept, "the last epoch's and this one's");
        let seeds = node.state.names("evaluation/").unwrap();
        assert_eq!(seeds.contains(&unanswered), epoch < first + 2, "{seeds:?}");
        world.chain.advance_time(DAY).await.unwrap();
    }
}

#[tokio::test]
async fn no_inputs_and_inputs_that_are_none_are_refused_before_anybody_is_asked() {
    let mut world = World::new().await;
    let node = world.node().await;
    let epoch = world.epoch().await;
    for index in 0..3 {
        world.replace(index, Protocol::Evaluate, Fails("nobody should ask"));
    }
    let twice = [input(0, "yes"), input(0, "yes")];
    for bad in [&[][..], &twice, &[input(0, "")], &[input(0, &"x".repeat(65))]] {
        let refused = world.source(&node).tags(epoch, bad, &mut world.rng).await.err().unwrap();
        assert!(matches!(&refused, ServiceError::Oprf(_)));
        assert!(!refused.to_string().contains("valid answers"), "{refused}");
    }
}
