//! The local network: in memory and in a folder.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bithive_exchange::{
    EndpointKey, Exchange, ExchangeError, Kind, LocalNetwork, MAX_MESSAGE_BYTES, MAX_WAITING, Message,
    PeerId, Protocol, Service, Tap,
};
use bytes::Bytes;
use proptest::prelude::*;

const ANN: PeerId = PeerId([1; 32]);
const BEN: PeerId = PeerId([2; 32]);

/// Both kinds of network; the folder lives as long as the value.
fn networks() -> Vec<(LocalNetwork, Option<tempfile::TempDir>)> {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = LocalNetwork::at(folder.path()).unwrap();
    vec![(LocalNetwork::in_memory(), None), (in_folder, Some(folder))]
}

fn inbox(folder: &Path, peer: PeerId) -> PathBuf {
    folder.join("inbox").join(peer.to_string()).join("bithive-claim-1")
}

fn blob(folder: &Path, digest: &[u8; 32]) -> PathBuf {
    folder.join("blobs").join(hex::encode(digest))
}

async fn bodies(endpoint: &impl Exchange, protocol: Protocol) -> Vec<Bytes> {
    endpoint.receive(protocol).await.unwrap().into_iter().map(|message| message.body).collect()
}

/// Says back what it is asked, and by whom.
struct Echo;

#[async_trait]
impl Service for Echo {
    async fn answer(&self, _: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        if body.is_empty() { Err("nothing to say".into()) } else { Ok([&from.0, &body[..]].concat().into()) }
    }
}

/// Answers with more than an answer may have.
struct Flood;

#[async_trait]
impl Service for Flood {
    async fn answer(&self, _: Protocol, _: PeerId, _: Bytes) -> Result<Bytes, String> {
        Ok(vec![0; MAX_MESSAGE_BYTES + 1].into())
    }
}

#[tokio::test]
async fn messages_wait_until_they_are_discarded() {
    for (network, _folder) in networks() {
        let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
        for number in 0..3u8 {
            ann.send(BEN, Protocol::Claim, vec![number].into()).await.unwrap();
        }
        let waiting = ben.waiting(Protocol::Claim).await.unwrap();
        assert_eq!(ben.waiting(Protocol::Claim).await.unwrap(), waiting);
        // Another party's and another protocol's messages stay, whatever the receipts say.
        ann.discard(Protocol::Claim, &waiting).await.unwrap();
        ben.discard(Protocol::Signature, &waiting).await.unwrap();
        assert_eq!(ben.waiting(Protocol::Claim).await.unwrap(), waiting);
        ben.discard(Protocol::Claim, &waiting[..2]).await.unwrap();
        ben.discard(Protocol::Claim, &waiting[..2]).await.unwrap();
        assert_eq!(ben.waiting(Protocol::Claim).await.unwrap(), waiting[2..]);
    }
}

#[tokio::test]
async fn a_receipt_that_names_another_folder_removes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let network = LocalNetwork::at(folder.path()).unwrap();
    let ben = network.endpoint(BEN);
    network.endpoint(ANN).send(BEN, Protocol::Claim, vec![1].into()).await.unwrap();
    let kept = folder.path().join("kept");
    std::fs::write(&kept, "kept").unwrap();
    for receipt in ["../../../kept", kept.to_str().unwrap(), "", ".", ".."] {
        let message = Message { from: ANN, body: Bytes::new(), receipt: receipt.into() };
        ben.discard(Protocol::Claim, &[message]).await.unwrap();
    }
    assert!(kept.exists());
    assert_eq!(ben.waiting(Protocol::Claim).await.unwrap().len(), 1);
}

#[tokio::test]
async fn messages_arrive_in_order_for_each_peer_and_protocol_and_once() {
    for (network, _folder) in networks() {
        let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
        for number in 0..20u8 {
            ann.send(BEN, Protocol::Claim, vec![number].into()).await.unwrap();
            ann.send(BEN, Protocol::Signature, vec![100 + number].into()).await.unwrap();
            ann.send(ANN, Protocol::Claim, vec![200 + number].into()).await.unwrap();
        }
        let expected = |first: u8| (first..first + 20).map(|n| Bytes::from(vec![n])).collect::<Vec<_>>();
        let claims = ben.receive(Protocol::Claim).await.unwrap();
        assert!(claims.iter().all(|message| message.from == ANN));
        assert_eq!(claims.into_iter().map(|message| message.body).collect::<Vec<_>>(), expected(0));
        assert_eq!(bodies(&ben, Protocol::Signature).await, expected(100));
        assert_eq!(bodies(&ann, Protocol::Claim).await, expected(200));
        assert!(bodies(&ben, Protocol::Claim).await.is_empty());
    }
}

