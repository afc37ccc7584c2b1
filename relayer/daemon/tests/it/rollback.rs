//! A chain that was put back to what it was before, and went on in another way.

use bithive_api::jobs::Phase;
use bithive_relayer::Report;

use crate::world::{Reports, World, aggregate, open};

#[tokio::test]
async fn a_relayer_does_again_what_the_chain_has_forgotten() {
    let (before, after) = (World::new().await, World::new().await);
    let reports = Reports::default();
    before.put(1, Phase::Open, 0).await;
    before.put(2, Phase::Revealed, 1_000).await;
    let mut relayer = before.relayer(1, before.settings(), &reports).await;
    relayer.outbox().hand_in(aggregate(2)).unwrap();
    before.settle_down(std::slice::from_mut(&mut relayer)).await;
    assert_eq!((before.phase(1).await, before.phase(2).await), (Phase::Refunded, Phase::Settled));
    drop(relayer);

    // The same chain id and contracts, the same jobs, other blocks, and more of them.
    after.pass(1).await;
    after.put(1, Phase::Open, 0).await;
    after.put(2, Phase::Revealed, 1_000_000).await;
    for _ in 0..200 {
        after.pass(1).await;
    }
    assert_eq!(after.contracts, before.contracts);
    let file = before.file(1);
    let mut relayer = open(after.handle(), 1, after.settings(), &file, &reports).await.unwrap();
    after.settle_down(std::slice::from_mut(&mut relayer)).await;
    assert_eq!((after.phase(1).await, after.phase(2).await), (Phase::Refunded, Phase::Settled));
    let rolled_back =
        reports.all().iter().filter(|report| matches!(report, Report::RolledBack { .. })).count();
    assert_eq!(rolled_back, 1);
}
