//! Whether a median of reports becomes a price, or stops a feed until more reporters have said the same for a while.

use crate::Bps;
use crate::median::{deviates, lower_median};

/// What a reporter says, and when it saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// A value, in the unit of its feed.
    pub value: u128,
    /// In Unix seconds.
    pub time: u64,
}

/// What a feed asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Fewest reports of a median: 2 f + 1, where f of them may be lies.
    pub quorum: usize,
    /// Fewest reports near a pending value that confirm it.
    pub confirming: usize,
    /// Largest step from one price to the next.
    pub most: Bps,
}

/// A median that was too far from the last price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// In the unit of its feed.
    pub value: u128,
    /// When it can be confirmed, in Unix seconds.
    pub until: u64,
}

/// What reports come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The price: the medians of so many values and times.
    Price(Seen, usize),
    /// A value too far away from the last one, which is pending from now on.
    Trip(Seen),
}

/// Reports that come to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum Refused {
    /// There are too few of them, or of those near the pending value.
    TooFew {
        /// How many there are.
        found: usize,
        /// How many there have to be.
        expected: usize,
    },
    /// They agree with the pending value, which can't be confirmed yet.
    Early {
        /// When it can be, in Unix seconds.
        until: u64,
    },
}

impl Rules {
    /// Decides on reports, one for each reporter, at `now`.
    ///
    /// Without a pending value the median is the price unless it is further from the `last` price than allowed. With one, enough
    /// reports near it make their median the price once it can be confirmed; a median further away replaces it.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn judge(
        &self,
        last: Option<u128>,
        pending: Option<Pending>,
        now: u64,
        reports: &[Seen],
    ) -> Result<Verdict, Refused> {
        let all = median(reports.iter())
            .filter(|_| reports.len() >= self.quorum)
            .ok_or(Refused::TooFew { found: reports.len(), expected: self.quorum })?;
        let Some(Pending { value: pending, until }) = pending else {
            let jumps = last.is_some_and(|last| deviates(all.value, last, self.most));
            return Ok(if jumps { Verdict::Trip(all) } else { Verdict::Price(all, reports.len()) });
        };
        let near = || reports.iter().filter(|report| !deviates(report.value, pending, self.most));
        let found = near().count();
        match median(near()).filter(|_| found >= self.confirming) {
            Some(confirmed) if now >= until => Ok(Verdict::Price(confirmed, found)),
            Some(_) => Err(Refused::Early { until }),
            None if deviates(all.value, pending, self.most) => Ok(Verdict::Trip(all)),
            None => Err(Refused::TooFew { found, expected: self.confirming }),
        }
    }
}