#[tokio::test]
async fn a_receiver_is_woken_by_a_message_that_came_before_it_waited() {
    for (network, _folder) in networks() {
        network.endpoint(ANN).send(BEN, Protocol::Claim, Bytes::from_static(b"x")).await.unwrap();
        network.endpoint(BEN).arrived().await;
        assert_eq!(bodies(&network.endpoint(BEN), Protocol::Claim).await.len(), 1);
    }
}

#[tokio::test]
async fn messages_and_content_outlast_the_process_that_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    let digest = {
        let ann = LocalNetwork::at(folder.path()).unwrap().endpoint(ANN);
        ann.send(BEN, Protocol::Claim, Bytes::from_static(b"first")).await.unwrap();
        ann.publish(Bytes::from_static(b"content")).await.unwrap()
    };
    let (other, reader) =
        (LocalNetwork::at(folder.path()).unwrap(), LocalNetwork::at(folder.path()).unwrap());
    other.endpoint(ANN).send(BEN, Protocol::Claim, Bytes::from_static(b"second")).await.unwrap();
    assert_eq!(bodies(&reader.endpoint(BEN), Protocol::Claim).await, ["first", "second"]);
    assert!(bodies(&other.endpoint(BEN), Protocol::Claim).await.is_empty(), "another process took them");
    assert_eq!(reader.endpoint(BEN).fetch(digest, &[ANN], 7).await.unwrap(), "content");
}

#[tokio::test]
async fn an_answer_comes_from_the_peer_that_was_asked_and_names_the_asker() {
    for (network, _folder) in networks() {
        let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
        ben.serve(Protocol::Evaluate, Arc::new(Echo));
        let answer = ann.request(BEN, Protocol::Evaluate, Bytes::from_static(b"hello")).await.unwrap();
        assert_eq!(answer, [&ANN.0[..], b"hello"].concat());
        let refused = ann.request(BEN, Protocol::Evaluate, Bytes::new()).await;
        assert!(
            matches!(refused, Err(ExchangeError::Refused { peer: BEN, reason }) if reason == "nothing to say")
        );
    }
}

#[tokio::test]
async fn a_peer_that_does_not_serve_the_protocol_is_unreachable() {
    let network = LocalNetwork::in_memory();
    network.endpoint(BEN).serve(Protocol::Evaluate, Arc::new(Echo));
    let ann = network.endpoint(ANN);
    for (peer, protocol) in [(BEN, Protocol::ShareKeys), (ANN, Protocol::Evaluate)] {
        let asked = ann.request(peer, protocol, Bytes::from_static(b"x")).await;
        assert!(
            matches!(asked, Err(ExchangeError::Unreachable { peer: p, protocol: name }) if p == peer && name == protocol.name())
        );
    }
}

#[tokio::test]
async fn requests_answers_and_messages_over_the_limit_are_refused() {
    for (network, _folder) in networks() {
        let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
        ben.serve(Protocol::Evaluate, Arc::new(Flood));
        let too_large = |what: &str, error: ExchangeError| matches!(error, ExchangeError::TooLarge { what: w, found, limit } if w == what && found == limit + 1);
        let long = Bytes::from(vec![0; MAX_MESSAGE_BYTES + 1]);
        let sent = ann.send(BEN, Protocol::Claim, long.clone()).await.unwrap_err();
        assert!(too_large("message", sent));
        assert!(too_large("request", ann.request(BEN, Protocol::Evaluate, long).await.unwrap_err()));
        assert!(too_large("response", ann.request(BEN, Protocol::Evaluate, Bytes::new()).await.unwrap_err()));
        assert!(bodies(&ben, Protocol::Claim).await.is_empty());
        ann.send(BEN, Protocol::Claim, vec![7; MAX_MESSAGE_BYTES].into()).await.unwrap();
        assert_eq!(bodies(&ben, Protocol::Claim).await[0].len(), MAX_MESSAGE_BYTES);
    }
}

#[tokio::test]
async fn a_full_inbox_takes_no_more_until_it_is_read() {
    let network = LocalNetwork::in_memory();
    let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
    for _ in 0..MAX_WAITING {
        ann.send(BEN, Protocol::Claim, Bytes::new()).await.unwrap();
    }
    let refused = ann.send(BEN, Protocol::Claim, Bytes::new()).await;
    assert!(matches!(refused, Err(ExchangeError::Full { peer: BEN, limit: MAX_WAITING })));
    ann.send(BEN, Protocol::Signature, Bytes::new()).await.unwrap();
    assert_eq!(bodies(&ben, Protocol::Claim).await.len(), MAX_WAITING);
    ann.send(BEN, Protocol::Claim, Bytes::new()).await.unwrap();
}

