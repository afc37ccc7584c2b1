//! What a node pledges for its capacity, and how much of its work counts when it pledges less.

use crate::Bps;

/// Base units for one T of capacity in the first era: 100 BTK.
pub const PER_TERA: u128 = 100 * 1_000_000;
/// Days for which a pledge is locked.
pub const LOCK_DAYS: u64 = 540;
/// Capacities of machines, in T.
pub const CAPACITIES: [u16; 3] = [4, 8, 16];
/// Part of its work that counts of a node that has pledged less than it should: half.
pub const BELOW: Bps = Bps::percent(50);

/// Compute credits that a T of capacity does on a day at most. A node that does more has more capacity than it pledged for.
pub const UNITS_PER_TERA: u64 = 1_200;

/// What a node of `tera` T pledges after so many `halvings`: it doubles with each. Beyond 2^128 it is 2^128 - 1, which
/// nobody has.
#[must_use]
pub const fn required(tera: u16, halvings: u64) -> u128 {
    let first = PER_TERA.saturating_mul(tera as u128);
    // The first bits that a shift would push out.
    if halvings >= first.leading_zeros() as u64 {
        return if first == 0 { 0 } else { u128::MAX };
    }
    let mut pledge = first;
    let mut left = halvings;
    while left > 0 {
        pledge = pledge.saturating_mul(2);
        left = left.saturating_sub(1);
    }
    pledge
}

/// The part of its work that counts: all of it, or [`BELOW`] where the pledge is too small.
#[must_use]
pub const fn earning(pledged: u128, required: u128) -> Bps {
    if pledged < required { BELOW } else { Bps::WHOLE }
}

/// What counts of `units` of work of a node of `tera` T that has pledged what it should: whole, as far as its capacity does so
/// much on a day, of which it did `before`; and of what is beyond, as if there were no pledge for it, rounded down. Returns
/// what counts, and the part of it that the capacity did.
#[must_use]
pub fn within_capacity(units: u64, before: u64, tera: u16) -> (u64, u64) {
    let room = UNITS_PER_TERA.saturating_mul(tera.into()).saturating_sub(before);
    let whole = units.min(room);
    let beyond = BELOW.of(units.saturating_sub(whole).into());
    // Can't saturate: together at most the units.
    (whole.saturating_add(u64::try_from(beyond).unwrap_or_default()), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pledge_doubles_at_each_halving() {
        assert_eq!(
            [0, 1, 2].map(|halvings| required(8, halvings)),
            [800, 1_600, 3_200].map(|btk| btk * 1_000_000)
        );
        assert_eq!(required(16, 90), (1_600 * 1_000_000) << 90);
    }

    #[test]
    fn a_pledge_beyond_all_numbers_is_the_largest() {
        let bits = u64::from((16 * PER_TERA).leading_zeros());
        assert_eq!(required(16, bits - 1), (16 * PER_TERA) << (bits - 1));
        assert_eq!([bits, 128, u64::MAX].map(|halvings| required(16, halvings)), [u128::MAX; 3]);
        assert_eq!(required(0, u64::MAX), 0);
    }

    #[test]
    fn work_beyond_what_was_pledged_for_counts_half() {
        assert_eq!(within_capacity(4_800, 0, 4), (4_800, 4_800));
        assert_eq!(within_capacity(16_000, 0, 4), (4_800 + 5_600, 4_800));
        assert_eq!(within_capacity(16_000, 0, 16), (16_000, 16_000));
        assert_eq!(within_capacity(101, 4_700, 4), (100, 100));
        assert_eq!(within_capacity(10, 9_999, 4), (5, 0));
        assert_eq!(within_capacity(u64::MAX, 0, 0), (u64::MAX / 2, 0));
        // In parts as at once, but for rounding.
        let (mut sum, mut before) = (0, 0);
        for _ in 0..160 {
            let (counted, whole) = within_capacity(100, before, 4);
            (sum, before) = (sum + counted, before + whole);
        }
        assert_eq!(sum, 10_400);
    }

    #[test]
    fn who_pledges_a_unit_less_earns_half() {
        assert_eq!((earning(800, 800), earning(799, 800)), (Bps::WHOLE, Bps::percent(50)));
    }
}
