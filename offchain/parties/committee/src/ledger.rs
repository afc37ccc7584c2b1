//! A member's ledger: what it has answered, on disk before the answer leaves.

use std::collections::{BTreeMap, BTreeSet};

use bithive_blindmatch::oprf::EvaluateRequest;
use bithive_blindmatch::quota::Quota;
use bithive_state::State;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::registered::PAST_EPOCHS;

const LEDGER: &str = "ledger";

#[derive(Default, Serialize, Deserialize)]
struct Page {
    /// The quota as [`Quota`] encodes it.
    quota: Vec<u8>,
    /// Digests of answered requests by epoch: the same request may be answered again, it reveals nothing new.
    answered: BTreeMap<u64, BTreeSet<String>>,
}

/// Why an evaluation is refused.
pub(crate) enum Refusal {
    OverQuota(String),
    Other(String),
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        Self::Other(reason.into())
    }
}

/// A member has one ledger for all committees that it belongs to: an epoch has one committee, so the quota of an
/// epoch is never shared by two.
pub(crate) struct Ledger {
    state: State,
    /// One request at a time changes it.
    turn: Mutex<()>,
}

impl Ledger {
    pub(crate) fn new(state: State) -> Self {
        Self { state, turn: Mutex::default() }
    }

    /// Charges a request, unless this one was charged before.
    pub(crate) async fn charge(
        &self,
        who: &str,
        request: &EvaluateRequest,
        current: u64,
        limit: u16,
    ) -> Result<(), Refusal> {
        let _one_at_a_time = self.turn.lock().await;
        let mut page = self.page()?;
        let digest = format!("{who}/{}", hex::encode(request.digest()));
        let answered = page.answered.entry(request.epoch()).or_default();
        if !answered.insert(digest) {
            return Ok(());
        }
        let mut quota = quota(&page)?;
        quota
            .check_and_record_all(who, request.slots(), request.epoch(), limit)
            .map_err(|error| Refusal::OverQuota(error.to_string()))?;
        Ok(self.write(page, quota, current)?)
    }

    /// Forgets the epochs that are no longer answered, and refuses them from then on.
    pub(crate) async fn prune(&self, current: u64) -> Result<(), String> {
        let _one_at_a_time = self.turn.lock().await;
        let page = self.page()?;
        let quota = quota(&page)?;
        self.write(page, quota, current)
    }

    fn page(&self) -> Result<Page, String> {
        Ok(self.state.get(LEDGER).map_err(|error| error.to_string())?.unwrap_or_default())
    }

    fn write(&self, mut page: Page, mut quota: Quota, current: u64) -> Result<(), String> {
        let oldest = current.saturating_sub(PAST_EPOCHS);
        quota.prune_before(oldest);
        page.answered.retain(|epoch, _| *epoch >= oldest);
        page.quota = quota.encode();
        self.state.put(LEDGER, &page).map_err(|error| error.to_string())
    }
}

fn quota(page: &Page) -> Result<Quota, String> {
    match page.quota.as_slice() {
        [] => Ok(Quota::new()),
        bytes => Quota::decode(bytes).map_err(|error| error.to_string()),
    }
}
