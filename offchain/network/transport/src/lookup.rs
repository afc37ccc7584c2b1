//! Finding peers: the registry names the relay a peer can be reached through, and nothing else.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bithive_exchange::PeerId;
use futures::stream::{self, BoxStream, StreamExt};
use iroh::address_lookup::{AddressLookup, EndpointInfo, Error, Item};
use iroh::{EndpointAddr, EndpointId, RelayUrl};
use tokio::sync::Semaphore;

use crate::log_limit::WarningLimit;

/// Where the relays of peers are registered: pairs of endpoint and relay URL, no IP addresses.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The relay URL that `peer` has registered, if it has one; an error says why the directory can't be asked.
    async fn relay_of(&self, peer: PeerId) -> Result<Option<String>, String>;
}

/// How long a relay that was found is remembered.
const KNOWN_FOR: Duration = Duration::from_secs(300);
/// How long it is remembered that a peer has no relay.
const UNKNOWN_FOR: Duration = Duration::from_secs(15);
/// Most peers whose answers are remembered.
const REMEMBERED: usize = 4096;
/// Most queries to the directory at a time.
const QUESTIONS: usize = 8;

type Answer = (Instant, Option<RelayUrl>);
/// Held while the peer is looked up, so that whoever asks meanwhile waits for the same answer.
type Entry = Arc<tokio::sync::Mutex<Option<Answer>>>;

/// Remembers answers of a [`Directory`] and asks it one question per peer at a time.
#[derive(Clone)]
pub struct CachedDirectory(Arc<Cache>);

struct Cache {
    directory: Arc<dyn Directory>,
    entries: Mutex<HashMap<PeerId, Entry>>,
    questions: Semaphore,
    log_limit: WarningLimit,
}

impl fmt::Debug for CachedDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CachedDirectory")
    }
}

impl CachedDirectory {
    /// Remembers what `directory` answers.
    #[must_use]
    pub fn new(directory: Arc<dyn Directory>) -> Self {
        let questions = Semaphore::new(QUESTIONS);
        let log_limit = WarningLimit::default();
        Self(Arc::new(Cache { directory, entries: Mutex::default(), questions, log_limit }))
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<PeerId, Entry>> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, peer: PeerId) -> Entry {
        let mut entries = self.entries();
        if entries.len() >= REMEMBERED && !entries.contains_key(&peer) {
            entries.retain(|_, entry| {
                entry.try_lock().map_or(true, |answer| answer.as_ref().is_some_and(fresh))
            });
            if entries.len() >= REMEMBERED {
                // Every answer is fresh: an unlucky one goes.
                let any = entries.keys().next().copied();
                any.map(|peer| entries.remove(&peer));
            }
        }
        entries.entry(peer).or_default().clone()
    }

    /// The relay of `peer`.
    ///
    /// # Errors
    /// The directory's own.
    pub async fn relay_of(&self, peer: PeerId) -> Result<Option<RelayUrl>, String> {
        let entry = self.entry(peer);
        let mut answer = entry.lock().await;
        if let Some(known) = answer.as_ref().filter(|known| fresh(known)) {
            return Ok(known.1.clone());
        }
        let _turn = self.0.questions.acquire().await.map_err(|error| error.to_string())?;
        let found = match self.0.directory.relay_of(peer).await? {
            None => None,
            Some(url) => match url.parse() {
                Ok(url) => Some(url),
                Err(error) => {
                    if let Some(left_out) = self.0.log_limit.permit() {
                        tracing::warn!(%peer, url, %error, left_out, "the registered relay is not a URL");
                    }
                    None
                }
            },
        };
        *answer = Some((Instant::now(), found.clone()));
        Ok(found)
    }
}

fn fresh((since, answer): &Answer) -> bool {
    since.elapsed() < if answer.is_some() { KNOWN_FOR } else { UNKNOWN_FOR }
}

impl AddressLookup for CachedDirectory {
    fn resolve(&self, endpoint: EndpointId) -> Option<BoxStream<'static, Result<Item, Error>>> {
        const SOURCE: &str = "bithive-registry";
        let (this, peer) = (self.clone(), PeerId(*endpoint.as_bytes()));
        let answer = async move {
            match this.relay_of(peer).await {
                Ok(None) => None,
                Ok(Some(relay)) => {
                    let address = EndpointAddr::new(endpoint).with_relay_url(relay);
                    Some(Ok(Item::new(EndpointInfo::from(address), SOURCE, None)))
                }
                Err(problem) => Some(Err(Error::from_err_any(SOURCE, std::io::Error::other(problem)))),
            }
        };
        Some(stream::once(answer).filter_map(std::future::ready).boxed())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Counting(AtomicUsize, Option<&'static str>);

    #[async_trait]
    impl Directory for Counting {
        async fn relay_of(&self, _: PeerId) -> Result<Option<String>, String> {
            self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(self.1.map(str::to_owned))
        }
    }

    #[tokio::test]
    async fn many_callers_ask_the_directory_once() {
        let directory = Arc::new(Counting(AtomicUsize::new(0), Some("https://relay.example")));
        let cached = CachedDirectory::new(directory.clone());
        let callers = (0..50).map(|_| cached.relay_of(PeerId([1; 32])));
        for answer in futures::future::join_all(callers).await {
            assert_eq!(answer.unwrap().unwrap().as_str(), "https://relay.example/");
        }
        assert_eq!(directory.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_relay_that_is_no_url_is_no_relay() {
        let cached = CachedDirectory::new(Arc::new(Counting(AtomicUsize::new(0), Some("not a url"))));
        assert_eq!(cached.relay_of(PeerId([1; 32])).await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_memory_of_answers_is_bounded() {
        let cached =
            CachedDirectory::new(Arc::new(Counting(AtomicUsize::new(0), Some("https://relay.example"))));
        for index in 0..u16::try_from(REMEMBERED + 10).unwrap() {
            let mut peer = [0; 32];
            peer[..2].copy_from_slice(&index.to_be_bytes());
            cached.relay_of(PeerId(peer)).await.unwrap();
        }
        assert!(cached.entries().len() <= REMEMBERED);
    }
}
