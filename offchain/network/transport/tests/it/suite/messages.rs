use std::time::Duration;

use bithive_exchange::{Exchange, ExchangeError, MAX_MESSAGE_BYTES, Protocol};
use bithive_transport::{Config, Limits};
use bytes::Bytes;

use super::world::{Party, bytes, config, limits, start};

fn bodies(messages: &[bithive_exchange::Message]) -> Vec<Bytes> {
    messages.iter().map(|message| message.body.clone()).collect()
}

fn numbered(range: std::ops::Range<u32>) -> Vec<Bytes> {
    range.map(|index| index.to_be_bytes().to_vec().into()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_arrive_once_and_in_order_for_each_protocol() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    for body in numbered(0..20) {
        alice.transport.send(bob.id(), Protocol::Claim, body.clone()).await.unwrap();
        alice.transport.send(bob.id(), Protocol::Signature, body).await.unwrap();
    }
    let claims = bob.messages(Protocol::Claim, 20).await;
    assert_eq!(bodies(&claims), numbered(0..20));
    assert!(claims.iter().all(|message| message.from == alice.id()));
    let mut signatures = Vec::new();
    while signatures.len() < 20 {
        signatures.extend(bob.transport.receive(Protocol::Signature).await.unwrap());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bodies(&signatures), numbered(0..20));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_waits_for_a_peer_that_is_not_running() {
    let bob = Party::new(2).await;
    let alice = Party::new(1).await;
    alice.knows(&bob);
    bob.transport.close().await;
    let (key, folder) = (bob.key, bob.folder);
    drop(bob.transport);
    alice.transport.send(key.id(), Protocol::Claim, "later".into()).await.unwrap();
    let transport = start(&key, folder.path(), config()).await;
    let bob = Party { key, folder, transport };
    alice.knows(&bob);
    assert_eq!(bodies(&bob.messages(Protocol::Claim, 1).await), ["later"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_outlast_both_ends_being_killed() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    for body in numbered(0..3) {
        alice.transport.send(bob.id(), Protocol::Claim, body).await.unwrap();
    }
    // Alice never knew where Bob was.
    let alice = alice.restart(config()).await;
    alice.knows(&bob);
    tokio::time::timeout(Duration::from_secs(30), async {
        bob.transport.arrived().await;
        while bob.transport.receive(Protocol::Signature).await.unwrap().is_empty() {
            alice
                .transport
                .send(bob.id(), Protocol::Signature, "all before are delivered".into())
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .unwrap();
    // Bob has stored them and is killed before he looked.
    let bob = bob.restart(config()).await;
    assert_eq!(bodies(&bob.messages(Protocol::Claim, 3).await), numbered(0..3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_puts_a_sender_off_until_it_is_read_and_others_come_through() {
    let small = Config { limits: Limits { inbox_per_sender: 2, ..limits() }, ..config() };
    let (alice, carol, bob) = (Party::new(1).await, Party::new(3).await, Party::with(2, small).await);
    alice.knows(&bob);
    carol.knows(&bob);
    for body in numbered(0..5) {
        alice.transport.send(bob.id(), Protocol::Claim, body).await.unwrap();
    }
    alice.transport.send(bob.id(), Protocol::Signature, "not held up".into()).await.unwrap();
    carol.transport.send(bob.id(), Protocol::Signature, "nor is she".into()).await.unwrap();
    let mut signatures = bodies(&bob.messages(Protocol::Signature, 2).await);
    signatures.sort();
    assert_eq!(signatures, ["nor is she", "not held up"]);
    let mut claims = Vec::new();
    while claims.len() < 5 {
        let taken = bob.transport.receive(Protocol::Claim).await.unwrap();
        assert!(taken.len() <= 2);
        claims.extend(taken);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bodies(&claims), numbered(0..5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_refused_and_one_at_it_arrives() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    let over = alice.transport.send(bob.id(), Protocol::Claim, bytes(1, MAX_MESSAGE_BYTES + 1)).await;
    assert!(matches!(over, Err(ExchangeError::TooLarge { what: "message", .. })));
    let largest = bytes(1, MAX_MESSAGE_BYTES);
    alice.transport.send(bob.id(), Protocol::Claim, largest.clone()).await.unwrap();
    assert_eq!(bob.messages(Protocol::Claim, 1).await[0].body, largest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_can_write_to_itself() {
    let alice = Party::new(1).await;
    alice.transport.send(alice.id(), Protocol::Claim, "note".into()).await.unwrap();
    assert_eq!(bodies(&alice.messages(Protocol::Claim, 1).await), ["note"]);
}
