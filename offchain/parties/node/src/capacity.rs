//! How much a node does at the same time, and how much time a round leaves for it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bithive_inference::MAX_DECODED_BYTES;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Jobs whose input and model are fetched at the same time. One that stalls gives up its place after an attempt.
const FETCHES: usize = 64;
/// Most memory of a run: the decoded model twice, the results of a batch, input and rows.
const RUN_BYTES: u64 = 2 * MAX_DECODED_BYTES as u64 + (512 << 20) + (64 << 20);
/// Longest time that is kept for the transaction of a commitment.
const LONGEST_RESERVE: u64 = 30;
/// How many times the time that a run is estimated to take has to fit into the window: other jobs and programs run beside it,
/// and the input has to be fetched.
pub(crate) const MARGIN: u32 = 3;

/// Places for what takes memory and processors.
pub(crate) struct Capacity {
    fetches: Semaphore,
    looks: Semaphore,
    inspections: Semaphore,
    runs: Semaphore,
    /// How many runs there are places for.
    most_runs: u32,
    /// What the runs are estimated to take that have their input and no result.
    planned: Mutex<Duration>,
}

/// A run that has its input; it counts until this is dropped.
pub(crate) struct Planned<'a> {
    capacity: &'a Capacity,
    estimate: Duration,
}

impl Drop for Planned<'_> {
    fn drop(&mut self) {
        self.capacity.change_plan(|planned| planned.saturating_sub(self.estimate));
    }
}

impl Capacity {
    /// That of this machine: a run for each processor, and no more than half of the memory is for.
    pub(crate) fn of_machine() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let memory = memory_bytes().map(|bytes| bytes / 2 / RUN_BYTES);
        let by_memory = memory.map_or(processors, |runs| usize::try_from(runs).unwrap_or(processors));
        Self::of(processors.min(by_memory).max(1))
    }

    pub(crate) fn of(runs: usize) -> Self {
        let places = Semaphore::const_new;
        Self {
            fetches: places(FETCHES),
            looks: places(FETCHES),
            inspections: places(1),
            runs: places(runs),
            most_runs: u32::try_from(runs).unwrap_or(u32::MAX).max(1),
            planned: Mutex::default(),
        }
    }

    fn change_plan(&self, change: impl FnOnce(Duration) -> Duration) {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        *planned = change(*planned);
    }

    /// Counts a run that is estimated to take so long. Only one whose input is here: a requester that assigns a job and does not
    /// serve it must not keep a machine from others.
    pub(crate) fn plan(&self, estimate: Duration) -> Planned<'_> {
        self.change_plan(|planned| planned.saturating_add(estimate));
        Planned { capacity: self, estimate }
    }

    /// How long a further run waits for a place, if every run that is planned takes as long as estimated.
    pub(crate) fn wait(&self) -> Duration {
        let planned = *self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.checked_div(self.most_runs).unwrap_or(planned)
    }

    /// Waits for a place to fetch a job's input.
    pub(crate) async fn fetch(&self) -> Option<SemaphorePermit<'_>> {
        // None of them is ever closed.
        self.fetches.acquire().await.ok()
    }

    /// Waits for a place to run a model.
    pub(crate) async fn run(&self) -> Option<SemaphorePermit<'_>> {
        self.runs.acquire().await.ok()
    }

    /// Waits for a place to fetch the model of a job that is not claimed yet. Who claims nothing takes none of the others.
    pub(crate) async fn look(&self) -> Option<SemaphorePermit<'_>> {
        self.looks.acquire().await.ok()
    }

    /// Waits for the place to inspect a model: one at a time is in memory.
    pub(crate) async fn inspect(&self) -> Option<SemaphorePermit<'_>> {
        self.inspections.acquire().await.ok()
    }
}

/// What a commit window leaves for fetching and computing: a quarter, or half a minute, is for the transaction.
pub(crate) fn usable(left: u64, window: u64) -> Duration {
    Duration::from_secs(left.saturating_sub(LONGEST_RESERVE.min(window / 4)))
}

/// Whether a node that has read the chain up to a block `behind` seconds before its newest one can do in time what a window of this
/// length asks of it. What keeps it busy now, keeps it busy when the job needs it.
pub(crate) const fn keeps_up(behind: u64, window: u64) -> bool {
    behind <= window / 4
}

/// Memory of this machine, where the system tells it.
fn memory_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = total.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_leaves_time_for_the_transaction() {
        assert_eq!(usable(30, 30), Duration::from_secs(23));
        assert_eq!(usable(3_600, 3_600), Duration::from_secs(3_570));
        assert_eq!(usable(100, 3_600), Duration::from_secs(70));
        assert_eq!(usable(20, 3_600), Duration::ZERO);
    }

    #[test]
    fn what_is_planned_waits_for_its_places() {
        let (capacity, second) = (Capacity::of(2), Duration::from_secs(1));
        let first = capacity.plan(second * 6);
        let second_run = capacity.plan(second * 2);
        assert_eq!(capacity.wait(), second * 4);
        drop(first);
        assert_eq!(capacity.wait(), second);
        drop(second_run);
        assert_eq!(capacity.wait(), Duration::ZERO);
    }

    #[test]
    fn a_quarter_of_a_window_behind_is_too_late() {
        assert!(keeps_up(0, 0) && keeps_up(30, 120));
        assert!(!keeps_up(31, 120) && !keeps_up(1, 3));
    }

    #[tokio::test]
    async fn no_more_models_run_than_there_are_places_and_the_machine_has_one() {
        let capacity = Capacity::of(1);
        let first = capacity.run().await;
        assert!(tokio::time::timeout(Duration::from_millis(20), capacity.run()).await.is_err());
        drop(first);
        assert!(capacity.run().await.is_some());
        assert!(Capacity::of_machine().run().await.is_some());
    }
}
