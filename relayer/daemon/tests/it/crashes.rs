//! A relayer that is killed, or loses a question or an answer, at every single call of its chain.

use std::sync::Arc;

use bithive_api::jobs::Phase;
use bithive_relayer::{Relayer, RelayerError};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::faulty::{Fate, Faulty};
use crate::world::{Reports, World, aggregate, open};

/// Jobs of every kind: two to settle, two to refund, one that goes from Assigned to its refund.
async fn stage(world: &World) {
    world.put(1, Phase::Revealed, 10_000).await;
    world.put(2, Phase::Revealed, 10_000).await;
    world.put(3, Phase::Open, 0).await;
    world.put(4, Phase::Open, 20).await;
    world.put(5, Phase::Assigned, 0).await;
}

/// What every job comes to, and how often something was done to it, whatever happened on the way.
async fn assert_all_done_once(world: &World, why: &str) {
    for (job, phase, done, sends) in [
        (1, Phase::Settled, 1, 1),
        (2, Phase::Settled, 1, 1),
        (3, Phase::Refunded, 1, 0),
        (4, Phase::Refunded, 1, 0),
        (5, Phase::Refunded, 2, 0),
    ] {
        let toy = world.toy(job).await;
        assert_eq!((toy.phase, toy.done), (phase, done), "job {job}, {why}");
        assert_eq!(world.sends(job).await, sends, "attestations of job {job}, {why}");
    }
}

fn hand_in(relayer: &Relayer) {
    // As a worker does, which asks again until it is told that it arrived.
    for job in [1, 2] {
        relayer.outbox().hand_in(aggregate(job)).unwrap();
    }
}

/// Works on `chain` for some blocks, or until it is killed.
async fn work(world: &World, chain: Faulty, reports: &Reports) -> bool {
    let life = async {
        let file = world.file(1);
        let mut relayer = loop {
            match open(Arc::new(chain.clone()), 1, world.attesting(), &file, reports).await {
                Ok(relayer) => break relayer,
                Err(RelayerError::Chain(_)) => {}
                Err(error) => panic!("{error}"),
            }
        };
        hand_in(&relayer);
        for _ in 0..16 {
            match relayer.turn().await {
                Ok(()) | Err(RelayerError::Chain(_)) => {}
                Err(error) => panic!("{error}"),
            }
            world.pass(10).await;
        }
    };
    tokio::select! {
        () = chain.killed() => true,
        () = life => false,
    }
}

/// Runs the whole story with `fate` at call 0, then at call 1, and so on, until the story is over before that call.
async fn at_every_call(fate: Fate) -> usize {
    for call in 0.. {
        let world = World::new().await;
        stage(&world).await;
        let reports = Reports::default();
        let reached = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = reached.clone();
        let chain = Faulty::new(world.handle(), move |_, number| {
            if number == call {
                seen.store(true, std::sync::atomic::Ordering::SeqCst);
                return fate;
            }
            Fate::Answered
        });
        if work(&world, chain, &reports).await {
            let honest = Faulty::new(world.handle(), |_, _| Fate::Answered);
            assert!(!work(&world, honest, &reports).await);
        }
        assert_all_done_once(&world, &format!("{fate:?} at call {call}")).await;
        if !reached.load(std::sync::atomic::Ordering::SeqCst) {
            return call;
        }
    }
    0
}

#[tokio::test]
async fn killed_before_any_question_it_goes_on_where_it_was() {
    assert!(at_every_call(Fate::KilledBefore).await > 50);
}

#[tokio::test]
async fn killed_before_any_answer_it_goes_on_where_it_was() {
    assert!(at_every_call(Fate::KilledAfter).await > 50);
}

#[tokio::test]
async fn any_question_may_be_lost() {
    assert!(at_every_call(Fate::LostBefore).await > 50);
}

#[tokio::test]
async fn any_answer_may_be_lost() {
    assert!(at_every_call(Fate::LostAfter).await > 50);
}

#[tokio::test]
async fn a_chain_that_loses_one_call_in_five_delays_it_and_no_more() {
    let world = World::new().await;
    stage(&world).await;
    let reports = Reports::default();
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let chain = Faulty::new(world.handle(), move |_, _| match rng.next_u32() % 10 {
        0 => Fate::LostBefore,
        1 => Fate::LostAfter,
        _ => Fate::Answered,
    });
    for _ in 0..20 {
        work(&world, chain.clone(), &reports).await;
    }
    assert_all_done_once(&world, "one call in five lost").await;
}
