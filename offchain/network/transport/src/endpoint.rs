//! An endpoint on the network: its start, its peers and its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bithive_exchange::{EndpointKey, PeerId};
use iroh::EndpointAddr;
use iroh::address_lookup::memory::MemoryLookup;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::bind::{bind, endpoint_id};
use crate::blobs::fetching::Fetching;
use crate::blobs::store::Store;
use crate::blobs::uplink::Uplink;
use crate::budget::{Budget, GRACE_PERIOD};
use crate::config::Config;
use crate::error::TransportError;
use crate::links::Links;
use crate::log_limit::LogLimit;
use crate::mailbox::Mailbox;
use crate::shared::{Inner, blocking};
use crate::wire::MAX_FRAME_BYTES;
use crate::workers::Workers;
use crate::{accept, outbox};

/// How often expired content is looked for.
const SWEEP: Duration = Duration::from_secs(3600);
/// How long an answer may be on its way while others wait for its memory. How much of it has arrived is not known
/// before all of it has.
const READING: Duration = Duration::from_secs(10);

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
        limits.incoming_bytes = limits.incoming_bytes.max(MAX_FRAME_BYTES);
        limits.outgoing_bytes = limits.outgoing_bytes.max(MAX_FRAME_BYTES);
        let mailbox = Mailbox::open(&folder.join("messages.redb"), &limits)?;
        let store = Arc::new(Store::open(folder, limits.blob_bytes, limits.blob_lifetime)?);
        let book = MemoryLookup::with_provenance("bithive-book");
        let (opened, to_answer) = mpsc::unbounded_channel();
        let endpoint = bind(key, &config, &limits, &book).await?;
        let inner = Arc::new(Inner {
            id: key.id(),
            signing: ed25519_dalek::SigningKey::from_bytes(&key.to_bytes()),
            endpoint,
            admission: config.admission,
            links: Links::default(),
            opened,
            requests: Arc::new(Semaphore::new(limits.requests.max(1))),
            incoming: Budget::contended(limits.incoming_bytes, GRACE_PERIOD),
            outgoing: Budget::contended(limits.outgoing_bytes, READING),
            responses: Budget::new(limits.incoming_bytes),
            services: Mutex::default(),
            mailbox,
            workers: Workers::default(),
            store,
            uplink: Uplink::new(limits.upload),
            fetching: Fetching::default(),
            gossip: OnceLock::new(),
            tasks: Mutex::default(),
            log_limit: LogLimit::default(),
            book,
            limits,
        });
        let transport = Self { _stop: Arc::new(Stop(inner.clone())), inner };
        for (peer, addresses) in &config.peers {
            transport.add_peer(*peer, addresses)?;
        }
        transport.inner.spawn(accept::accept(transport.inner.clone()));
        transport.inner.spawn(accept::opened(transport.inner.clone(), to_answer));
        transport.inner.spawn(sweep(transport.inner.clone()));
        for peer in transport.inner.mailbox.addressees() {
            outbox::deliver(&transport.inner, peer);
        }
        // What waited when the process ended can be received at once.
        transport.inner.mailbox.arrivals.notify_one();
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
        self.inner.workers.wake(peer);
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
        // A service that held this endpoint would keep it alive, and the endpoint the service: neither would be freed.
        self.inner.services.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let tasks = self.inner.stop_tasks();
        let _ = timeout(Duration::from_secs(3), self.inner.endpoint.close()).await;
        if let Some(mut tasks) = tasks {
            while tasks.join_next().await.is_some() {}
        }
    }
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
