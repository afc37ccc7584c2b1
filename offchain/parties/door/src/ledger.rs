//! Records on disk: what flows have paid for, and the newest replies.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use bithive_state::{Owner, State, StateError};
use bithive_x402::Book;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot, watch};

use crate::limits::MOST_TOGETHER;

/// Rows that wait for the disk.
const WAITING: usize = 1_024;
/// Before the number of a flow, in the names of records.
const FLOW: &str = "flow/";

/// What a reply was, under the number of its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) body: String,
}

struct Job {
    records: Vec<(String, Box<RawValue>)>,
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
}

impl Ledger {
    /// Opens the records in a file, which are of one account on one chain.
    ///
    /// # Errors
    /// As [`State::open`] and [`State::belong_to`].
    pub fn open(file: &Path, owner: &Owner) -> Result<Self, StateError> {
        let state = State::open(file)?;
        state.belong_to(owner)?;
        Ok(Self::of(state))
    }

    /// Records that end with the process, for measurements.
    ///
    /// # Errors
    /// As [`State::in_memory`].
    pub fn in_memory() -> Result<Self, StateError> {
        Ok(Self::of(State::in_memory()?))
    }

    fn of(state: State) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let (failing, failed) = watch::channel(false);
        let writes = Arc::new(AtomicU64::new(0));
        let (own, counter) = (state.clone(), writes.clone());
        let writer = std::thread::spawn(move || write(&own, waiting, &counter, &failing));
        Self { state, jobs: Some(jobs), writer: Some(writer), writes, failed }
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
        let records = [
            (name(flow), serde_json::value::to_raw_value(book)),
            (reply_name(flow, kept.number), serde_json::value::to_raw_value(kept)),
        ];
        let records = records.into_iter().map(|(name, record)| Some((name, record.ok()?)));
        let Some(records) = records.collect::<Option<Vec<_>>>() else { return false };
        let (written, answer) = oneshot::channel();
        let Some(jobs) = &self.jobs else { return false };
        jobs.send(Job { records, written }).await.is_ok() && answer.await.unwrap_or(false)
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
        let (records, answers): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.records, job.written)).unzip();
        let written = state.put_all(records.into_iter().flatten());
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

fn reply_name(flow: u64, number: u64) -> String {
    format!("reply/{flow:020}/{}", Book::place(number))
}
