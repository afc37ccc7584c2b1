//! Rounds that are asked for, brought and read.

use bithive_api::randomness::{
    BeaconResponse, ExecuteMsg, HeldResponse, Hook, InstantiateMsg, QueryMsg, Request, RequestResponse,
    RequestsOf, WantedResponse,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Binary, Empty, Uint128, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use cw20::Cw20ExecuteMsg;

use crate::Suite;
use crate::drand::{beacon, drand};

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Randomness)
}

/// A request for the next round, without a call.
#[must_use]
pub fn asking() -> Request {
    Request { after: None, job: Binary::default(), call_gas: 0 }
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Randomness {
    /// Address of the contract.
    pub address: Addr,
    /// The token of bounties.
    pub token: Addr,
}

impl Randomness {
    /// Of the network of [`crate::drand`], with bounties in the suite's BTT.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let token = suite.btt.clone();
        let message = InstantiateMsg { token: token.to_string(), drand: drand() };
        let address =
            suite.app.instantiate_contract(code_id, owner, &message, &[], "randomness", admin).unwrap();
        Self { address, token }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// Asks with a bounty, which the sender has.
    ///
    /// # Errors
    /// What the token or the contract refuses.
    pub fn ask(
        &self,
        suite: &mut Suite,
        sender: &Addr,
        bounty: u128,
        request: Request,
    ) -> AnyResult<AppResponse> {
        let msg = to_json_binary(&Hook::Request(request)).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: self.address.to_string(), amount: bounty.into(), msg };
        suite.execute(sender, &self.token, &send)
    }

    /// Brings a round.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn submit(&self, suite: &mut Suite, sender: &Addr, round: u64) -> AnyResult<AppResponse> {
        self.send(suite, sender, &ExecuteMsg::Submit { round, signature: beacon(round) })
    }

    /// A round; none where it was not brought.
    #[must_use]
    pub fn beacon(&self, suite: &Suite, round: u64) -> Option<BeaconResponse> {
        suite.query(&self.address, &QueryMsg::Beacon { round })
    }

    /// A request; none where there is none.
    #[must_use]
    pub fn request(&self, suite: &Suite, id: u64) -> Option<RequestResponse> {
        suite.query(&self.address, &QueryMsg::Request { id })
    }

    /// The first requests of an account or a round.
    #[must_use]
    pub fn requests(&self, suite: &Suite, of: RequestsOf) -> Vec<RequestResponse> {
        suite.query(&self.address, &QueryMsg::Requests { of, start_after: None, limit: None })
    }

    /// The first rounds that are waited for.
    #[must_use]
    pub fn wanted(&self, suite: &Suite) -> Vec<WantedResponse> {
        suite.query(&self.address, &QueryMsg::Wanted { start_after: None, limit: Some(30) })
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, suite: &Suite, account: &Addr) -> u128 {
        suite.query::<Uint128>(&self.address, &QueryMsg::Claimable { account: account.into() }).u128()
    }

    /// Checks that what is owed is what is there, and that bounties in escrow are those of the rounds that are waited for.
    pub fn check(&self, suite: &Suite) {
        let held: HeldResponse = suite.query(&self.address, &QueryMsg::Held {});
        assert_eq!((held.escrowed + held.claimable).u128(), suite.balance(&self.address));
        let wanted = self.wanted(suite);
        assert!(wanted.len() < 30, "the first page is all of them");
        assert_eq!(wanted.iter().map(|round| round.bounty).sum::<Uint128>(), held.escrowed);
    }
}
