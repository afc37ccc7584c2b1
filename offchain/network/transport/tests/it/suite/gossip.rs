use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bithive_exchange::PeerId;
use bithive_transport::gossip::{Broadcast, BroadcastError, MAX_BODY_BYTES, Rate, Rejection, sign};
use bithive_transport::wire::Kind;
use ed25519_dalek::SigningKey;
use tokio::sync::broadcast::Receiver;

use super::hostile::Attacker;
use super::world::Party;

fn stake(rate: u64) -> Rate {
    Arc::new(move |_| rate)
}

/// A ring in which each also knows the one across.
async fn ring(count: u8, rate: &Rate) -> (Vec<Party>, Vec<Receiver<Broadcast>>) {
    let mut parties = Vec::new();
    for seed in 1..=count {
        parties.push(Party::new(seed).await);
    }
    let all = parties.len();
    let mut receivers = Vec::new();
    for (index, party) in parties.iter().enumerate() {
        let near = [(index + 1) % all, (index + all - 1) % all, (index + all / 2) % all];
        let neighbours: Vec<PeerId> = near.iter().map(|other| parties[*other].id()).collect();
        for other in near {
            party.knows(&parties[other]);
        }
        party.transport.join(&neighbours, rate.clone());
        receivers.push(party.transport.broadcasts().unwrap());
    }
    (parties, receivers)
}

async fn next(receiver: &mut Receiver<Broadcast>) -> Broadcast {
    tokio::time::timeout(Duration::from_secs(20), receiver.recv()).await.expect("a broadcast").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_reaches_everybody_once() {
    let (parties, mut receivers) = ring(6, &stake(1 << 20)).await;
    let mut sent = Vec::new();
    for party in &parties {
        for number in 0..5u8 {
            sent.push(party.transport.broadcast(&[number; 100]).unwrap());
        }
    }
    sent.sort_unstable();
    for receiver in &mut receivers {
        let mut seen = Vec::new();
        while seen.len() < sent.len() {
            seen.push(next(receiver).await.id);
        }
        seen.sort_unstable();
        assert_eq!(seen, sent);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(receivers.iter_mut().all(|receiver| receiver.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_names_its_origin_through_others() {
    let (parties, mut receivers) = ring(4, &stake(1 << 20)).await;
    let id = parties[0].transport.broadcast(b"vault").unwrap();
    for receiver in &mut receivers {
        let broadcast = next(receiver).await;
        assert_eq!(
            (broadcast.id, broadcast.origin, broadcast.body.as_ref()),
            (id, parties[0].id(), &b"vault"[..])
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn own_broadcasts_that_others_would_refuse_are_errors() {
    let party = Party::new(1).await;
    assert_eq!(party.transport.broadcast(b"x"), Err(BroadcastError::NotJoined));
    assert!(party.transport.broadcasts().is_none());
    party.transport.join(&[], stake(10));
    let over = vec![0; MAX_BODY_BYTES + 1];
    assert_eq!(party.transport.broadcast(&over), Err(BroadcastError::TooLarge { found: over.len() }));
    party.transport.broadcast(&over[1..]).unwrap();
    let spent = party.transport.broadcast(b"x");
    assert!(matches!(spent, Err(BroadcastError::Rejected(Rejection::Rate { rate: 10, .. }))));
    let poor = Party::new(2).await;
    poor.transport.join(&[], stake(0));
    let refused = poor.transport.broadcast(b"x");
    assert!(matches!(refused, Err(BroadcastError::Rejected(Rejection::NoStake { .. }))));
}

fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn frame(kind: Kind, body: &[u8]) -> Vec<u8> {
    [kind.encode().as_slice(), &u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_broadcast_is_shown_once_and_an_old_one_never() {
    let victim = Party::new(1).await;
    victim.transport.join(&[], stake(1 << 20));
    let mut shown = victim.transport.broadcasts().unwrap();
    let attacker = Attacker::on(&victim, 50).await;
    let origin = SigningKey::from_bytes(&[9; 32]);
    let message = sign(&origin, now_ms(), 1, b"vault");
    assert_eq!(attacker.say(&frame(Kind::Broadcast, &message)).await.unwrap()[0], 0);
    for _ in 0..20 {
        assert_eq!(attacker.say(&frame(Kind::Broadcast, &message)).await.unwrap()[0], 6);
    }
    let old = sign(&origin, now_ms() - 700_000, 2, b"old");
    assert_eq!(attacker.say(&frame(Kind::Broadcast, &old)).await.unwrap()[0], 1);
    assert_eq!(next(&mut shown).await.body, "vault");
    assert!(shown.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_broadcasts_is_cut_to_its_origins_rate_and_a_stakeless_one_to_nothing() {
    let victim = Party::new(1).await;
    let rich = SigningKey::from_bytes(&[9; 32]);
    let poor = SigningKey::from_bytes(&[8; 32]);
    let staked = PeerId(rich.verifying_key().to_bytes());
    victim.transport.join(&[], Arc::new(move |peer| if peer == staked { 1024 } else { 0 }));
    let attacker = Attacker::on(&victim, 50).await;
    let mut accepted = 0;
    for number in 0..150 {
        let answer =
            attacker.say(&frame(Kind::Broadcast, &sign(&rich, now_ms(), number, b"x"))).await.unwrap();
        accepted += u32::from(answer[0] == 0);
        let answer =
            attacker.say(&frame(Kind::Broadcast, &sign(&poor, now_ms(), number, b"x"))).await.unwrap();
        assert_eq!(answer[0], 1);
    }
    // 64 are saved up; one more comes with each second.
    assert!((64..150).contains(&accepted), "{accepted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_broadcast_ends_the_connection_and_is_not_shown() {
    let victim = Party::new(1).await;
    victim.transport.join(&[], stake(1 << 20));
    let shown = victim.transport.broadcasts().unwrap();
    let origin = SigningKey::from_bytes(&[9; 32]);
    let mut forged = sign(&origin, now_ms(), 1, b"vault");
    forged[50] ^= 1;
    for (seed, body) in (50..).zip([forged, vec![1; 20]]) {
        let attacker = Attacker::on(&victim, seed).await;
        attacker.say(&frame(Kind::Broadcast, &body)).await;
        assert!(attacker.is_thrown_out().await);
    }
    assert!(shown.is_empty());
}
