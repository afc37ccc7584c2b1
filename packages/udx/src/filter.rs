//! Extremes over the recent past, in constant memory.

use core::time::Duration;

/// The smallest of the values seen during the last one to two halves of its memory.
///
/// Two buckets instead of a deque: what is forgotten may be up to half a memory younger than asked for, and no
/// peer can make it hold more than two numbers.
#[derive(Clone, Debug)]
pub(crate) struct RecentMin {
    half: Duration,
    since: Duration,
    current: f64,
    previous: f64,
}

impl RecentMin {
    pub(crate) fn new(memory: Duration) -> Self {
        Self { half: memory / 2, since: Duration::ZERO, current: f64::INFINITY, previous: f64::INFINITY }
    }

    pub(crate) fn note(&mut self, now: Duration, value: f64) {
        if now.saturating_sub(self.since) > self.half {
            self.previous = self.current;
            self.current = f64::INFINITY;
            self.since = now;
        }
        self.current = self.current.min(value);
    }

    /// The smallest value, `None` before the first.
    pub(crate) fn get(&self) -> Option<f64> {
        let least = self.current.min(self.previous);
        least.is_finite().then_some(least)
    }
}

/// The largest of the recent values: a [`RecentMin`] upside down.
#[derive(Clone, Debug)]
pub(crate) struct RecentMax(RecentMin);

impl RecentMax {
    pub(crate) fn new(memory: Duration) -> Self {
        Self(RecentMin::new(memory))
    }

    pub(crate) fn note(&mut self, now: Duration, value: f64) {
        self.0.note(now, -value);
    }

    pub(crate) fn get(&self) -> Option<f64> {
        self.0.get().map(|least| -least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn an_extreme_is_remembered_for_its_memory_and_then_forgotten() {
        let mut least = RecentMin::new(seconds(10));
        assert_eq!(least.get(), None);
        least.note(seconds(1), 3.0);
        least.note(seconds(4), 5.0);
        assert_eq!(least.get(), Some(3.0));
        least.note(seconds(7), 6.0);
        assert_eq!(least.get(), Some(3.0));
        least.note(seconds(13), 7.0);
        assert_eq!(least.get(), Some(6.0));
    }

    #[test]
    fn the_largest_is_found_too() {
        let mut most = RecentMax::new(seconds(10));
        for value in [2.0, 9.0, 4.0] {
            most.note(seconds(1), value);
        }
        assert_eq!(most.get(), Some(9.0));
    }
}
