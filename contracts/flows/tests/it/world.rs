//! A chain with the contract on it, a payer with coins and tokens, and a payee.

use bithive_api::asset::Asset;
use bithive_api::flows::{Event, ExecuteMsg, FlowResponse, SignedVoucher, Terms};
use bithive_flows::ContractError;
use bithive_test_kit::flows::{Flows, by_vouchers, opening};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

/// What the payer has of each asset.
pub const WEALTH: u128 = 1_000_000;
/// Seconds of a test's step.
pub const STEP: u64 = 60;

pub struct World {
    pub suite: Suite,
    pub flows: Flows,
    pub payer: Addr,
    pub payee: Addr,
    pub stranger: Addr,
}

impl World {
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let flows = Flows::new(&mut suite);
        let [payer, payee, stranger] = ["payer", "payee", "stranger"].map(|name| suite.account(name));
        let mut world = Self { suite, flows, payer, payee, stranger };
        for asset in world.assets() {
            world.suite.fund_in(&world.payer, &asset, WEALTH);
        }
        world
    }

    pub fn assets(&self) -> [Asset; 3] {
        let [coin, ibc] = Suite::coin_assets();
        [self.btt(), coin, ibc]
    }

    pub fn btt(&self) -> Asset {
        self.suite.btt_asset()
    }

    pub fn now(&self) -> u64 {
        self.suite.now()
    }

    /// The payer opens a flow of BTT.
    pub fn open(&mut self, amount: u128, terms: Terms) -> AnyResult<AppResponse> {
        let (payer, btt, open) = (self.payer.clone(), self.btt(), opening(&self.payee, terms));
        self.flows.open(&mut self.suite, &payer, (&btt, amount), open)
    }

    /// As [`World::open`], by vouchers of signer 1 for a year.
    pub fn channel(&mut self, amount: u128) {
        let ends = self.now() + 365 * 86_400;
        self.open(amount, by_vouchers(1, ends)).unwrap();
    }

    pub fn top_up(&mut self, id: u64, amount: u128, ends: Option<u64>) -> AnyResult<AppResponse> {
        let (payer, btt) = (self.payer.clone(), self.btt());
        self.flows.top_up(&mut self.suite, &payer, (&btt, amount), id, ends)
    }

    pub fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.flows.send(&mut self.suite, sender, message)
    }

    /// A message of somebody who has no part in it.
    pub fn by_stranger(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let stranger = self.stranger.clone();
        self.send(&stranger, message)
    }

    pub fn redeem(&mut self, vouchers: Vec<SignedVoucher>) -> AnyResult<AppResponse> {
        self.by_stranger(&ExecuteMsg::Redeem { vouchers })
    }

    pub fn refused(&mut self, sender: &Addr, message: &ExecuteMsg) -> ContractError {
        refusal(self.send(sender, message))
    }

    pub fn flow(&self, id: u64) -> Option<FlowResponse> {
        self.flows.flow(&self.suite, id)
    }

    /// What payee and payer may withdraw in BTT.
    pub fn owed(&self) -> [u128; 2] {
        [&self.payee, &self.payer].map(|account| self.flows.claimable(&self.suite, account, &self.btt()))
    }

    /// Both withdraw what they are owed, and the contract is empty: what payee and payer have of BTT then.
    pub fn paid_out(&mut self) -> [u128; 2] {
        let [payee, payer] = [self.payee.clone(), self.payer.clone()];
        let asset = self.btt();
        for account in [&payee, &payer] {
            if self.flows.claimable(&self.suite, account, &asset) > 0 {
                self.send(account, &ExecuteMsg::Withdraw { asset: asset.clone() }).unwrap();
            }
        }
        self.check();
        assert_eq!(self.suite.balance_in(&self.flows.address, &asset), 0, "nothing stays behind");
        [&payee, &payer].map(|account| self.suite.balance(account))
    }

    pub fn check(&self) {
        self.flows.check(&self.suite, &self.assets());
        self.suite.conservation();
    }
}

/// What `pick` takes from the contract's events in a response, in their order.
pub fn collect<T>(world: &World, response: &AppResponse, pick: impl Fn(Event) -> Option<T>) -> Vec<T> {
    announced(&world.flows.address, response).into_iter().filter_map(pick).collect()
}
