//! A chain with the contract on it, somebody who asks, somebody who brings rounds, and a contract that is called.

use bithive_api::randomness::{Event, ExecuteMsg, Request, limits};
use bithive_randomness::ContractError;
use bithive_test_kit::drand::{GENESIS, PERIOD};
use bithive_test_kit::randomness::{Randomness, asking};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

/// What each account has, in base units of BTT.
pub const WEALTH: u128 = 1_000_000;

pub struct World {
    pub suite: Suite,
    pub randomness: Randomness,
    pub alice: Addr,
    pub relayer: Addr,
    pub stranger: Addr,
}

impl World {
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let randomness = Randomness::new(&mut suite);
        let [alice, relayer, stranger] = ["alice", "relayer", "stranger"].map(|name| suite.account(name));
        suite.fund(&alice, WEALTH);
        Self { suite, randomness, alice, relayer, stranger }
    }

    /// Alice asks for the next round with a bounty.
    pub fn ask(&mut self, bounty: u128) -> (u64, u64) {
        self.ask_for(bounty, asking()).unwrap()
    }

    /// Number and round of a request of alice's.
    pub fn ask_for(&mut self, bounty: u128, request: Request) -> Result<(u64, u64), ContractError> {
        let alice = self.alice.clone();
        let answer = if bounty == 0 {
            self.randomness.send(&mut self.suite, &alice, &ExecuteMsg::Request(request))
        } else {
            self.randomness.ask(&mut self.suite, &alice, bounty, request)
        };
        match answer {
            Ok(response) => match self.events(&response)[..] {
                [Event::Requested { id, round, .. }] => Ok((id, round)),
                ref other => panic!("{other:?}"),
            },
            error => Err(refusal(error)),
        }
    }

    /// As [`World::ask_for`]; whether it is taken, also by the token.
    pub fn ask_or_refuse(&mut self, bounty: u128, request: Request) -> bool {
        let alice = self.alice.clone();
        if bounty == 0 {
            return self.randomness.send(&mut self.suite, &alice, &ExecuteMsg::Request(request)).is_ok();
        }
        self.randomness.ask(&mut self.suite, &alice, bounty, request).is_ok()
    }

    /// The relayer brings a round.
    pub fn submit(&mut self, round: u64) -> AnyResult<AppResponse> {
        let relayer = self.relayer.clone();
        self.randomness.submit(&mut self.suite, &relayer, round)
    }

    pub fn by_stranger(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let stranger = self.stranger.clone();
        self.randomness.send(&mut self.suite, &stranger, message)
    }

    pub fn refused(&mut self, message: &ExecuteMsg) -> ContractError {
        refusal(self.by_stranger(message))
    }

    pub fn events(&self, response: &AppResponse) -> Vec<Event> {
        announced(&self.randomness.address, response)
    }

    /// When the network signs a round, Unix seconds.
    pub fn at(&self, round: u64) -> u64 {
        GENESIS + (round - 1) * u64::from(PERIOD)
    }

    /// Brings the clock to `seconds` after a round's time.
    pub fn past(&mut self, round: u64, seconds: u64) {
        let at = self.at(round) + seconds;
        let now = self.suite.now();
        self.suite.advance(at - now);
    }

    /// Brings the clock to the last second in which a request for a round waits.
    pub fn until_expiry(&mut self, round: u64) {
        self.past(round, limits::EXPIRY_SECONDS);
    }

    pub fn check(&self) {
        self.randomness.check(&self.suite);
    }
}
