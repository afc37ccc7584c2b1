//! BTK and the contract that mints it.

use bithive_api::emissions::{
    Bucket, ContributorResponse, EmissionResponse, ExecuteMsg, InstantiateMsg, QueryMsg, Recipients,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use cw20::Cw20ExecuteMsg;

use crate::{START, Suite, faucet, token};

/// A day, in seconds.
pub const DAY: u64 = 86_400;
/// 2.1 billion BTK.
pub const CAP: u128 = 2_100_000_000 * crate::UNIT;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Emissions)
}

/// A chain with BTK, whose minter is the emissions contract.
pub struct EmissionsSuite {
    /// Chain and accounts.
    pub suite: Suite,
    /// Address of BTK, whose minter is the emissions contract.
    pub btk: Addr,
    /// Address of the emissions contract.
    pub emissions: Addr,
    /// Account that may credit work.
    pub meter: Addr,
    /// Receive the other buckets.
    pub recipients: Recipients<Addr>,
}

impl Default for EmissionsSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl EmissionsSuite {
    /// An emission that starts now; one other contract may credit work.
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let owner = suite.owner.clone();
        let mut message = token::message("BitHive compute token", "BTK", &owner);
        message.cap = CAP.into();
        let btk = token::instantiate(&mut suite.app, &owner, &message);
        let [application, foundation, infrastructure] =
            ["application", "foundation", "infrastructure"].map(|name| suite.account(name));
        let meter = faucet::instantiate(&mut suite.app, &owner);
        let recipients = Recipients { application, foundation, infrastructure };
        let message = Self::message(&owner, &btk, START, &recipients);
        let emissions = Self::instantiate(&mut suite, &message).unwrap();
        let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(emissions.to_string()) };
        suite.execute(&owner, &btk, &minter).unwrap();
        let mut emissions = Self { suite, btk, emissions, meter, recipients };
        let allow = ExecuteMsg::SetMeter { meter: emissions.meter.to_string(), allowed: true };
        emissions.execute(&owner, &allow).unwrap();
        emissions
    }

    /// What creates the contract.
    #[must_use]
    pub fn message(owner: &Addr, btk: &Addr, start: u64, to: &Recipients<Addr>) -> InstantiateMsg {
        let recipients = Recipients {
            application: to.application.to_string(),
            foundation: to.foundation.to_string(),
            infrastructure: to.infrastructure.to_string(),
        };
        InstantiateMsg { owner: owner.into(), token: btk.into(), start, recipients }
    }

    /// Puts the contract on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        suite.app.instantiate_contract(code_id, owner, message, &[], "emissions", admin)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let emissions = self.emissions.clone();
        self.suite.execute(sender, &emissions, message)
    }

    /// Credits work as the meter.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn credit(&mut self, contributor: &Addr, units: u64) -> AnyResult<AppResponse> {
        let meter = self.meter.clone();
        self.execute(&meter, &ExecuteMsg::Credit { contributor: contributor.into(), units })
    }

    /// Claims for a contributor, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn claim(&mut self, contributor: &Addr) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.execute(&stranger, &ExecuteMsg::Claim { contributor: contributor.into() })
    }

    /// Releases a bucket, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn release(&mut self, bucket: Bucket) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.execute(&stranger, &ExecuteMsg::Release { bucket })
    }

    /// What was emitted and minted.
    #[must_use]
    pub fn emission(&self) -> EmissionResponse {
        self.suite.query(&self.emissions, &QueryMsg::Emission {})
    }

    /// A contributor's work and pay.
    #[must_use]
    pub fn contributor(&self, address: &Addr) -> ContributorResponse {
        self.suite.query(&self.emissions, &QueryMsg::Contributor { address: address.into() })
    }

    /// BTK that `account` holds.
    #[must_use]
    pub fn btk(&self, account: &Addr) -> u128 {
        self.suite.balance_of(&self.btk, account)
    }

    /// Checks that BTK add up, and that no more were minted than were emitted.
    pub fn check(&self) {
        self.suite.conservation_of(&self.btk);
        let emission = self.emission();
        assert_eq!(self.suite.supply(&self.btk).minted, emission.minted);
        assert!(emission.minted <= emission.emitted, "{emission:?}");
        assert!(emission.claimed <= emission.contributors, "{emission:?}");
    }
}
