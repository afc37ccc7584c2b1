//! Which content is being fetched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bithive_exchange::Digest;

/// Content that is being fetched: whoever wants the same waits for it.
#[derive(Default)]
pub(crate) struct Fetching(Mutex<HashMap<Digest, Arc<tokio::sync::Mutex<()>>>>);

impl Fetching {
    /// Held by who fetches this content.
    pub(crate) fn turn(&self, digest: Digest) -> Arc<tokio::sync::Mutex<()>> {
        let mut fetching = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fetching.retain(|_, turn| Arc::strong_count(turn) > 1);
        fetching.entry(digest).or_default().clone()
    }
}
