//! Times: milliseconds of the Unix epoch, and RFC 3339 in UTC for people.

use std::time::{Duration, SystemTime};

use crate::MAX_AT;

/// A text that is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no time; expected RFC 3339 in UTC, like 2026-11-23T08:00:00Z")]
pub struct TimeError {
    /// The text, cut to 64 characters.
    pub found: String,
}

/// A time as text, like `2026-11-23T08:00:00.000Z`.
#[must_use]
pub fn show_time(at: u64) -> String {
    // What is later has no such text.
    let since = Duration::from_millis(at.min(MAX_AT));
    humantime::format_rfc3339_millis(SystemTime::UNIX_EPOCH + since).to_string()
}

/// Reads a time.
///
/// # Errors
/// [`TimeError`], also for times before 1970.
pub fn parse_time(text: &str) -> Result<u64, TimeError> {
    let bad = || TimeError { found: text.chars().take(64).collect() };
    let time = humantime::parse_rfc3339(text).map_err(|_| bad())?;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| bad())?;
    u64::try_from(since.as_millis()).ok().filter(|at| *at <= MAX_AT).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back_and_the_last_one_is_shown() {
        assert_eq!(show_time(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(parse_time(&show_time(1_795_392_000_123)), Ok(1_795_392_000_123));
        assert_eq!(parse_time(&show_time(u64::MAX)), Ok(MAX_AT));
        assert!(parse_time("yesterday").is_err());
    }
}
