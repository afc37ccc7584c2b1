//! An own relay, and the registry as the way to find peers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bithive_exchange::{Exchange, ExchangeError, PeerId, Protocol};
use bithive_transport::relay::{RelayLimits, RelayListen, RelayOptions, RelayServer};
use bithive_transport::{Admission, Config, Directory};

use super::world::{Party, bytes, config, echo, key, loopback};

/// The part of the registry that the transport sees.
#[derive(Default)]
struct Registry(Mutex<HashMap<PeerId, String>>);

#[async_trait]
impl Directory for Registry {
    async fn relay_of(&self, peer: PeerId) -> Result<Option<String>, String> {
        Ok(self.0.lock().unwrap().get(&peer).cloned())
    }
}

async fn relay(members: &[PeerId]) -> RelayServer {
    let members = members.to_vec();
    let admission: Admission = Arc::new(move |peer: PeerId| members.contains(&peer));
    let (listen, limits) = (RelayListen::Plain(loopback()), RelayLimits::default());
    let options = RelayOptions { listen, admission: Some(admission), client_rate: None, limits };
    RelayServer::start(options).await.unwrap()
}

/// No socket of its own: everything goes through the relay.
fn relayed(relay: &RelayServer, registry: &Arc<Registry>) -> Config {
    Config {
        listen: Some(Vec::new()),
        relays: vec![relay.url().parse().unwrap()],
        directory: Some(registry.clone()),
        ..config()
    }
}

async fn is_online(party: &Party) -> bool {
    tokio::time::timeout(Duration::from_secs(5), party.transport.online()).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_that_cant_reach_each_other_talk_through_the_relay_that_the_registry_names() {
    let relay = relay(&[key(1).id(), key(2).id()]).await;
    let registry = Arc::new(Registry::default());
    for party in [key(1).id(), key(2).id()] {
        registry.0.lock().unwrap().insert(party, relay.url());
    }
    let alice = Party::with(1, relayed(&relay, &registry)).await;
    let bob = Party::with(2, relayed(&relay, &registry)).await;
    assert!(is_online(&alice).await && is_online(&bob).await);
    assert!(alice.transport.listens_on().is_empty());
    echo(&bob).await;
    let answer = alice.transport.request(bob.id(), Protocol::Evaluate, "through".into()).await;
    assert_eq!(answer.unwrap(), "through");
    alice.transport.send(bob.id(), Protocol::Claim, "claim".into()).await.unwrap();
    assert_eq!(bob.messages(Protocol::Claim, 1).await[0].from, alice.id());
    let content = bytes(1, 3 << 20);
    let digest = alice.transport.publish(content.clone()).await.unwrap();
    assert!(bob.transport.fetch(digest, &[alice.id()], usize::MAX).await.unwrap() == content);
    relay.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_refuses_a_stranger() {
    let relay = relay(&[key(1).id()]).await;
    let registry = Arc::new(Registry::default());
    for party in [key(1).id(), key(3).id()] {
        registry.0.lock().unwrap().insert(party, relay.url());
    }
    let member = Party::with(1, relayed(&relay, &registry)).await;
    let stranger = Party::with(3, relayed(&relay, &registry)).await;
    assert!(is_online(&member).await);
    assert!(!is_online(&stranger).await);
    echo(&member).await;
    let answer = stranger.transport.request(member.id(), Protocol::Evaluate, "x".into()).await;
    assert!(matches!(answer, Err(ExchangeError::Unreachable { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_with_a_bad_certificate_or_key_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (certificates, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificates, "no certificate").unwrap();
    let listen = RelayListen::Tls {
        http: loopback(),
        https: loopback(),
        certificates: certificates.clone(),
        key,
        discovery: None,
    };
    let limits = RelayLimits::default();
    let refused =
        RelayServer::start(RelayOptions { listen, admission: None, client_rate: None, limits }).await;
    assert!(refused.err().unwrap().to_string().contains("chain.pem"));
}
