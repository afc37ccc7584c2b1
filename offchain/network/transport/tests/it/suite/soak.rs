//! Content and messages between peers that are killed and restarted all the time.

use std::time::{Duration, Instant};

use bithive_exchange::{Digest, Exchange, ExchangeError, Protocol};
use bytes::Bytes;
use rand_core::Rng;

use super::world::{Party, bytes, config, rng};

const PEERS: u8 = 4;
const BLOBS: usize = 60;
const DEADLINE: Duration = Duration::from_secs(240);

fn introduce(parties: &[Party]) {
    for party in parties {
        for other in parties.iter().filter(|other| other.id() != party.id()) {
            party.knows(other);
        }
    }
}

/// Each round publishes some content at two peers, fetches all of it at the others with one of them killed on the
/// way, and tries again what ended in an error.
#[tokio::test(flavor = "multi_thread")]
async fn every_byte_arrives_or_a_clear_error_does_while_peers_are_killed() {
    let mut random = rng(5);
    let mut parties = Vec::new();
    for seed in 1..=PEERS {
        parties.push(Party::new(seed).await);
    }
    introduce(&parties);
    let begun = Instant::now();
    let mut errors = 0;
    for round in 0..BLOBS / 10 {
        let mut wanted: Vec<(Digest, Bytes)> = Vec::new();
        for index in 0..10 {
            // 1 kB to 2 MB, small ones as often as large ones.
            let length = 1000usize << (random.next_u32() % 11);
            let content = bytes((round * 100 + index) as u64, length + (random.next_u32() % 1000) as usize);
            let digest = parties[0].transport.publish(content.clone()).await.unwrap();
            assert_eq!(parties[1].transport.publish(content.clone()).await.unwrap(), digest);
            wanted.push((digest, content));
        }
        let providers = [parties[0].id(), parties[1].id()];
        let victim = (random.next_u32() % 2) as usize;
        let spare = parties.remove(victim);
        let fetchers = &parties[1..];
        let fetch = async {
            let jobs = fetchers.iter().flat_map(|party| {
                wanted.iter().map(move |(digest, content)| async move {
                    match party.transport.fetch(*digest, &providers, content.len()).await {
                        Ok(fetched) => {
                            assert!(fetched == *content);
                            0
                        }
                        Err(ExchangeError::NotFound { .. }) => 1,
                        Err(error) => panic!("unexpected: {error}"),
                    }
                })
            });
            futures::future::join_all(jobs).await.into_iter().sum::<usize>()
        };
        let kill = async {
            tokio::time::sleep(Duration::from_millis(u64::from(random.next_u32() % 100))).await;
            spare.restart(config()).await
        };
        let (failed, restarted) = tokio::join!(fetch, kill);
        errors += failed;
        parties.insert(victim, restarted);
        introduce(&parties);
        for party in &parties[2..] {
            for (digest, content) in &wanted {
                while begun.elapsed() < DEADLINE {
                    match party.transport.fetch(*digest, &providers, content.len()).await {
                        Ok(fetched) => {
                            assert!(fetched == *content);
                            break;
                        }
                        Err(_) => errors += 1,
                    }
                }
            }
            party.transport.send(providers[victim], Protocol::Claim, vec![round as u8].into()).await.unwrap();
        }
    }
    // All of it is everywhere, and every message came through, whoever was killed when.
    for party in &parties[2..] {
        assert_eq!(party.transport.stored_bytes(), parties[0].transport.stored_bytes());
    }
    let mut claims = 0;
    while claims < BLOBS / 10 * 2 && begun.elapsed() < DEADLINE {
        for party in &parties[..2] {
            claims += party.transport.receive(Protocol::Claim).await.unwrap().len();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(claims, BLOBS / 10 * 2);
    println!("{errors} errors on the way, {:.1} s", begun.elapsed().as_secs_f64());
}
