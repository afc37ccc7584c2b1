//! Times an operation: a warm-up, then the fastest of several repetitions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Timer {
    /// Repetitions, of which the fastest counts: other work on the machine adds to a time and never takes from it.
    repetitions: usize,
    /// Length of one repetition: a faster operation runs as often as it takes.
    repetition: Duration,
}

/// An operation that takes longer is repeated [`SLOW_REPETITIONS`] times: it outlasts what disturbs short ones.
const SLOW: Duration = Duration::from_millis(500);
const SLOW_REPETITIONS: usize = 3;
/// An operation that takes longer is run once: nothing is cold for most of it.
const VERY_SLOW: Duration = Duration::from_secs(8);
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
        let (repetitions, runs) = self.plan(warm_up);
        let mut fastest: Option<Duration> = (repetitions == 0).then_some(warm_up);
        for _ in 0..repetitions {
            let mut total = Duration::ZERO;
            for _ in 0..runs {
                total += once()?;
            }
            fastest = Some(fastest.map_or(total, |fastest| fastest.min(total)));
        }
        // A clock that did not move is no time of 0.
        let fastest = fastest.unwrap_or(warm_up).max(Duration::from_nanos(1));
        Ok(fastest.as_secs_f64() * 1e6 / f64::from(runs))
    }

    /// Repetitions and runs of each, after a warm-up that took so long; without repetitions the warm-up counts.
    fn plan(self, warm_up: Duration) -> (usize, u32) {
        let runs =
            (self.repetition.as_nanos() / warm_up.as_nanos().max(1)).clamp(1, u128::from(MOST_RUNS)) as u32;
        let repetitions = match warm_up {
            warm_up if warm_up > VERY_SLOW => 0,
            warm_up if warm_up > SLOW => self.repetitions.min(SLOW_REPETITIONS),
            _ => self.repetitions,
        };
        (repetitions, runs)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_slower_an_operation_the_fewer_its_runs() {
        let plan = |milliseconds| Timer::STANDARD.plan(Duration::from_millis(milliseconds));
        assert_eq!(plan(1), (9, 20));
        assert_eq!(plan(100), (9, 1));
        assert_eq!(plan(1_000), (3, 1));
        assert_eq!(plan(10_000), (0, 1));
        assert_eq!(Timer::STANDARD.plan(Duration::from_nanos(1)), (9, MOST_RUNS));
    }

    #[test]
    fn every_run_has_an_input_of_its_own_and_a_failure_ends_them() {
        let mut made = 0;
        let mut seen = Vec::new();
        let next = || {
            made += 1;
            made
        };
        let time = Timer::SHORT.time(next, |input| {
            seen.push(input);
            Ok(())
        });
        assert!(time.unwrap() > 0.0);
        assert_eq!(seen, [1, 2]);
        assert!(Timer::SHORT.time(|| (), |()| anyhow::bail!("refused") as Result<()>).is_err());
    }
}
