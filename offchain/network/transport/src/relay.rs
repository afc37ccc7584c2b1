//! An own relay: it passes on packets between endpoints that can't reach each other, for members only.
//!
//! It sees who talks to whom and how much, but no content: packets are encrypted from end to end.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bithive_exchange::PeerId;
use iroh_relay::server::{
    Access, AccessControl, CertConfig, ClientRateLimit, ClientRequest, QuicConfig, RelayConfig, Server,
    ServerConfig, TlsConfig,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Admission;
use crate::error::TransportError;
use crate::log_limit::WarningLimit;

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
}

/// A running relay; it stops when dropped.
pub struct RelayServer {
    server: Server,
    refused: Arc<AtomicU64>,
}

/// Counters of a relay.
#[derive(Clone)]
pub struct RelayTally {
    counts: Arc<iroh_relay::server::Metrics>,
    refused: Arc<AtomicU64>,
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
}

impl RelayTraffic {
    /// Clients that are connected.
    #[must_use]
    pub const fn clients(&self) -> u64 {
        self.accepted.saturating_sub(self.disconnected)
    }
}

struct Members {
    admission: Option<Admission>,
    refused: Arc<AtomicU64>,
    log_limit: WarningLimit,
}

impl Members {
    /// Counts a stranger, and logs it unless strangers come at a rate.
    fn refuse(&self, peer: PeerId) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        if let Some(left_out) = self.log_limit.permit() {
            tracing::warn!(%peer, left_out, "the relay refused a stranger");
        }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Members")
    }
}

impl AccessControl for Members {
    async fn on_connect(&self, request: &ClientRequest) -> Access {
        let peer = PeerId(*request.endpoint_id().as_bytes());
        let admitted = match &self.admission {
            Some(admission) => admission.admits(peer).await,
            None => true,
        };
        if admitted {
            return Access::Allow;
        }
        self.refuse(peer);
        Access::Deny { reason: Some("not a member".into()) }
    }
}

impl RelayServer {
    /// Starts a relay.
    ///
    /// # Errors
    /// [`TransportError::Certificate`], [`TransportError::RelayServer`].
    pub async fn start(options: RelayOptions) -> Result<Self, TransportError> {
        let mut config = ServerConfig::default();
        let mut relay = match &options.listen {
            RelayListen::Plain(address) => RelayConfig::new(*address),
            RelayListen::Tls { http, https, certificates, key, discovery } => {
                let mut relay = RelayConfig::new(*http);
                config.quic = discovery.map(QuicConfig::new);
                let server_config = tls(certificates, key)?;
                relay.tls = Some(TlsConfig::new(*https, CertConfig::Manual { server_config }));
                relay
            }
        };
        let refused = Arc::<AtomicU64>::default();
        relay.access = Arc::new(Members {
            admission: options.admission,
            refused: refused.clone(),
            log_limit: WarningLimit::default(),
        });
        relay.limits.client_rx = options.client_rate.map(ClientRateLimit::new);
        config.relay = Some(relay);
        let server = Server::spawn(config).await;
        let server = server.map_err(|error| TransportError::RelayServer(format!("{error:#}")))?;
        Ok(Self { server, refused })
    }

    /// The address clients connect to.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.https_addr().or_else(|| self.server.http_addr())
    }

    /// The URL clients use, by address; with TLS, the certificate's name takes the address's place.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let scheme = if self.server.https_addr().is_some() { "https" } else { "http" };
        self.address().map(|address| format!("{scheme}://{address}"))
    }

    /// A handle to the relay's counters; it outlives the relay.
    #[must_use]
    pub fn tally(&self) -> RelayTally {
        RelayTally { counts: self.server.metrics().server.clone(), refused: self.refused.clone() }
    }

    /// Stops, once open connections are closed.
    ///
    /// # Errors
    /// [`TransportError::RelayServer`].
    pub async fn close(self) -> Result<(), TransportError> {
        self.server.shutdown().await.map_err(|error| TransportError::RelayServer(format!("{error:#}")))
    }
}

fn tls(certificates: &Path, key: &Path) -> Result<rustls::ServerConfig, TransportError> {
    let bad = |file: &Path, problem: String| TransportError::Certificate {
        file: file.display().to_string(),
        problem,
    };
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(|chain| chain.collect::<Result<Vec<_>, _>>())
        .map_err(|error| bad(certificates, error.to_string()))?;
    if chain.is_empty() {
        return Err(bad(certificates, "no certificate in it; expected at least one in PEM".into()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, error.to_string()))?;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(certificates, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| bad(certificates, error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_relay_counts_every_stranger_and_logs_one_of_a_crowd() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let members =
            Members { admission: None, refused: Arc::default(), log_limit: WarningLimit::default() };
        tracing::subscriber::with_default(subscriber, || {
            (0..200).for_each(|peer| members.refuse(PeerId([peer; 32])));
        });
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        // One, or two where the machine takes a second for it.
        assert!((1..=2).contains(&text.matches("the relay refused a stranger").count()), "{text}");
        assert_eq!(members.refused.load(Ordering::Relaxed), 200);
    }
}
