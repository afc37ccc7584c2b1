//! What a contributor's work earns, and when it is due.
//!
//! # Credits
//!
//! Whoever posts a job chooses its workers, so work can be staged: a job that pays its own workers costs what leaves them for
//! good, and nothing else. Credits are therefore bounded by that ([`Settled::credits`]). What may return to who paid does not
//! count: the workers' pay, the shares of owners that the requester names, the patients' pool that it may be paid from. What
//! counts is the treasury's part.
//!
//! # Pay
//!
//! The contributors' part of a day's emission is divided by the day's credits, and a credit earns at most [`CEILING`]
//! ([`reward`]). What a day does not earn is never minted. It is not carried to a later day, because what is carried waits for
//! somebody who works on a day on which nobody else does.
//!
//! # Equilibrium
//!
//! A credit costs at least [`FEE_PER_CREDIT`] and earns the same for everybody, so BTK are sold for fees: for at least
//! FEE_PER_CREDIT / CEILING = 0.5 BTT each, and on a day that is divided whole for FEE_PER_CREDIT * credits / pool. While a BTK is
//! worth more than that, it pays to work for fees, staged or not, which adds credits until it does not. From there on who
//! stages work pays at least what it gets.
//!
//! # When it is due
//!
//! Of what a day earned, 20 % is due when the day ends, the rest in 180 equal parts, one a day
//! from the next day's end on: [`crate::vesting::Schedule::contributor`] for each day.
//!
//! Overlapping schedules are not added up one by one. With S(x) = what was earned on days before x, due at the
//! beginning of day D is
//!
//! ```text
//!   20 % S(D) + 80 % / 180 * (S(D-1) + ... + S(D-180))  =  (45 S(D) + P(D-1) - P(D-181)) / 225
//! ```
//!
//! where P(x) = S(0) + ... + S(x). S is constant between days of work, so P at any day follows from the last
//! [`Point`] at or before it: two points are read, however many days there were.

use crate::ratio::share;

/// Days over which the later part is due.
pub const DAYS: u64 = 180;
/// Base units of BTT that a job must cost for good, for each credit: 0.001 BTT.
pub const FEE_PER_CREDIT: u128 = 1_000;
/// Most base units of BTK that a credit earns: 0.002 BTK.
pub const CEILING: u128 = 2_000;
/// Least base units of BTT of fees that 1,000,000 base units of BTK cost: a BTK costs at least 0.5 BTT. Who bids more for them pays
/// those who pay themselves for work.
pub const BTK_COST: u128 = 1_000_000 * FEE_PER_CREDIT / CEILING;
/// Least workers of a job that is credited: fewer agree with nobody but themselves.
pub const LEAST_WORKERS: u8 = 3;

/// A job as it was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Workers that it had.
    pub workers: u8,
    /// Those that are paid.
    pub paid: u32,
    /// What a run of its model is worth, in credits.
    pub work: u64,
    /// Base units of BTT that left everybody who could be the requester, for good.
    pub lost: u128,
}

impl Settled {
    /// What each worker that is paid is credited with: the work, as far as the job cost [`FEE_PER_CREDIT`] for each credit of
    /// all of them; nothing for a job of fewer than [`LEAST_WORKERS`]. Rounded down.
    #[must_use]
    pub fn credits(&self) -> u64 {
        if self.workers < LEAST_WORKERS {
            return 0;
        }
        let each = (self.lost / FEE_PER_CREDIT).checked_div(self.paid.into()).unwrap_or_default();
        self.work.min(u64::try_from(each).unwrap_or(u64::MAX))
    }
}

/// A contributor's earnings by the beginning of a day: S and P.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// S: earned on all days before, in base units.
    pub earned: u128,
    /// P: the sum of S over this and all earlier days.
    pub sum: u128,
}

impl Point {
    /// P, `days` after this point, with nothing earned in between.
    #[must_use]
    pub const fn sum_after(&self, days: u64) -> u128 {
        self.sum.saturating_add(self.earned.saturating_mul(days as u128))
    }

    /// The same day, on which `reward` becomes due like the one of the day before.
    #[must_use]
    pub const fn plus(&self, reward: u128) -> Self {
        Self { earned: self.earned.saturating_add(reward), sum: self.sum.saturating_add(reward) }
    }

    /// The point `days` after this one, at least 1, where `reward` was earned on the last of them.
    #[must_use]
    pub const fn after(&self, days: u64, reward: u128) -> Self {
        let earned = self.earned.saturating_add(reward);
        Self { earned, sum: self.sum_after(days.saturating_sub(1)).saturating_add(earned) }
    }
}

