//! Random sequences of credits, claims and releases against a model that keeps each day's schedule apart.

use std::collections::BTreeMap;

use bithive_api::emissions::Bucket;
use bithive_test_kit::UNIT;
use bithive_test_kit::emissions::{DAY, EmissionsSuite};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    Credit { to: usize, units: u64 },
    Claim { of: usize },
    Release { bucket: Bucket },
    Wait { seconds: u64 },
}

#[derive(Default)]
struct Model {
    /// Seconds since the start.
    now: u64,
    /// By day: the work of each account.
    days: BTreeMap<u64, [u64; ACCOUNTS]>,
    claimed: [u128; ACCOUNTS],
}

impl Model {
    /// What contributors earn on a day: 375,000 BTK, halved every 2,100 days.
    fn emitted(day: u64) -> u128 {
        (375_000 * UNIT) >> (day / 2_100)
    }

    /// Due by now, schedule by schedule, in 1/225 of a unit: each day 45 parts when it ends, one part a day for 180 days.
    fn due(&self, account: usize) -> u128 {
        let today = self.now / DAY;
        let mut from = 0;
        let mut due = 0;
        for (day, work) in self.days.range(..today) {
            let pool: u128 = (from..=*day).map(Self::emitted).sum();
            from = day + 1;
            let total: u64 = work.iter().sum();
            let reward = pool * u128::from(work[account]) / u128::from(total);
            due += reward * (45 + u128::from((today - day - 1).min(180)));
        }
        due / 225
    }
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    let units = prop_oneof![8 => 1u64..1_000, 1 => Just(0), 1 => 1u64..1 << 40];
    let bucket = prop::sample::select(vec![Bucket::Application, Bucket::Foundation, Bucket::Infrastructure]);
    let seconds = prop_oneof![4 => 1..2 * DAY, 2 => DAY..40 * DAY, 1 => 100 * DAY..1_000 * DAY];
    prop_oneof![
        4 => (who(), units).prop_map(|(to, units)| Op::Credit { to, units }),
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
                        model.days.entry(model.now / DAY).or_default()[*to] += units;
                    }
                }
                Op::Claim { of } => {
                    let due = model.due(*of) - model.claimed[*of];
                    let result = suite.claim(&accounts[*of]);
                    prop_assert_eq!(result.is_ok(), due > 0, "{:?}: {:?}", op, result.err());
                    model.claimed[*of] += due;
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
