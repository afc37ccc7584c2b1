//! Sessions with endpoints on the network: real QUIC on loopback, with mail that outlasts the process.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bithive_chain::Chain as _;
use bithive_exchange::{EndpointKey, Exchange as _, LocalNetwork, PeerId, Protocol};
use bithive_local::{Groups, Local};
use bithive_page::{Node, Page, PageOptions};
use bithive_transport::{Config, Transport};
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::client::{GENEROUS, ask, until};
use crate::setup::{session, tokens};

const INBOX: &str = "/x/inbox?protocol=bithive/claim/1";

fn key(seed: u8) -> EndpointKey {
    EndpointKey::from_bytes(&[seed; 32])
}

async fn endpoint(seed: u8, folder: &Path, peers: Vec<(PeerId, Vec<SocketAddr>)>) -> Transport {
    let listen = Some(vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
    Transport::start(&key(seed), folder, Config { listen, peers, ..Config::default() }).await.unwrap()
}

async fn page(local: &Local, transport: &Transport, spool: &Path) -> (Page, String) {
    let info = local.chain.info().await.unwrap();
    let node = Node::Embedded(local.chain.clone());
    let mut options = PageOptions::new(node, info, local.client.deployment().clone(), spool);
    options.sessions = vec![session("main", Arc::new(transport.clone()))];
    let (page, _) = Page::start(options).await.unwrap();
    let token = tokens(&page).remove(0);
    (page, token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_from_a_native_party_waits_over_a_restart_and_an_old_token_does_not_open_it() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let local =
        Local::in_memory(Groups::new(1, 4).unwrap(), LocalNetwork::in_memory(), &mut rng).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let native = endpoint(9, &at("native"), vec![]).await;
    let known = vec![(key(9).id(), native.listens_on())];

    let transport = endpoint(1, &at("session"), known.clone()).await;
    native.add_peer(key(1).id(), &transport.listens_on()).unwrap();
    let (page_1, token) = page(&local, &transport, &at("spool")).await;
    let mut events = ask(page_1.address(), "GET", "/x/events").token(&token).open().await;
    let mut seen = String::new();
    until(&mut events, &mut seen, "event: mail", 1).await;
    let heard = seen.matches("event: mail").count();
    native.send(key(1).id(), Protocol::Claim, Bytes::from_static(b"sealed")).await.unwrap();
    until(&mut events, &mut seen, "event: mail", heard + 1).await;
    let waiting = ask(page_1.address(), "GET", INBOX).token(&token).send().await.json();
    assert_eq!(waiting["messages"][0]["from"], key(9).id().to_string());
    // To somebody who is not there: it is the server's to deliver, also after its end.
    let path = format!("/x/send?to={}&protocol=bithive/claim/1", key(5).id());
    assert_eq!(ask(page_1.address(), "POST", &path).token(&token).body("later").send().await.status, 202);
    let content = vec![7; 200_000];
    let blob = format!("/x/blobs/{}", blake3::hash(&content).to_hex());
    let put = ask(page_1.address(), "PUT", &blob).token(&token).body(content.clone()).send().await;
    assert_eq!(put.status, 201, "{}", put.text());
    let digest = *blake3::hash(&content).as_bytes();
    let fetched = native.fetch(digest, &[key(1).id()], content.len()).await.unwrap();
    assert_eq!(fetched, content);
    drop(events);
    page_1.stop().await;
    transport.close().await;
    drop(transport);

    let transport = endpoint(1, &at("session"), known).await;
    let (page_2, fresh) = page(&local, &transport, &at("spool")).await;
    assert_eq!(ask(page_2.address(), "GET", INBOX).token(&token).send().await.status, 401);
    let again = ask(page_2.address(), "GET", INBOX).token(&fresh).send().await.json();
    assert_eq!(again["messages"], waiting["messages"]);
    assert_eq!(ask(page_2.address(), "GET", &blob).token(&fresh).send().await.body, content);
    // The one who was not there comes, and gets what was sent before the restart.
    let late = endpoint(5, &at("late"), vec![(key(1).id(), transport.listens_on())]).await;
    transport.add_peer(key(5).id(), &late.listens_on()).unwrap();
    let delivered = async {
        while late.waiting(Protocol::Claim).await.unwrap().is_empty() {
            late.arrived().await;
        }
    };
    tokio::time::timeout(GENEROUS, delivered).await.expect("it is delivered");
    page_2.stop().await;
    for end in [transport, native, late] {
        end.close().await;
    }
}
