//! Random sequences of credits, announcements, claims and releases against a model that keeps each day's schedule apart,
//! that of the application's part too.

use std::collections::BTreeMap;

use bithive_api::emissions::{Bucket, ExecuteMsg};
use bithive_test_kit::emissions::{DAY, EmissionsSuite};
use bithive_test_kit::{START, UNIT};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    Credit { to: usize, units: u64 },
    Announce { units: u64 },
    Late { to: usize, announced: usize },
    Claim { of: usize },
    Release { bucket: Bucket },
    Wait { seconds: u64 },
}

#[derive(Default)]
struct Model {
    /// Seconds since the start.
    now: u64,
    /// By day: all work.
    total: BTreeMap<u64, u64>,
    /// Of each account: day of the work, the work, and the day on which it was credited.
    work: [Vec<(u64, u64, u64)>; ACCOUNTS],
    /// Announced and nobody's: day and units, by age.
    announced: Vec<(u64, u64)>,
    claimed: [u128; ACCOUNTS],
    application: u128,
}

impl Model {
    /// What contributors earn on a day: 375,000 BTK, halved every 2,100 days.
    fn emitted(day: u64) -> u128 {
        (375_000 * UNIT) >> (day / 2_100)
    }

    /// What was emitted for the application in so many seconds: 75,000 BTK a day, evenly, halved every 2,100 days.
    fn for_application(seconds: u64) -> u128 {
        let of_a_day = |era: u64| (500_000 * UNIT) >> era;
        let (today, rest) = (seconds / DAY, seconds % DAY);
        let era = today / 2_100;
        let before: u128 = (0..era).map(|era| of_a_day(era) * 2_100).sum();
        let days = before + of_a_day(era) * u128::from(today % 2_100);
        (days + of_a_day(era) * u128::from(rest) / u128::from(DAY)) * 15 / 100
    }

    /// What of it is due by now, in 1/225 of a unit: of each day 45 parts as it is emitted, one part a day for 180 days.
    fn application_due(&self) -> u128 {
        let today = self.now / DAY;
        let mut due = 0;
        for day in 0..=today {
            let by = |seconds: u64| Self::for_application(seconds.min(self.now));
            let emitted = by((day + 1) * DAY) - by(day * DAY);
            due += emitted * (45 + u128::from(today.saturating_sub(day + 1).min(180)));
        }
        due / 225 - self.application
    }

    /// Due by now, schedule by schedule, in 1/225 of a unit: each day 45 parts when it ends, one part a day for 180 days.
    fn due(&self, account: usize) -> u128 {
        let today = self.now / DAY;
        // Work that is credited while its day lasts is one, due from the day's end on; late work is each for itself.
        let mut credited = BTreeMap::<(u64, u64, usize), u64>::new();
        for (index, (day, units, at)) in self.work[account].iter().enumerate() {
            let (from, which) = if at == day { (day + 1, usize::MAX) } else { (*at, index) };
            *credited.entry((*day, from, which)).or_default() += units;
        }
        let mut due = 0;
        for ((day, from, _), units) in credited.into_iter().filter(|((_, from, _), _)| *from <= today) {
            let share = Self::emitted(day) * u128::from(units) / u128::from(self.total[&day]);
            // 0.002 BTK for each.
            let reward = share.min(u128::from(units) * 2_000);
            due += reward * (45 + u128::from((today - from).min(180)));
        }
        due / 225
    }
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    // A few of the most are what a day can earn.
    let units = || prop_oneof![4 => 1u64..1_000, 4 => 1u64..1 << 27, 1 => Just(0), 1 => 1u64..1 << 40];
    let bucket = prop::sample::select(vec![Bucket::Application, Bucket::Foundation, Bucket::Infrastructure]);
    let seconds = prop_oneof![4 => 1..2 * DAY, 2 => DAY..40 * DAY, 1 => 100 * DAY..1_000 * DAY];
    prop_oneof![
        4 => (who(), units()).prop_map(|(to, units)| Op::Credit { to, units }),
        2 => units().prop_map(|units| Op::Announce { units }),
        3 => (who(), 0usize..4).prop_map(|(to, announced)| Op::Late { to, announced }),
        3 => who().prop_map(|of| Op::Claim { of }),
        1 => bucket.prop_map(|bucket| Op::Release { bucket }),
        4 => seconds.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 200 sequences of 80 messages.
    #[test]
    fn the_contract_and_the_model_agree_on_every_message(ops in prop::collection::vec(op(), 80)) {
        let mut suite = EmissionsSuite::new();
        let accounts: Vec<Addr> =
            (0..ACCOUNTS).map(|index| suite.suite.account(&format!("account {index}"))).collect();
        let mut model = Model::default();
        for op in &ops {
            match op {
                Op::Wait { seconds } => {
                    suite.suite.advance(*seconds);
                    model.now += seconds;
                }
                Op::Credit { to, units } => {
                    let result = suite.credit(&accounts[*to], *units);
                    prop_assert_eq!(result.is_ok(), *units > 0, "{:?}: {:?}", op, result.err());
                    if *units > 0 {
                        let today = model.now / DAY;
                        *model.total.entry(today).or_default() += units;
                        model.work[*to].push((today, *units, today));
                    }
                }
                Op::Announce { units } => {
                    let meter = suite.meter.clone();
                    let result = suite.execute(&meter, &ExecuteMsg::Announce { units: *units });
                    prop_assert_eq!(result.is_ok(), *units > 0, "{:?}: {:?}", op, result.err());
                    if *units > 0 {
                        *model.total.entry(model.now / DAY).or_default() += units;
                        model.announced.push((model.now / DAY, *units));
                    }
                }
                Op::Late { to, announced } => {
                    let found = model.announced.get(*announced).copied();
                    let (day, units) = found.unwrap_or((model.now / DAY + 1, 1));
                    let (at, meter) = (START + day * DAY, suite.meter.clone());
                    let contributors = vec![accounts[*to].to_string()];
                    let result = suite.execute(&meter, &ExecuteMsg::CreditAnnounced { at, contributors, units });
                    prop_assert_eq!(result.is_ok(), found.is_some(), "{:?}: {:?}", op, result.err());
                    if found.is_some() {
                        model.announced.remove(*announced);
                        let today = model.now / DAY;
                        model.work[*to].push((day, units, today));
                    }
                }
                Op::Claim { of } => {
                    let due = model.due(*of) - model.claimed[*of];
                    let result = suite.claim(&accounts[*of]);
                    prop_assert_eq!(result.is_ok(), due > 0, "{:?}: {:?}", op, result.err());
                    model.claimed[*of] += due;
                }
                Op::Release { bucket: Bucket::Application } => {
                    let due = model.application_due();
                    let result = suite.release(Bucket::Application);
                    prop_assert_eq!(result.is_ok(), due > 0, "{:?}: {:?}", op, result.err());
                    model.application += due;
                    prop_assert_eq!(suite.btk(&suite.recipients.application), model.application);
                }
                Op::Release { bucket } => drop(suite.release(*bucket)),
            }
            for (index, account) in accounts.iter().enumerate() {
                prop_assert_eq!(suite.btk(account), model.claimed[index], "{:?}", op);
                let due = model.due(index) - model.claimed[index];
                prop_assert_eq!(suite.contributor(account).due.u128(), due, "{:?}", op);
            }
        }
        suite.check();
    }
}
