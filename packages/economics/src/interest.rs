//! Interest by the day, as a closed form of the number of days.
//!
//! A credit that was put in on the first day is `(1 + rate)^days` credits later, rounded down after each
//! multiplication. Holders have shares: what a credit of now would have been on the first day. No account is rewritten
//! as days pass: all values grow with the index at once, however often anybody asks.

use crate::ratio::wide_share;

/// Bits behind the point of indices and shares.
pub const SCALE_BITS: u32 = 64;
/// The index of the first day.
pub const ONE: u128 = 1 << SCALE_BITS;
/// Largest rate: 1,000 millionths (0.1 %) a day.
pub const LARGEST_PPM: u32 = 1_000;
/// Most days that bear interest: 100 years. At the largest rate the index is then below 2^117.
pub const MOST_DAYS: u64 = 36_500;

const MILLION: u128 = 1_000_000;

/// What a credit of the first day is after so many days of interest, in 2^-64; a rate above [`LARGEST_PPM`] counts as
/// that, days beyond [`MOST_DAYS`] as those.
#[must_use]
pub fn index(ppm: u32, days: u64) -> u128 {
    let rate = wide_share(ONE, ppm.min(LARGEST_PPM).into(), MILLION).unwrap_or(0);
    let (mut base, mut power) = (ONE.saturating_add(rate), ONE);
    let mut left = days.min(MOST_DAYS);
    while left > 0 {
        if left & 1 == 1 {
            power = times(power, base);
        }
        // The last square is not used and may leave 128 bits.
        base = times(base, base);
        left >>= 1;
    }
    power
}

fn times(a: u128, b: u128) -> u128 {
    wide_share(a, b, ONE).unwrap_or(u128::MAX)
}

/// The shares of so many credits, rounded up, so that they are worth these credits at once; none beyond 2^128.
#[must_use]
pub fn shares_for(credits: u64, index: u128) -> Option<u128> {
    let scaled = u128::from(credits) << SCALE_BITS;
    let shares = wide_share(scaled, ONE, index)?;
    let exact = wide_share(shares, index, ONE)? == scaled;
    if exact { Some(shares) } else { shares.checked_add(1) }
}

/// Credits that shares are worth, rounded down; none beyond 2^64.
#[must_use]
pub fn worth(shares: u128, index: u128) -> Option<u64> {
    u64::try_from(wide_share(shares, index, ONE)? >> SCALE_BITS).ok()
}

/// Credits that shares are worth, rounded up: what is owed for all shares is at least what their holders have.
#[must_use]
pub fn owed(shares: u128, index: u128) -> Option<u64> {
    let scaled = wide_share(shares, index, ONE)?;
    // Two roundings down, of the product and of the credits; the first matters where it leaves a whole number.
    let whole = u64::try_from(scaled >> SCALE_BITS).ok()?;
    if shares == 0 { Some(0) } else { whole.checked_add(1) }
}

/// The shares left when credits are spent; none if the shares are worth less.
///
/// What is taken is rounded down, by less than 2^-64 credits, so that what is left is worth the difference: spending in
/// parts costs nothing.
#[must_use]
pub fn spend(shares: u128, credits: u64, index: u128) -> Option<u128> {
    worth(shares, index).filter(|worth| *worth >= credits)?;
    let gone = wide_share(u128::from(credits) << SCALE_BITS, ONE, index)?;
    shares.checked_sub(gone)
}

