//! The unit of times here.

use std::time::Duration;

/// The time in microseconds, with fractions.
pub(super) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
