//! What a flow does while another fills the queue: it grows and yields as Cubic does (RFC 9438), so that neither
//! starves.

/// Cubic's growth since the last congestion, windows in packets, times in seconds.
#[derive(Clone, Debug)]
pub(crate) struct CubicGrowth {
    beta: f64,
    c: f64,
    /// Window before the last decrease.
    w_max: f64,
    /// Window after it.
    w_start: f64,
    /// Time of the last decrease.
    epoch: f64,
}

impl CubicGrowth {
    /// Growth from a window that is taken for the plateau: slow at first, as after a decrease to it.
    pub(crate) fn at(window: f64, now: f64, c: f64) -> Self {
        Self { beta: 0.7, c, w_max: window, w_start: window, epoch: now }
    }

    /// Congestion: returns the window to continue with, `beta` of what it was. A window below the last maximum leaves room for newcomers
    /// (fast convergence, section 4.7).
    pub(crate) fn on_congestion(&mut self, window: f64, now: f64, beta: f64) -> f64 {
        self.beta = beta;
        self.w_max = if window < self.w_max { window * (1.0 + self.beta) / 2.0 } else { window };
        self.w_start = window * self.beta;
        self.epoch = now;
        self.w_start
    }

    /// Shifts the epoch by a time in which the flow did not grow.
    pub(crate) fn pause(&mut self, seconds: f64) {
        self.epoch += seconds.max(0.0);
    }

    /// What an acknowledgement of `packets` adds to `window`.
    pub(crate) fn increase(&self, window: f64, packets: f64, now: f64, rtt: f64) -> f64 {
        let t = (now - self.epoch).max(0.0);
        let k = ((self.w_max - self.w_start).max(0.0) / self.c).cbrt();
        let target = self.c * (t + rtt - k).powi(3) + self.w_max;
        let reno = self.w_start + 3.0 * (1.0 - self.beta) / (1.0 + self.beta) * t / rtt.max(1e-6);
        let aim = target.max(reno).clamp(window, 1.5 * window);
        ((aim - window) / window.max(1.0) * packets).min(packets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: f64 = 0.1;

    /// Grows for `seconds`, one acknowledgement of a tenth of the window each 10 ms.
    fn grow(cubic: &CubicGrowth, mut window: f64, from: f64, seconds: f64) -> f64 {
        for step in 0..(seconds / 0.01) as u32 {
            let now = from + f64::from(step) * 0.01;
            window += cubic.increase(window, window / 10.0, now, RTT);
        }
        window
    }

    #[test]
    fn after_congestion_the_window_is_back_at_its_maximum_after_k() {
        let mut cubic = CubicGrowth::at(1000.0, 0.0, 0.4);
        let window = cubic.on_congestion(1000.0, 1.0, 0.7);
        assert!((window - 700.0).abs() < 1e-9);
        let k = (300.0f64 / 0.4).cbrt();
        let back = grow(&cubic, window, 1.0, k);
        assert!((back - 1000.0).abs() < 10.0, "{back}");
    }

    #[test]
    fn a_second_congestion_below_the_maximum_leaves_room() {
        let mut cubic = CubicGrowth::at(1000.0, 0.0, 0.4);
        cubic.on_congestion(1000.0, 1.0, 0.7);
        cubic.on_congestion(800.0, 2.0, 0.7);
        let after = grow(&cubic, 560.0, 2.0, 20.0f64.min((120.0f64 / 0.4).cbrt()));
        assert!(after < 700.0, "{after}");
    }

    #[test]
    fn an_acknowledgement_adds_no_more_than_it_acknowledges() {
        let cubic = CubicGrowth::at(10.0, 0.0, 0.4);
        assert!(cubic.increase(10.0, 2.0, 1e6, RTT) <= 2.0);
        assert!(cubic.increase(10.0, 2.0, -5.0, 0.0) >= 0.0);
    }
}
