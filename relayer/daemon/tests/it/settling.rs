//! What a relayer does on its own, on a chain that answers.

use bithive_api::jobs::Phase;
use bithive_relayer::{Duty, Report, Settings};

use crate::market::Stage;
use crate::world::{Reports, World, aggregate, forged};

#[tokio::test]
async fn deadlines_that_pass_are_taken_together_and_earlier_ones_are_not() {
    let world = World::new().await;
    let reports = Reports::default();
    let mut relayer = world.relayer(1, world.settings(), &reports).await;
    for job in 1..=5 {
        world.put(job, Phase::Open, 100).await;
    }
    world.put(6, Phase::Open, 1_000).await;
    world.pass(10).await;
    relayer.turn().await.unwrap();
    assert_eq!(reports.batches(), [0usize; 0]);
    world.pass(100).await;
    relayer.turn().await.unwrap();
    assert_eq!(reports.batches(), [5]);
    for job in 1..=5 {
        assert_eq!((world.phase(job).await, world.toy(job).await.done), (Phase::Refunded, 1));
    }
    assert_eq!(world.phase(6).await, Phase::Open);
}

#[tokio::test]
async fn jobs_that_were_there_before_the_relayer_are_found() {
    let world = World::new().await;
    for job in 1..=8 {
        world.put(job, Phase::Open, 0).await;
    }
    let reports = Reports::default();
    let mut relayer = world.relayer(1, world.settings(), &reports).await;
    world.pass(10).await;
    relayer.turn().await.unwrap();
    assert_eq!(reports.batches(), [8]);
}

#[tokio::test]
async fn a_job_goes_all_the_way_to_its_refund_by_deadlines_alone() {
    let world = World::new().await;
    let reports = Reports::default();
    let mut relayers = [world.relayer(1, world.settings(), &reports).await];
    world.put(1, Phase::Committed, 0).await;
    world.settle_down(&mut relayers).await;
    // Committed, Revealed, Disputed, Refunded.
    assert_eq!((world.phase(1).await, world.toy(1).await.done), (Phase::Refunded, 3));
    assert_eq!(reports.batches(), [1, 1, 1]);
    assert_eq!(relayers[0].outbox().status().jobs, 0);
}

#[tokio::test]
async fn signatures_that_are_handed_in_settle_their_jobs_in_one_message() {
    let world = World::new().await;
    let reports = Reports::default();
    let mut relayer = world.relayer(1, world.settings(), &reports).await;
    for job in 1..=10 {
        world.put(job, Phase::Revealed, 1_000).await;
        assert!(relayer.outbox().hand_in(aggregate(job)).unwrap());
        assert!(!relayer.outbox().hand_in(aggregate(job)).unwrap(), "twice is once");
    }
    relayer.turn().await.unwrap();
    assert_eq!(reports.batches(), [10]);
    for job in 1..=10 {
        assert_eq!((world.phase(job).await, world.toy(job).await.done), (Phase::Settled, 1));
    }
    let status = relayer.outbox().status();
    assert_eq!((status.entries["finalize"]["confirmed"], status.in_flight), (10, None));
}

#[tokio::test]
async fn a_settlement_on_its_way_comes_before_the_end_of_its_time() {
    let world = World::new().await;
    let reports = Reports::default();
    // Its day's fees are spent before it can settle anything.
    let mut settings = world.settings();
    settings.fees.per_day = 0;
    let mut relayer = world.relayer(1, settings, &reports).await;
    world.put(1, Phase::Revealed, 0).await;
    relayer.outbox().hand_in(aggregate(1)).unwrap();
    world.pass(100).await;
    relayer.turn().await.unwrap();
    assert!(relayer.outbox().read(|book| book.entries().all(|entry| entry.duty.kind().name() == "finalize")));
    drop(relayer);
    let mut relayer = world.relayer(1, world.settings(), &reports).await;
    relayer.turn().await.unwrap();
    assert_eq!(world.phase(1).await, Phase::Settled);
}