/// The most days, from `days` to `days + passed`, after which so many shares are owed at most `most` credits.
///
/// What is owed never falls with days, so it is found by halving: at most 17 steps.
#[must_use]
pub fn affordable(shares: u128, ppm: u32, days: u64, passed: u64, most: u64) -> u64 {
    let fits = |day: u64| owed(shares, index(ppm, day)).is_some_and(|owed| owed <= most);
    let (mut low, mut high) = (days, days.saturating_add(passed).min(MOST_DAYS).max(days));
    while low < high {
        let middle = low.saturating_add(high.saturating_sub(low).div_ceil(2));
        if fits(middle) {
            low = middle;
        } else {
            high = middle.saturating_sub(1);
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_year_at_the_largest_rate_is_44_percent() {
        let year = index(LARGEST_PPM, 365);
        let percent = year * 10_000 / ONE;
        // 1.001^365 = 1.44025...
        assert_eq!(percent, 14_402);
        assert_eq!((index(0, 365), index(500, 0)), (ONE, ONE));
        assert!(index(LARGEST_PPM, MOST_DAYS) < 1 << 117);
        assert_eq!(index(LARGEST_PPM, u64::MAX), index(LARGEST_PPM, MOST_DAYS));
        assert_eq!(index(u32::MAX, 9), index(LARGEST_PPM, 9));
    }

    #[test]
    fn a_day_is_the_rate() {
        let day = index(250, 1);
        assert_eq!(day - ONE, ONE * 250 / 1_000_000);
        let million = shares_for(1_000_000, ONE).unwrap();
        assert_eq!(worth(million, day), Some(1_000_249));
        assert_eq!(owed(million, day), Some(1_000_250));
    }

    #[test]
    fn nothing_is_owed_for_nothing() {
        assert_eq!((owed(0, ONE), worth(0, ONE), shares_for(0, ONE)), (Some(0), Some(0), Some(0)));
        assert_eq!(spend(0, 1, ONE), None);
        assert_eq!(affordable(0, 1_000, 5, 100, 0), 105);
        assert_eq!(affordable(0, 1_000, 5, u64::MAX, 0), MOST_DAYS);
    }

    #[test]
    fn numbers_beyond_64_bits_are_none() {
        let all = shares_for(u64::MAX, ONE).unwrap();
        assert_eq!((worth(all, ONE), worth(all, index(1_000, 1))), (Some(u64::MAX), None));
        assert_eq!(owed(all, ONE), None);
    }

    proptest! {
        #[test]
        fn the_index_is_the_power_by_repeated_multiplication(ppm in 0..=LARGEST_PPM, days in 0u64..400) {
            let exact = (0..days).fold(1.0f64, |power, _| power * (1.0 + f64::from(ppm) / 1e6));
            let found = index(ppm, days) as f64 / ONE as f64;
            prop_assert!((found / exact - 1.0).abs() < 1e-11, "{found} {exact}");
        }

        #[test]
        fn the_index_never_falls(ppm in 0..=LARGEST_PPM, days in 0..MOST_DAYS) {
            prop_assert!(index(ppm, days) <= index(ppm, days + 1));
        }

        #[test]
        fn what_is_put_in_is_there_at_once_and_nothing_more(
            credits in 0u64..1 << 56, ppm in 0..=LARGEST_PPM, days in 0u64..5_000,
        ) {
            let index = index(ppm, days);
            prop_assert_eq!(worth(shares_for(credits, index).unwrap(), index), Some(credits));
        }

        #[test]
        fn what_holders_have_is_at_most_what_is_owed(
            credits in prop::collection::vec((1u64..1 << 50, 0u64..3_000), 1..12), ppm in 0..=LARGEST_PPM, later in 0u64..3_000,
        ) {
            let shares: Vec<u128> =
                credits.iter().map(|(credits, day)| shares_for(*credits, index(ppm, *day)).unwrap()).collect();
            let now = index(ppm, 3_000 + later);
            let held: u64 = shares.iter().map(|shares| worth(*shares, now).unwrap()).sum();
            let owed = owed(shares.iter().sum(), now).unwrap();
            prop_assert!(held <= owed && owed - held <= shares.len() as u64 + 1, "{held} {owed}");
        }

        #[test]
        fn spending_in_parts_takes_what_spending_at_once_does(
            credits in 1u64..1 << 50, parts in prop::collection::vec(1u64..1 << 40, 1..10), ppm in 0..=LARGEST_PPM, days in 0u64..3_000,
        ) {
            let index = index(ppm, days);
            let mut shares = shares_for(credits, index).unwrap();
            let mut left = credits;
            for part in parts {
                match spend(shares, part, index) {
                    Some(rest) => { shares = rest; left -= part; }
                    None => prop_assert!(part > left),
                }
                prop_assert_eq!(worth(shares, index), Some(left));
            }
        }

        #[test]
        fn the_most_affordable_day_is_found(
            credits in 1u64..1 << 40, ppm in 1..=LARGEST_PPM, days in 0u64..2_000, passed in 0u64..2_000, more in 0u64..1 << 41,
        ) {
            let shares = shares_for(credits, index(ppm, days)).unwrap();
            let most = owed(shares, index(ppm, days)).unwrap() + more;
            let found = affordable(shares, ppm, days, passed, most);
            prop_assert!((days..=days + passed).contains(&found));
            prop_assert!(owed(shares, index(ppm, found)).unwrap() <= most);
            prop_assert!(found == days + passed || owed(shares, index(ppm, found + 1)).unwrap() > most);
            // Asking in between changes nothing.
            let halfway = affordable(shares, ppm, days, passed / 2, most);
            if halfway == days + passed / 2 {
                prop_assert_eq!(affordable(shares, ppm, halfway, passed - passed / 2, most), found);
            }
        }
    }
}
