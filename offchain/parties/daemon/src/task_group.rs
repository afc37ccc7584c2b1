//! The tasks of a party: started together, watched, and ended together.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::stop::StopHandle;
use crate::{DaemonError, Stop};

/// How long tasks may take once the stop is requested. Whatever is cut off then is on disk, as after a crash.
const GRACE: Duration = Duration::from_secs(10);

/// Tasks that live and end with each other: when the party is to stop, or one of them ends, all are asked to stop, and
/// those that take longer than ten seconds are cut off.
pub struct TaskGroup {
    tasks: JoinSet<(&'static str, Result<(), DaemonError>)>,
    party: Stop,
    stop: Stop,
    handle: StopHandle,
    grace: Duration,
}

impl TaskGroup {
    /// A group without tasks, for a party that is told to stop by `party`.
    #[must_use]
    pub fn new(party: Stop) -> Self {
        let (stop, handle) = Stop::with_handle();
        Self { tasks: JoinSet::new(), party, stop, handle, grace: GRACE }
    }

    /// Starts a task. It runs until the stop that it is given is requested; its name is for errors.
    pub fn start<F>(&mut self, name: &'static str, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = Result<(), DaemonError>> + Send + 'static,
    {
        let task = task(self.stop.clone());
        self.tasks.spawn(async move { (name, task.await) });
    }

    /// Waits until all tasks have ended.
    ///
    /// # Errors
    /// That of the first task that failed; [`DaemonError::TaskEnded`] for one that ended too early.
    pub async fn join(mut self) -> Result<(), DaemonError> {
        let ended = tokio::select! {
            () = self.party.requested() => Ok(()),
            Some(ended) = self.tasks.join_next() => match outcome(ended) {
                Ok(name) => Err(DaemonError::TaskEnded { name, why: "before it was told to".into() }),
                Err(error) => Err(error),
            },
        };
        self.handle.stop();
        let rest = tokio::time::timeout(self.grace, rest(&mut self.tasks)).await;
        // Those that take longer are cut off with the set.
        let rest = rest.unwrap_or_else(|_| {
            tracing::warn!(seconds = self.grace.as_secs(), "tasks that did not stop are cut off");
            Ok(())
        });
        ended.and(rest)
    }
}

type Joined = Result<(&'static str, Result<(), DaemonError>), tokio::task::JoinError>;

/// The name of a task that ended well.
fn outcome(joined: Joined) -> Result<&'static str, DaemonError> {
    match joined {
        Ok((name, ended)) => ended.map(|()| name),
        Err(error) => Err(DaemonError::TaskEnded { name: "a task", why: format!("badly: {error}") }),
    }
}

/// Waits for all tasks; the first error of several.
async fn rest(tasks: &mut JoinSet<(&'static str, Result<(), DaemonError>)>) -> Result<(), DaemonError> {
    let mut first = Ok(());
    while let Some(joined) = tasks.join_next().await {
        first = first.and(outcome(joined).map(drop));
    }
    first
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn failure() -> DaemonError {
        DaemonError::Profile("a test".into())
    }

    /// A group with a task that counts when it was asked to stop.
    fn group() -> (TaskGroup, StopHandle, Arc<AtomicUsize>) {
        let (party, handle) = Stop::with_handle();
        let mut group = TaskGroup::new(party);
        let stopped = Arc::new(AtomicUsize::new(0));
        let counted = stopped.clone();
        group.start("patient", |stop| async move {
            stop.requested().await;
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        (group, handle, stopped)
    }

    #[tokio::test]
    async fn all_tasks_stop_when_the_party_is_told_to() {
        let (group, handle, stopped) = group();
        handle.stop();
        group.join().await.unwrap();
        assert_eq!(stopped.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_task_that_fails_stops_the_others_and_its_error_is_the_groups() {
        let (mut group, _handle, stopped) = group();
        group.start("broken", |_| async { Err(failure()) });
        let error = group.join().await.unwrap_err();
        assert!(matches!(error, DaemonError::Profile(_)), "{error}");
        assert_eq!(stopped.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_task_that_ends_or_panics_by_itself_is_an_error() {
        let (mut group_that_ends, _handle, stopped) = group();
        group_that_ends.start("hasty", |_| async { Ok(()) });
        let error = group_that_ends.join().await.unwrap_err().to_string();
        assert!(error.contains("hasty") && error.contains("before it was told to"), "{error}");
        assert_eq!(stopped.load(Ordering::SeqCst), 1);
        let (mut group, _handle, _) = group();
        group.start("clumsy", |_| async { panic!("a test") });
        let error = group.join().await.unwrap_err().to_string();
        assert!(error.contains("panicked"), "{error}");
    }

    #[tokio::test]
    async fn an_error_while_stopping_is_not_lost() {
        let (mut group, handle, _) = group();
        group.start("late", |stop| async move {
            stop.requested().await;
            Err(failure())
        });
        handle.stop();
        assert!(matches!(group.join().await, Err(DaemonError::Profile(_))));
    }

    #[tokio::test]
    async fn a_task_that_does_not_stop_is_cut_off() {
        let (mut group, handle, _) = group();
        group.grace = Duration::from_millis(20);
        group.start("deaf", |_| async { std::future::pending().await });
        handle.stop();
        group.join().await.unwrap();
    }
}
