//! Hosts in a laboratory, endpoints on them, and what they say to each other.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bithive_exchange::{EndpointKey, Exchange, PeerId, Protocol, Service};
use bithive_netlab::{Duplex, Lab, Namespace, NatConfig, NatKind, Side};
use bithive_transport::{Config, Directory, Limits, Transport};
use bytes::Bytes;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A laboratory, or a line that says why there is none: the test's own output would be kept from whoever runs it.
pub(crate) fn lab(sides: &[Side]) -> Option<Lab> {
    match Lab::create(sides, 1) {
        Ok(lab) => Some(lab),
        Err(error) if error.is_missing() => {
            skipped(&error.to_string());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn skipped(why: &str) {
    let _ = std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

pub(crate) fn side(name: &str, nat: Option<NatKind>, link: &str) -> Side {
    Side { name: name.into(), nat: nat.map(NatConfig::new), link: Duplex::parse(link).unwrap() }
}

/// Runs what belongs to one host: every thread is in its namespace.
pub(crate) struct Host(Runtime);

impl Host {
    pub(crate) fn new(namespace: Option<Namespace>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .on_thread_start(move || namespace.iter().for_each(|namespace| namespace.enter().unwrap()))
            .build();
        Self(runtime.unwrap())
    }

    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.0.spawn(work)
    }

    pub(crate) fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        // Only the handle is waited for on this thread; the work is done on the host's own.
        self.0.block_on(self.spawn(work)).unwrap()
    }
}

/// An endpoint on a host. It answers [`Protocol::Evaluate`] with the request.
pub(crate) struct Party {
    pub(crate) host: Host,
    pub(crate) transport: Transport,
    key: EndpointKey,
    _folder: TempDir,
}

struct Echo;

#[async_trait]
impl Service for Echo {
    async fn answer(&self, _: Protocol, _: PeerId, body: Bytes) -> Result<Bytes, String> {
        Ok(body)
    }
}

impl Party {
    pub(crate) fn new(seed: u8, namespace: Option<Namespace>, config: Config) -> Self {
        let (host, folder) = (Host::new(namespace), tempfile::tempdir().unwrap());
        let path = folder.path().to_owned();
        let key = EndpointKey::from_bytes(&[seed; 32]);
        let transport = host
            .run(async move { Transport::start(&EndpointKey::from_bytes(&[seed; 32]), &path, config).await })
            .unwrap();
        transport.serve(Protocol::Evaluate, Arc::new(Echo));
        Self { host, transport, key, _folder: folder }
    }

    pub(crate) fn id(&self) -> PeerId {
        self.key.id()
    }

    /// Whether a relay is connected soon.
    pub(crate) fn is_online(&self) -> bool {
        let transport = self.transport.clone();
        let online =
            async move { tokio::time::timeout(Duration::from_secs(5), transport.online()).await.is_ok() };
        self.host.run(online)
    }

    /// Whether the other one answers.
    pub(crate) fn asks(&self, other: PeerId) -> bool {
        let transport = self.transport.clone();
        let answer =
            self.host.run(async move { transport.request(other, Protocol::Evaluate, "hello".into()).await });
        answer.is_ok_and(|answer| answer == "hello")
    }

    pub(crate) fn publish(&self, content: Bytes) -> bithive_exchange::Digest {
        let transport = self.transport.clone();
        self.host.run(async move { transport.publish(content).await }).unwrap()
    }

    /// Fetches; the answer is to be waited for.
    pub(crate) fn fetch(
        &self,
        digest: bithive_exchange::Digest,
        from: PeerId,
    ) -> tokio::task::JoinHandle<Result<Bytes, bithive_exchange::ExchangeError>> {
        let transport = self.transport.clone();
        self.host.spawn(async move { transport.fetch(digest, &[from], usize::MAX).await })
    }

    pub(crate) fn wait<T>(&self, handle: tokio::task::JoinHandle<T>) -> T {
        self.host.0.block_on(handle).unwrap()
    }
}

/// Everybody is reached through one relay.
pub(crate) struct OneRelay(pub(crate) String);

#[async_trait]
impl Directory for OneRelay {
    async fn relay_of(&self, _: PeerId) -> Result<Option<String>, String> {
        Ok(Some(self.0.clone()))
    }
}

pub(crate) fn limits() -> Limits {
    Limits { connect: Duration::from_secs(5), retry: Duration::from_secs(1), ..Limits::default() }
}

pub(crate) fn bytes(seed: u64, length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    let mut rng: rand_chacha::ChaCha20Rng = rand_core::SeedableRng::seed_from_u64(seed);
    rand_core::Rng::fill_bytes(&mut rng, &mut bytes);
    bytes.into()
}
