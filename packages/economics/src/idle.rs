//! Idle time that others vouch for: the periods that it is stated for, and what it is worth.

use core::ops::RangeInclusive;

/// Periods after one in which its idle time is stated and vouched for.
pub const OPEN_PERIODS: u64 = 3;

/// Seconds of an hour.
const HOUR: u64 = 3_600;

/// Number of the period of `seconds` in which `now` (Unix seconds) is, from 0 in 1970. None for periods of no length.
#[must_use]
pub const fn period(now: u64, seconds: u64) -> Option<u64> {
    now.checked_div(seconds)
}

/// The periods whose idle time can be stated in the period `current`: those that have ended, and not long ago. Empty in the
/// very first period.
#[must_use]
pub const fn open(current: u64) -> RangeInclusive<u64> {
    if current == 0 {
        // There is no range of none that ends below 0.
        return RangeInclusive::new(1, 0);
    }
    RangeInclusive::new(current.saturating_sub(OPEN_PERIODS), current.saturating_sub(1))
}

/// Credits for so many idle seconds, rounded down.
#[must_use]
pub fn credits(seconds: u64, per_hour: u32) -> u64 {
    // Fits: a product of 64 and 32 bits, by 3,600.
    let credits = u128::from(seconds).saturating_mul(per_hour.into()).checked_div(HOUR.into());
    credits.and_then(|credits| u64::try_from(credits).ok()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_period_is_open_after_it_has_ended_and_for_three_more() {
        assert_eq!(period(86_399, 86_400), Some(0));
        assert_eq!(period(86_400, 86_400), Some(1));
        assert_eq!(period(5, 0), None);
        assert_eq!(open(10), 7..=9);
        assert_eq!(open(1), 0..=0);
        assert!(open(0).is_empty());
        assert!(!open(u64::MAX).contains(&u64::MAX));
    }

    #[test]
    fn an_hour_is_worth_its_credits_and_a_part_is_rounded_down() {
        assert_eq!((credits(3_600, 10), credits(3_599, 10), credits(359, 10)), (10, 9, 0));
        assert_eq!(credits(86_400, 10), 240);
        assert_eq!(credits(u64::MAX, u32::MAX), u64::MAX);
    }

    proptest! {
        #[test]
        fn time_in_parts_is_never_worth_more(a in 0u64..1 << 40, b in 0u64..1 << 40, per_hour in 0u32..100_000) {
            prop_assert!(credits(a, per_hour) + credits(b, per_hour) <= credits(a + b, per_hour));
        }
    }
}
