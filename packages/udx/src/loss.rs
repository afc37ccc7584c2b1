//! The loss rate, and what a loss costs at that rate.

/// Estimates the loss rate once in `acks` acknowledgements, and from it the document's `a` and `b`:
/// `ssthresh = wnd * a`, `wnd += b` with `b < 0`.
#[derive(Clone, Debug)]
pub(crate) struct LossEstimator {
    acks: u32,
    gain: f64,
    tolerance: f64,
    acked: u32,
    lost: u32,
    rate: f64,
}

impl LossEstimator {
    pub(crate) fn new(acks: u32, gain: f64, tolerance: f64) -> Self {
        Self { acks, gain, tolerance, acked: 0, lost: 0, rate: 0.0 }
    }

    pub(crate) fn on_loss(&mut self, packets: u32) {
        self.lost = self.lost.saturating_add(packets);
    }

    pub(crate) fn on_ack(&mut self) {
        self.acked += 1;
        if self.acked < self.acks {
            return;
        }
        let newest = f64::from(self.lost) / (f64::from(self.lost) + f64::from(self.acked));
        self.rate += self.gain * (newest - self.rate);
        (self.acked, self.lost) = (0, 0);
    }

    /// Lost packets per packet sent, 0 to 1.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether more is lost than random loss explains.
    pub(crate) fn is_excessive(&self) -> bool {
        self.rate > self.tolerance
    }

    /// `a`: what is left of the window after a loss without a queue. 1 at a tolerated rate; above it, what
    /// arrived of what was sent, and never less than half.
    pub(crate) fn a(&self) -> f64 {
        if self.is_excessive() { (1.0 - self.rate).max(0.5) } else { 1.0 }
    }

    /// `b`, in bytes: what recovery takes from the window until it ends. The lost packets are no longer in flight,
    /// and sending as much again at once would be a burst.
    pub(crate) fn b(&self, lost_bytes: u64) -> f64 {
        -(lost_bytes as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(lost_in_100: u32, rounds: u32) -> LossEstimator {
        let mut estimator = LossEstimator::new(100, 0.25, 0.1);
        for _ in 0..rounds {
            estimator.on_loss(lost_in_100);
            (0..100).for_each(|_| estimator.on_ack());
        }
        estimator
    }

    #[test]
    fn the_rate_changes_once_in_a_hundred_acknowledgements() {
        let mut estimator = LossEstimator::new(100, 0.25, 0.1);
        estimator.on_loss(25);
        (0..99).for_each(|_| estimator.on_ack());
        assert_eq!(estimator.rate(), 0.0);
        estimator.on_ack();
        assert!((estimator.rate() - 0.05).abs() < 1e-12);
    }

    #[test]
    fn a_tolerated_rate_costs_nothing_and_a_higher_one_what_it_lost() {
        assert_eq!(after(5, 40).a(), 1.0);
        let heavy = after(25, 40);
        assert!((heavy.a() - 0.8).abs() < 1e-3, "{heavy:?}");
        assert_eq!(after(10_000, 40).a(), 0.5);
        assert!(heavy.b(3000) < 0.0);
    }
}
