//! An endpoint on the network: its socket, connections, and the calls it makes.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bithive_exchange::{EndpointKey, PeerId, Protocol, Service};
use bytes::Bytes;
use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::{QuicTransportConfig, VarInt, presets};
use iroh::{EndpointAddr, EndpointId, RelayMode, RelayUrl, SecretKey};
use iroh_relay::tls::CaTlsConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::blobs::store::Store;
use crate::blobs::uplink::Uplink;
use crate::budget::{Budget, LULL, Share};
use crate::complaints::Complaints;
use crate::config::{Admission, Config, Limits};
use crate::error::TransportError;
use crate::gossip::Gossip;
use crate::links::{Link, Links, RECEIVE_WINDOW};
use crate::lookup::CachedDirectory;
use crate::mailbox::Mailbox;
use crate::wire::{self, ALPN, Kind, Status, WireError};
use crate::{outbox, serve};

/// How often expired content is looked for.
const SWEEP: Duration = Duration::from_secs(3600);
/// Until a peer that says nothing counts as gone, and how often an open connection says something.
const SILENCE: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(3);

/// How long an answer may be on its way while others wait for its memory. How much of it has arrived is not known
/// before all of it has.
const READING: Duration = Duration::from_secs(10);

/// Everything that tasks of an endpoint share.
pub(crate) struct Inner {
    pub(crate) id: PeerId,
    pub(crate) signing: ed25519_dalek::SigningKey,
    pub(crate) endpoint: iroh::Endpoint,
    pub(crate) limits: Limits,
    pub(crate) admission: Option<Admission>,
    pub(crate) links: Links,
    /// Requests of everybody that are worked on.
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) incoming: Budget,
    pub(crate) outgoing: Budget,
    /// Bytes of answers to this end on their way in.
    responses: Budget,
    pub(crate) services: Mutex<std::collections::HashMap<Protocol, Arc<dyn Service>>>,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) arrivals: Notify,
    pub(crate) workers: outbox::Workers,
    pub(crate) store: Arc<Store>,
    pub(crate) uplink: Uplink,
    pub(crate) fetching: crate::blobs::fetch::Fetching,
    pub(crate) gossip: std::sync::OnceLock<Arc<Gossip>>,
    tasks: Mutex<JoinSet<()>>,
    pub(crate) complaints: Complaints,
    book: MemoryLookup,
}

/// Why a call got no response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no connection: {0}")]
    Connect(String),
    #[error("no answer in time")]
    Timeout,
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// One party's endpoint on the network. Clones share it; it stops with the last of them, or by
/// [`Transport::close`].
#[derive(Clone)]
pub struct Transport {
    pub(crate) inner: Arc<Inner>,
    _stop: Arc<Stop>,
}

struct Stop(Arc<Inner>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.stop_tasks();
    }
}

impl Transport {
    /// Starts an endpoint with this key. `folder` holds its messages and content, and belongs to it alone.
    ///
    /// # Errors
    /// [`TransportError`].
    pub async fn start(key: &EndpointKey, folder: &Path, config: Config) -> Result<Self, TransportError> {
        std::fs::create_dir_all(folder)?;
        let mut limits = config.limits.clone();
        limits.incoming_bytes = limits.incoming_bytes.max(wire::MAX_FRAME_BYTES);
        limits.outgoing_bytes = limits.outgoing_bytes.max(wire::MAX_FRAME_BYTES);
        let mailbox = Mailbox::open(&folder.join("messages.redb"), &limits)?;
        let store = Arc::new(Store::open(folder, limits.blob_bytes, limits.blob_lifetime)?);
        let book = MemoryLookup::with_provenance("bithive-book");
        let endpoint = bind(key, &config, &limits, &book).await?;
        let inner = Arc::new(Inner {
            id: key.id(),
            signing: ed25519_dalek::SigningKey::from_bytes(&key.to_bytes()),
            endpoint,
            admission: config.admission,
            links: Links::default(),
            requests: Arc::new(Semaphore::new(limits.requests.max(1))),
            incoming: Budget::contended(limits.incoming_bytes, LULL),
            outgoing: Budget::contended(limits.outgoing_bytes, READING),
            responses: Budget::new(limits.incoming_bytes),
            services: Mutex::default(),
            mailbox,
            arrivals: Notify::new(),
            workers: outbox::Workers::default(),
            store,
            uplink: Uplink::new(limits.upload),
            fetching: crate::blobs::fetch::Fetching::default(),
            gossip: std::sync::OnceLock::new(),
            tasks: Mutex::default(),
            complaints: Complaints::default(),
            book,
            limits,
        });
        let transport = Self { _stop: Arc::new(Stop(inner.clone())), inner };
        for (peer, addresses) in &config.peers {
            transport.add_peer(*peer, addresses)?;
        }
        transport.inner.spawn(serve::accept(transport.inner.clone()));
        transport.inner.spawn(sweep(transport.inner.clone()));
        for peer in transport.inner.mailbox.addressees() {
            outbox::deliver(&transport.inner, peer);
        }
        // What waited when the process ended can be received at once.
        transport.inner.arrivals.notify_one();
        Ok(transport)
    }

