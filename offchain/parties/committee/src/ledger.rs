//! A member's ledger: what it answers, on disk before it computes an answer.
//!
//! A charge is a record of its own: `charge/EPOCH/ACCOUNT/DIGEST`, with the evaluations of each slot. It is written in the
//! transaction that has read the others of its account and epoch, so two requests at once are never both within the quota. A
//! request that is there is answered again, it reveals nothing new: an answer that was lost, or never computed, costs nobody
//! anything.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bithive_blindmatch::oprf::EvaluateRequest;
use bithive_blindmatch::quota::{Quota, QuotaError};
use bithive_blindmatch::schema::SlotId;
use bithive_state::{State, StateError};
use serde::{Deserialize, Serialize};

use crate::registered::PAST_EPOCHS;

/// Prefix of the charges.
const CHARGES: &str = "charge/";
/// The first epoch whose charges are not forgotten.
const OLDEST: &str = "charges-from";
/// The whole ledger in one record, as earlier versions kept it.
const PAGE: &str = "ledger";
/// In place of a request's digest: what an account had used before charges were records. No digest is this.
const EARLIER: &str = "earlier";

/// Evaluations by slot.
type Charge = BTreeMap<SlotId, u16>;

/// The ledger of earlier versions.
#[derive(Default, Serialize, Deserialize)]
struct Page {
    /// The quota as [`Quota`] encodes it.
    quota: Vec<u8>,
    /// By epoch, `ACCOUNT/DIGEST` of each request that was answered.
    answered: BTreeMap<u64, Vec<String>>,
}

/// Why an evaluation is refused.
#[derive(Debug, PartialEq, Eq)]
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

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<QuotaError> for Refusal {
    fn from(error: QuotaError) -> Self {
        Self::OverQuota(error.to_string())
    }
}

/// A member has one ledger for all committees that it belongs to: an epoch has one committee, so the quota of an
/// epoch is never shared by two. Its functions wait for the disk.
pub(crate) struct Ledger {
    state: State,
    /// Whether the ledger of an earlier version was looked for.
    brought_over: Mutex<bool>,
}

impl Ledger {
    pub(crate) fn new(state: State) -> Self {
        Self { state, brought_over: Mutex::default() }
    }

    /// Charges a request, unless this one was charged before. Where this returns, the charge is on disk.
    pub(crate) fn charge(&self, who: &str, request: &EvaluateRequest, limit: u16) -> Result<(), Refusal> {
        self.bring_over()?;
        let epoch = request.epoch();
        let mut charge = Charge::new();
        for slot in request.slots() {
            let count = charge.entry(slot).or_default();
            *count = count.saturating_add(1);
        }
        let (account, name) = (account(epoch, who), name(epoch, who, &hex::encode(request.digest())));
        self.state.put_beside(&account, &name, &charge, |charged| {
            let mut quota = Quota::new();
            quota.prune_before(self.oldest()?);
            for charge in &charged {
                quota.check_and_record_all(who, evaluations(charge), epoch, u16::MAX)?;
            }
            Ok(quota.check_and_record_all(who, evaluations(&charge), epoch, limit)?)
        })
    }

    /// Forgets the epochs that are no longer answered, and refuses them from then on.
    pub(crate) fn prune(&self, current: u64) -> Result<(), StateError> {
        self.bring_over()?;
        let oldest = current.saturating_sub(PAST_EPOCHS);
        if oldest > self.oldest()? {
            // First, so that no epoch whose charges are gone is a fresh one.
            self.state.put(OLDEST, &oldest)?;
            self.state.remove_range(CHARGES, &format!("{CHARGES}{oldest:020}"))?;
        }
        Ok(())
    }

    fn oldest(&self) -> Result<u64, StateError> {
        Ok(self.state.get(OLDEST)?.unwrap_or_default())
    }

    /// Makes records of the page of an earlier version, in one transaction. What an account had used by slot is one record; its
    /// requests, which can be answered again, are records that charge nothing more.
    fn bring_over(&self) -> Result<(), StateError> {
        let mut done = self.brought_over.lock().unwrap_or_else(PoisonError::into_inner);
        if *done {
            return Ok(());
        }
        if let Some(page) = self.state.get::<Page>(PAGE)? {
            let damaged = |reason: String| StateError::Damaged { name: PAGE.into(), reason };
            let quota = match page.quota.as_slice() {
                [] => Quota::new(),
                bytes => Quota::decode(bytes).map_err(|error| damaged(error.to_string()))?,
            };
            let mut charges: BTreeMap<String, Charge> = BTreeMap::new();
            for (epoch, who, slot, count) in quota.charges() {
                charges.entry(name(epoch, who, EARLIER)).or_default().insert(slot, count);
            }
            for (epoch, request) in
                page.answered.iter().flat_map(|(epoch, all)| all.iter().map(move |one| (epoch, one)))
            {
                let (who, digest) = request
                    .split_once('/')
                    .ok_or_else(|| damaged(format!("{request:?} is no account and digest")))?;
                charges.entry(name(*epoch, who, digest)).or_default();
            }
            // Before the page goes, which is what this is repeated from after a crash.
            self.state.put(OLDEST, &quota.oldest_epoch().max(self.oldest()?))?;
            self.state.replace(PAGE, charges)?;
        }
        *done = true;
        Ok(())
    }
}

/// Prefix of an account's charges of an epoch; epochs are in order.
fn account(epoch: u64, who: &str) -> String {
    format!("{CHARGES}{epoch:020}/{who}/")
}

fn name(epoch: u64, who: &str, digest: &str) -> String {
    account(epoch, who) + digest
}

fn evaluations(charge: &Charge) -> impl Iterator<Item = SlotId> {
    charge.iter().flat_map(|(slot, count)| std::iter::repeat_n(*slot, usize::from(*count)))
}

