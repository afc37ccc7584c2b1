//! Jitter: how much round-trip times vary without a queue.

use core::time::Duration;

use crate::filter::RecentMax;

/// Differences of which the median is taken.
const BLOCK: usize = 16;

/// Median difference of the round-trip times of successive acknowledgements, and its largest recent value.
///
/// Queues change by what is sent between two packets, which is little; jitter changes by its own size. A path without
/// reordering shows it only to a flow whose packets are further apart than the jitter is long: a denser one sees each
/// packet wait for the most delayed one before it, as if the path were longer. So what was seen when the flow was sparse
/// is remembered. The median leaves out single acknowledgements that the receiver delayed.
#[derive(Clone, Debug)]
pub(crate) struct Jitter {
    last: Option<f64>,
    block: [f64; BLOCK],
    filled: usize,
    most: RecentMax,
}

impl Jitter {
    pub(crate) fn new(memory: Duration) -> Self {
        Self { last: None, block: [0.0; BLOCK], filled: 0, most: RecentMax::new(memory) }
    }

    /// The round-trip time of the youngest packet of an acknowledgement, in seconds.
    pub(crate) fn note(&mut self, now: Duration, rtt: f64) {
        let Some(last) = self.last.replace(rtt) else { return };
        if let Some(slot) = self.block.get_mut(self.filled) {
            *slot = (rtt - last).abs();
        }
        self.filled += 1;
        if self.filled >= BLOCK {
            self.filled = 0;
            self.block.sort_unstable_by(f64::total_cmp);
            self.most.note(now, self.block.get(BLOCK / 2).copied().unwrap_or(0.0));
        }
    }

    /// The acknowledgements that follow say nothing about those before.
    pub(crate) fn pause(&mut self) {
        self.last = None;
    }

    /// Largest recent median, in seconds; 0 before the first.
    pub(crate) fn median(&self) -> f64 {
        self.most.get().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(rtts: impl IntoIterator<Item = f64>) -> f64 {
        let mut jitter = Jitter::new(Duration::from_secs(10));
        rtts.into_iter().for_each(|rtt| jitter.note(Duration::from_secs(1), rtt));
        jitter.median()
    }

    #[test]
    fn a_queue_that_grows_slowly_is_no_jitter() {
        assert!(seen((0..100).map(|ack| 0.1 + 1e-5 * f64::from(ack))) < 2e-5);
    }

    #[test]
    fn round_trip_times_that_alternate_are() {
        assert!((seen((0..100).map(|ack| 0.02 + 0.005 * f64::from(ack % 2))) - 0.005).abs() < 1e-9);
    }

    #[test]
    fn single_late_acknowledgements_are_left_out() {
        assert!(seen((0..100).map(|ack| if ack % 10 == 0 { 0.045 } else { 0.02 })) < 1e-9);
    }

    #[test]
    fn what_a_sparse_flow_saw_is_remembered_for_a_while() {
        let mut jitter = Jitter::new(Duration::from_secs(10));
        (0..17).for_each(|ack| jitter.note(Duration::from_secs(1), 0.02 + 0.01 * f64::from(ack % 2)));
        (0..64).for_each(|_| jitter.note(Duration::from_secs(4), 0.025));
        assert!((jitter.median() - 0.01).abs() < 1e-9);
        (0..64).for_each(|_| jitter.note(Duration::from_secs(10), 0.025));
        (0..64).for_each(|_| jitter.note(Duration::from_secs(16), 0.025));
        assert!(jitter.median() < 1e-9);
    }

    #[test]
    fn a_pause_separates_what_came_before_from_what_follows() {
        let mut jitter = Jitter::new(Duration::from_secs(10));
        for ack in 0..100 {
            jitter.pause();
            jitter.note(Duration::from_secs(1), 0.01 * f64::from(ack));
        }
        assert_eq!(jitter.median(), 0.0);
    }
}
