//! The relayer's records.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bithive_api::jobs::Phase;
use bithive_relayer::{Contracts, Relayer, RelayerError, Settings, StoreError};
use redb::StorageBackend;
use redb::backends::InMemoryBackend;

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

/// A disk that can be full.
#[derive(Debug)]
struct Disk {
    memory: InMemoryBackend,
    full: Arc<AtomicBool>,
}

impl Disk {
    fn room(&self) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.memory.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.memory.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.room()?;
        self.memory.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.room()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.room()?;
        self.memory.write(offset, data)
    }
}

#[tokio::test]
async fn after_a_disk_was_full_nothing_is_taken_or_sent_until_the_records_are_opened_again() {
    let world = World::new().await;
    world.put(1, Phase::Revealed, 1_000).await;
    let full = Arc::new(AtomicBool::new(false));
    let disk = Disk { memory: InMemoryBackend::new(), full: full.clone() };
    let database = redb::Builder::new().create_with_backend(disk).unwrap();
    let relayer = Relayer::new(world.handle(), key(1), world.settings(), database, Arc::new(())).await;
    let mut relayer = relayer.unwrap();
    full.store(true, Ordering::SeqCst);
    assert!(relayer.outbox().hand_in(aggregate(1)).is_err());
    full.store(false, Ordering::SeqCst);
    // It is in memory, and must not be taken for something that is on disk.
    assert!(relayer.outbox().hand_in(aggregate(1)).is_err());
    let Err(RelayerError::Store(StoreError::Storage(_))) = relayer.turn().await else {
        panic!("the relayer works on without its records")
    };
    assert_eq!(world.phase(1).await, Phase::Revealed);
}
