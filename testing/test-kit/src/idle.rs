//! The meter of idle time, and the time bank that takes it as one of its meters.

use bithive_api::meter::{
    ConfigResponse, DueResponse, ExecuteMsg, InstantiateMsg, MachineResponse, MembersResponse, Params,
    PeriodsResponse, QueryMsg, VouchedClaim,
};
use bithive_api::timebank;
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::timebank::{DAY, TimebankSuite};
use crate::{Suite, UNIT};

/// Credits for an hour in tests.
pub const PER_HOUR: u32 = 10;
/// Most credits that are counted in a period in tests: four whole days.
pub const PER_PERIOD: u64 = 960;
/// Most credits that the time bank takes from the meter in a day in tests.
pub const PER_DAY: u64 = 1_000;
/// Names of the members, two of whom have to vouch.
pub const MEMBERS: [&str; 3] = ["member-1", "member-2", "member-3"];

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Meter)
}

/// Periods of a day.
#[must_use]
pub fn params() -> Params {
    Params { period_seconds: DAY, credits_per_hour: PER_HOUR, per_period: PER_PERIOD }
}

/// A chain with the contract and a funded time bank.
pub struct IdleSuite {
    /// The time bank, its market, chain and accounts.
    pub bank: TimebankSuite,
    /// Address of the meter.
    pub meter: Addr,
}

impl Default for IdleSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl IdleSuite {
    /// Three members, of whom two have to vouch.
    #[must_use]
    pub fn new() -> Self {
        Self::with_params(params())
    }

    /// As [`IdleSuite::new`], with these parameters.
    #[must_use]
    pub fn with_params(params: Params) -> Self {
        let mut bank = TimebankSuite::new();
        bank.fund(1_000 * UNIT).unwrap();
        let message = Self::message(&bank.market.suite, &bank.timebank, params);
        let meter = Self::instantiate(&mut bank.market.suite, &message).unwrap();
        let set = timebank::ExecuteMsg::SetMeter { meter: meter.to_string(), per_day: Some(PER_DAY) };
        bank.as_owner(&set).unwrap();
        let mut suite = Self { bank, meter };
        suite.set_members(&MEMBERS, 2).unwrap();
        suite
    }

    /// What creates the contract.
    #[must_use]
    pub fn message(suite: &Suite, timebank: &Addr, params: Params) -> InstantiateMsg {
        InstantiateMsg { owner: suite.owner.to_string(), timebank: timebank.to_string(), params }
    }

    /// Puts the contract on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        suite.app.instantiate_contract(code_id, owner, message, &[], "meter", admin)
    }

    /// The chain, to send transactions to.
    pub fn chain(&mut self) -> &mut Suite {
        &mut self.bank.market.suite
    }

    /// The account that goes by `name`.
    #[must_use]
    pub fn account(&self, name: &str) -> Addr {
        self.bank.market.suite.account(name)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let meter = self.meter.clone();
        self.chain().execute(sender, &meter, message)
    }

    /// Sends a message as the owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn as_owner(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let owner = self.bank.market.suite.owner.clone();
        self.send(&owner, message)
    }

    /// Names other members.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn set_members(&mut self, names: &[&str], threshold: u8) -> AnyResult<AppResponse> {
        let members = names.iter().map(|name| self.account(name).to_string()).collect();
        self.as_owner(&ExecuteMsg::SetMembers { members, threshold })
    }

    /// The last period that has ended.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.periods().last
    }

    /// The machine `machine` claims idle time of a period for `account`.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn claim(
        &mut self,
        machine: &str,
        period: u64,
        seconds: u64,
        account: &str,
    ) -> AnyResult<AppResponse> {
        let (machine, account) = (self.account(machine), self.account(account).to_string());
        self.send(&machine, &ExecuteMsg::Claim { period, seconds, account })
    }

    /// A member vouches for one claim.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn vouch(
        &mut self,
        member: &str,
        machine: &str,
        period: u64,
        seconds: u64,
    ) -> AnyResult<AppResponse> {
        let (member, machine) = (self.account(member), self.account(machine).to_string());
        self.send(&member, &ExecuteMsg::Vouch { claims: vec![VouchedClaim { machine, period, seconds }] })
    }

    /// A stranger has the time bank give what is due.
    ///
    /// # Errors
    /// What the contract or the time bank refuses.
    pub fn collect(&mut self, account: &str, most: Option<u64>) -> AnyResult<AppResponse> {
        let (stranger, account) = (self.account("stranger"), self.account(account).to_string());
        self.send(&stranger, &ExecuteMsg::Collect { account, most })
    }

    fn query<R: serde::de::DeserializeOwned>(&self, question: &QueryMsg) -> R {
        self.bank.market.suite.query(&self.meter, question)
    }

    /// Credits that are due to an account.
    #[must_use]
    pub fn due(&self, account: &str) -> u64 {
        self.query::<DueResponse>(&QueryMsg::Due { account: self.account(account).into() }).credits
    }

    /// Credits that an account has in the time bank.
    #[must_use]
    pub fn credits(&self, account: &str) -> u64 {
        self.bank.credits(&self.account(account))
    }

    /// What a machine has claimed.
    #[must_use]
    pub fn machine(&self, machine: &str) -> MachineResponse {
        self.query(&QueryMsg::Machine { address: self.account(machine).into() })
    }

    /// Which periods are open.
    #[must_use]
    pub fn periods(&self) -> PeriodsResponse {
        self.query(&QueryMsg::Periods {})
    }

    /// Who vouches for machines, and how many have to.
    #[must_use]
    pub fn members(&self) -> MembersResponse {
        self.query(&QueryMsg::Members {})
    }

    /// What holds now.
    #[must_use]
    pub fn config(&self) -> ConfigResponse {
        self.query(&QueryMsg::Config {})
    }
}
