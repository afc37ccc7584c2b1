//! A chain with the contract on it, and a feed of five reporters of which three make a price.

use bithive_api::oracle::{Event, ExecuteMsg, FeedResponse, Report, Status};
use bithive_oracle::ContractError;
use bithive_test_kit::oracle::{INTERVAL, Oracle};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;

pub struct World {
    pub suite: Suite,
    pub oracle: Oracle,
    pub owner: Addr,
}

impl World {
    /// Feed 1 has five reporters, the signers 1 to 5.
    pub fn new() -> Self {
        Self::with(5, 3)
    }

    /// Feed 1 has so many reporters, of which `quorum` make a price.
    pub fn with(reporters: u8, quorum: u8) -> Self {
        let mut suite = Suite::new();
        let oracle = Oracle::new(&mut suite);
        oracle.create(&mut suite, reporters, quorum);
        let owner = suite.owner.clone();
        Self { suite, oracle, owner }
    }

    pub fn now(&self) -> u64 {
        self.suite.now()
    }

    /// The present round, in which a test of one feed is.
    pub fn round(&self) -> u64 {
        self.now() / INTERVAL
    }

    /// Waits for the next round.
    pub fn next(&mut self) {
        self.suite.advance(INTERVAL);
    }

    /// The owner sends a message that has an effect.
    pub fn set(&mut self, message: &ExecuteMsg) -> AppResponse {
        let owner = self.owner.clone();
        self.oracle.send(&mut self.suite, &owner, message).unwrap()
    }

    pub fn set_refused(&mut self, message: &ExecuteMsg) -> ContractError {
        let owner = self.owner.clone();
        refusal(self.oracle.send(&mut self.suite, &owner, message))
    }

    /// The signers from 1 on say these values in the next round: what the contract announces.
    pub fn say(&mut self, values: &[u128]) -> Vec<Event> {
        self.next();
        let response = self.oracle.say(&mut self.suite, 1, values).unwrap();
        announced(&self.oracle.address, &response)
    }

    pub fn say_refused(&mut self, values: &[u128]) -> ContractError {
        self.next();
        refusal(self.oracle.say(&mut self.suite, 1, values))
    }

    /// These reports of this round come to something: what the contract announces.
    pub fn submit(&mut self, reports: Vec<Report>) -> Vec<Event> {
        let response = self.oracle.submit(&mut self.suite, 1, reports).unwrap();
        announced(&self.oracle.address, &response)
    }

    pub fn submit_refused(&mut self, reports: Vec<Report>) -> ContractError {
        refusal(self.oracle.submit(&mut self.suite, 1, reports))
    }

    pub fn feed(&self) -> FeedResponse {
        self.oracle.feed(&self.suite, 1).unwrap()
    }

    pub fn status(&self) -> Status {
        self.feed().status
    }

    /// The price, if the feed answers; the query and the status agree.
    pub fn price(&self) -> Option<u128> {
        let price = self.oracle.price(&self.suite, 1).ok();
        assert_eq!(price.is_some(), self.status() == Status::Fresh);
        price.map(|price| price.value.u128())
    }

    /// Why there is no price.
    pub fn no_price(&self) -> String {
        self.oracle.price(&self.suite, 1).unwrap_err()
    }
}
