//! What a node does beside following the chain: a task for each thing that may take long.
//!
//! Tasks neither write records nor send transactions. What they find comes back to the one loop that does, so however many run,
//! nothing is committed to or signed twice. A task that was cut off leaves nothing, and is started again.

use std::collections::BTreeMap;
use std::time::Duration;

use bithive_api::jobs::Phase;
use tokio::task::{AbortHandle, JoinSet};

use crate::NodeError;
use crate::vaults::Tried;
use crate::work::Finished;

/// What a task is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Try the vault.
    Open,
    /// Find out how long the job would take.
    Estimate,
    /// Find the result of a round.
    Work,
    /// Check the representative's output.
    Check,
    /// Give the quorum's signature to a relayer.
    HandOver,
}

impl Kind {
    /// Whether a job in this phase still needs it.
    const fn is_of(self, phase: Phase) -> bool {
        match self {
            Self::Open | Self::Estimate => matches!(phase, Phase::Open | Phase::Disputed),
            Self::Work => matches!(phase, Phase::Assigned),
            Self::Check | Self::HandOver => matches!(phase, Phase::Revealed),
        }
    }
}

/// A task: what it is for, and of which round of which job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) job_id: u64,
    pub(crate) round: u8,
    pub(crate) kind: Kind,
}

impl Task {
    /// Whether its job, in this phase of this round, still needs it.
    pub(crate) fn is_of(self, (phase, round): (Phase, u8)) -> bool {
        self.round == round && self.kind.is_of(phase)
    }
}

/// What a task has found.
pub(crate) enum Found {
    /// What the vault told; none if it stays closed.
    Tried(Tried),
    /// How long the job would take.
    Estimated(Duration),
    /// A result, and the bytes of plaintext that it is of, unless it was found before.
    Finished(Box<Finished>, Option<u64>),
    /// Whether the representative's output is what its result was made from. The error is for the step that asked.
    Checked(Result<(), NodeError>),
    /// Whether a relayer has taken the signature.
    HandedOver(bool),
}

type Joined = (Task, Result<Found, NodeError>);

/// The tasks that run. All of them end when this is dropped.
#[derive(Default)]
pub(crate) struct Tasks {
    set: JoinSet<Joined>,
    running: BTreeMap<Task, AbortHandle>,
}

impl Tasks {
    /// Starts a task, unless it runs already.
    pub(crate) fn start(
        &mut self,
        task: Task,
        work: impl Future<Output = Result<Found, NodeError>> + Send + 'static,
    ) {
        if !self.running.contains_key(&task) {
            let handle = self.set.spawn(async move { (task, work.await) });
            self.running.insert(task, handle);
        }
    }

    pub(crate) fn is_running(&self, task: Task) -> bool {
        self.running.contains_key(&task)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Ends what a job in this phase of this round no longer needs.
    pub(crate) fn keep_only(&mut self, job_id: u64, of_now: (Phase, u8)) {
        let of_job = |kind, round| Task { job_id, round, kind };
        let all = of_job(Kind::Open, 0)..=of_job(Kind::HandOver, u8::MAX);
        let all = self.running.range(all).map(|(task, _)| *task);
        let over: Vec<Task> = all.filter(|task| !task.is_of(of_now)).collect();
        for task in over {
            if let Some(handle) = self.running.remove(&task) {
                handle.abort();
            }
        }
    }

    /// The next task that ends with something found. Waits for ever if none runs.
    pub(crate) async fn next(&mut self) -> Joined {
        loop {
            match self.set.join_next_with_id().await {
                Some(Ok((id, (task, found)))) => {
                    // One that was ended is no longer listed, or another one is in its place.
                    if self.running.get(&task).is_some_and(|handle| handle.id() == id) {
                        self.running.remove(&task);
                        return (task, found);
                    }
                }
                Some(Err(error)) => {
                    let of = self.running.iter().find(|(_, handle)| handle.id() == error.id());
                    if let Some(task) = of.map(|(task, _)| *task) {
                        self.running.remove(&task);
                        return (task, Err(NodeError::Compute(format!("its task ended: {error}"))));
                    }
                }
                None => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(job_id: u64, round: u8, kind: Kind) -> Task {
        Task { job_id, round, kind }
    }

    async fn closed() -> Result<Found, NodeError> {
        Ok(Found::Tried(Tried { opened: None, left_out: false }))
    }

    #[tokio::test]
    async fn a_task_that_stalls_holds_up_no_other_and_ends_with_its_phase() {
        let mut tasks = Tasks::default();
        let stalled = task(1, 1, Kind::Work);
        tasks.start(stalled, std::future::pending());
        tasks.start(task(2, 1, Kind::Work), closed());
        // It is not started a second time.
        tasks.start(stalled, closed());
        assert_eq!(tasks.next().await.0, task(2, 1, Kind::Work));
        assert!(tasks.is_running(stalled));
        tasks.keep_only(1, (Phase::Assigned, 1));
        tasks.keep_only(2, (Phase::Settled, 1));
        assert!(tasks.is_running(stalled), "it is still needed");
        tasks.keep_only(1, (Phase::Disputed, 1));
        assert!(tasks.is_empty());
        // What it might have found is not handed out in place of the next round's.
        tasks.start(task(1, 2, Kind::Work), closed());
        assert_eq!(tasks.next().await.0, task(1, 2, Kind::Work));
    }

    #[tokio::test]
    async fn a_task_of_an_earlier_round_ends_and_one_that_panics_is_reported() {
        let mut tasks = Tasks::default();
        tasks.start(task(1, 1, Kind::Check), std::future::pending());
        tasks.keep_only(1, (Phase::Revealed, 2));
        assert!(tasks.is_empty());
        tasks.start(task(1, 2, Kind::Check), async { panic!("a test") });
        let (ended, found) = tasks.next().await;
        assert_eq!(ended, task(1, 2, Kind::Check));
        assert!(matches!(found, Err(NodeError::Compute(reason)) if reason.contains("panicked")));
        assert!(tasks.is_empty());
    }
}
