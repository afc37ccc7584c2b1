use std::sync::Arc;
use std::sync::atomic::Ordering;

use bithive_exchange::{Exchange, ExchangeError, MAX_MESSAGE_BYTES, Protocol};
use bytes::Bytes;

use super::world::{Mirror, Party, bytes, echo};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_up_to_the_limit() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    echo(&bob).await;
    for length in [0, 1, 1000, MAX_MESSAGE_BYTES] {
        let body = bytes(1, length);
        let answer = alice.transport.request(bob.id(), Protocol::Evaluate, body.clone()).await.unwrap();
        assert_eq!(answer, body);
    }
    let over = alice.transport.request(bob.id(), Protocol::Evaluate, bytes(1, MAX_MESSAGE_BYTES + 1)).await;
    assert!(matches!(over, Err(ExchangeError::TooLarge { what: "request", .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_learns_who_asked() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    bob.transport.serve(Protocol::ShareKeys, Arc::new(Mirror));
    let answer = alice.transport.request(bob.id(), Protocol::ShareKeys, Bytes::new()).await.unwrap();
    assert_eq!(answer.as_ref(), alice.id().0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_share_one_connection() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    let echo = echo(&bob).await;
    let ask = |index: u32| {
        alice.transport.request(bob.id(), Protocol::Evaluate, index.to_be_bytes().to_vec().into())
    };
    for (index, answer) in (0u32..).zip(futures::future::join_all((0..500).map(ask)).await) {
        assert_eq!(answer.unwrap().as_ref(), index.to_be_bytes());
    }
    assert_eq!(echo.0.load(Ordering::SeqCst), 500);
    assert_eq!((alice.transport.connections(), bob.transport.connections()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_was_called_can_call_back_without_an_address() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    echo(&alice).await;
    echo(&bob).await;
    alice.transport.request(bob.id(), Protocol::Evaluate, Bytes::new()).await.unwrap();
    let answer = bob.transport.request(alice.id(), Protocol::Evaluate, "back".into()).await.unwrap();
    assert_eq!(answer, "back");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_missing_services_are_told_apart() {
    let (alice, bob) = (Party::new(1).await, Party::new(2).await);
    alice.knows(&bob);
    echo(&bob).await;
    let refused = alice.transport.request(bob.id(), Protocol::Evaluate, "no".into()).await;
    assert!(matches!(refused, Err(ExchangeError::Refused { reason, .. }) if reason == "it said no"));
    let unserved = alice.transport.request(bob.id(), Protocol::ShareKeys, "no".into()).await;
    assert!(matches!(unserved, Err(ExchangeError::Unreachable { .. })));
    let unknown = alice.transport.request(Party::new(3).await.id(), Protocol::Evaluate, "x".into()).await;
    assert!(matches!(unknown, Err(ExchangeError::Unreachable { .. })));
}
