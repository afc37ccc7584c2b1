//! Feeds of prices.

use bithive_api::oracle::{ExecuteMsg, QueryMsg};
use bithive_test_kit::Suite;
use bithive_test_kit::oracle::{COOLDOWN, INTERVAL, Oracle, reporters, terms};
use cosmwasm_std::Addr;

use crate::gas::{Cost, within};

/// Reporters of each feed: the most that there can be.
const REPORTERS: u8 = 21;
/// Of whom so many confirm a price; the quorum of seven needs fewer reporters.
const QUORUM: u8 = 11;
/// Most gas of a price of seven reports.
const MOST: u64 = 260_000;

pub(crate) struct World {
    suite: Suite,
    oracle: Oracle,
}

impl World {
    /// As many feeds, each with the most reporters, and a price in the first ones. The last has thirteen, of whom seven make a price.
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = Suite::new();
        let oracle = Oracle::new(&mut suite);
        oracle.create(&mut suite, 13, 7);
        for _ in 1..count {
            oracle.create(&mut suite, REPORTERS, QUORUM);
        }
        oracle.say(&mut suite, 1, &[1_000; 7]).unwrap();
        oracle.say(&mut suite, 2, &[1_000; 11]).unwrap();
        suite.advance(INTERVAL);
        Self { suite, oracle }
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite, [&self.oracle.address])
    }

    fn cost(&mut self, act: impl FnOnce(&mut Suite, &Oracle)) -> u64 {
        let before = self.suite.gas();
        act(&mut self.suite, &self.oracle);
        self.suite.gas() - before
    }

    fn say(&mut self, feed: u64, values: &[u128]) -> u64 {
        self.cost(|suite, oracle| drop(oracle.say(suite, feed, values).unwrap()))
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let seven = self.say(1, &[1_001; 7]);
        within("a price of 7 reports", seven, (1, 7), MOST);
        let most = self.say(2, &[1_001; 21]);
        self.suite.advance(INTERVAL);
        let mut far = [1_001; 21];
        far[20] = 1;
        let outlier = self.say(2, &far);
        self.suite.advance(INTERVAL);
        let trip = self.say(2, &[2_000; 21]);
        self.suite.advance(COOLDOWN);
        let confirm = self.say(2, &[2_000; 21]);
        let owner = self.suite.owner.clone();
        let create =
            ExecuteMsg::CreateFeed { terms: terms(), reporters: reporters(REPORTERS), quorum: QUORUM };
        let set = ExecuteMsg::SetReporters { feed: 3, reporters: reporters(13), quorum: 7 };
        let stop = ExecuteMsg::SetStopped { feed: 3, stopped: true };
        let mut owners = |message: &ExecuteMsg| {
            self.cost(|suite, oracle| drop(oracle.send(suite, &owner, message).unwrap()))
        };
        let (create, set, stop) = (owners(&create), owners(&set), owners(&stop));
        let price = self.cost(|suite, oracle| {
            let price: bithive_api::oracle::PriceResponse =
                suite.query(&oracle.address, &QueryMsg::Price { feed: 1 });
            assert_eq!(price.value.u128(), 1_001);
        });
        vec![
            ("price of 7 reports", seven),
            ("price of 21 reports", most),
            ("price with an outlier", outlier),
            ("trip", trip),
            ("confirm", confirm),
            ("create a feed", create),
            ("set reporters", set),
            ("stop a feed", stop),
            ("ask for a price", price.max(1)),
        ]
    }
}
