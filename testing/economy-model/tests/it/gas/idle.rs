//! Idle time that machines claim and members vouch for.

use bithive_api::meter::limits::MAX_PER_PERIOD;
use bithive_test_kit::Suite;
use bithive_test_kit::idle::{IdleSuite, params};
use cosmwasm_std::Addr;

use crate::gas::Cost;

const HOUR: u64 = 3_600;

pub(crate) struct World {
    suite: IdleSuite,
    /// The last period that has ended.
    period: u64,
}

impl World {
    /// As many machines have claimed an hour, each for an account of its own, and one member has vouched for each.
    pub(crate) fn new(count: usize) -> Self {
        let bound = bithive_api::meter::Params { per_period: MAX_PER_PERIOD, ..params() };
        let mut suite = IdleSuite::with_params(bound);
        let period = suite.last();
        for index in 0..count {
            let (machine, account) = (format!("machine {index:05}"), format!("account {index:05}"));
            suite.claim(&machine, period, HOUR, &account).unwrap();
            suite.vouch("member-1", &machine, period, HOUR).unwrap();
        }
        Self { suite, period }
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite.bank.market.suite, [&self.suite.meter])
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut IdleSuite)) -> u64 {
        let before = self.suite.bank.market.suite.gas();
        act(&mut self.suite);
        self.suite.bank.market.suite.gas() - before
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let (period, machine) = (self.period, "machine 00004");
        vec![
            (
                "claim idle time",
                self.cost(|suite| drop(suite.claim("new", period, HOUR, "account new").unwrap())),
            ),
            ("vouch", self.cost(|suite| drop(suite.vouch("member-1", "new", period, HOUR).unwrap()))),
            (
                "vouch and count",
                self.cost(|suite| drop(suite.vouch("member-2", machine, period, HOUR).unwrap())),
            ),
            ("collect", self.cost(|suite| drop(suite.collect("account 00004", None).unwrap()))),
        ]
    }
}