#[cfg(test)]
mod tests {
    use bithive_blindmatch::oprf::blind;
    use bithive_blindmatch::schema::Input;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    const EPOCH: u64 = 7;

    fn request(epoch: u64, seed: u64, values: &[&str]) -> EvaluateRequest {
        let input = |value: &&str| Input { slot: SlotId(6), value: (*value).to_owned() };
        let inputs: Vec<_> = values.iter().map(input).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        blind([0; 32], epoch, &inputs, &mut rng).unwrap().request().clone()
    }

    fn over_quota(answer: Result<(), Refusal>) -> bool {
        matches!(answer, Err(Refusal::OverQuota(_)))
    }

    #[test]
    fn of_different_requests_at_once_no_more_than_the_quota_are_charged() {
        let ledgers: Vec<_> = {
            let state = State::in_memory().unwrap();
            // Also of two programs' worth of ledgers on one disk.
            (0..8).map(|_| Ledger::new(state.clone())).collect()
        };
        let requests: Vec<_> = (0..8).map(|seed| request(EPOCH, seed, &["eu"])).collect();
        let charged = std::thread::scope(|scope| {
            let both = ledgers.iter().zip(&requests);
            let threads: Vec<_> =
                both.map(|(ledger, request)| scope.spawn(|| ledger.charge("a", request, 3))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(charged.iter().filter(|one| one.is_ok()).count(), 3);
        assert!(charged.into_iter().all(|one| one.is_ok() || over_quota(one)));
    }

    #[test]
    fn a_charge_is_one_small_record_and_a_refusal_none() {
        let state = State::in_memory().unwrap();
        let ledger = Ledger::new(state.clone());
        for who in ["a", "ab"] {
            ledger.charge(who, &request(EPOCH, 1, &["eu", "ch"]), 2).unwrap();
            assert!(over_quota(ledger.charge(who, &request(EPOCH, 2, &["eu"]), 2)));
        }
        let names = state.names("").unwrap();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names[0].starts_with("charge/00000000000000000007/a/"), "{names:?}");
        assert_eq!(state.get::<serde_json::Value>(&names[0]).unwrap().unwrap(), serde_json::json!({"6": 2}));
    }

    #[test]
    fn a_forgotten_epoch_is_refused_and_no_other_loses_a_charge() {
        let state = State::in_memory().unwrap();
        let ledger = Ledger::new(state.clone());
        for epoch in [9, 10, 11] {
            ledger.charge("a", &request(epoch, 1, &["eu"]), 1).unwrap();
        }
        ledger.prune(11).unwrap();
        assert_eq!(state.names(CHARGES).unwrap().len(), 2);
        ledger.prune(5).unwrap();
        for epoch in [9, 10, 11] {
            assert!(over_quota(Ledger::new(state.clone()).charge("a", &request(epoch, 2, &["ch"]), 1)));
        }
        ledger.charge("a", &request(11, 1, &["eu"]), 1).unwrap();
    }

    /// The page of an account that has used two of its four values of slot 6 in epoch 7, and answers of epoch 8.
    fn earlier(state: &State) -> [EvaluateRequest; 2] {
        let answered = [request(EPOCH, 1, &["eu", "ch"]), request(8, 1, &["eu"])];
        let mut quota = Quota::new();
        quota.prune_before(EPOCH);
        quota.check_and_record_all("a", answered[0].slots(), EPOCH, 4).unwrap();
        quota.check_and_record_all("b", answered[1].slots(), 8, 1).unwrap();
        let name = |who: &str, request: &EvaluateRequest| format!("{who}/{}", hex::encode(request.digest()));
        let page = serde_json::json!({
            "quota": quota.encode(),
            "answered": { "7": [name("a", &answered[0])], "8": [name("b", &answered[1])] },
        });
        state.put(PAGE, &page).unwrap();
        answered
    }

    #[test]
    fn the_ledger_of_an_earlier_version_is_read_and_no_quota_is_forgotten() {
        let state = State::in_memory().unwrap();
        let answered = earlier(&state);
        let ledger = Ledger::new(state.clone());
        // What was answered is answered again and costs nothing.
        ledger.charge("a", &answered[0], 4).unwrap();
        ledger.charge("b", &answered[1], 1).unwrap();
        assert!(over_quota(ledger.charge("b", &request(8, 2, &["ch"]), 1)));
        assert!(over_quota(ledger.charge("a", &request(EPOCH, 2, &["uk", "us", "cn"]), 4)));
        ledger.charge("a", &request(EPOCH, 3, &["uk", "us"]), 4).unwrap();
        assert!(over_quota(ledger.charge("a", &request(EPOCH, 4, &["jp"]), 4)));
        assert!(over_quota(ledger.charge("a", &request(6, 5, &["jp"]), 4)), "it was forgotten before");
        assert_eq!(state.get::<Page>(PAGE).unwrap().map(|page| page.quota), None);
    }

    #[test]
    fn a_page_is_brought_over_where_it_is_only_forgotten_and_a_damaged_one_is_named() {
        let state = State::in_memory().unwrap();
        earlier(&state);
        Ledger::new(state.clone()).prune(9).unwrap();
        assert_eq!(state.names("").unwrap().len(), 3, "two of epoch 8, and the oldest epoch");
        state.put(PAGE, &serde_json::json!({ "quota": [9], "answered": {} })).unwrap();
        let refused = Ledger::new(state).charge("a", &request(8, 9, &["eu"]), 1).unwrap_err();
        assert!(
            matches!(&refused, Refusal::Other(reason) if reason.contains("record ledger is damaged")),
            "{refused:?}"
        );
    }
}
