//! How long a run may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::RunError;

/// When a run has to end, and whether it is still wanted. Clones are one budget. It is looked at before each batch of rows: the
/// work of a row, and so of a batch, is bounded.
#[derive(Debug, Clone)]
pub struct Budget {
    until: Option<Instant>,
    cancelled: Arc<AtomicBool>,
}

impl Budget {
    /// A budget without an end, which can still be cancelled.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { until: None, cancelled: Arc::default() }
    }

    /// A budget that ends at this time.
    #[must_use]
    pub fn until(end: Instant) -> Self {
        Self { until: Some(end), ..Self::unlimited() }
    }

    /// Ends the run that has a clone of this.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether there is still time and the run is still wanted.
    ///
    /// # Errors
    /// [`RunError::Cancelled`], [`RunError::OutOfTime`].
    pub fn check(&self) -> Result<(), RunError> {
        self.check_for(Duration::ZERO)
    }

    /// As [`Budget::check`], for something that takes so long.
    ///
    /// # Errors
    /// [`RunError::Cancelled`], [`RunError::OutOfTime`].
    pub fn check_for(&self, needed: Duration) -> Result<(), RunError> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(RunError::Cancelled);
        }
        let Some(until) = self.until else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || left < needed { Err(RunError::OutOfTime { needed, left }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_when_it_is_cancelled_and_when_its_time_is_over() {
        let (short, long) = (Duration::from_secs(1), Duration::from_secs(3_600));
        Budget::unlimited().check_for(long).unwrap();
        let budget = Budget::until(Instant::now() + long / 2);
        budget.check_for(short).unwrap();
        assert!(matches!(budget.check_for(long), Err(RunError::OutOfTime { needed, .. }) if needed == long));
        budget.clone().cancel();
        assert_eq!(budget.check(), Err(RunError::Cancelled));
        assert!(matches!(Budget::until(Instant::now()).check(), Err(RunError::OutOfTime { .. })));
    }
}
