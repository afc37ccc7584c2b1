//! An own relay: it passes on packets between endpoints that can't reach each other, for members only.
//!
//! It sees who talks to whom and how much, but no content: packets are encrypted from end to end.

mod door;
mod members;
mod pages;
mod tls;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bithive_listener::{Limits, Listener, Places, raise_file_limit};
use hyper::HeaderMap;
use iroh_relay::KeyCache;
use iroh_relay::server::{ClientRateLimit, Metrics, QuicConfig, RelayService, Server, ServerConfig};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::config::Admission;
use crate::error::TransportError;
use door::Serving;
use members::Members;

pub use bithive_listener::{Reason, Turned};

/// The UDP port of a relay at which endpoints ask how others see their address.
pub const ADDRESS_DISCOVERY_PORT: u16 = iroh_relay::defaults::DEFAULT_RELAY_QUIC_PORT;

/// How a relay serves.
#[derive(Clone, Debug)]
pub enum RelayListen {
    /// Without TLS, for one machine or behind something that adds it. Endpoints are not told how others see their
    /// address: two of them behind NAT stay on the relay.
    Plain(SocketAddr),
    /// With TLS, and the plain address for what comes before it (a redirect, and a probe for captive portals).
    Tls {
        /// The plain address.
        http: SocketAddr,
        /// The address with TLS.
        https: SocketAddr,
        /// Chain of certificates, PEM.
        certificates: PathBuf,
        /// Private key, PEM.
        key: PathBuf,
        /// Where endpoints are told how others see their address (QUIC address discovery, UDP). They ask at
        /// [`ADDRESS_DISCOVERY_PORT`] of the relay's own address, whoever they are; without an answer, two endpoints
        /// behind NAT stay on the relay.
        discovery: Option<SocketAddr>,
    },
}

/// How a relay is set up.
#[derive(Clone)]
pub struct RelayOptions {
    /// Where and how it serves.
    pub listen: RelayListen,
    /// Who may use it; everybody if there is none.
    pub admission: Option<Admission>,
    /// Most bytes per second of each client; no limit if there is none.
    pub client_rate: Option<NonZeroU32>,
    /// How many connections there are, and whose.
    pub limits: RelayLimits,
}

/// How many connections a relay has. Clients that are admitted have places of their own, which strangers can't take: of
/// strangers, the address with most connections makes room for newcomers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayLimits {
    /// Of clients that have not shown who they are, together; fewer if the process may not open as many files. Each takes
    /// two files, others one. Default 256.
    pub strangers: usize,
    /// Of these, from one address: an IPv4 address, or the /64 of an IPv6 address. Default 32. In a relay that is open
    /// to everybody, as many again of clients that have shown who they are.
    pub of_address: usize,
    /// Of clients that are admitted, together; fewer if the process may not open as many files. Default 4096.
    pub admitted: usize,
    /// Of one admitted endpoint; beyond it, its oldest is closed. Default 4.
    pub of_member: usize,
    /// Time for a client to show who it is, from its first packet to the answer of the admission. Default 15 s.
    pub establish: Duration,
}

impl Default for RelayLimits {
    fn default() -> Self {
        Self {
            strangers: 256,
            of_address: 32,
            admitted: 4096,
            of_member: 4,
            establish: Duration::from_secs(15),
        }
    }
}

impl RelayLimits {
    /// The places of a relay that is open to everybody, or not, in a process that may have so many files.
    fn places(self, open: bool, files: u64) -> Limits {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let strangers = self.strangers.min(files / 8).max(1);
        let others = strangers.saturating_mul(2).saturating_add(FILES_BESIDE.min(files / 4));
        let admitted_of_address = if open { self.of_address } else { usize::MAX };
        Limits {
            strangers,
            strangers_of_address: self.of_address,
            admitted: self.admitted.min(files.saturating_sub(others)),
            admitted_of_address,
            // The library keeps little for a client before it knows who that is: a head, a frame.
            bytes: usize::MAX,
        }
    }
}

/// Files of the process that are no connections of the relay: its log, the chain, metrics.
const FILES_BESIDE: usize = 128;
/// Keys that the relay need not decode again.
const KEY_CACHE: usize = 16_384;

/// A running relay; it stops when dropped.
pub struct RelayServer {
    /// Address for clients, and whether it has TLS.
    address: (SocketAddr, bool),
    service: RelayService,
    members: Arc<Members>,
    stop: watch::Sender<bool>,
    doors: JoinSet<()>,
    discovery: Option<Server>,
    tally: RelayTally,
}

/// Counters of a relay.
#[derive(Clone)]
pub struct RelayTally {
    counts: Arc<Metrics>,
    refused: Arc<AtomicU64>,
    places: Places,
}

impl RelayTally {
    /// The counters now.
    #[must_use]
    pub fn traffic(&self) -> RelayTraffic {
        RelayTraffic {
            accepted: self.counts.accepts.get(),
            disconnected: self.counts.disconnects.get(),
            refused: self.refused.load(Ordering::Relaxed),
            received_bytes: self.counts.bytes_recv.get(),
            sent_bytes: self.counts.bytes_sent.get(),
            dropped_packets: self.counts.send_packets_dropped.get(),
            strangers: self.places.strangers(),
            turned: self.places.turned(),
        }
    }
}

