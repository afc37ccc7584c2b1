//! Random messages to the contract, and to a model that is written apart from it.

use std::collections::{BTreeMap, BTreeSet};

use bithive_test_kit::idle::{IdleSuite, MEMBERS, PER_DAY, PER_HOUR, PER_PERIOD};
use bithive_test_kit::timebank::DAY;
use proptest::prelude::*;

const MACHINES: [&str; 4] = ["machine-1", "machine-2", "member-1", "machine-4"];
const ACCOUNTS: [&str; 3] = ["alice", "bob", "member-2"];

#[derive(Clone, Debug)]
enum Op {
    Claim { machine: usize, back: u64, seconds: u64, account: usize },
    Vouch { member: usize, machine: usize, back: u64 },
    Collect { account: usize, most: Option<u64> },
    Wait { hours: u64 },
}

fn operation() -> impl Strategy<Value = Op> {
    let seconds = prop_oneof![0..2 * DAY, Just(DAY), Just(3_600)];
    prop_oneof![
        3 => (0..4usize, 0u64..5, seconds, 0..3usize)
            .prop_map(|(machine, back, seconds, account)| Op::Claim { machine, back, seconds, account }),
        6 => (0..3usize, 0..4usize, 0u64..5).prop_map(|(member, machine, back)| Op::Vouch { member, machine, back }),
        1 => (0..3usize, prop::option::of(0u64..2_000)).prop_map(|(account, most)| Op::Collect { account, most }),
        2 => (1u64..40).prop_map(|hours| Op::Wait { hours }),
    ]
}

/// Seconds, account, who vouched, whether it is counted.
type Claim = (u64, usize, BTreeSet<usize>, bool);

#[derive(Default)]
struct Model {
    /// By machine and period.
    claims: BTreeMap<(usize, u64), Claim>,
    due: BTreeMap<usize, u64>,
    credits: BTreeMap<usize, u64>,
    counted: BTreeMap<u64, u64>,
    collected: BTreeMap<u64, u64>,
}

impl Model {
    fn claim(&mut self, now: u64, (machine, period, seconds, account): (usize, u64, u64, usize)) -> bool {
        let current = now / DAY;
        let fits = period < current && period + 3 >= current && (360..=DAY).contains(&seconds);
        if !fits || self.claims.contains_key(&(machine, period)) {
            return false;
        }
        self.claims.insert((machine, period), (seconds, account, BTreeSet::new(), false));
        true
    }

    fn vouch(&mut self, now: u64, member: usize, (machine, period): (usize, u64)) -> bool {
        let current = now / DAY;
        let own = |name: &str| name == MEMBERS[member];
        let Some((seconds, account, by, counted)) = self.claims.get_mut(&(machine, period)) else {
            return false;
        };
        if period + 3 < current || own(MACHINES[machine]) || own(ACCOUNTS[*account]) || by.contains(&member) {
            return false;
        }
        if *counted {
            return true;
        }
        if by.len() == 1 {
            let worth = *seconds * u64::from(PER_HOUR) / 3_600;
            let today = self.counted.entry(current).or_default();
            if *today + worth > PER_PERIOD {
                return false;
            }
            *today += worth;
            *self.due.entry(*account).or_default() += worth;
            *counted = true;
        }
        by.insert(member);
        true
    }

    fn collect(&mut self, now: u64, account: usize, most: Option<u64>) -> bool {
        let due = self.due.entry(account).or_default();
        let given = most.map_or(*due, |most| most.min(*due));
        let today = self.collected.entry(now / DAY).or_default();
        if given == 0 || *today + given > PER_DAY {
            return false;
        }
        *today += given;
        *due -= given;
        *self.credits.entry(account).or_default() += given;
        true
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_contract_and_the_model_agree_on_every_message(operations in prop::collection::vec(operation(), 1..120)) {
        let (mut suite, mut model) = (IdleSuite::new(), Model::default());
        for operation in operations {
            let now = suite.bank.market.suite.now();
            let period = |back: u64| now / DAY - back;
            let (model_took, taken) = match operation.clone() {
                Op::Claim { machine, back, seconds, account } => (
                    model.claim(now, (machine, period(back), seconds, account)),
                    suite.claim(MACHINES[machine], period(back), seconds, ACCOUNTS[account]).is_ok(),
                ),
                Op::Vouch { member, machine, back } => {
                    let claims = suite.machine(MACHINES[machine]).claims;
                    let claim = claims.iter().find(|claim| claim.period == period(back));
                    let seconds = claim.map_or(1, |claim| claim.seconds);
                    (
                        model.vouch(now, member, (machine, period(back))),
                        suite.vouch(MEMBERS[member], MACHINES[machine], period(back), seconds).is_ok(),
                    )
                }
                Op::Collect { account, most } => (
                    model.collect(now, account, most),
                    suite.collect(ACCOUNTS[account], most).is_ok(),
                ),
                Op::Wait { hours } => {
                    suite.chain().advance(hours * 3_600);
                    (true, true)
                }
            };
            prop_assert_eq!(model_took, taken, "{:?}", operation);
            for (index, account) in ACCOUNTS.iter().enumerate() {
                prop_assert_eq!(suite.due(account), model.due.get(&index).copied().unwrap_or(0));
            }
        }
        // Interest of whole days adds to what was given, so that is a lower bound; what was given is the model's to the unit.
        for (index, account) in ACCOUNTS.iter().enumerate() {
            prop_assert!(suite.credits(account) >= model.credits.get(&index).copied().unwrap_or(0));
        }
        suite.bank.check();
    }
}