    /// Remembers addresses of a peer, in addition to those known.
    ///
    /// # Errors
    /// [`TransportError::Peer`].
    pub fn add_peer(&self, peer: PeerId, addresses: &[SocketAddr]) -> Result<(), TransportError> {
        let id = endpoint_id(peer).ok_or(TransportError::Peer { peer })?;
        let address = addresses.iter().fold(EndpointAddr::new(id), |all, one| all.with_ip_addr(*one));
        self.inner.book.add_endpoint_info(address);
        outbox::wake(&self.inner, peer);
        Ok(())
    }

    /// Remembers the relay a peer can be reached through.
    ///
    /// # Errors
    /// [`TransportError::Peer`], [`TransportError::Relay`].
    pub fn add_relay(&self, peer: PeerId, relay: &str) -> Result<(), TransportError> {
        let id = endpoint_id(peer).ok_or(TransportError::Peer { peer })?;
        self.inner.book.add_endpoint_info(EndpointAddr::new(id).with_relay_url(relay_url(relay)?));
        outbox::wake(&self.inner, peer);
        Ok(())
    }

    /// Forgets the addresses of a peer.
    pub fn forget_peer(&self, peer: PeerId) {
        if let Some(id) = endpoint_id(peer) {
            self.inner.book.remove_endpoint_info(id);
        }
    }

    /// The sockets this endpoint listens on.
    #[must_use]
    pub fn listens_on(&self) -> Vec<SocketAddr> {
        self.inner.endpoint.bound_sockets()
    }

    /// Returns once a relay is connected; never, if there is none.
    pub async fn online(&self) {
        self.inner.endpoint.online().await;
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.inner.links.count()
    }

    /// Stops, and tells the peers so. What waits in the outbox is delivered by the next process.
    pub async fn close(&self) {
        self.inner.links.close();
        // A service that holds this endpoint would keep it, and be kept by it, for ever.
        self.inner.services.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let tasks = self.inner.stop_tasks();
        let _ = timeout(Duration::from_secs(3), self.inner.endpoint.close()).await;
        if let Some(mut tasks) = tasks {
            while tasks.join_next().await.is_some() {}
        }
    }
}

impl Inner {
    /// Runs a task until it ends or the endpoint stops.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(ended) = tasks.try_join_next() {
            report(ended);
        }
        tasks.spawn(task);
    }

    fn stop_tasks(&self) -> Option<JoinSet<()>> {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.abort_all();
        Some(tasks)
    }

    /// The connection with `to`, a new one if there is none.
    async fn link(self: &Arc<Self>, to: PeerId) -> Result<Arc<Link>, CallError> {
        if let Some(link) = self.links.get(to) {
            return Ok(link);
        }
        let dialing = self.links.dialing(to);
        let _turn = dialing.lock().await;
        if let Some(link) = self.links.get(to) {
            return Ok(link);
        }
        let id = endpoint_id(to).ok_or_else(|| CallError::Connect("it is no public key".into()))?;
        let connection = timeout(self.limits.connect, self.endpoint.connect(id, ALPN))
            .await
            .map_err(|_| CallError::Timeout)?
            .map_err(|error| CallError::Connect(format!("{error:#}")))?;
        let Some((link, allowance, _)) = self.links.add(to, connection.clone(), &self.limits) else {
            crate::links::Close::TooMany.close(&connection);
            return Err(CallError::Connect("too many connections".into()));
        };
        self.spawn(serve::connection(self.clone(), to, link.clone(), allowance));
        Ok(link)
    }

    /// Sends a request and waits for its response, for as long as `patience`.
    pub(crate) async fn call(
        self: &Arc<Self>,
        to: PeerId,
        kind: Kind,
        parts: &[&[u8]],
        patience: Duration,
    ) -> Result<(Status, Bytes, Share), CallError> {
        let outcome = self.try_call(to, kind, parts, patience).await;
        if let Err(error) = &outcome {
            tracing::debug!(me = %self.id, %to, protocol = kind.name(), %error, "call failed");
        }
        outcome
    }

    async fn try_call(
        self: &Arc<Self>,
        to: PeerId,
        kind: Kind,
        parts: &[&[u8]],
        patience: Duration,
    ) -> Result<(Status, Bytes, Share), CallError> {
        let link = self.link(to).await?;
        let _busy = link.busy();
        link.call();
        if kind == Kind::Blob {
            link.widen();
        }
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let open = timeout(self.limits.frame, link.connection.open_bi()).await;
        let (mut send, mut receive) = match open.map_err(|_| CallError::Timeout)? {
            Ok(streams) => streams,
            Err(error) => return Err(CallError::Connect(error.to_string())),
        };
        let write = async {
            send.write_all(&kind.encode()).await?;
            send.write_u32(u32::try_from(length).map_err(std::io::Error::other)?).await?;
            for part in parts {
                send.write_all(part).await?;
            }
            std::io::Result::Ok(send.finish()?)
        };
        let read = async {
            let (status, length) = wire::read_response_head(&mut receive, kind).await?;
            let share = self.responses.take(to, length).await?;
            let body = wire::read_body(&mut receive, length, |bytes| share.moved(bytes)).await?;
            Ok::<_, WireError>((status, body, share))
        };
        // The other end may answer before it has read everything: a refusal, most of all.
        let exchange = async {
            let read = std::pin::pin!(timeout(patience, read));
            let write = std::pin::pin!(timeout(self.limits.frame, write));
            match futures::future::select(read, write).await {
                futures::future::Either::Left((response, _)) => response,
                futures::future::Either::Right((Ok(_), read)) => read.await,
                futures::future::Either::Right((Err(elapsed), _)) => Err(elapsed),
            }
        };
        Ok(exchange.await.map_err(|_| CallError::Timeout)??)
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a task of the transport failed");
    }
}

