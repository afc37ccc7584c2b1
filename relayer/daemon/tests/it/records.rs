//! The relayer's records.

use std::sync::Arc;

use bithive_api::jobs::Phase;
use bithive_relayer::{Contracts, Relayer, RelayerError, Settings, StoreError};

use crate::world::{Reports, World, aggregate, key};

#[tokio::test]
async fn what_was_handed_in_is_there_after_a_restart() {
    let world = World::new().await;
    let reports = Reports::default();
    world.put(1, Phase::Revealed, 1_000).await;
    let relayer = world.relayer(1, world.settings(), &reports).await;
    relayer.outbox().hand_in(aggregate(1)).unwrap();
    let before = relayer.outbox().status();
    drop(relayer);
    let mut relayer = world.relayer(1, world.settings(), &reports).await;
    assert_eq!(relayer.outbox().status(), before);
    relayer.turn().await.unwrap();
    assert_eq!(world.phase(1).await, Phase::Settled);
}

#[tokio::test]
async fn records_of_another_market_are_refused_and_stay_as_they_are() {
    let world = World::new().await;
    let reports = Reports::default();
    drop(world.relayer(1, world.settings(), &reports).await);
    let contracts = Contracts { jobs: world.contracts.attestations.clone().unwrap(), attestations: None };
    let other = Settings { contracts, ..world.settings() };
    let database = redb::Database::create(world.file(1)).unwrap();
    let refused = Relayer::new(world.handle(), key(1), other, database, Arc::new(())).await;
    let Err(RelayerError::Store(StoreError::OtherMarket { found, expected })) = refused else {
        panic!("records of another market are taken")
    };
    assert!(found.contains(&world.contracts.jobs) && !expected.contains(&world.contracts.jobs));
    drop(world.relayer(1, world.settings(), &reports).await);
}

#[tokio::test]
async fn a_damaged_record_is_named() {
    let world = World::new().await;
    let reports = Reports::default();
    let relayer = world.relayer(1, world.settings(), &reports).await;
    relayer.outbox().hand_in(aggregate(1)).unwrap();
    drop(relayer);
    let database = redb::Database::create(world.file(1)).unwrap();
    let write = database.begin_write().unwrap();
    let table = redb::TableDefinition::<&str, &[u8]>::new("entries");
    write.open_table(table).unwrap().insert("finalize/1/1", b"{".as_slice()).unwrap();
    write.commit().unwrap();
    let refused = Relayer::new(world.handle(), key(1), world.settings(), database, Arc::new(())).await;
    let Err(RelayerError::Store(StoreError::Damaged { name, .. })) = refused else {
        panic!("a damaged record is taken")
    };
    assert_eq!(name, "finalize/1/1");
}
