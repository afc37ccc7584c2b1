//! A chain with the contract on it, a payer with coins and tokens, payees, an arbiter and a crowd.

use bithive_api::asset::Asset;
use bithive_api::escrow::{AgreementResponse, Approver, Event, ExecuteMsg, Phase, Terms};
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{Escrow, terms};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

/// What the payer and each of the crowd have of each asset.
pub const WEALTH: u128 = 1_000_000;
/// Seconds in which a crowd is asked: five days.
pub const FUNDING: u64 = 432_000;

pub struct World {
    pub suite: Suite,
    pub escrow: Escrow,
    pub payer: Addr,
    pub payee: Addr,
    pub arbiter: Addr,
    pub stranger: Addr,
    pub crowd: [Addr; 4],
}

impl World {
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let escrow = Escrow::new(&mut suite);
        let [payer, payee, arbiter, stranger] =
            ["payer", "payee", "arbiter", "stranger"].map(|name| suite.account(name));
        let crowd = ["ann", "ben", "cem", "dora"].map(|name| suite.account(name));
        let mut world = Self { suite, escrow, payer, payee, arbiter, stranger, crowd };
        for asset in world.assets() {
            for account in [&world.payer].into_iter().chain(&world.crowd) {
                world.suite.fund_in(account, &asset, WEALTH);
            }
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

    /// The payer approves, and there is an arbiter.
    pub fn by_payer(&self) -> Approver {
        Approver::Payer { arbiter: Some(self.arbiter.to_string()) }
    }

    /// The payer makes an agreement in BTT with one payee.
    pub fn open(&mut self, amounts: &[u128], approver: Approver) -> AnyResult<AppResponse> {
        let terms = terms(&self.payee, amounts, approver);
        self.open_with(amounts.iter().sum(), terms)
    }

    pub fn open_with(&mut self, amount: u128, terms: Terms) -> AnyResult<AppResponse> {
        let (payer, btt) = (self.payer.clone(), self.btt());
        self.escrow.open(&mut self.suite, &payer, (&btt, amount), terms)
    }

    /// The payee asks a crowd for BTT.
    pub fn raise(&mut self, amounts: &[u128], approver: Approver) -> AnyResult<AppResponse> {
        let (payee, btt, terms) = (self.payee.clone(), self.btt(), terms(&self.payee, amounts, approver));
        self.escrow.raise(&mut self.suite, &payee, (&btt, FUNDING), terms)
    }

    /// One of the crowd contributes BTT to agreement 1.
    pub fn fund(&mut self, who: usize, amount: u128) -> AnyResult<AppResponse> {
        let (who, btt) = (self.crowd[who].clone(), self.btt());
        self.escrow.fund(&mut self.suite, &who, (&btt, amount), 1)
    }

    /// Agreement 1 of a crowd that has put in 10, 20, 30 and 40 BTT, and that approves it itself.
    pub fn funded(&mut self, amounts: &[u128]) {
        assert_eq!(amounts.iter().sum::<u128>(), 100);
        self.raise(amounts, Approver::Contributors {}).unwrap();
        for (who, amount) in [10, 20, 30, 40].into_iter().enumerate() {
            self.fund(who, amount).unwrap();
        }
    }

    pub fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.escrow.send(&mut self.suite, sender, message)
    }

    /// A message of somebody who has no part in it.
    pub fn by_stranger(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let stranger = self.stranger.clone();
        self.send(&stranger, message)
    }

    /// Anybody moves agreement 1 on.
    pub fn advance(&mut self) -> AnyResult<AppResponse> {
        self.by_stranger(&ExecuteMsg::Advance { id: 1 })
    }

    /// The payee submits the present milestone of agreement 1.
    pub fn submit(&mut self) -> AnyResult<AppResponse> {
        let (payee, milestone) = (self.payee.clone(), self.agreement().milestone);
        self.send(&payee, &ExecuteMsg::Submit { id: 1, milestone, evidence: None })
    }

    /// An account approves or rejects the present milestone of agreement 1.
    pub fn speak(&mut self, who: &Addr, approves: bool) -> AnyResult<AppResponse> {
        let (id, milestone) = (1, self.agreement().milestone);
        let message = if approves {
            ExecuteMsg::Approve { id, milestone }
        } else {
            ExecuteMsg::Reject { id, milestone }
        };
        self.send(who, &message)
    }

    /// The payer approves or rejects.
    pub fn pays(&mut self, approves: bool) -> AnyResult<AppResponse> {
        let payer = self.payer.clone();
        self.speak(&payer, approves)
    }

    /// One of the crowd approves or rejects.
    pub fn votes(&mut self, who: usize, approves: bool) -> AnyResult<AppResponse> {
        let who = self.crowd[who].clone();
        self.speak(&who, approves)
    }

    pub fn refused(&mut self, sender: &Addr, message: &ExecuteMsg) -> ContractError {
        refusal(self.send(sender, message))
    }

    /// Agreement 1, which has to be there.
    pub fn agreement(&self) -> AgreementResponse {
        self.escrow.agreement(&self.suite, 1).unwrap()
    }

    pub fn phase(&self) -> Phase {
        self.agreement().phase
    }

    pub fn ended(&self) -> bool {
        self.escrow.agreement(&self.suite, 1).is_none()
    }

    /// What an account may withdraw in BTT.
    pub fn owed(&self, account: &Addr) -> u128 {
        self.escrow.claimable(&self.suite, account, &self.btt())
    }

    /// What payee and payer may withdraw in BTT.
    pub fn both(&self) -> [u128; 2] {
        [&self.payee, &self.payer].map(|account| self.owed(account))
    }

    /// What each of the crowd may withdraw in BTT.
    pub fn of_crowd(&self) -> [u128; 4] {
        self.crowd.each_ref().map(|account| self.owed(account))
    }

    /// A stranger has each of the crowd refunded.
    pub fn refund_all(&mut self) {
        for contributor in self.crowd.clone() {
            self.by_stranger(&ExecuteMsg::Refund { id: 1, contributor: contributor.into() }).unwrap();
        }
    }

    pub fn check(&self) {
        self.escrow.check(&self.suite, &self.assets());
        self.suite.conservation();
    }
}

/// The contract's events in a response, in their order.
pub fn events(world: &World, response: &AppResponse) -> Vec<Event> {
    announced(&world.escrow.address, response)
}