#[tokio::test]
async fn a_full_inbox_in_a_folder_takes_no_more_until_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let ann = LocalNetwork::at(folder.path()).unwrap().endpoint(ANN);
    ann.send(BEN, Protocol::Claim, Bytes::new()).await.unwrap();
    // What is still being written does not count.
    std::fs::write(inbox(folder.path(), BEN).join("half.tmp"), b"").unwrap();
    for number in 1..MAX_WAITING {
        std::fs::write(inbox(folder.path(), BEN).join(format!("{number:04}")), [0; 32]).unwrap();
    }
    let refused = ann.send(BEN, Protocol::Claim, Bytes::new()).await;
    assert!(matches!(refused, Err(ExchangeError::Full { peer: BEN, limit: MAX_WAITING })));
    let ben = LocalNetwork::at(folder.path()).unwrap().endpoint(BEN);
    assert_eq!(bodies(&ben, Protocol::Claim).await.len(), MAX_WAITING);
    ann.send(BEN, Protocol::Claim, Bytes::new()).await.unwrap();
}

#[tokio::test]
async fn content_is_named_by_its_digest_and_fetched_up_to_the_limit() {
    for (network, _folder) in networks() {
        let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
        let digest = ann.publish(Bytes::from_static(b"0123456789")).await.unwrap();
        assert_eq!(digest, *blake3::hash(b"0123456789").as_bytes());
        assert_eq!(ben.fetch(digest, &[ANN], 10).await.unwrap(), "0123456789");
        let over = ben.fetch(digest, &[ANN], 9).await;
        assert!(matches!(over, Err(ExchangeError::TooLarge { what: "content", found: 10, limit: 9 })));
        let missing = ben.fetch([9; 32], &[ANN, BEN], 10).await;
        assert!(
            matches!(missing, Err(ExchangeError::NotFound { digest, asked: 2 }) if digest == "09".repeat(32))
        );
    }
}

#[tokio::test]
async fn damaged_content_is_refused_until_it_is_published_again() {
    let folder = tempfile::tempdir().unwrap();
    let network = LocalNetwork::at(folder.path()).unwrap();
    let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
    let digest = ann.publish(Bytes::from_static(b"content")).await.unwrap();
    for damage in [&b"another"[..], b"cont", b""] {
        std::fs::write(blob(folder.path(), &digest), damage).unwrap();
        let fetched = ben.fetch(digest, &[ANN], 100).await;
        assert!(
            matches!(fetched, Err(ExchangeError::Damaged { digest: named }) if named == hex::encode(digest))
        );
    }
    ann.publish(Bytes::from_static(b"content")).await.unwrap();
    assert_eq!(ben.fetch(digest, &[ANN], 100).await.unwrap(), "content");
}

#[tokio::test]
async fn opened_content_streams_and_its_digest_is_the_readers_to_check() {
    for (network, folder) in networks() {
        let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
        let digest = ann.publish(Bytes::from_static(b"content")).await.unwrap();
        let mut read = String::new();
        ben.open(digest, &[ANN], 7).await.unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "content");
        let larger = ben.open(digest, &[ANN], 6).await.err();
        assert!(matches!(larger, Some(ExchangeError::TooLarge { found: 7, limit: 6, .. })));
        let missing = ben.open([9; 32], &[ANN], 7).await.err();
        assert!(matches!(missing, Some(ExchangeError::NotFound { asked: 1, .. })));
        if let Some(folder) = folder {
            std::fs::write(blob(folder.path(), &digest), b"another").unwrap();
            let mut read = Vec::new();
            ben.open(digest, &[ANN], 7).await.unwrap().read_to_end(&mut read).unwrap();
            assert_ne!(blake3::hash(&read).as_bytes(), &digest);
        }
    }
}

#[tokio::test]
async fn what_a_killed_process_left_half_written_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let network = LocalNetwork::at(folder.path()).unwrap();
    network.endpoint(ANN).send(BEN, Protocol::Claim, Bytes::from_static(b"whole")).await.unwrap();
    let half = inbox(folder.path(), BEN).join("0000.1.tmp");
    std::fs::write(&half, [1; 40]).unwrap();
    let digest = *blake3::hash(b"content").as_bytes();
    std::fs::write(blob(folder.path(), &digest).with_extension("1.tmp"), b"cont").unwrap();
    let ben = network.endpoint(BEN);
    assert_eq!(bodies(&ben, Protocol::Claim).await, ["whole"]);
    assert!(matches!(ben.fetch(digest, &[ANN], 10).await, Err(ExchangeError::NotFound { .. })));
    assert!(half.exists(), "another process may be writing it");
}

