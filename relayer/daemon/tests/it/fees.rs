//! What a relayer may spend.

use bithive_api::jobs::Phase;
use bithive_chain::Chain;
use bithive_relayer::{FeeLimits, Report, Settings};

use crate::world::{RICH, Reports, World, key};

async fn spent(world: &World) -> u128 {
    RICH - world.chain.balance(key(1).address(), "ubee").await.unwrap()
}

fn fees(reports: &Reports) -> Vec<u128> {
    let fee = |report: &Report| match report {
        Report::Signed { fee, .. } => Some(fee.u128()),
        _ => None,
    };
    reports.all().iter().filter_map(fee).collect()
}

#[tokio::test]
async fn a_day_costs_no_more_than_its_limit_and_the_next_day_goes_on() {
    let world = World::new().await;
    for job in 1..=4 {
        world.put(job, Phase::Open, 0).await;
    }
    world.pass(10).await;
    // What one transaction costs.
    let reports = Reports::default();
    let single = Settings { batch: 1, ..world.settings() };
    let mut relayer = world.relayer(1, single.clone(), &reports).await;
    relayer.turn().await.unwrap();
    let one = fees(&reports)[0];
    assert_eq!(spent(&world).await, one);
    drop(relayer);
    let limit = one * 5 / 2;
    let limited = Settings { fees: FeeLimits { per_day: limit, ..single.fees }, ..single };
    let mut relayers = [world.relayer(1, limited, &reports).await];
    world.settle_down(&mut relayers).await;
    assert_eq!(fees(&reports).len(), 2, "a third one would exceed the limit");
    assert!(spent(&world).await <= limit);
    assert!(reports.all().iter().any(|report| matches!(report, Report::Held { .. })));
    world.pass(86_400).await;
    world.settle_down(&mut relayers).await;
    for job in 1..=4 {
        assert_eq!(world.phase(job).await, Phase::Refunded);
    }
}

#[tokio::test]
async fn a_transaction_that_costs_more_than_its_limit_is_made_smaller_or_set_aside() {
    let world = World::new().await;
    for job in 1..=3 {
        world.put(job, Phase::Open, 0).await;
    }
    world.pass(10).await;
    let reports = Reports::default();
    let mut relayer = world.relayer(1, Settings { batch: 1, ..world.settings() }, &reports).await;
    relayer.turn().await.unwrap();
    let one = fees(&reports)[0];
    drop(relayer);
    // Enough for one job and not for two.
    let limits = |per_transaction| FeeLimits { per_transaction, ..world.settings().fees };
    let settings = Settings { fees: limits(one * 5 / 4), ..world.settings() };
    let mut relayers = [world.relayer(1, settings, &reports).await];
    world.settle_down(&mut relayers).await;
    assert_eq!(fees(&reports).len(), 3);
    assert!(fees(&reports).iter().all(|fee| *fee <= one * 5 / 4), "{:?}", fees(&reports));
    // Not enough for anything.
    drop(relayers);
    world.put(4, Phase::Open, 0).await;
    let mut relayers =
        [world.relayer(1, Settings { fees: limits(one / 4), ..world.settings() }, &reports).await];
    world.settle_down(&mut relayers).await;
    assert_eq!(fees(&reports).len(), 3);
    let status = relayers[0].outbox().status();
    assert!(status.set_aside[0].1.contains("out of gas"), "{status:?}");
}

#[tokio::test]
async fn it_warns_once_when_the_account_runs_low() {
    let world = World::new().await;
    let reports = Reports::default();
    let limits = FeeLimits { warn_below: RICH + 1, ..world.settings().fees };
    let mut relayers = [world.relayer(1, Settings { fees: limits, ..world.settings() }, &reports).await];
    for job in 1..=3 {
        world.put(job, Phase::Committed, 0).await;
    }
    world.settle_down(&mut relayers).await;
    let low = reports.all().into_iter().filter(|report| matches!(report, Report::LowBalance { .. })).count();
    assert_eq!(low, 1);
    assert_eq!(world.phase(1).await, Phase::Refunded, "it goes on all the same");
}