/// Runs what waits for the disk where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

/// A peer as the QUIC library names it, if it is a public key.
pub(crate) fn endpoint_id(peer: PeerId) -> Option<EndpointId> {
    EndpointId::from_bytes(&peer.0).ok()
}

fn relay_url(url: &str) -> Result<RelayUrl, TransportError> {
    url.parse().map_err(|error| TransportError::Relay { url: url.into(), problem: format!("{error}") })
}

/// The QUIC library's endpoint as [`Transport::start`] sets it up, by itself: what the layers of this crate are
/// measured against.
///
/// # Errors
/// [`TransportError`].
pub async fn library_endpoint(key: &EndpointKey, config: &Config) -> Result<iroh::Endpoint, TransportError> {
    bind(key, config, &config.limits, &MemoryLookup::new()).await
}

async fn bind(
    key: &EndpointKey,
    config: &Config,
    limits: &Limits,
    book: &MemoryLookup,
) -> Result<iroh::Endpoint, TransportError> {
    let listen = |error: &dyn std::fmt::Display| TransportError::Listen(format!("{error:#}"));
    let relays = config.relays.iter().map(|url| relay_url(url)).collect::<Result<Vec<_>, _>>()?;
    let mode = if relays.is_empty() && config.directory.is_none() {
        RelayMode::Disabled
    } else {
        RelayMode::custom(relays)
    };
    let mut builder = iroh::Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&key.to_bytes()))
        .alpns(vec![ALPN.to_vec()])
        .relay_mode(mode)
        .transport_config(quic(config, limits)?)
        .address_lookup(book.clone());
    if let Some(addresses) = &config.listen {
        builder = builder.clear_ip_transports();
        for address in addresses {
            builder = builder.bind_addr(*address).map_err(|error| listen(&error))?;
        }
    }
    if let Some(directory) = &config.directory {
        builder = builder.address_lookup(CachedDirectory::new(directory.clone()));
    }
    if config.local_discovery {
        builder = builder.address_lookup(iroh_mdns_address_lookup::MdnsAddressLookup::builder());
    }
    let mut roots = Vec::new();
    for path in &config.relay_roots {
        let bad = |problem: String| TransportError::Certificate { file: path.display().to_string(), problem };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| bad(error.to_string()))?;
        for certificate in certificates {
            roots.push(certificate.map_err(|error| bad(error.to_string()))?);
        }
    }
    if !roots.is_empty() {
        builder = builder.ca_tls_config(CaTlsConfig::custom_roots(roots));
    }
    builder.bind().await.map_err(|error| listen(&error))
}

fn quic(config: &Config, limits: &Limits) -> Result<QuicTransportConfig, TransportError> {
    let mut quic = QuicTransportConfig::builder()
        .max_concurrent_bidi_streams(VarInt::from_u32(limits.streams.max(1)))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(4 << 20))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW))
        .send_window(16 << 20)
        .datagram_receive_buffer_size(None)
        .keep_alive_interval(KEEP_ALIVE);
    if let Ok(silence) = SILENCE.try_into() {
        quic = quic.max_idle_timeout(Some(silence));
    }
    Ok(quic.congestion_controller_factory(config.congestion.factory()?).build())
}

async fn sweep(inner: Arc<Inner>) {
    loop {
        let store = inner.store.clone();
        match blocking(move || store.sweep(std::time::SystemTime::now())).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "expired content was removed"),
            Err(error) => tracing::warn!(%error, "expired content can't be removed"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}
