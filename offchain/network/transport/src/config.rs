//! How an endpoint is set up, and what it accepts from others.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bithive_exchange::{PeerId, RelayUrl};

use crate::congestion::Congestion;
use crate::lookup::Directory;

/// Says whether a peer may talk to this endpoint: membership in the registry, usually. A connection waits for the
/// answer, so it has to come in a bounded time.
#[async_trait]
pub trait Admits: Send + Sync {
    /// Whether `peer` is admitted.
    async fn admits(&self, peer: PeerId) -> bool;
}

/// A decision that is made at once, without asking.
#[async_trait]
impl<F: Fn(PeerId) -> bool + Send + Sync> Admits for F {
    async fn admits(&self, peer: PeerId) -> bool {
        self(peer)
    }
}

/// Decides who may talk to this endpoint.
pub type Admission = Arc<dyn Admits>;

/// How an endpoint is set up. The default listens on every address and a free port, has no peers and admits
/// everybody. No third party's server is contacted unless it is named here.
#[derive(Clone, Default)]
pub struct Config {
    /// Where to listen; any address and a free port by default. An empty list is an endpoint without sockets,
    /// which talks through relays only.
    pub listen: Option<Vec<SocketAddr>>,
    /// Addresses of peers that are known beforehand.
    pub peers: Vec<(PeerId, Vec<SocketAddr>)>,
    /// Relays this endpoint can be reached through.
    pub relays: Vec<RelayUrl>,
    /// Certificates (PEM) that sign the relays' own; the public authorities if there are none.
    pub relay_roots: Vec<PathBuf>,
    /// Where relays of peers are looked up.
    pub directory: Option<Arc<dyn Directory>>,
    /// Whether to announce this endpoint on the local network and look for others there.
    pub local_discovery: bool,
    /// Who may talk to this endpoint; everybody if there is none.
    pub admission: Option<Admission>,
    /// Congestion control of what this endpoint sends.
    pub congestion: Congestion,
    /// What is accepted from others.
    pub limits: Limits,
}

/// What an endpoint accepts from others, and how long it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; beyond, that which has not been used for longest is closed.
    pub connections: usize,
    /// Connections of one peer at a time.
    pub connections_per_peer: usize,
    /// Handshakes at a time; beyond a quarter of them, a caller first proves its address, and beyond all of them the
    /// oldest of the address that has most is dropped.
    pub handshakes: usize,
    /// Requests of one connection that are worked on at a time; further ones wait with the sender.
    pub streams: u32,
    /// Requests that are worked on at a time.
    pub requests: usize,
    /// Bytes of frames on their way in.
    pub incoming_bytes: usize,
    /// Bytes of answers on their way out.
    pub outgoing_bytes: usize,
    /// Messages of one sender that wait in an inbox.
    pub inbox_per_sender: usize,
    /// Bytes of all messages that wait.
    pub inbox_bytes: usize,
    /// Bytes of stored content.
    pub blob_bytes: u64,
    /// Bytes of content that are sent in a second; as many as the path carries if there is no limit.
    pub upload: Option<std::num::NonZeroU64>,
    /// How long content is kept after it was last published or fetched.
    pub blob_lifetime: Duration,
    /// How long delivery of a message is tried.
    pub message_lifetime: Duration,
    /// Longest time between two attempts to deliver.
    pub retry: Duration,
    /// Most time to establish a connection.
    pub connect: Duration,
    /// Most time to send or receive one frame.
    pub frame: Duration,
    /// Most time for a service to answer a request.
    pub answer: Duration,
    /// Time after which an unused connection is closed.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let day = Duration::from_secs(86_400);
        Self {
            connections: 512,
            connections_per_peer: 4,
            handshakes: 64,
            streams: 32,
            requests: 256,
            incoming_bytes: 64 << 20,
            outgoing_bytes: 64 << 20,
            inbox_per_sender: 256,
            inbox_bytes: 256 << 20,
            blob_bytes: 64 << 30,
            upload: None,
            blob_lifetime: 30 * day,
            message_lifetime: 30 * day,
            retry: Duration::from_secs(60),
            connect: Duration::from_secs(10),
            frame: Duration::from_secs(60),
            answer: Duration::from_secs(120),
            idle: Duration::from_secs(120),
        }
    }
}
