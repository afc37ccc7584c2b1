//! Records on disk: what flows have paid for, and the newest replies.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use bithive_state::{Owner, State, StateError};
use bithive_x402::{Book, Digest};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot, watch};

use crate::limits::{MOST_TOGETHER, SOLD_KEPT};

/// Rows that wait for the disk.
const WAITING: usize = 1_024;
/// Before the number of a flow, in the names of records.
const FLOW: &str = "flow/";
/// Before the key and payer of a payment on the chain, in the names of records.
const SOLD: &str = "sold/";
/// Where the next reply to a request with a payment on the chain is kept.
const PLACE: &str = "sold-place";

/// What a reply was, under the number of its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) body: String,
}

/// A request with a payment on the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sold {
    /// Hash of the transaction, where this door has sent it.
    pub(crate) transaction: Option<String>,
    /// None before there was a reply.
    pub(crate) served: Option<Served>,
}

/// What a request with a payment on the chain was answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Served {
    /// Number of the receipt.
    pub(crate) receipt: u64,
    /// Where the reply is kept, below [`SOLD_KEPT`]; another one may have taken the place since.
    pub(crate) place: u64,
}

/// A reply, and whose it is.
#[derive(Serialize, Deserialize)]
struct KeptSold {
    name: String,
    body: String,
}

struct Job {
    records: Vec<(String, Box<RawValue>)>,
    /// Names of records that go.
    gone: Vec<String>,
    written: oneshot::Sender<bool>,
}

/// The records of a door. Those that wait at the same time are written in one transaction, with one flush of the disk.
pub struct Ledger {
    state: State,
    /// None while it is closed.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    writes: Arc<AtomicU64>,
    failed: watch::Receiver<bool>,
    /// Names of requests with a payment on the chain and no reply yet.
    unserved: Mutex<BTreeSet<String>>,
    place: AtomicU64,
}

impl Ledger {
    /// Opens the records in a file, which are of one account on one chain.
    ///
    /// # Errors
    /// As [`State::open`] and [`State::belong_to`].
    pub fn open(file: &Path, owner: &Owner) -> Result<Self, StateError> {
        let state = State::open(file)?;
        state.belong_to(owner)?;
        Self::of(state)
    }

    /// Records that end with the process, for measurements.
    ///
    /// # Errors
    /// As [`State::in_memory`].
    pub fn in_memory() -> Result<Self, StateError> {
        Self::of(State::in_memory()?)
    }

    fn of(state: State) -> Result<Self, StateError> {
        let mut unserved = BTreeSet::new();
        for name in state.names(SOLD)? {
            if state.get::<Sold>(&name)?.is_some_and(|sold| sold.served.is_none()) {
                unserved.insert(name);
            }
        }
        let (unserved, place) = (Mutex::new(unserved), AtomicU64::new(state.get(PLACE)?.unwrap_or_default()));
        let (jobs, waiting) = mpsc::channel(WAITING);
        let (failing, failed) = watch::channel(false);
        let writes = Arc::new(AtomicU64::new(0));
        let (own, counter) = (state.clone(), writes.clone());
        let writer = std::thread::spawn(move || write(&own, waiting, &counter, &failing));
        Ok(Self { state, jobs: Some(jobs), writer: Some(writer), writes, failed, unserved, place })
    }

    /// What a flow has paid for, if it has paid.
    pub(crate) fn book(&self, flow: u64) -> Result<Option<Book>, StateError> {
        self.state.get(&name(flow))
    }

    /// Numbers of all flows that have paid.
    pub(crate) fn flows(&self) -> Result<Vec<u64>, StateError> {
        let names = self.state.names(FLOW)?;
        Ok(names.iter().filter_map(|name| name.strip_prefix(FLOW)?.parse().ok()).collect())
    }

    /// The reply of a row that is kept.
    pub(crate) fn reply(&self, flow: u64, number: u64) -> Result<Option<Kept>, StateError> {
        let kept: Option<Kept> = self.state.get(&reply_name(flow, number))?;
        Ok(kept.filter(|kept| kept.number == number))
    }

    /// Writes a row and its reply, and returns once they are on disk. False when the disk failed: nobody knows then what is on it.
    pub(crate) async fn put(&self, flow: u64, book: &Book, kept: &Kept) -> bool {
        let records = vec![
            (name(flow), serde_json::value::to_raw_value(book)),
            (reply_name(flow, kept.number), serde_json::value::to_raw_value(kept)),
        ];
        self.write(records, vec![]).await
    }

