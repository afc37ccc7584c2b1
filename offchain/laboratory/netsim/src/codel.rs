//! CoDel, the queue that drops by waiting time (RFC 8289).

use std::time::Duration;

/// Acceptable standing delay (section 4.3).
const TARGET: Duration = Duration::from_millis(5);
/// How long it may be exceeded (section 4.3).
const INTERVAL: Duration = Duration::from_millis(100);
/// A queue of no more than one packet is never dropped from (section 4.4).
const PACKET: u64 = 1500;

/// Decides at each dequeue whether the packet is dropped.
#[derive(Debug, Default)]
pub(crate) struct Codel {
    first_above: Option<Duration>,
    drop_next: Duration,
    count: u32,
    last_count: u32,
    dropping: bool,
}

impl Codel {
    /// Whether the packet at the head, which waited for `sojourn` and leaves `left` bytes behind, is dropped.
    pub(crate) fn drops(&mut self, now: Duration, sojourn: Duration, left: u64) -> bool {
        let above = self.stays_above(now, sojourn, left);
        if self.dropping {
            if !above {
                self.dropping = false;
                return false;
            }
            if now < self.drop_next {
                return false;
            }
            self.count += 1;
            self.drop_next += control_law(self.count);
            return true;
        }
        if !above {
            return false;
        }
        self.dropping = true;
        // Dropped not long ago: continue at the rate that controlled the queue then (section 5.4).
        let delta = self.count - self.last_count;
        let recent = now.saturating_sub(self.drop_next) < 16 * INTERVAL;
        self.count = if delta > 1 && recent { delta } else { 1 };
        self.drop_next = now + control_law(self.count);
        self.last_count = self.count;
        true
    }

    fn stays_above(&mut self, now: Duration, sojourn: Duration, left: u64) -> bool {
        if sojourn < TARGET || left <= PACKET {
            self.first_above = None;
            return false;
        }
        let from = *self.first_above.get_or_insert(now + INTERVAL);
        now >= from
    }
}

/// Time to the next drop: the interval over the square root of the drops so far.
fn control_law(count: u32) -> Duration {
    INTERVAL.div_f64(f64::from(count.max(1)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_short_queue_is_never_dropped_from() {
        let mut codel = Codel::default();
        assert!((0..10_000).all(|t| !codel.drops(ms(t), ms(4), 100_000)));
        assert!((10_000..20_000).all(|t| !codel.drops(ms(t), ms(50), 1000)));
    }

    #[test]
    fn a_standing_queue_is_dropped_from_ever_more_often() {
        let mut codel = Codel::default();
        let drops: Vec<u64> = (0..1000).filter(|t| codel.drops(ms(*t), ms(20), 100_000)).collect();
        assert_eq!(drops.first(), Some(&100));
        let gaps: Vec<u64> = drops.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.first() > gaps.last() && gaps.iter().all(|gap| *gap <= 100), "{gaps:?}");
    }

    #[test]
    fn a_packet_in_time_ends_the_dropping() {
        let mut codel = Codel::default();
        assert!((0..=100).any(|t| codel.drops(ms(t), ms(20), 100_000)));
        assert!(!codel.drops(ms(101), ms(1), 100_000));
        assert!((102..200).all(|t| !codel.drops(ms(t), ms(20), 100_000)));
    }
}
