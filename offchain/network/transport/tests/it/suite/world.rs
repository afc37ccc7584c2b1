//! Endpoints on loopback, and services for them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bithive_exchange::{EndpointKey, Exchange, Message, PeerId, Protocol, Service};
use bithive_transport::{Config, Limits, Transport};
use bytes::Bytes;
use tempfile::TempDir;

/// An endpoint and its folder.
pub(crate) struct Party {
    pub(crate) key: EndpointKey,
    pub(crate) folder: TempDir,
    pub(crate) transport: Transport,
}

pub(crate) fn key(seed: u8) -> EndpointKey {
    EndpointKey::from_bytes(&[seed; 32])
}

/// Short waits, so that what fails does so soon.
pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(3),
        frame: Duration::from_secs(10),
        answer: Duration::from_secs(10),
        retry: Duration::from_secs(1),
        ..Limits::default()
    }
}

pub(crate) fn config() -> Config {
    Config { listen: Some(vec![loopback()]), limits: limits(), ..Config::default() }
}

pub(crate) fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

pub(crate) fn rng(seed: u64) -> rand_chacha::ChaCha20Rng {
    rand_core::SeedableRng::seed_from_u64(seed)
}

pub(crate) fn bytes(seed: u64, length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    rand_core::Rng::fill_bytes(&mut rng(seed), &mut bytes);
    bytes.into()
}

/// Starts in a folder whose last owner may be just about to let go of it.
pub(crate) async fn start(key: &EndpointKey, folder: &Path, config: Config) -> Transport {
    for _ in 0..100 {
        match Transport::start(key, folder, config.clone()).await {
            Ok(transport) => return transport,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Transport::start(key, folder, config).await.unwrap()
}

impl Party {
    pub(crate) async fn with(seed: u8, config: Config) -> Self {
        let (key, folder) = (key(seed), tempfile::tempdir().unwrap());
        let transport = start(&key, folder.path(), config).await;
        Self { key, folder, transport }
    }

    pub(crate) async fn new(seed: u8) -> Self {
        Self::with(seed, config()).await
    }

    pub(crate) fn id(&self) -> PeerId {
        self.key.id()
    }

    pub(crate) fn knows(&self, other: &Party) -> &Self {
        self.transport.add_peer(other.id(), &other.transport.listens_on()).unwrap();
        self
    }

    /// Ends without a word to anybody, and starts again at another port.
    pub(crate) async fn restart(mut self, config: Config) -> Self {
        drop(std::mem::replace(&mut self.transport, {
            let spare = tempfile::tempdir().unwrap();
            start(&self.key, spare.path(), super::world::config()).await
        }));
        self.transport = start(&self.key, self.folder.path(), config).await;
        self
    }

    /// Waits for as many messages.
    pub(crate) async fn messages(&self, protocol: Protocol, count: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let arrived = tokio::time::timeout(Duration::from_secs(30), self.transport.arrived()).await;
            arrived.expect("messages arrive");
            messages.extend(self.transport.receive(protocol).await.unwrap());
        }
        messages
    }
}

/// Answers with the request, and counts.
#[derive(Default)]
pub(crate) struct Echo(pub(crate) AtomicUsize);

#[async_trait]
impl Service for Echo {
    async fn answer(&self, _: Protocol, _: PeerId, body: Bytes) -> Result<Bytes, String> {
        self.0.fetch_add(1, Ordering::SeqCst);
        if body == "no" { Err("it said no".into()) } else { Ok(body) }
    }
}

/// Answers with who asked.
pub(crate) struct Mirror;

#[async_trait]
impl Service for Mirror {
    async fn answer(&self, _: Protocol, from: PeerId, _: Bytes) -> Result<Bytes, String> {
        Ok(Bytes::copy_from_slice(&from.0))
    }
}

pub(crate) async fn echo(party: &Party) -> Arc<Echo> {
    let echo = Arc::new(Echo::default());
    party.transport.serve(Protocol::Evaluate, echo.clone());
    echo
}
