//! Others on the same chain: another relayer, a worker that settles by itself, another program with the same key.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::jobs::Phase;
use bithive_chain::Wallet;
use bithive_relayer::{Report, Settings};
use cosmwasm_std::coins;

use crate::faulty::{Fate, Faulty};
use crate::world::{Reports, World, aggregate, key, open};

#[tokio::test]
async fn two_relayers_do_everything_once_and_neither_fails() {
    let world = World::new().await;
    let (one, two) = (Reports::default(), Reports::default());
    let jittered = Settings { jitter: Duration::from_secs(60), ..world.attesting() };
    let mut relayers =
        [world.relayer(1, jittered.clone(), &one).await, world.relayer(2, jittered, &two).await];
    for job in 1..=8 {
        let phase = if job % 2 == 0 { Phase::Open } else { Phase::Revealed };
        world.put(job, phase, 200).await;
    }
    for job in [1, 3, 5, 7] {
        for relayer in &relayers {
            relayer.outbox().hand_in(aggregate(job)).unwrap();
        }
    }
    world.settle_down(&mut relayers).await;
    for job in 1..=8 {
        let (phase, sends) = if job % 2 == 0 { (Phase::Refunded, 0) } else { (Phase::Settled, 1) };
        assert_eq!((world.phase(job).await, world.toy(job).await.done), (phase, 1), "job {job}");
        assert_eq!(world.sends(job).await, sends, "job {job}");
    }
    for relayer in &relayers {
        let status = relayer.outbox().status();
        assert_eq!(
            status.count("queued") + status.count("signed") + status.count("set_aside"),
            0,
            "{status:?}"
        );
    }
    let advanced =
        |reports: &Reports| reports.all().iter().any(|report| matches!(report, Report::Confirmed { .. }));
    assert!(advanced(&one) && advanced(&two), "different delays share the work");
}

#[tokio::test]
async fn what_somebody_else_did_is_obsolete_and_no_error() {
    let world = World::new().await;
    let reports = Reports::default();
    world.put(1, Phase::Open, 0).await;
    world.pass(100).await;
    // The relayer knows that it is due, and is a moment too late.
    let late = Faulty::new(world.handle(), |name, _| match name {
        "simulate" => Fate::LostBefore,
        _ => Fate::Answered,
    });
    let mut relayer = open(Arc::new(late), 1, world.settings(), &world.file(1), &reports).await.unwrap();
    assert!(relayer.turn().await.is_err());
    assert_eq!(relayer.outbox().status().entries["advance"]["queued"], 1);
    world.advance(1).await;
    drop(relayer);
    let mut relayers = [world.relayer(1, world.settings(), &reports).await];
    world.settle_down(&mut relayers).await;
    assert_eq!((world.phase(1).await, world.toy(1).await.done), (Phase::Refunded, 1));
    assert_eq!(reports.all(), []);
    assert_eq!(relayers[0].outbox().status().entries["advance"]["obsolete"], 1);
}

#[tokio::test]
async fn a_sequence_that_is_used_from_outside_is_asked_for_anew() {
    let world = World::new().await;
    let reports = Reports::default();
    let outside = Wallet::connect(world.handle(), key(1)).await.unwrap();
    let mut relayer = world.relayer(1, world.settings(), &reports).await;
    for job in 1..=5 {
        world.put(job, Phase::Open, 0).await;
        world.pass(10).await;
        outside.send(key(2).address(), &coins(1, "ubee")).await.unwrap();
        relayer.turn().await.unwrap();
        assert_eq!(world.phase(job).await, Phase::Refunded, "job {job}");
    }
}

#[tokio::test]
async fn bytes_whose_sequence_was_used_from_outside_are_void_and_signed_anew() {
    let world = World::new().await;
    let reports = Reports::default();
    world.put(1, Phase::Open, 0).await;
    world.pass(10).await;
    let lossy = Faulty::new(world.handle(), |name, _| match name {
        "broadcast" => Fate::LostBefore,
        _ => Fate::Answered,
    });
    let file = world.file(1);
    let mut relayer = open(Arc::new(lossy), 1, world.settings(), &file, &reports).await.unwrap();
    assert!(relayer.turn().await.is_err());
    assert!(relayer.outbox().status().in_flight.is_some());
    drop(relayer);
    // Another program with the same key.
    let outside = Wallet::connect(world.handle(), key(1)).await.unwrap();
    outside.send(key(2).address(), &coins(1, "ubee")).await.unwrap();
    let mut relayers = [world.relayer(1, world.settings(), &reports).await];
    world.settle_down(&mut relayers).await;
    assert_eq!((world.phase(1).await, world.toy(1).await.done), (Phase::Refunded, 1));
    assert!(reports.all().iter().any(|report| matches!(report, Report::Void { .. })), "{:?}", reports.all());
}
