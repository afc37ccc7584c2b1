//! What a party waits for: others, the chain, coins. It works on by itself once that is there, and says meanwhile what it can't do and
//! why: in its log and as an event when that changes, in its status, and as a gauge.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bithive_monitor::{Gauge, Metrics};
use serde_json::{Value, json};

use crate::{DaemonError, Event, Events, Stop};

/// Name of the beginning of a party's work.
const START: &str = "start";
/// What takes longer is waited for.
const AT_ONCE: Duration = Duration::from_secs(2);
/// First wait before the start is tried again; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait before it is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What a party waits for; clones share it.
#[derive(Clone)]
pub struct Waits(Arc<Inner>);

struct Inner {
    /// Why, by what it can't do.
    open: Mutex<BTreeMap<&'static str, String>>,
    events: Events,
    gauge: Gauge,
}

impl Waits {
    /// Of a party with these events, and a gauge among its metrics.
    pub(crate) fn new(events: Events, metrics: &mut Metrics) -> Self {
        let help = "Duties that wait for others, the chain or coins; the status says for whom";
        let gauge = metrics.gauge("waiting", help);
        Self(Arc::new(Inner { open: Mutex::default(), events, gauge }))
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `duty` can't be done for now.
    pub(crate) fn on(&self, duty: &'static str, reason: &impl ToString) {
        let reason = reason.to_string();
        let mut open = self.open();
        if open.insert(duty, reason.clone()).as_ref() == Some(&reason) {
            return;
        }
        self.0.gauge.set(i64::try_from(open.len()).unwrap_or(i64::MAX));
        drop(open);
        tracing::warn!(duty, reason, "waiting; it is tried again");
        (self.0.events)(&Event::Waits { duty: duty.into(), reason });
    }

    /// Does `work`, and says that `duty` waits for it once it takes longer than it should.
    pub(crate) async fn while_it_takes<F: Future>(
        &self,
        duty: &'static str,
        reason: &str,
        work: F,
    ) -> F::Output {
        tokio::pin!(work);
        let done = match tokio::time::timeout(AT_ONCE, &mut work).await {
            Ok(done) => done,
            Err(_) => {
                self.on(duty, &reason);
                work.await
            }
        };
        self.over(duty);
        done
    }

    /// The beginning of a party's work, all that it asks of the chain before it answers others. It is repeated while it fails for a
    /// reason that passes. None if the stop is requested before.
    ///
    /// # Errors
    /// What waiting does not help; see [`DaemonError::passes`].
    pub(crate) async fn start<T, F>(
        &self,
        stop: &Stop,
        attempt: impl Fn() -> F,
    ) -> Result<Option<T>, DaemonError>
    where
        F: Future<Output = Result<T, DaemonError>>,
    {
        let mut wait = FIRST_WAIT;
        loop {
            let attempted = tokio::select! {
                attempted = attempt() => attempted,
                () = stop.requested() => return Ok(None),
            };
            match attempted {
                Err(error) if error.passes() => self.on(START, &error),
                ended => {
                    self.over(START);
                    return ended.map(Some);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => wait = wait.saturating_mul(2).min(LONGEST_WAIT),
                () = stop.requested() => return Ok(None),
            }
        }
    }

    /// `duty` is done, or nobody has it any more.
    pub(crate) fn over(&self, duty: &'static str) {
        let mut open = self.open();
        if open.remove(duty).is_some() {
            self.0.gauge.set(i64::try_from(open.len()).unwrap_or(i64::MAX));
            tracing::info!(duty, "no longer waiting");
        }
    }

    /// As the status has it.
    pub(crate) fn status(&self) -> Value {
        self.open().iter().map(|(duty, reason)| json!({ "duty": duty, "reason": reason })).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bithive_chain::ChainError;

    use super::*;

    /// The waits of a party, with what it has said and its metrics.
    fn party() -> (Waits, Arc<Mutex<Vec<Event>>>, Metrics) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let to = said.clone();
        let mut metrics = Metrics::new("test", "0");
        let waits = Waits::new(Arc::new(move |event| to.lock().unwrap().push(event.clone())), &mut metrics);
        (waits, said, metrics)
    }

    fn event(duty: &str, reason: &str) -> Event {
        Event::Waits { duty: duty.into(), reason: reason.into() }
    }

    #[test]
    fn what_is_waited_for_is_said_once_and_until_it_is_over() {
        let (waits, said, metrics) = party();
        for reason in ["b is down", "b is down", "b and c are down"] {
            waits.on("share keys", &reason);
        }
        waits.on("start", &"the chain is down");
        let expected = [
            event("share keys", "b is down"),
            event("share keys", "b and c are down"),
            event("start", "the chain is down"),
        ];
        assert_eq!(*said.lock().unwrap(), expected);
        assert_eq!(waits.status()[0], json!({ "duty": "share keys", "reason": "b and c are down" }));
        assert!(metrics.encode().contains("bithive_waiting 2\n"));
        for duty in ["start", "share keys", "share keys"] {
            waits.over(duty);
        }
        assert_eq!(waits.status(), json!([]));
        assert!(metrics.encode().contains("bithive_waiting 0\n"));
    }

    /// Attempts that fail with these errors, one after the other, and then succeed: how many there were, and how they ended.
    async fn attempts(errors: &[ChainError]) -> (usize, Result<Option<()>, DaemonError>) {
        let (asked, (waits, ..)) = (AtomicUsize::new(0), party());
        let (stop, _handle) = Stop::with_handle();
        let attempt = || async {
            match errors.get(asked.fetch_add(1, Ordering::SeqCst)) {
                Some(error) => Err(error.clone().into()),
                None => Ok(()),
            }
        };
        let ended = waits.start(&stop, attempt).await;
        assert_eq!(waits.status(), json!([]));
        (asked.load(Ordering::SeqCst), ended)
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_is_repeated_for_what_passes_and_for_nothing_else() {
        let passing = [
            ChainError::NodeDown { reason: "a test".into() },
            ChainError::NodeBehind { height: 1, wanted: 2 },
            ChainError::SequenceMismatch { expected: 1, got: 2 },
            ChainError::NoSuchAccount { address: "bithive1x".into() },
        ];
        let (asked, ended) = attempts(&passing).await;
        assert_eq!((asked, ended.unwrap()), (5, Some(())));
        let final_ones = [
            ChainError::WrongChainId { expected: "a".into(), got: "b".into() },
            ChainError::NoSuchContract { address: "bithive1x".into() },
        ];
        for error in final_ones {
            let (asked, ended) = attempts(&[&passing[..], std::slice::from_ref(&error)].concat()).await;
            assert_eq!(asked, 5);
            assert!(matches!(ended, Err(DaemonError::Chain(found)) if found == error));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_that_waits_says_so_and_ends_with_the_stop() {
        let ((waits, said, _), (stop, handle)) = (party(), Stop::with_handle());
        let starting = {
            let waits = waits.clone();
            let down = || async { Err::<(), _>(ChainError::NodeDown { reason: "a test".into() }.into()) };
            tokio::spawn(async move { waits.start(&stop, down).await })
        };
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(*said.lock().unwrap(), [event(START, "the chain does not answer: a test")]);
        assert!(!starting.is_finished());
        handle.stop();
        assert!(starting.await.unwrap().unwrap().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_is_waited_for_and_what_is_there_at_once_is_not() {
        let (waits, said, _) = party();
        assert_eq!(waits.while_it_takes("the chain", "no answer", async { 1 }).await, 1);
        assert!(said.lock().unwrap().is_empty());
        waits.while_it_takes("the chain", "no answer", tokio::time::sleep(2 * AT_ONCE)).await;
        assert_eq!(*said.lock().unwrap(), [event("the chain", "no answer")]);
        assert_eq!(waits.status(), json!([]));
    }
}
