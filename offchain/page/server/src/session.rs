//! Sessions: who may use which mailbox.

use std::sync::Arc;

use bithive_exchange::Exchange;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use zeroize::Zeroizing;

use crate::refused::{Kind, Refused};

/// Bytes of randomness of a token.
const TOKEN_BYTES: usize = 32;

/// What a session may have under way.
const ASKS: usize = 32;
const LISTENERS: usize = 8;
const UPLOADS: usize = 2;
const DOWNLOADS: usize = 8;
/// Looks into the inbox, each of which may read all of it.
const LOOKS: usize = 2;

/// How a session is set up.
pub struct SessionOptions {
    /// Name, for people.
    pub name: String,
    /// Its end of the network, which nobody else uses.
    pub exchange: Arc<dyn Exchange>,
    /// The relay that others reach it through, for the registry; none where none is needed.
    pub relay: Option<String>,
}

/// A session with what it may use.
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) relay: Option<String>,
    /// Of the token: who reads this process's memory later finds no token in it.
    digest: blake3::Hash,
    /// A count that changes when messages have arrived.
    pub(crate) mail: watch::Receiver<u64>,
    asks: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    looks: Arc<Semaphore>,
}

/// Something that a session does a few times at most at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doing {
    Ask,
    Listen,
    Upload,
    Download,
    Look,
}

impl Session {
    /// Opens a session, with a fresh token. Beside it what waits for mail, which has to run as long as the session.
    ///
    /// # Errors
    /// The system has no randomness.
    pub(crate) fn open(
        options: SessionOptions,
    ) -> Result<(Self, Zeroizing<String>, impl Future<Output = ()> + Send + use<>), getrandom::Error> {
        let SessionOptions { name, exchange, relay } = options;
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        getrandom::fill(&mut *bytes)?;
        let token = Zeroizing::new(hex::encode(*bytes));
        let (arrivals, mail) = watch::channel(0u64);
        let waiting = exchange.clone();
        // One waits for all listeners: an end tells of an arrival once.
        let hub = async move {
            while !arrivals.is_closed() {
                waiting.arrived().await;
                arrivals.send_modify(|count| *count = count.wrapping_add(1));
            }
        };
        let of = |count| Arc::new(Semaphore::new(count));
        let session = Self {
            name,
            exchange,
            relay,
            digest: blake3::hash(token.as_bytes()),
            mail,
            asks: of(ASKS),
            listeners: of(LISTENERS),
            uploads: of(UPLOADS),
            downloads: of(DOWNLOADS),
            looks: of(LOOKS),
        };
        Ok((session, token, hub))
    }

    /// A turn, which lasts until the answer is dropped.
    pub(crate) fn turn(&self, doing: Doing) -> Result<OwnedSemaphorePermit, Refused> {
        let (turns, most, what) = match doing {
            Doing::Ask => (&self.asks, ASKS, "questions to peers"),
            Doing::Listen => (&self.listeners, LISTENERS, "browsers that wait for mail"),
            Doing::Upload => (&self.uploads, UPLOADS, "uploads"),
            Doing::Download => (&self.downloads, DOWNLOADS, "downloads"),
            Doing::Look => (&self.looks, LOOKS, "looks into the inbox"),
        };
        let full = |_| {
            Refused::new(Kind::Busy, format!("this session has {most} {what} under way, which is the most"))
        };
        turns.clone().try_acquire_owned().map_err(full)
    }

    fn is_opened_by(&self, token: &blake3::Hash) -> bool {
        // Comparing hashes takes the same time wherever they differ.
        self.digest == *token
    }
}

/// The session whose token a request has.
pub(crate) fn find<'a>(
    sessions: &'a [Arc<Session>],
    headers: &HeaderMap,
) -> Result<&'a Arc<Session>, Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    };
    let token =
        value.and_then(|value| value.strip_prefix("Bearer ")).map(|token| blake3::hash(token.as_bytes()));
    let opened = token.and_then(|token| sessions.iter().find(|session| session.is_opened_by(&token)));
    let what = "expected Authorization: Bearer, and the token of a session, which is new at every start of the program";
    opened.ok_or_else(|| Refused::new(Kind::NoToken, what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bithive_exchange::{LocalNetwork, PeerId};
    use hyper::header::HeaderValue;

    fn open(network: &LocalNetwork, id: u8) -> (Arc<Session>, Zeroizing<String>) {
        let exchange = Arc::new(network.endpoint(PeerId([id; 32])));
        let (session, token, _) =
            Session::open(SessionOptions { name: id.to_string(), exchange, relay: None }).unwrap();
        (Arc::new(session), token)
    }

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[tokio::test]
    async fn a_token_opens_its_own_session_and_nothing_else_opens_one() {
        let network = LocalNetwork::in_memory();
        let ((first, token), (second, other)) = (open(&network, 1), open(&network, 2));
        let sessions = [first, second];
        let name = |values: &[&str]| find(&sessions, &headers(values)).map(|session| session.name.clone());
        let bearer = |token: &str| format!("Bearer {token}");
        assert_eq!(name(&[&bearer(&token)]).unwrap(), "1");
        assert_eq!(name(&[&bearer(&other)]).unwrap(), "2");
        assert_ne!(*token, *other);
        assert_eq!(token.len(), 64);
        let both = [bearer(&token), bearer(&other)];
        for values in [
            vec![],
            vec![""],
            vec!["Bearer "],
            vec![token.as_str()],
            vec![&both[0], &both[1]],
            vec![&both[0][..70]],
            vec!["Basic x"],
        ] {
            assert_eq!(name(&values).unwrap_err().kind, Kind::NoToken, "{values:?}");
        }
    }

    #[tokio::test]
    async fn a_session_does_a_few_things_at_a_time_and_others_do_not_wait_for_it() {
        let network = LocalNetwork::in_memory();
        let ((first, _), (second, _)) = (open(&network, 1), open(&network, 2));
        let turns: Vec<_> = (0..UPLOADS).map(|_| first.turn(Doing::Upload).unwrap()).collect();
        assert_eq!(first.turn(Doing::Upload).unwrap_err().kind, Kind::Busy);
        assert!(first.turn(Doing::Download).is_ok() && second.turn(Doing::Upload).is_ok());
        drop(turns);
        assert!(first.turn(Doing::Upload).is_ok());
    }
}