    /// A request with a payment on the chain, if there was one of this name.
    pub(crate) fn sold(&self, name: &str) -> Result<Option<Sold>, StateError> {
        self.state.get(name)
    }

    /// The reply to such a request, if it is kept.
    pub(crate) fn sold_reply(&self, name: &str, place: u64) -> Result<Option<String>, StateError> {
        let kept: Option<KeptSold> = self.state.get(&sold_reply_name(place))?;
        Ok(kept.filter(|kept| kept.name == name).map(|kept| kept.body))
    }

    /// The place of the next reply to such a request: that of one that is forgotten.
    pub(crate) fn place(&self) -> u64 {
        let next = |place: u64| place.saturating_add(1).checked_rem(SOLD_KEPT);
        self.place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_default()
    }

    /// Writes a row of such a request, with its reply where there is one, as [`Ledger::put`].
    pub(crate) async fn put_sold(&self, name: &str, sold: &Sold, reply: Option<&str>) -> bool {
        let mut records = vec![(name.to_owned(), serde_json::value::to_raw_value(sold))];
        if let (Some(Served { place, .. }), Some(body)) = (sold.served, reply) {
            let kept = KeptSold { name: name.to_owned(), body: body.to_owned() };
            records.push((sold_reply_name(place), serde_json::value::to_raw_value(&kept)));
            let next = self.place.load(Ordering::Relaxed);
            records.push((PLACE.into(), serde_json::value::to_raw_value(&next)));
            self.unserved_names().remove(name);
        } else {
            self.unserved_names().insert(name.to_owned());
        }
        self.write(records, vec![]).await
    }

    /// Forgets such a request: nothing was paid.
    pub(crate) async fn remove_sold(&self, name: &str) -> bool {
        self.unserved_names().remove(name);
        self.write(vec![], vec![name.to_owned()]).await
    }

    /// Requests whose transaction was sent and that have no reply yet.
    pub(crate) fn unserved(&self) -> usize {
        self.unserved_names().len()
    }

    fn unserved_names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.unserved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(
        &self,
        records: Vec<(String, Result<Box<RawValue>, serde_json::Error>)>,
        gone: Vec<String>,
    ) -> bool {
        let records = records.into_iter().map(|(name, record)| Some((name, record.ok()?)));
        let Some(records) = records.collect::<Option<Vec<_>>>() else { return false };
        let (written, answer) = oneshot::channel();
        let Some(jobs) = &self.jobs else { return false };
        jobs.send(Job { records, gone, written }).await.is_ok() && answer.await.unwrap_or(false)
    }

    /// Transactions that were written.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Returns when a write has failed: the process ends then, and the next one reads what there is.
    pub(crate) async fn failed(&self) {
        let mut failed = self.failed.clone();
        if failed.wait_for(|failed| *failed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // The file is closed when this returns, so that another process may open it.
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(state: &State, mut waiting: mpsc::Receiver<Job>, writes: &AtomicU64, failing: &watch::Sender<bool>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut jobs = vec![first];
        while jobs.len() < MOST_TOGETHER
            && let Ok(next) = waiting.try_recv()
        {
            jobs.push(next);
        }
        let (mut records, mut gone, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs {
            records.extend(job.records);
            gone.extend(job.gone);
            answers.push(job.written);
        }
        // A name has one request at a time, so that none both comes and goes.
        let written = state.put_all(records).and_then(|()| match gone.as_slice() {
            [] => Ok(()),
            gone => state.remove_all(gone),
        });
        if let Err(error) = &written {
            tracing::error!(%error, "the door's records can't be written");
            failing.send_replace(true);
        } else {
            writes.fetch_add(1, Ordering::Relaxed);
        }
        for answer in answers {
            // Who asked may be gone.
            let _ = answer.send(written.is_ok());
        }
        if written.is_err() {
            return;
        }
    }
}

fn name(flow: u64) -> String {
    format!("{FLOW}{flow:020}")
}

/// Name of a request with a payment on the chain.
pub(crate) fn sold_name(key: &Digest, payer: &str) -> String {
    format!("{SOLD}{key}/{payer}")
}

fn sold_reply_name(place: u64) -> String {
    format!("sold-reply/{place}")
}

fn reply_name(flow: u64, number: u64) -> String {
    format!("reply/{flow:020}/{}", Book::place(number))
}
