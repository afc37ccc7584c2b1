//! One member: shares of keys of contents, for readers whom a contract permits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bithive_api::grants::Standing;
use bithive_attest::Domain;
use bithive_client::Client;
use bithive_exchange::PeerId;
use bithive_release::{Label, MemberKey, Request, Wrap};
use rand_chacha::ChaCha20Rng;
use tokio::time::Instant;

/// Requests for keys that a member answers an account in [`RELEASE_WINDOW`]; each costs it a pairing and questions to the chain.
pub const MOST_RELEASES: u32 = 60;
/// The time in which [`MOST_RELEASES`] are counted.
pub const RELEASE_WINDOW: Duration = Duration::from_secs(60);

/// Why a share is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotReleased {
    /// The contract does not permit the reader.
    NotPermitted(String),
    /// The account has asked too often.
    TooOften(String),
    Other(String),
}

impl From<String> for NotReleased {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

/// How requests for keys were answered since the member started.
#[derive(Debug, Default)]
pub struct ReleaseTally {
    released: AtomicU64,
    not_permitted: AtomicU64,
    too_often: AtomicU64,
    refused: AtomicU64,
}

impl ReleaseTally {
    /// Shares that were given.
    #[must_use]
    pub fn released(&self) -> u64 {
        self.released.load(Ordering::Relaxed)
    }

    /// Requests of accounts that the contract does not permit.
    #[must_use]
    pub fn not_permitted(&self) -> u64 {
        self.not_permitted.load(Ordering::Relaxed)
    }

    /// Requests of accounts that have asked too often.
    #[must_use]
    pub fn too_often(&self) -> u64 {
        self.too_often.load(Ordering::Relaxed)
    }

    /// Requests that were refused for any other reason.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn count<T>(&self, answer: &Result<T, NotReleased>) {
        let counter = match answer {
            Ok(_) => &self.released,
            Err(NotReleased::NotPermitted(_)) => &self.not_permitted,
            Err(NotReleased::TooOften(_)) => &self.too_often,
            Err(NotReleased::Other(_)) => &self.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// A member's keys for releases, by committee, and how often each account has asked. Nothing of it has to outlast the program: a share that is given
/// again tells nothing new.
#[derive(Default)]
pub(crate) struct Releases {
    keys: Mutex<BTreeMap<[u8; 32], Arc<MemberKey>>>,
    asked: Mutex<Option<Window>>,
}

struct Window {
    since: Instant,
    /// Only accounts that the registry knows: each has a bond.
    by: BTreeMap<String, u32>,
}

impl Releases {
    pub(crate) fn add(&self, key: MemberKey) {
        let id = key.committee().id();
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(key));
    }

    fn key(&self, committee: &[u8; 32]) -> Result<Arc<MemberKey>, String> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(committee).cloned().ok_or_else(|| {
            format!(
                "this member has no key of committee {}; ask the members of that one",
                hex::encode(committee)
            )
        })
    }

    /// Counts a request of an account.
    fn count(&self, account: &str) -> Result<(), NotReleased> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let window = asked.take().filter(|window| now.duration_since(window.since) < RELEASE_WINDOW);
        let window = asked.insert(window.unwrap_or_else(|| Window { since: now, by: BTreeMap::new() }));
        let count = window.by.entry(account.to_owned()).or_default();
        if *count >= MOST_RELEASES {
            let left = RELEASE_WINDOW.saturating_sub(now.duration_since(window.since)).as_secs();
            return Err(NotReleased::TooOften(format!(
                "{account} has asked for {MOST_RELEASES} keys; expected the next request in {} s",
                left.saturating_add(1)
            )));
        }
        *count = count.saturating_add(1);
        Ok(())
    }

    /// What makes the share that a reader asks for, once the contract has said that the reader is permitted. It computes: not for a thread
    /// that others wait for.
    pub(crate) async fn permitted(
        &self,
        client: &Client,
        from: PeerId,
        body: &[u8],
        mut rng: ChaCha20Rng,
    ) -> Result<impl FnOnce() -> Result<Vec<u8>, NotReleased> + Send + 'static, NotReleased> {
        let request = Request::decode(body).map_err(|error| error.to_string())?;
        let key = self.key(&request.committee)?;
        let identity = client.identity(from.0).await.map_err(|error| error.to_string())?;
        let identity = identity.ok_or_else(|| {
            "the endpoint is not registered; register as a node or requester first".to_owned()
        })?;
        let reader = identity.address.as_str();
        self.count(reader)?;
        let found = client.content(request.content).await.map_err(|error| error.to_string())?;
        let found = found.ok_or_else(|| {
            "the content is not registered; its author registers it (`bithive content register`)".to_owned()
        })?;
        let contract = client.grants_address().await.map_err(|error| error.to_string())?;
        // Last of all questions: what was revoked meanwhile is not answered.
        let standing = client.allowed(request.content, reader).await.map_err(|error| error.to_string())?;
        if standing != Standing::Live {
            let reason = format!(
                "the permit of {reader} is {}; the content's author, {}, permits readers (`bithive content permit`)",
                standing.name(),
                found.author
            );
            return Err(NotReleased::NotPermitted(reason));
        }
        let chain_id = client.deployment().chain_id.clone();
        let commitment = found.commitment.to_array().map_err(|error| error.to_string())?;
        Ok(move || -> Result<Vec<u8>, NotReleased> {
            let wrap = Wrap::decode(&found.wrap).map_err(|error| error.to_string())?;
            let grants = Domain { chain_id: &chain_id, contract: &contract };
            let label = Label { grants, author: found.author.as_str(), content: request.content, commitment };
            let share = key.release(&wrap, &label, &mut rng).map_err(|error| error.to_string())?;
            Ok(share.encode())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_account_asks_so_often_in_a_minute_and_others_are_not_kept_from_it() {
        let releases = Releases::default();
        for _ in 0..MOST_RELEASES {
            releases.count("a").unwrap();
        }
        assert!(matches!(releases.count("a"), Err(NotReleased::TooOften(_))));
        releases.count("b").unwrap();
        tokio::time::advance(RELEASE_WINDOW - Duration::from_millis(1)).await;
        assert!(matches!(releases.count("a"), Err(NotReleased::TooOften(_))));
        tokio::time::advance(Duration::from_millis(1)).await;
        releases.count("a").unwrap();
    }
}
