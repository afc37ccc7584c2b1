//! Warnings of what peers do wrong. What a peer can cause at any rate is not logged at any rate: once a second for
//! each kind, with the number of those left out since.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Stranger,
    Crowd,
    Handshake,
    Protocol,
    SlowSender,
    SlowReader,
    Inbox,
    Broadcast,
    Damage,
    WrongContent,
}

const KINDS: usize = Topic::WrongContent as usize + 1;
/// Least time between two warnings of a kind.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Default)]
struct Kind {
    last: Option<Instant>,
    left_out: u64,
}

/// Limits how often each kind of warning is logged.
#[derive(Default)]
pub(crate) struct LogLimit(Mutex<[Kind; KINDS]>);

impl LogLimit {
    /// Whether to log a warning now, and how many of its kind were left out since the last.
    pub(crate) fn permit(&self, what: Topic) -> Option<u64> {
        self.at(what, Instant::now())
    }

    fn at(&self, what: Topic, now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kinds.get_mut(what as usize)?;
        if kind.last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            kind.left_out += 1;
            return None;
        }
        kind.last = Some(now);
        Some(std::mem::take(&mut kind.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_kind_is_logged_in_a_second_and_the_others_are_counted() {
        let (log_limit, start) = (LogLimit::default(), Instant::now());
        assert_eq!(log_limit.at(Topic::Crowd, start), Some(0));
        assert_eq!(log_limit.at(Topic::WrongContent, start), Some(0));
        for _ in 0..5 {
            assert_eq!(log_limit.at(Topic::Crowd, start + PAUSE / 2), None);
        }
        assert_eq!(log_limit.at(Topic::Crowd, start + PAUSE), Some(5));
        assert_eq!(log_limit.at(Topic::Crowd, start + 2 * PAUSE), Some(0));
    }
}
