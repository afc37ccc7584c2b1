use std::sync::Mutex;
use std::time::Duration;

use bithive_exchange::{Exchange, ExchangeError};
use bithive_transport::{Config, Limits};

use super::world::{Party, bytes, config, limits};

const MIB: usize = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn content_of_every_size_arrives_as_it_was() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    bob.knows(&alice);
    let group = 16 << 10;
    for length in [0, 1, 1023, 1024, 1025, group, group + 1, MIB - 1, MIB, MIB + 1, 5 * MIB + 12_345] {
        let content = bytes(length as u64, length);
        let digest = alice.transport.publish(content.clone()).await.unwrap();
        assert_eq!(&digest, blake3::hash(&content).as_bytes());
        let fetched = bob.transport.fetch(digest, &[alice.id()], length).await;
        assert_eq!(fetched.unwrap(), content, "{length} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn content_over_the_limit_is_refused_before_it_is_fetched() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    bob.knows(&alice);
    let digest = alice.transport.publish(bytes(1, 3 * MIB)).await.unwrap();
    let refused = bob.transport.fetch(digest, &[alice.id()], 3 * MIB - 1).await;
    assert!(matches!(refused, Err(ExchangeError::TooLarge { found, limit, .. })
        if (found, limit) == (3 * MIB, 3 * MIB - 1)));
    assert_eq!(bob.transport.stored_bytes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_nobody_has_is_not_found() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    bob.knows(&alice);
    let missing = bob.transport.fetch([7; 32], &[alice.id(), bob.id()], MIB).await;
    assert!(matches!(missing, Err(ExchangeError::NotFound { asked: 1, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_providers_serve_one_fetch_and_one_of_them_may_vanish() {
    let (alice, bob, carol) = (Party::new(1).await, Party::new(2).await, Party::new(3).await);
    carol.knows(&alice).knows(&bob);
    let content = bytes(1, 24 * MIB);
    let digest = alice.transport.publish(content.clone()).await.unwrap();
    bob.transport.publish(content.clone()).await.unwrap();
    let providers = [alice.id(), bob.id()];
    let killed = tokio::sync::Notify::new();
    let target = carol.folder.path().join("content");
    let progress = |here: u64, _: u64| {
        if here > 4 * MIB as u64 {
            killed.notify_one();
        }
    };
    let fetch = carol.transport.fetch_to_file(digest, &providers, u64::MAX, &target, &progress);
    let kill = async {
        killed.notified().await;
        alice.transport.close().await;
    };
    let (fetched, ()) = tokio::join!(fetch, kill);
    assert_eq!(fetched.unwrap(), content.len() as u64);
    assert!(std::fs::read(target).unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_that_was_killed_goes_on_where_it_ended() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    bob.knows(&alice);
    let content = bytes(1, 16 * MIB);
    let digest = alice.transport.publish(content.clone()).await.unwrap();
    let half = tokio::sync::Notify::new();
    let target = bob.folder.path().join("content");
    {
        let progress = |here: u64, size: u64| {
            if here >= size / 2 {
                half.notify_one();
            }
        };
        let providers = [alice.id()];
        let fetch = bob.transport.fetch_to_file(digest, &providers, u64::MAX, &target, &progress);
        tokio::select! {
            biased;
            () = half.notified() => {}
            done = fetch => panic!("the fetch should have been cut off, and was {done:?}"),
        }
    }
    assert!(!target.exists());
    let bob = bob.restart(config()).await;
    bob.knows(&alice);
    let first = Mutex::new(None);
    let progress = |here, _| {
        first.lock().unwrap().get_or_insert(here);
    };
    bob.transport.fetch_to_file(digest, &[alice.id()], u64::MAX, &target, &progress).await.unwrap();
    assert!(first.into_inner().unwrap().unwrap() >= 8 * MIB as u64);
    assert!(std::fs::read(target).unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_on_disk_is_not_passed_on_and_another_provider_helps() {
    let (alice, bob, carol) = (Party::new(1).await, Party::new(2).await, Party::new(3).await);
    carol.knows(&alice).knows(&bob);
    let content = bytes(1, 6 * MIB);
    let digest = alice.transport.publish(content.clone()).await.unwrap();
    bob.transport.publish(content.clone()).await.unwrap();
    let mut damaged = content.to_vec();
    damaged[2 * MIB + 5] ^= 1;
    std::fs::write(alice.folder.path().join("blobs").join(hex::encode(digest)), &damaged).unwrap();
    let alone = carol.transport.fetch(digest, &[alice.id()], usize::MAX).await;
    assert!(matches!(alone, Err(ExchangeError::NotFound { .. })));
    let both = carol.transport.fetch(digest, &[alice.id(), bob.id()], usize::MAX).await;
    assert!(both.unwrap() == content);
    // The owner notices, and can publish it again.
    assert!(matches!(
        alice.transport.fetch(digest, &[], usize::MAX).await,
        Err(ExchangeError::Damaged { .. })
    ));
    alice.transport.publish(content.clone()).await.unwrap();
    assert!(alice.transport.fetch(digest, &[], usize::MAX).await.unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_serves_others_while_it_still_receives() {
    let (alice, bob, carol) = (Party::new(1).await, Party::new(2).await, Party::new(3).await);
    bob.knows(&alice).knows(&carol);
    carol.knows(&bob);
    let content = bytes(1, 32 * MIB);
    let digest = alice.transport.publish(content.clone()).await.unwrap();
    let begun = tokio::sync::Notify::new();
    let target = bob.folder.path().join("content");
    let progress = |here: u64, _: u64| {
        if here > 0 {
            begun.notify_one();
        }
    };
    let providers = [alice.id()];
    let first = bob.transport.fetch_to_file(digest, &providers, u64::MAX, &target, &progress);
    // Carol does not know Alice.
    let second = async {
        begun.notified().await;
        loop {
            match carol.transport.fetch(digest, &[bob.id()], usize::MAX).await {
                Ok(content) => return content,
                Err(ExchangeError::NotFound { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let (first, second) = tokio::join!(first, second);
    first.unwrap();
    assert!(second == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_holds_for_own_and_fetched_content() {
    let small = Config { limits: Limits { blob_bytes: 4 * MIB as u64, ..limits() }, ..config() };
    let (alice, bob) = (Party::new(1).await, Party::with(2, small).await);
    bob.knows(&alice);
    let large = alice.transport.publish(bytes(1, 3 * MIB)).await.unwrap();
    let own = bob.transport.publish(bytes(2, 2 * MIB)).await.unwrap();
    let full = |outcome: Result<(), ExchangeError>| matches!(outcome, Err(ExchangeError::Storage(error)) if error.kind() == std::io::ErrorKind::StorageFull);
    assert!(full(bob.transport.fetch(large, &[alice.id()], usize::MAX).await.map(drop)));
    assert!(full(bob.transport.publish(bytes(3, 3 * MIB)).await.map(drop)));
    assert_eq!(bob.transport.stored_bytes(), 2 * MIB as u64);
    bob.transport.remove(own).await.unwrap();
    bob.transport.fetch(large, &[alice.id()], usize::MAX).await.unwrap();
    // The same again takes up nothing.
    bob.transport.publish(bytes(1, 3 * MIB)).await.unwrap();
    assert_eq!(bob.transport.stored_bytes(), 3 * MIB as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_holds_when_many_publish_and_fetch_at_the_same_time() {
    let small = Config { limits: Limits { blob_bytes: 4 * MIB as u64 + 4096, ..limits() }, ..config() };
    let (alice, bob) = (Party::new(1).await, Party::with(2, small).await);
    bob.knows(&alice);
    let mut offered = Vec::new();
    for seed in 0..8 {
        offered.push(alice.transport.publish(bytes(seed, MIB)).await.unwrap());
    }
    for round in 0..3u64 {
        let own = (0..8).map(|seed| bob.transport.publish(bytes(100 * (round + 1) + seed, MIB)));
        let providers = [alice.id()];
        let fetched = offered.iter().map(|digest| bob.transport.fetch(*digest, &providers, MIB));
        let (own, fetched) = tokio::join!(futures::future::join_all(own), futures::future::join_all(fetched));
        let full = |error: &ExchangeError| matches!(error, ExchangeError::Storage(error) if error.kind() == std::io::ErrorKind::StorageFull);
        assert!(own.iter().filter_map(|outcome| outcome.as_ref().err()).all(full), "{own:?}");
        assert!(fetched.iter().filter_map(|outcome| outcome.as_ref().err()).all(full));
        let stored = |seed: &u64| own[*seed as usize].is_ok();
        let count = (0..8).filter(stored).count() + fetched.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(bob.transport.stored_bytes(), (count * MIB) as u64, "what is counted is there");
        assert_eq!(count, 4, "there is room for four");
        for digest in own.into_iter().flatten().chain(offered.iter().copied()) {
            bob.transport.remove(digest).await.unwrap();
        }
        assert_eq!(bob.transport.stored_bytes(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_makes_room() {
    let small = Config { limits: Limits { blob_bytes: 4 * MIB as u64, ..limits() }, ..config() };
    let bob = Party::with(2, small).await;
    let old = bob.transport.publish(bytes(1, 3 * MIB)).await.unwrap();
    let stored = bob.folder.path().join("blobs").join(hex::encode(old));
    let expired = std::time::SystemTime::now() - limits().blob_lifetime - Duration::from_secs(1);
    std::fs::File::options().write(true).open(stored).unwrap().set_modified(expired).unwrap();
    let new = bob.transport.publish(bytes(2, 3 * MIB)).await.unwrap();
    assert!(matches!(bob.transport.fetch(old, &[], MIB).await, Err(ExchangeError::NotFound { .. })));
    assert_eq!(bob.transport.fetch(new, &[], usize::MAX).await.unwrap().len(), 3 * MIB);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_published_without_its_source_being_needed_later() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    bob.knows(&alice);
    let content = bytes(1, 3 * MIB + 1);
    let source = alice.folder.path().join("source");
    std::fs::write(&source, &content).unwrap();
    let digest = alice.transport.publish_file(&source).await.unwrap();
    std::fs::write(&source, "other").unwrap();
    let mut read = Vec::new();
    let mut reader = bob.transport.open(digest, &[alice.id()], 4 * MIB).await.unwrap();
    std::io::Read::read_to_end(&mut reader, &mut read).unwrap();
    assert!(read == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_have_most_of_the_content_from_each_other() {
    const RECEIVERS: u8 = 6;
    let origin = Party::new(1).await;
    let content = bytes(1, 36 * MIB);
    let digest = origin.transport.publish(content.clone()).await.unwrap();
    let mut receivers = Vec::new();
    for seed in 2..2 + RECEIVERS {
        receivers.push(Party::new(seed).await);
    }
    let mut providers = vec![origin.id()];
    providers.extend(receivers.iter().map(Party::id));
    for receiver in &receivers {
        receiver.knows(&origin);
        receivers.iter().filter(|other| other.id() != receiver.id()).for_each(|other| {
            receiver.knows(other);
        });
    }
    let fetches =
        receivers.iter().map(|receiver| receiver.transport.fetch(digest, &providers, content.len()));
    for fetched in futures::future::join_all(fetches).await {
        assert!(fetched.unwrap() == content);
    }
    let sent = origin.transport.sent_bytes();
    // Six copies one by one would be 216 MiB.
    assert!(sent < 3 * content.len() as u64, "the origin sent {sent} bytes");
    assert!(receivers.iter().all(|receiver| receiver.transport.sent_bytes() > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_that_are_not_there_do_not_keep_content_from_the_others() {
    let (origin, receiver) = (Party::new(1).await, Party::new(2).await);
    receiver.knows(&origin);
    let content = bytes(1, 20 * MIB);
    let digest = origin.transport.publish(content.clone()).await.unwrap();
    // Known by name only.
    let mut providers = vec![origin.id()];
    providers.extend((10..20).map(|seed| super::world::key(seed).id()));
    let fetched = receiver.transport.fetch(digest, &providers, content.len()).await;
    assert!(fetched.unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_written_a_part_at_a_time_is_what_was_written_or_refused() {
    let alice = Party::new(1).await;
    let content = bytes(1, 3 * MIB + 5);
    let (written, size) = (content.clone(), content.len() as u64);
    let write = |announced: u64| {
        let written = written.clone();
        let write: bithive_exchange::ContentWriter = Box::new(move |target| {
            written.chunks(10_000).try_for_each(|part| std::io::Write::write_all(target, part))
        });
        alice.transport.publish_written(announced, write)
    };
    for wrong in [0, size - 1, size + 1] {
        assert!(matches!(write(wrong).await, Err(ExchangeError::Storage(_))));
    }
    let digest = write(size).await.unwrap();
    assert_eq!(&digest, blake3::hash(&content).as_bytes());
}