/// What `units` of a day's `total` earn of its `pool`, rounded down, and at most `ceiling` for each of them.
#[must_use]
pub const fn reward(pool: u128, units: u64, total: u64, ceiling: u128) -> u128 {
    if units == 0 {
        return 0;
    }
    let (share, most) = (share(pool, units, total), ceiling.saturating_mul(units as u128));
    if share < most { share } else { most }
}

/// What is due at the beginning of a day, rounded down: `earned` is S of that day, `sum` is P of the day before and
/// `sum_before` P of the day 181 before, 0 where there is none.
#[must_use]
pub const fn due(earned: u128, sum: u128, sum_before: u128) -> u128 {
    // Can't saturate: S is at most the emission's cap, below 2^51, and the window is 180 of it.
    earned.saturating_mul(45).saturating_add(sum.saturating_sub(sum_before)) / 225
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vesting::{DAY, Schedule};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// P at the beginning of `day`.
    fn sum_at(points: &BTreeMap<u64, Point>, day: Option<u64>) -> u128 {
        let Some(day) = day else { return 0 };
        points.range(..=day).next_back().map_or(0, |(at, point)| point.sum_after(day - at))
    }

    #[test]
    fn a_share_of_a_day_is_rounded_down_and_nothing_earns_nothing() {
        let reward = |pool, units, total| super::reward(pool, units, total, u128::MAX);
        assert_eq!(
            (reward(100, 1, 3), reward(100, 3, 3), reward(100, 0, 3), reward(100, 0, 0)),
            (33, 100, 0, 0)
        );
        assert_eq!(reward(1 << 50, u64::MAX - 1, u64::MAX), (1 << 50) - 1);
    }

    #[test]
    fn a_credit_earns_no_more_than_the_ceiling_however_few_there_are() {
        let pool = 375_000 * 1_000_000;
        assert_eq!([1, 3].map(|units| reward(pool, units, 3, CEILING)), [CEILING, 3 * CEILING]);
        let full = u64::try_from(pool / CEILING).unwrap();
        assert_eq!(reward(pool, full, full, CEILING), pool);
        assert_eq!(reward(pool, full, 2 * full, CEILING), pool / 2);
        assert_eq!(reward(u128::MAX, u64::MAX, u64::MAX, u128::MAX), u128::MAX);
    }

    /// The job of the review that found the attack: one worker, of the requester, for one base unit.
    #[test]
    fn a_job_is_credited_for_what_it_cost_for_good() {
        let job = Settled { workers: 3, paid: 2, work: 1_000, lost: 2_000 * FEE_PER_CREDIT };
        assert_eq!(job.credits(), 1_000);
        assert_eq!(Settled { lost: job.lost - 1, ..job }.credits(), 999);
        assert_eq!(Settled { lost: u128::MAX, ..job }.credits(), 1_000);
        assert_eq!(Settled { lost: u128::MAX, work: u64::MAX, ..job }.credits(), u64::MAX);
        assert_eq!(Settled { workers: 1, paid: 1, work: 1_000, lost: 1 }.credits(), 0);
        for nothing in [
            Settled { lost: FEE_PER_CREDIT, ..job },
            Settled { workers: 2, ..job },
            Settled { paid: 0, ..job },
            Settled { work: 0, ..job },
        ] {
            assert_eq!(nothing.credits(), 0, "{nothing:?}");
        }
    }

    fn job() -> impl Strategy<Value = Settled> {
        let lost = prop_oneof![0..FEE_PER_CREDIT * 4, 0u128..1 << 60, any::<u128>()];
        (0u8..=16, 0u32..=16, prop_oneof![0u64..10_000, any::<u64>()], lost)
            .prop_map(|(workers, paid, work, lost)| Settled { workers, paid, work, lost })
    }

    /// Base units of BTT for a million base units of BTK.
    const PRICE_UNIT: u128 = 1_000_000;

    proptest! {
        #[test]
        fn the_credits_of_a_job_never_cost_less_than_their_fee(job in job()) {
            let all = u128::from(job.credits()) * u128::from(job.paid);
            prop_assert!(all.saturating_mul(FEE_PER_CREDIT) <= job.lost);
            prop_assert!(job.credits() <= job.work);
        }

        #[test]
        fn many_small_jobs_are_credited_with_no_more_than_one_large(
            paid in 1u32..16, parts in prop::collection::vec(0u128..1 << 40, 1..20),
        ) {
            let job = |lost| Settled { workers: 16, paid, work: u64::MAX, lost }.credits();
            let apart: u64 = parts.iter().copied().map(job).sum();
            prop_assert!(apart <= job(parts.iter().sum()));
        }

        #[test]
        fn rewards_of_a_day_are_at_most_its_pool_and_the_same_for_each_credit(
            pool in 0u128..1 << 50, units in prop::collection::vec(0u64..1 << 40, 1..20), ceiling in 0u128..1 << 20,
        ) {
            let total: u64 = units.iter().sum();
            let rewards: Vec<u128> = units.iter().map(|units| reward(pool, *units, total, ceiling)).collect();
            prop_assert!(rewards.iter().sum::<u128>() <= pool);
            for (a, one) in units.iter().zip(&rewards) {
                for (b, other) in units.iter().zip(&rewards) {
                    // Within one base unit: a share does not depend on whose it is.
                    prop_assert!(one * u128::from(*b) <= (other + 1) * u128::from(*a).max(1));
                }
            }
        }

        /// A trader that works for itself on a day with the `honest` credits of others, at any price of BTK. Others enter
        /// while a credit earns more than it costs, so that it does not: the equilibrium. Then the trader gains nothing,
        /// whatever it spends.
        #[test]
        fn who_trades_with_itself_gains_nothing_in_the_equilibrium(
            pool in 1u128..1 << 50, honest in 0u64..1 << 40, price in 1u128..1 << 40, jobs in prop::collection::vec(job(), 1..10),
        ) {
            let jobs: Vec<Settled> = jobs.iter().map(|job| Settled { lost: job.lost % (1 << 60), ..*job }).collect();
            let spent: u128 = jobs.iter().map(|job| job.lost).sum();
            let units: u128 = jobs.iter().map(|job| u128::from(job.credits()) * u128::from(job.paid)).sum();
            let units = u64::try_from(units).unwrap();
            // Credits at which one costs what it earns: none are needed where the ceiling is worth less than the fee.
            let enough = (price * pool).div_ceil(FEE_PER_CREDIT * PRICE_UNIT);
            let pays = price * CEILING > FEE_PER_CREDIT * PRICE_UNIT;
            let others = if pays { u128::from(honest).max(enough) } else { honest.into() };
            let total = u64::try_from(others + u128::from(units)).unwrap();
            let earned = reward(pool, units, total, CEILING);
            prop_assert!(earned * price <= spent * PRICE_UNIT, "{earned} BTK for {spent} at {price}");
        }

        #[test]
        fn a_btk_costs_half_a_btt_of_fees_or_more(pool in 0u128..1 << 50, others in 0u64..1 << 40, job in job()) {
            let units = u64::try_from(u128::from(job.credits()) * u128::from(job.paid)).unwrap_or(u64::MAX);
            let earned = reward(pool, units, others.saturating_add(units), CEILING);
            prop_assert!(earned <= job.lost.saturating_mul(2));
        }

        #[test]
        fn overlapping_days_are_due_as_if_each_had_its_own_schedule(
            rewards in prop::collection::vec((1u64..250, 1u128..1 << 40), 1..20), wait in 0u64..400,
        ) {
            // `day` is the day worked on; its reward is known at the beginning of the next one.
            let (mut points, mut tranches) = (BTreeMap::new(), Vec::new());
            let (mut last, mut day) = (Point::default(), 0);
            let mut at = 0;
            for (gap, reward) in &rewards {
                day += gap;
                last = last.after(day + 1 - at, *reward);
                at = day + 1;
                points.insert(at, last);
                tranches.push((at, *reward));
            }
            for now in [at, at + wait, at + DAYS, at + 2 * DAYS] {
                let due = due(last.earned, sum_at(&points, now.checked_sub(1)), sum_at(&points, now.checked_sub(DAYS + 1)));
                // The same in 1/225 of a unit, and one by one: each is rounded down by less than 2 units.
                let exact: u128 = tranches.iter().map(|(start, reward)| reward * (45 + u128::from((now - start).min(DAYS)))).sum();
                prop_assert_eq!(due, exact / 225);
                let apart: u128 = tranches.iter().map(|(start, reward)| {
                    Schedule::contributor(start * DAY).unwrap().vested(*reward, now * DAY)
                }).sum();
                prop_assert!(apart <= due && due - apart <= 2 * tranches.len() as u128);
            }
            let end = at + DAYS;
            let total: u128 = tranches.iter().map(|(_, reward)| reward).sum();
            prop_assert_eq!(due(last.earned, sum_at(&points, Some(end - 1)), sum_at(&points, end.checked_sub(DAYS + 1))), total);
        }
    }
}
