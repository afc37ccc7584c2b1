//! Which way packets to a peer take.

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

impl Transport {
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
