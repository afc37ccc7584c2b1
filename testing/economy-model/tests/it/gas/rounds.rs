//! Rounds of public randomness.

use bithive_api::randomness::{ExecuteMsg, QueryMsg, RequestsOf};
use bithive_contract_kit::randomness::beacon;
use bithive_test_kit::Suite;
use bithive_test_kit::drand::{GENESIS, PERIOD};
use bithive_test_kit::randomness::{Randomness, asking};
use cosmwasm_std::Addr;

use crate::gas::Cost;

/// Most gas that reading a round costs another contract: storage, which is all of a raw query.
pub(crate) const MOST_READ: u64 = 5_000;

pub(crate) struct World {
    suite: Suite,
    randomness: Randomness,
    alice: Addr,
    relayer: Addr,
    /// The round that all wait for.
    round: u64,
}

impl World {
    /// As many rounds that are known, and requests of one account for one that is not.
    pub(crate) fn new(count: u64) -> Self {
        let mut suite = Suite::new();
        let randomness = Randomness::new(&mut suite);
        let [alice, relayer] = ["alice", "relayer"].map(|name| suite.account(name));
        suite.fund(&alice, 2 * u128::from(count) + 10);
        for _ in 0..count {
            randomness.ask(&mut suite, &alice, 1, asking()).unwrap();
        }
        let round = randomness.request(&suite, 1).unwrap().round;
        // Of 10,000 rounds each would be verified: their bytes are what others find there.
        let mut storage = suite.app.contract_storage_mut(&randomness.address);
        for known in 1..=count {
            storage.set(&bithive_api::randomness::beacon_key(known), &[1; 32]);
        }
        drop(storage);
        Self { suite, randomness, alice, relayer, round }
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite, [&self.randomness.address])
    }

    fn cost(&mut self, act: impl FnOnce(&mut Suite, &Randomness)) -> u64 {
        let before = self.suite.gas();
        act(&mut self.suite, &self.randomness);
        self.suite.gas() - before
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let (alice, relayer, round) = (self.alice.clone(), self.relayer.clone(), self.round);
        let at = GENESIS + (round - 1) * u64::from(PERIOD);
        let ask = self.cost(|suite, rounds| drop(rounds.ask(suite, &alice, 1, asking()).unwrap()));
        let free = self.cost(|suite, rounds| {
            drop(rounds.send(suite, &alice, &ExecuteMsg::Request(asking())).unwrap());
        });
        let now = self.suite.now();
        self.suite.advance(at - now);
        let submit = self.cost(|suite, rounds| drop(rounds.submit(suite, &relayer, round).unwrap()));
        let read = self.cost(|suite, rounds| {
            assert!(beacon(suite.app.wrap(), &rounds.address, round).unwrap().is_some());
        });
        assert!(read <= MOST_READ, "reading a round: {read}");
        let deliver = self.cost(|suite, rounds| {
            let deliver = ExecuteMsg::Deliver { requests: vec![1] };
            drop(rounds.send(suite, &alice, &deliver).unwrap());
        });
        let withdraw =
            self.cost(|suite, rounds| drop(rounds.send(suite, &relayer, &ExecuteMsg::Withdraw {}).unwrap()));
        let list = self.cost(|suite, rounds| {
            let of = RequestsOf::Consumer(alice.to_string());
            let query = QueryMsg::Requests { of, start_after: None, limit: Some(5) };
            let found: Vec<bithive_api::randomness::RequestResponse> = suite.query(&rounds.address, &query);
            assert_eq!(found.len(), 5);
        });
        vec![
            ("ask", ask),
            ("ask without a bounty", free),
            ("submit", submit),
            ("read", read),
            ("deliver", deliver),
            ("withdraw", withdraw),
            ("list", list),
        ]
    }
}
