//! The path of packets to a peer: direct or through a relay.

use std::net::SocketAddr;
use std::time::Duration;

use bithive_exchange::PeerId;
use iroh::TransportAddr;

use crate::endpoint::Transport;

/// The way packets to a peer take at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Straight to this address.
    Direct(SocketAddr),
    /// Through the relay with this URL.
    Relay(String),
}

/// How many connections take which way at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// Straight to an address.
    pub direct: usize,
    /// Through a relay.
    pub relayed: usize,
    /// Not decided yet.
    pub undecided: usize,
}

/// Bytes of an endpoint since it started, protocol overhead included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sent straight to an address.
    pub sent_direct: u64,
    /// Sent through a relay.
    pub sent_relayed: u64,
    /// Received from an address.
    pub received_direct: u64,
    /// Received through a relay.
    pub received_relayed: u64,
}

impl Transport {
    /// How many connections take which way.
    #[must_use]
    pub fn routes(&self) -> Routes {
        let mut routes = Routes::default();
        for link in self.inner.links.all() {
            let paths = link.connection.paths();
            let place = match paths.iter().find(|path| path.is_selected()).map(|path| path.is_relay()) {
                Some(true) => &mut routes.relayed,
                Some(false) => &mut routes.direct,
                None => &mut routes.undecided,
            };
            *place = place.saturating_add(1);
        }
        routes
    }

    /// What was sent and received so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let socket = &self.inner.endpoint.metrics().socket;
        Traffic {
            sent_direct: socket.send_ipv4.get().saturating_add(socket.send_ipv6.get()),
            sent_relayed: socket.send_relay.get(),
            received_direct: socket.recv_data_ipv4.get().saturating_add(socket.recv_data_ipv6.get()),
            received_relayed: socket.recv_data_relay.get(),
        }
    }

    /// The way to a peer on the connection that is open with it, and its smoothed round-trip time; none without a
    /// connection, and for a moment while the way changes.
    #[must_use]
    pub fn route(&self, peer: PeerId) -> Option<(Route, Duration)> {
        let link = self.inner.links.get(peer)?;
        let paths = link.connection.paths();
        let path = paths.iter().find(|path| path.is_selected())?;
        let route = match path.remote_addr() {
            TransportAddr::Ip(address) => Route::Direct(*address),
            TransportAddr::Relay(url) => Route::Relay(url.to_string()),
            // No transport of any other kind is ever added.
            _ => return None,
        };
        Some((route, path.rtt()))
    }
}
