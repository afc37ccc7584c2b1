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

/// Limits how often one kind of warning is logged: once a second.
#[derive(Default)]
pub struct WarningLimit(Mutex<Logged>);

#[derive(Default)]
struct Logged {
    last: Option<Instant>,
    left_out: u64,
}

impl WarningLimit {
    /// Whether to log a warning now, and how many were left out since the last.
    pub fn permit(&self) -> Option<u64> {
        self.at(Instant::now())
    }

    fn at(&self, now: Instant) -> Option<u64> {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            logged.left_out = logged.left_out.saturating_add(1);
            return None;
        }
        logged.last = Some(now);
        Some(std::mem::take(&mut logged.left_out))
    }
}

/// Limits how often each kind of warning is logged.
#[derive(Default)]
pub(crate) struct LogLimit([WarningLimit; KINDS]);

impl LogLimit {
    /// Whether to log a warning now, and how many of its kind were left out since the last.
    pub(crate) fn permit(&self, what: Topic) -> Option<u64> {
        self.0.get(what as usize)?.permit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_kind_is_logged_in_a_second_and_the_others_are_counted() {
        let (limit, start) = (WarningLimit::default(), Instant::now());
        assert_eq!(limit.at(start), Some(0));
        for _ in 0..5 {
            assert_eq!(limit.at(start + PAUSE / 2), None);
        }
        assert_eq!(limit.at(start + PAUSE), Some(5));
        assert_eq!(limit.at(start + 2 * PAUSE), Some(0));
    }

    #[test]
    fn one_kind_does_not_hold_up_another() {
        let log_limit = LogLimit::default();
        assert_eq!(log_limit.permit(Topic::Crowd), Some(0));
        assert_eq!(log_limit.permit(Topic::WrongContent), Some(0));
    }
}
