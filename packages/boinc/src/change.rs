//! What happened to credit between two exports.

use crate::credit::Credit;

/// Seconds of a day.
const DAY: u128 = 86_400;

/// What happened to a total between two exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It did not change.
    Same,
    /// It grew, within the stated rate.
    Grew(Credit),
    /// It is smaller than it was, by this. Projects take credit back that was granted wrongly.
    Fell(Credit),
    /// It grew by more than the stated rate allows for that time: by this.
    Jumped(Credit),
}

/// What happened to a total in so many seconds, if it grows by at most `per_day` in a day.
///
/// The bound is `per_day * seconds / 86,400`, rounded down. In no time at all nothing may grow.
#[must_use]
pub fn change(before: Credit, now: Credit, seconds: u64, per_day: Credit) -> Change {
    if now < before {
        return Change::Fell(before.checked_sub(now).unwrap_or_default());
    }
    let grown = now.checked_sub(before).unwrap_or_default();
    if grown == Credit::default() {
        return Change::Same;
    }
    // Compared as products, which fit: 2^70 by 2^17, and a rate that leaves 128 bits bounds nothing.
    let most = per_day.millionths().saturating_mul(seconds.into());
    if grown.millionths().saturating_mul(DAY) <= most { Change::Grew(grown) } else { Change::Jumped(grown) }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn credit(text: &str) -> Credit {
        text.parse().unwrap()
    }

    #[test]
    fn what_grows_within_the_rate_is_told_from_what_falls_or_jumps() {
        let (before, per_day) = (credit("100.5"), credit("10"));
        let of = |now: &str, seconds| change(before, credit(now), seconds, per_day);
        assert_eq!(of("100.5", 0), Change::Same);
        assert_eq!(of("110.5", 86_400), Change::Grew(credit("10")));
        assert_eq!(of("110.500001", 86_400), Change::Jumped(credit("10.000001")));
        assert_eq!(of("110.5", 86_399), Change::Jumped(credit("10")));
        assert_eq!(of("100.500001", 0), Change::Jumped(credit("0.000001")));
        assert_eq!(of("100.499999", 86_400), Change::Fell(credit("0.000001")));
    }

    proptest! {
        #[test]
        fn a_total_falls_grows_or_stays(before in 0u64..1 << 49, now in 0u64..1 << 49, seconds: u64, rate in 0u64..1 << 49) {
            let [before, now, rate] = [before, now, rate].map(|whole| Credit::from_whole(whole).unwrap());
            let sum = |difference: Credit| before.millionths() + difference.millionths();
            match change(before, now, seconds, rate) {
                Change::Same => prop_assert_eq!(before, now),
                Change::Grew(by) | Change::Jumped(by) => prop_assert_eq!(sum(by), now.millionths()),
                Change::Fell(by) => prop_assert_eq!(now.millionths() + by.millionths(), before.millionths()),
            }
        }
    }
}