/// The medians of values and of times, each for itself.
fn median<'a>(reports: impl Iterator<Item = &'a Seen> + Clone) -> Option<Seen> {
    let value = lower_median(reports.clone().map(|report| report.value))?;
    Some(Seen { value, time: lower_median(reports.map(|report| report.time))? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: Rules = Rules { quorum: 3, confirming: 5, most: Bps::percent(10) };
    const UNTIL: u64 = 1_000;

    fn seen<const N: usize>(values: [u128; N]) -> [Seen; N] {
        values.map(|value| Seen { value, time: 500 })
    }

    fn price(value: u128, reports: usize) -> Result<Verdict, Refused> {
        Ok(Verdict::Price(Seen { value, time: 500 }, reports))
    }

    fn trip(value: u128) -> Result<Verdict, Refused> {
        Ok(Verdict::Trip(Seen { value, time: 500 }))
    }

    #[test]
    fn a_median_within_the_step_is_the_price_and_one_beyond_trips() {
        let judge = |last, values: [u128; 3]| RULES.judge(last, None, 0, &seen(values));
        assert_eq!(judge(Some(100), [1, 110, 999]), price(110, 3));
        assert_eq!(judge(Some(100), [1, 111, 999]), trip(111));
        assert_eq!(judge(Some(100), [1, 89, 999]), trip(89));
        assert_eq!(judge(None, [1, 111, 999]), price(111, 3), "the first price has nothing to be far from");
        assert_eq!(RULES.judge(None, None, 0, &seen([1, 2])), Err(Refused::TooFew { found: 2, expected: 3 }));
    }

    #[test]
    fn a_pending_value_is_confirmed_by_more_reporters_after_its_time() {
        let pending = Some(Pending { value: 200, until: UNTIL });
        let judge = |now, reports: &[Seen]| RULES.judge(Some(100), pending, now, reports);
        let five = seen([180, 190, 200, 210, 220]);
        assert_eq!(judge(UNTIL, &five), price(200, 5));
        assert_eq!(judge(UNTIL - 1, &five), Err(Refused::Early { until: UNTIL }));
        // What is not near doesn't count, also not for the median.
        assert_eq!(judge(UNTIL, &seen([180, 190, 190, 210, 220, 999, 999])), price(190, 5));
        let four = Err(Refused::TooFew { found: 4, expected: 5 });
        assert_eq!(judge(UNTIL, &seen([180, 190, 210, 220, 221])), four);
        assert_eq!(judge(UNTIL, &seen([180, 190, 210, 220])), four);
    }

    #[test]
    fn a_median_away_from_the_pending_value_begins_anew_at_any_time() {
        let pending = Some(Pending { value: 200, until: UNTIL });
        for now in [0, UNTIL] {
            let back = RULES.judge(Some(100), pending, now, &seen([100, 100, 100, 100, 100]));
            assert_eq!(back, trip(100), "the last price as well: what moves that much waits");
        }
        assert_eq!(
            RULES.judge(Some(100), pending, UNTIL, &seen([100, 100])),
            Err(Refused::TooFew { found: 2, expected: 3 })
        );
    }

    #[test]
    fn the_time_of_a_price_is_the_median_of_times_whatever_value_has_it() {
        let reports = [(5, 30), (6, 10), (7, 20)].map(|(value, time)| Seen { value, time });
        assert_eq!(RULES.judge(None, None, 0, &reports), Ok(Verdict::Price(Seen { value: 6, time: 20 }, 3)));
    }

    proptest! {
        /// Whoever chooses what to show, with f liars: each price and each pending value is between honest values, and no price is
        /// further from the one before than allowed unless it was pending for its time and confirmed.
        #[test]
        fn no_choice_of_reports_with_some_liars_leaves_what_the_honest_ones_say(
            f in 0usize..4, n_more in 0usize..4,
            rounds in prop::collection::vec(
                (90u128..130, prop::collection::vec(0u128..6, 12), prop::collection::vec(0u128..400, 3), any::<u32>(), 1u64..50), 1..40,
            ),
        ) {
            let quorum = 2 * f + 1;
            let n = (2 * quorum - 1).min(quorum + n_more);
            let rules = Rules { quorum, confirming: (quorum + 2).min(n), most: Bps::percent(10) };
            let (mut last, mut pending, mut now) = (None, None::<Pending>, 0u64);
            for (base, spread, lies, mask, wait) in rounds {
                now += wait;
                let reports: Vec<u128> = (0..n).map(|i| if i < f { lies[i] } else { base + spread[i] }).collect();
                let shown = |i: &usize| mask & (1 << i) != 0;
                let honest = || (f..n).filter(shown).map(|i| reports[i]);
                let chosen: Vec<Seen> = (0..n).filter(shown).map(|i| Seen { value: reports[i], time: now }).collect();
                let between = |value: u128| honest().min() <= Some(value) && Some(value) <= honest().max();
                match rules.judge(last, pending, now, &chosen) {
                    Ok(Verdict::Price(Seen { value, .. }, _)) => {
                        prop_assert!(between(value), "{} of {:?}", value, chosen);
                        match (pending, last) {
                            (Some(was), _) => {
                                prop_assert!(now >= was.until && !deviates(value, was.value, rules.most));
                            }
                            (None, Some(last)) => prop_assert!(!deviates(value, last, rules.most)),
                            (None, None) => {}
                        }
                        (last, pending) = (Some(value), None);
                    }
                    Ok(Verdict::Trip(Seen { value, .. })) => {
                        prop_assert!(between(value), "{} of {:?}", value, chosen);
                        pending = Some(Pending { value, until: now + 60 });
                    }
                    Err(Refused::TooFew { found, expected }) => prop_assert!(found < expected),
                    Err(Refused::Early { until }) => prop_assert!(now < until),
                }
            }
        }
    }
}
