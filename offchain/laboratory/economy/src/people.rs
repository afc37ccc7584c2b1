//! Patients, and people whose machines are idle at times: pure, as operators and delegators are.

use bithive_api::rewards::Inputs;
use cosmwasm_std::Uint128;

use crate::random::{Purpose, Stream};
use crate::{MONTH_DAYS, Options, UNIT};

/// Most patients, and most owners of idle machines.
const MOST: u64 = 100;
/// What a check-up is worth before its completion is counted, in BTT, and its completion in 1/10,000.
const VALUE: (u64, u64) = (200, 700);
const COMPLETION: (u32, u32) = (6_000, 10_000);
/// What a day of chronic care is worth, in BTT.
const CARE: (u64, u64) = (9, 35);
/// One patient of so many has a chronic illness.
const CHRONIC: u64 = 4;
/// Cobblestones that an idle machine earns in a month in another project.
const COBBLESTONES: (u64, u64) = (600_000, 1_800_000);
/// Credits from which on their owner buys compute, for half of them.
const ENOUGH: u64 = 20_000;

fn count(options: &Options) -> u64 {
    u64::from(options.nodes).div_ceil(4).min(MOST)
}

/// Somebody who has a check-up once a month; of a chronic illness, two days of care are reported the day after.
#[derive(Clone, Debug)]
pub(crate) struct Patient {
    pub(crate) number: u64,
    visits: Stream,
}

/// All patients of a run: one for every four nodes.
pub(crate) fn patients(options: &Options) -> Vec<Patient> {
    let one = |number| Patient { number, visits: Stream::new(options.seed, Purpose::Patient(number)) };
    (0..count(options)).map(one).collect()
}

impl Patient {
    /// Whether it is the day of its check-up, which two have at the same time.
    pub(crate) fn visits(&self, day: u64) -> bool {
        day % MONTH_DAYS == (self.number / 2) % MONTH_DAYS
    }

    /// Whether days of chronic care are reported.
    pub(crate) fn reports_care(&self, day: u64) -> bool {
        self.number.is_multiple_of(CHRONIC) && day.checked_sub(1).is_some_and(|before| self.visits(before))
    }

    /// What the reward of a check-up is computed from.
    pub(crate) fn inputs(&mut self) -> Inputs {
        self.worth(VALUE)
    }

    /// What the reward of a day of chronic care is computed from.
    pub(crate) fn care(&mut self) -> Inputs {
        self.worth(CARE)
    }

    fn worth(&mut self, (least, most): (u64, u64)) -> Inputs {
        let value = u128::from(self.visits.within(least..=most)).saturating_mul(UNIT);
        let completion = self.visits.within(COMPLETION.0.into()..=COMPLETION.1.into());
        Inputs {
            value: Uint128::new(value),
            completion: u32::try_from(completion).unwrap_or(COMPLETION.0),
            history: Uint128::zero(),
            time: 0,
            adjustment: 0,
        }
    }
}

/// The owner of a machine that is idle at times.
#[derive(Clone, Debug)]
pub(crate) struct Idle {
    /// Number of the machine in the other project.
    pub(crate) host: u64,
    /// Cobblestones so far.
    pub(crate) total: u64,
    work: Stream,
}

/// All owners of idle machines of a run: one for every four nodes.
pub(crate) fn idlers(options: &Options) -> Vec<Idle> {
    let one = |host| Idle { host, total: 0, work: Stream::new(options.seed, Purpose::Idle(host)) };
    (0..count(options)).map(one).collect()
}

impl Idle {
    /// Whether it brings what its machine has earned.
    pub(crate) fn looks(&self, day: u64) -> bool {
        day >= MONTH_DAYS && day % MONTH_DAYS == self.host % MONTH_DAYS
    }

    /// Adds a month's work; the total by then.
    pub(crate) fn works(&mut self) -> u64 {
        self.total = self.total.saturating_add(self.work.within(COBBLESTONES.0..=COBBLESTONES.1));
        self.total
    }

    /// Credits that it buys compute for.
    pub(crate) fn spends(&self, credits: u64) -> Option<u64> {
        (credits >= ENOUGH).then_some(credits / 2)
    }
}

/// Most credits that all owners together can bring in a month, where so many cobblestones in 1/10,000 are a credit.
pub(crate) fn most_credits(idlers: usize, rate: u32) -> u64 {
    let each = COBBLESTONES.1.saturating_mul(rate.into()) / 10_000;
    each.saturating_add(1).saturating_mul(idlers as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options { years: 1, nodes: 20, seed: 1, poke_days: None };

    #[test]
    fn everybody_has_one_check_up_a_month_and_two_on_the_same_day() {
        let patients = patients(&OPTIONS);
        assert_eq!(patients.len(), 5);
        let visits = |from: u64| {
            let days = from..from + MONTH_DAYS;
            days.map(|day| patients.iter().filter(|patient| patient.visits(day)).count()).collect::<Vec<_>>()
        };
        assert_eq!(visits(0)[..4], [2, 2, 1, 0]);
        assert_eq!(visits(0), visits(30));
        let care = |day| patients.iter().map(|patient| patient.reports_care(day)).collect::<Vec<_>>();
        assert_eq!(care(1), [true, false, false, false, false]);
        assert_eq!(care(3), [false, false, false, false, true]);
        assert_eq!((care(0), care(2)), (vec![false; 5], vec![false; 5]));
    }

    #[test]
    fn inputs_stay_within_what_the_contract_takes() {
        let [mut patient, ..] = <[_; 5]>::try_from(patients(&OPTIONS)).unwrap();
        for _ in 0..200 {
            let inputs = patient.inputs();
            assert!((100 * UNIT..=700 * UNIT).contains(&inputs.value.u128()), "{inputs:?}");
            assert!((6_000..=10_000).contains(&inputs.completion), "{inputs:?}");
            let care = patient.care();
            assert!((5 * UNIT..=35 * UNIT).contains(&care.value.u128()), "{care:?}");
        }
    }

    #[test]
    fn idle_machines_only_add_and_their_owners_keep_half() {
        let [mut first, second, ..] = <[_; 5]>::try_from(idlers(&OPTIONS)).unwrap();
        assert_eq!([0, 1, 30, 31].map(|day| first.looks(day)), [false, false, true, false]);
        assert_eq!([1, 31].map(|day| second.looks(day)), [false, true]);
        let (before, after) = (first.works(), first.works());
        assert!(before >= 600_000 && after >= before + 600_000);
        assert_eq!([19_999, 20_000].map(|credits| first.spends(credits)), [None, Some(10_000)]);
        assert!(most_credits(5, 100) >= 5 * 18_000);
    }
}
