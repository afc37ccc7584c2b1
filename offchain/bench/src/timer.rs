//! Times an operation: a warm-up, then the median of several repetitions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Timer {
    /// Repetitions whose median counts.
    repetitions: usize,
    /// Length of one repetition: a faster operation runs as often as it takes.
    repetition: Duration,
}

/// An operation that takes longer is repeated [`SLOW_REPETITIONS`] times: it outlasts what disturbs short ones.
const SLOW: Duration = Duration::from_millis(500);
const SLOW_REPETITIONS: usize = 3;
/// Most runs of one repetition.
const MOST_RUNS: u32 = 10_000;

impl Timer {
    /// For figures to report.
    pub(crate) const STANDARD: Self = Self { repetitions: 9, repetition: Duration::from_millis(20) };
    /// One run each.
    #[cfg(test)]
    pub(crate) const SHORT: Self = Self { repetitions: 1, repetition: Duration::ZERO };

    /// Microseconds of one `run`, each on a fresh input whose making does not count.
    pub(crate) fn time<I, R>(
        self,
        mut input: impl FnMut() -> I,
        mut run: impl FnMut(I) -> Result<R>,
    ) -> Result<f64> {
        let mut once = || -> Result<Duration> {
            let input = black_box(input());
            let start = Instant::now();
            let result = black_box(run(input)?);
            let elapsed = start.elapsed();
            drop(result);
            Ok(elapsed)
        };
        let warm_up = once()?.max(Duration::from_nanos(1));
        let runs = (self.repetition.as_nanos() / warm_up.as_nanos()).clamp(1, u128::from(MOST_RUNS)) as u32;
        let repetitions =
            if warm_up > SLOW { self.repetitions.min(SLOW_REPETITIONS) } else { self.repetitions };
        let mut costs = Vec::with_capacity(repetitions);
        for _ in 0..repetitions {
            let mut total = Duration::ZERO;
            for _ in 0..runs {
                total += once()?;
            }
            // A clock that did not move is no time of 0.
            costs.push(total.max(Duration::from_nanos(1)).as_secs_f64() * 1e6 / f64::from(runs));
        }
        Ok(median(costs))
    }
}

/// The middle one of an odd number of costs, the upper middle one of an even number.
fn median(mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    costs.get(costs.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_disturbed_repetition_does_not_move_the_median() {
        assert_eq!(median(vec![2.0, 900.0, 1.0]), 2.0);
        assert_eq!(median(vec![7.0]), 7.0);
    }
}
