//! The vesting contract, and positions in it.

use bithive_api::vesting::{
    ExecuteMsg, HeldResponse, Hook, InstantiateMsg, PositionResponse, QueryMsg, Schedule,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::{START, Suite};

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Vesting)
}

/// A tenth at the start, then a tenth of the rest after 10 days and each day from then on.
#[must_use]
pub fn schedule() -> Schedule {
    Schedule { start: START, immediate_bps: 1_000, cliff_seconds: 10 * DAY, step_seconds: DAY, steps: 10 }
}

/// A chain with the vesting contract on it.
pub struct VestingSuite {
    /// Chain, accounts and BTT.
    pub suite: Suite,
    /// Address of the vesting contract.
    pub vesting: Addr,
}

impl Default for VestingSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl VestingSuite {
    /// A contract without positions.
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let app = &mut suite.app;
        let vesting = app.instantiate_contract(code_id, owner, &InstantiateMsg {}, &[], "vesting", admin);
        Self { suite, vesting: vesting.unwrap() }
    }

    /// Locks `amount` BTT of `funder`, which is given them, for `owner`.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn lock(
        &mut self,
        funder: &Addr,
        owner: &str,
        amount: u128,
        schedule: Schedule,
        revocable: bool,
    ) -> AnyResult<AppResponse> {
        self.suite.fund(funder, amount);
        let hook = Hook::Lock { owner: owner.into(), schedule, revocable };
        let vesting = self.vesting.clone();
        self.suite.send_btt(funder, &vesting, amount, &hook)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let vesting = self.vesting.clone();
        self.suite.execute(sender, &vesting, message)
    }

    /// A position; none once everything of it was paid.
    #[must_use]
    pub fn position(&self, id: u64) -> Option<PositionResponse> {
        self.suite.query(&self.vesting, &QueryMsg::Position { id })
    }

    /// What the contract says it holds of BTT.
    #[must_use]
    pub fn held(&self) -> u128 {
        let token = self.suite.btt.to_string();
        self.suite.query::<HeldResponse>(&self.vesting, &QueryMsg::Held { token }).amount.u128()
    }
}
