//! Who may use a relay, and with how many connections.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bithive_exchange::PeerId;
use bithive_listener::Places;
use hyper::header::HeaderName;
use iroh::EndpointId;
use iroh_relay::server::{Access, AccessControl, ClientRequest, ConnectionId, RelayService};

use crate::config::Admission;
use crate::log_limit::WarningLimit;

/// Carries the number of a connection's place from the door to the decision about its client, over the library in
/// between. The door overwrites what a client sends.
pub(super) const PLACE: HeaderName = HeaderName::from_static("x-bithive-place");

/// Pause between two calls to close the same connections.
const CLOSING: Duration = Duration::from_millis(100);
/// Most such calls: together longer than a handshake may take.
const CLOSINGS: usize = 300;

/// A connection of an admitted client.
struct Client {
    connection: ConnectionId,
    place: u64,
}

#[derive(Default)]
struct Open {
    /// Oldest first, by endpoint.
    clients: HashMap<EndpointId, Vec<Client>>,
    /// What closes connections, while the relay runs.
    service: Option<RelayService>,
}

impl Open {
    /// Tells the oldest connections of an endpoint beyond its share to close. False when there are none.
    fn close_surplus(&self, endpoint: EndpointId, share: usize) -> bool {
        let clients = self.clients.get(&endpoint).map_or(&[][..], Vec::as_slice);
        let surplus = clients.len().saturating_sub(share);
        if let Some(service) = &self.service {
            for old in clients.iter().take(surplus) {
                service.clients().disconnect(endpoint, Some(old.connection));
            }
        }
        surplus > 0
    }
}

/// Decides who is admitted, and keeps their places.
pub(super) struct Members {
    admission: Option<Admission>,
    places: Places,
    per_member: usize,
    refused: Arc<AtomicU64>,
    log_limit: WarningLimit,
    open: Arc<Mutex<Open>>,
}

impl Members {
    pub(super) fn new(
        admission: Option<Admission>,
        places: Places,
        per_member: usize,
        refused: Arc<AtomicU64>,
    ) -> Self {
        let (log_limit, open) = (WarningLimit::default(), Arc::default());
        Self { admission, places, per_member, refused, log_limit, open }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        lock(&self.open)
    }

    /// Names the service that closes connections.
    pub(super) fn serve(&self, service: RelayService) {
        self.open().service = Some(service);
    }

    /// Closes all connections, and lets go of the service.
    pub(super) fn stop(&self) {
        let mut open = self.open();
        if let Some(service) = open.service.take() {
            for endpoint in open.clients.keys() {
                service.clients().disconnect(*endpoint, None);
            }
        }
    }

    /// Counts a stranger, and logs it unless strangers come at a rate.
    fn refuse(&self, peer: PeerId, reason: &str) -> Access {
        self.refused.fetch_add(1, Ordering::Relaxed);
        if let Some(left_out) = self.log_limit.permit() {
            tracing::warn!(%peer, reason, left_out, "the relay refused a stranger");
        }
        Access::Deny { reason: Some(reason.into()) }
    }

    /// Gives an admitted client its place. Beyond its share, its oldest connections are closed: they may be left over
    /// from before its address changed.
    fn admit(
        &self,
        endpoint: EndpointId,
        connection: ConnectionId,
        place: Option<u64>,
    ) -> Result<(), &'static str> {
        let place = place.ok_or("the connection has no place")?;
        let mut open = self.open();
        let have = open.clients.get(&endpoint).map_or(0, Vec::len);
        // Those that were told to close need a moment for it.
        if have >= self.per_member.saturating_mul(2) {
            return Err("too many connections of this endpoint");
        }
        self.places.admit(place).map_err(|_| "the relay is full")?;
        open.clients.entry(endpoint).or_default().push(Client { connection, place });
        if open.close_surplus(endpoint, self.per_member) {
            tokio::spawn(keep_closing(self.open.clone(), endpoint, self.per_member));
        }
        Ok(())
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells an endpoint's oldest connections to close until they have: one that was admitted a moment ago may not be known yet to what closes
/// it, and would stay.
async fn keep_closing(open: Arc<Mutex<Open>>, endpoint: EndpointId, share: usize) {
    for _ in 0..CLOSINGS {
        tokio::time::sleep(CLOSING).await;
        if !lock(&open).close_surplus(endpoint, share) {
            return;
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
        let endpoint = request.endpoint_id();
        let peer = PeerId(*endpoint.as_bytes());
        let admitted = match &self.admission {
            Some(admission) => admission.admits(peer).await,
            None => true,
        };
        if !admitted {
            return self.refuse(peer, "not a member");
        }
        let place = request.headers().get(PLACE).and_then(|place| place.to_str().ok()?.parse().ok());
        match self.admit(endpoint, request.connection_id(), place) {
            Ok(()) => Access::Allow,
            Err(reason) => self.refuse(peer, reason),
        }
    }

    fn on_disconnect(&self, endpoint: EndpointId, connection: ConnectionId) {
        let mut open = self.open();
        let Some(clients) = open.clients.get_mut(&endpoint) else { return };
        if let Some(index) = clients.iter().position(|client| client.connection == connection) {
            self.places.remove(clients.remove(index).place);
        }
        if clients.is_empty() {
            open.clients.remove(&endpoint);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use bithive_listener::Limits;

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
        let limits =
            Limits { strangers: 1, strangers_of_address: 1, admitted: 1, admitted_of_address: 1, bytes: 0 };
        let members = Members::new(None, Places::new(limits), 1, Arc::default());
        tracing::subscriber::with_default(subscriber, || {
            for peer in 0..200 {
                members.refuse(PeerId([peer; 32]), "not a member");
            }
        });
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        // One, or two where the machine takes a second for it.
        assert!((1..=2).contains(&text.matches("the relay refused a stranger").count()), "{text}");
        assert_eq!(members.refused.load(Ordering::Relaxed), 200);
    }
}