#[tokio::test]
async fn one_poison_entry_is_set_aside_with_its_reason_and_blocks_nobody() {
    let world = World::new().await;
    let reports = Reports::default();
    let mut relayers = [world.relayer(1, world.settings(), &reports).await];
    for job in 1..=6 {
        world.put(job, Phase::Open, 0).await;
    }
    world.poison(7, Phase::Open).await;
    world.settle_down(&mut relayers).await;
    for job in 1..=6 {
        assert_eq!((world.phase(job).await, world.toy(job).await.done), (Phase::Refunded, 1));
    }
    let status = relayers[0].outbox().status();
    let [(duty, reason)] = status.set_aside.as_slice() else { panic!("{status:?}") };
    assert_eq!(duty, "advance/7/0/open");
    assert!(reason.contains("the job is poison"), "{reason}");
    // It never cost a fee: a simulation refused it. And it is tried less and less often.
    let failures = reports.all().iter().filter(|report| matches!(report, Report::Failed { .. })).count();
    assert!((2..=8).contains(&failures), "{failures} failures in 600 s");
    // As soon as it can be done, it is.
    world.stage(&Stage::Cure { job_id: 7 }).await;
    world.pass(3_700).await;
    world.settle_down(&mut relayers).await;
    assert_eq!((world.phase(7).await, world.toy(7).await.done), (Phase::Refunded, 1));
}

#[tokio::test]
async fn one_bad_signature_keeps_no_other_job_from_its_settlement() {
    let world = World::new().await;
    let reports = Reports::default();
    let mut relayers = [world.relayer(1, world.settings(), &reports).await];
    for job in 1..=5 {
        world.put(job, Phase::Revealed, 100_000).await;
        let signature = if job == 3 { forged(job) } else { aggregate(job) };
        relayers[0].outbox().hand_in(signature).unwrap();
    }
    world.settle_down(&mut relayers).await;
    for job in [1, 2, 4, 5] {
        assert_eq!(world.phase(job).await, Phase::Settled);
    }
    assert_eq!(world.phase(3).await, Phase::Revealed);
    assert_eq!(relayers[0].outbox().status().set_aside.len(), 1);
}

#[tokio::test]
async fn a_settlement_that_fails_does_not_keep_the_job_from_its_exit() {
    let world = World::new().await;
    let reports = Reports::default();
    let mut relayers = [world.relayer(1, world.settings(), &reports).await];
    world.put(1, Phase::Revealed, 30).await;
    relayers[0].outbox().hand_in(forged(1)).unwrap();
    world.settle_down(&mut relayers).await;
    assert_eq!(world.phase(1).await, Phase::Refunded);
    let settlement = Duty::Finalize { job: 1, round: 1 };
    let state = relayers[0].outbox().read(|book| book.entry(&settlement).unwrap().state.name());
    assert_eq!(state, "obsolete");
}

#[tokio::test]
async fn every_settled_job_is_attested_once_and_again_only_if_the_packet_is_lost() {
    let world = World::new().await;
    let reports = Reports::default();
    let settings = Settings { batch: 2, ..world.attesting() };
    let mut relayers = [world.relayer(1, settings, &reports).await];
    for job in 1..=4 {
        world.put(job, Phase::Revealed, 1_000).await;
        relayers[0].outbox().hand_in(aggregate(job)).unwrap();
    }
    world.put(5, Phase::Open, 0).await;
    world.settle_down(&mut relayers).await;
    for job in 1..=4 {
        assert_eq!((world.toy(job).await.done, world.sends(job).await), (1, 1));
    }
    assert_eq!(world.sends(5).await, 0, "a refunded job has no attestation");
    let packet = |job_id, error: Option<&str>| Stage::Packet {
        job_id,
        channel_id: "channel-0".into(),
        error: error.map(Into::into),
    };
    world.stage(&packet(2, None)).await;
    world.stage(&packet(3, Some("stale: a newer round is there"))).await;
    world.settle_down(&mut relayers).await;
    let sends = [world.sends(1).await, world.sends(2).await, world.sends(3).await, world.sends(4).await];
    assert_eq!(sends, [1, 2, 2, 1]);
}