/// Counters of a relay since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayTraffic {
    /// Connections of clients.
    pub accepted: u64,
    /// Connections of clients that have ended.
    pub disconnected: u64,
    /// Clients that were refused.
    pub refused: u64,
    /// Bytes that clients sent for others.
    pub received_bytes: u64,
    /// Bytes that were passed on to clients.
    pub sent_bytes: u64,
    /// Packets for clients that were gone.
    pub dropped_packets: u64,
    /// Connections now whose clients have not shown who they are.
    pub strangers: usize,
    /// Connections that were closed before their clients had shown who they are, by reason.
    pub turned: Turned,
}

impl RelayTraffic {
    /// Clients that are connected.
    #[must_use]
    pub const fn clients(&self) -> u64 {
        self.accepted.saturating_sub(self.disconnected)
    }
}

impl RelayServer {
    /// Starts a relay, and raises the process's limit of open files as far as the system lets it.
    ///
    /// # Errors
    /// [`TransportError::Certificate`], [`TransportError::RelayServer`].
    pub async fn start(options: RelayOptions) -> Result<Self, TransportError> {
        let (refused, counts) = (Arc::<AtomicU64>::default(), Arc::<Metrics>::default());
        let places = options.limits.places(options.admission.is_none(), raise_file_limit());
        let places = Places::new(places);
        let members =
            Members::new(options.admission, places.clone(), options.limits.of_member, refused.clone());
        let members = Arc::new(members);
        let service = RelayService::new(
            pages::all(matches!(options.listen, RelayListen::Plain(_))),
            HeaderMap::new(),
            options.client_rate.map(ClientRateLimit::new),
            KeyCache::new(KEY_CACHE),
            members.clone(),
            counts.clone(),
        );
        let (mut listeners, mut discovery) = (vec![], None);
        let address = match &options.listen {
            RelayListen::Plain(address) => {
                let listener = bind(*address, &places).await?;
                let address = listener.address();
                listeners.push((listener, Serving::Relay { service: service.clone(), tls: None }));
                (address, false)
            }
            RelayListen::Tls { http, https, certificates, key, discovery: ask } => {
                let config = tls::load(certificates, key)?;
                if let Some(ask) = ask {
                    let mut quic = QuicConfig::new(*ask);
                    quic.server_config = Some(config.clone());
                    let mut only = ServerConfig::default();
                    only.quic = Some(quic);
                    discovery = Some(Server::spawn(only).await.map_err(failed)?);
                }
                listeners.push((bind(*http, &places).await?, Serving::Probe));
                let listener = bind(*https, &places).await?;
                let address = listener.address();
                let tls = Some(TlsAcceptor::from(Arc::new(config)));
                listeners.push((listener, Serving::Relay { service: service.clone(), tls }));
                (address, true)
            }
        };
        members.serve(service.clone());
        let (stop, stopped) = watch::channel(false);
        let mut doors = JoinSet::new();
        for (listener, serving) in listeners {
            doors.spawn(door::run(listener, serving, options.limits.establish, stopped.clone()));
        }
        let tally = RelayTally { counts, refused, places };
        Ok(Self { address, service, members, stop, doors, discovery, tally })
    }

    /// The address clients connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address.0
    }

    /// The URL clients use, by address; with TLS, the certificate's name takes the address's place.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.address.1 { "https" } else { "http" };
        format!("{scheme}://{}", self.address.0)
    }

    /// A handle to the relay's counters; it outlives the relay.
    #[must_use]
    pub fn tally(&self) -> RelayTally {
        self.tally.clone()
    }

    /// Stops, once open connections are closed.
    ///
    /// # Errors
    /// [`TransportError::RelayServer`].
    pub async fn close(mut self) -> Result<(), TransportError> {
        self.stop.send_replace(true);
        while self.doors.join_next().await.is_some() {}
        self.service.shutdown().await;
        match self.discovery.take() {
            Some(server) => server.shutdown().await.map_err(failed),
            None => Ok(()),
        }
    }
}

fn failed(error: impl std::fmt::Display) -> TransportError {
    TransportError::RelayServer(format!("{error:#}"))
}

async fn bind(address: SocketAddr, places: &Places) -> Result<Listener, TransportError> {
    let listener = Listener::bind(address, places.clone()).await;
    listener.map_err(|error| TransportError::RelayServer(format!("{address}: {error}")))
}

impl Drop for RelayServer {
    fn drop(&mut self) {
        self.members.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_few_files_has_fewer_connections_most_of_them_of_members() {
        let limits = RelayLimits::default();
        for files in [64, 256, 1024, 4096, u64::MAX] {
            let places = limits.places(false, files);
            let all = (2 * places.strangers + places.admitted) as u64;
            assert!(all < files && places.admitted as u64 >= (files / 2).min(4096), "{files}: {places:?}");
        }
        let places = limits.places(false, 1024);
        assert_eq!((places.strangers, places.admitted), (128, 1024 - 256 - 128));
        let places = limits.places(false, 1 << 20);
        assert_eq!((places.strangers, places.admitted), (256, 4096));
    }

    #[test]
    fn only_in_an_open_relay_has_an_address_a_share_of_the_admitted_places() {
        let limits = RelayLimits::default();
        assert_eq!(limits.places(true, u64::MAX).admitted_of_address, 32);
        assert_eq!(limits.places(false, u64::MAX).admitted_of_address, usize::MAX);
    }
}