#[tokio::test]
async fn a_folder_or_a_giant_in_an_inbox_loses_no_message() {
    let folder = tempfile::tempdir().unwrap();
    let network = LocalNetwork::at(folder.path()).unwrap();
    network.endpoint(ANN).send(BEN, Protocol::Claim, Bytes::from_static(b"one")).await.unwrap();
    std::fs::create_dir(inbox(folder.path(), BEN).join("zz")).unwrap();
    std::fs::write(inbox(folder.path(), BEN).join("0000"), vec![1; MAX_MESSAGE_BYTES + 33]).unwrap();
    network.endpoint(ANN).send(BEN, Protocol::Claim, Bytes::from_static(b"two")).await.unwrap();
    let ben = network.endpoint(BEN);
    assert_eq!(bodies(&ben, Protocol::Claim).await, ["one", "two"]);
    assert!(!inbox(folder.path(), BEN).join("0000").exists());
    assert!(bodies(&ben, Protocol::Claim).await.is_empty());
}

#[tokio::test]
async fn many_tasks_can_publish_the_same_content_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let network = LocalNetwork::at(folder.path()).unwrap();
    let content = Bytes::from(vec![5; 100_000]);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (endpoint, content) = (network.endpoint(ANN), content.clone());
        tasks.spawn(async move { endpoint.publish(content).await });
    }
    for digest in tasks.join_all().await {
        assert_eq!(digest.unwrap(), *blake3::hash(&content).as_bytes());
    }
}

#[tokio::test]
async fn a_tap_records_what_reached_whom_and_nothing_that_did_not() {
    let tap = Tap::default();
    let network = LocalNetwork::tapped(tap.clone());
    let (ann, ben) = (network.endpoint(ANN), network.endpoint(BEN));
    ben.serve(Protocol::Evaluate, Arc::new(Echo));
    ann.send(BEN, Protocol::Claim, Bytes::from_static(b"claim")).await.unwrap();
    ann.request(BEN, Protocol::Evaluate, Bytes::from_static(b"ask")).await.unwrap();
    let digest = ann.publish(Bytes::from_static(b"blob")).await.unwrap();
    ben.fetch(digest, &[ANN], 4).await.unwrap();
    // Refused by the peer: it saw the question, no answer came back.
    ann.request(BEN, Protocol::Evaluate, Bytes::new()).await.unwrap_err();
    // Not there, over the limit, nobody to answer: nothing was delivered.
    ben.fetch([0; 32], &[ANN], 4).await.unwrap_err();
    ben.fetch(digest, &[ANN], 3).await.unwrap_err();
    ben.request(ANN, Protocol::Evaluate, Bytes::new()).await.unwrap_err();
    let seen: Vec<_> =
        tap.deliveries().into_iter().map(|seen| (seen.to, seen.from, seen.kind, seen.body)).collect();
    let answer = Bytes::from([&ANN.0[..], b"ask"].concat());
    assert_eq!(
        seen,
        [
            (BEN, Some(ANN), Kind::Message(Protocol::Claim), Bytes::from_static(b"claim")),
            (BEN, Some(ANN), Kind::Request(Protocol::Evaluate), Bytes::from_static(b"ask")),
            (ANN, Some(BEN), Kind::Response(Protocol::Evaluate), answer),
            (BEN, None, Kind::Content, Bytes::from_static(b"blob")),
            (BEN, Some(ANN), Kind::Request(Protocol::Evaluate), Bytes::new()),
        ]
    );
}

#[test]
fn an_endpoint_key_is_what_was_stored() {
    use rand_chacha::rand_core::SeedableRng;
    let key = EndpointKey::generate(&mut rand_chacha::ChaCha20Rng::seed_from_u64(1));
    assert_eq!(EndpointKey::from_bytes(&key.to_bytes()).id(), key.id());
    assert_eq!(format!("{:?}", key.id()), format!("PeerId({})", hex::encode(key.id().0)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_in_an_inbox_is_read_as_messages_or_removed(
        files in prop::collection::btree_map("[a-z0-9]{1,12}(\\.tmp)?", prop::collection::vec(any::<u8>(), 0..80), 0..8)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let network = LocalNetwork::at(folder.path()).unwrap();
        let inbox = inbox(folder.path(), BEN);
        std::fs::create_dir_all(&inbox).unwrap();
        for (name, bytes) in &files {
            std::fs::write(inbox.join(name), bytes).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let messages = runtime.block_on(network.endpoint(BEN).receive(Protocol::Claim)).unwrap();
        let whole = files.iter().filter(|(name, _)| !name.ends_with(".tmp"));
        let expected: Vec<&Vec<u8>> = whole.map(|(_, bytes)| bytes).filter(|bytes| bytes.len() >= 32).collect();
        prop_assert_eq!(messages.len(), expected.len());
        for (message, bytes) in messages.iter().zip(expected) {
            prop_assert_eq!(&message.from.0[..], &bytes[..32]);
            prop_assert_eq!(&message.body[..], &bytes[32..]);
        }
        let left = std::fs::read_dir(&inbox).unwrap().count();
        prop_assert_eq!(left, files.keys().filter(|name| name.ends_with(".tmp")).count());
    }
}
