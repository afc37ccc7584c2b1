//! The contract of models' owners.

use bithive_api::models::{
    Card, ConfigResponse, ExecuteMsg, HeldResponse, Hook, InstantiateMsg, ModelResponse, Params, QueryMsg,
    Ruling,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, HexBinary, Uint128, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use cw20::Cw20ExecuteMsg;

use crate::{JobsSuite, Suite, UNIT};

/// Bond of a registration in tests, an odd number of base units.
pub const BOND: u128 = 100 * UNIT + 1;
/// Seconds from a registration until it earns.
pub const NOTICE: u64 = 3 * 86_400;
/// Seconds for a ruling.
pub const RULING: u64 = 14 * 86_400;
/// Seconds from leaving to the bond.
pub const LEAVE: u64 = 7 * 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Models)
}

/// The times and the bond above.
#[must_use]
pub fn params() -> Params {
    Params { bond: BOND.into(), notice_seconds: NOTICE, ruling_seconds: RULING, leave_seconds: LEAVE }
}

/// What creates the contract.
#[must_use]
pub fn message(suite: &Suite) -> InstantiateMsg {
    InstantiateMsg {
        owner: suite.owner.to_string(),
        token: suite.btt.to_string(),
        treasury: suite.treasury.to_string(),
        params: params(),
    }
}

/// What an owner says of a model whose shares it receives itself.
#[must_use]
pub fn card() -> Card {
    Card { receiver: None, text: "a classifier; CC BY 4.0".into() }
}

/// Puts the contract on the chain.
///
/// # Errors
/// What the contract refuses.
pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
    let code_id = suite.app.store_code(code());
    let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
    suite.app.instantiate_contract(code_id, owner, message, &[], "models", admin)
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Models {
    /// Its address on the chain.
    pub address: Addr,
}

impl Models {
    /// Creates the contract, without any registration.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let message = message(suite);
        Self { address: instantiate(suite, &message).unwrap() }
    }

    /// Sends BTT with a hook, after the payer got them.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn pay(&self, suite: &mut Suite, payer: &Addr, amount: u128, hook: &Hook) -> AnyResult<AppResponse> {
        suite.fund(payer, amount);
        let (contract, btt) = (self.address.to_string(), suite.btt.clone());
        let msg = to_json_binary(hook).unwrap();
        suite.execute(payer, &btt, &Cw20ExecuteMsg::Send { contract, amount: amount.into(), msg })
    }

    /// Registers a model.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn register(&self, suite: &mut Suite, owner: &Addr, model: &HexBinary) -> AnyResult<AppResponse> {
        let hook = Hook::Register { model: model.clone(), card: card() };
        self.pay(suite, owner, BOND, &hook)
    }

    /// Challenges a registration, as its owner if `claim` says what of it.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn challenge(
        &self,
        suite: &mut Suite,
        challenger: &Addr,
        model: &HexBinary,
        claim: Option<Card>,
    ) -> AnyResult<AppResponse> {
        let hook = Hook::Challenge { model: model.clone(), claim, reason: "published before".into() };
        self.pay(suite, challenger, BOND, &hook)
    }

    /// Sends a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// Governance rules.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn rule(&self, suite: &mut Suite, model: &HexBinary, ruling: Ruling) -> AnyResult<AppResponse> {
        let owner = suite.owner.clone();
        self.send(suite, &owner, &ExecuteMsg::Rule { model: model.clone(), ruling })
    }

    /// A stranger ends what time has ended.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn close(&self, suite: &mut Suite, model: &HexBinary) -> AnyResult<AppResponse> {
        let stranger = suite.account("stranger");
        self.send(suite, &stranger, &ExecuteMsg::Close { model: model.clone() })
    }

    /// A data owner lets a requester name it.
    pub fn consent(&self, suite: &mut Suite, owner: &Addr, requester: &Addr) {
        let until = Some(suite.now() + 86_400);
        let message = ExecuteMsg::SetConsent { requester: requester.into(), until };
        self.send(suite, owner, &message).unwrap();
    }

    /// The registration of a model, if there is one.
    #[must_use]
    pub fn model(&self, suite: &Suite, model: &HexBinary) -> Option<ModelResponse> {
        suite.query(&self.address, &QueryMsg::Model { model: model.clone() })
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, suite: &Suite, account: &Addr) -> u128 {
        let question = QueryMsg::Claimable { account: account.into() };
        suite.query::<Uint128>(&self.address, &question).u128()
    }

    /// The parameters of the contract.
    #[must_use]
    pub fn config(&self, suite: &Suite) -> ConfigResponse {
        suite.query(&self.address, &QueryMsg::Config {})
    }

    /// Checks that what the contract has is what it owes: the bonds and deposits of the models, and credits.
    pub fn check(&self, suite: &Suite) {
        let held: HeldResponse = suite.query(&self.address, &QueryMsg::Held {});
        let rows: Vec<ModelResponse> =
            suite.query(&self.address, &QueryMsg::Models { start_after: None, limit: Some(30) });
        let of = |row: &ModelResponse| {
            row.bond.u128() + row.challenge.as_ref().map_or(0, |challenge| challenge.deposit.u128())
        };
        assert_eq!(held.escrowed.u128(), rows.iter().map(of).sum::<u128>());
        assert_eq!(suite.balance(&self.address), held.escrowed.u128() + held.claimable.u128());
        suite.conservation();
    }
}

impl JobsSuite {
    /// A contract of models' owners that the market asks.
    pub fn with_models(&mut self) -> Models {
        let models = Models::new(&mut self.suite);
        let (owner, address) = (self.suite.owner.clone(), models.address.to_string());
        self.send(&owner, &bithive_api::jobs::ExecuteMsg::SetModels { models: Some(address) }).unwrap();
        models
    }

    /// As [`JobsSuite::with_models`], with an owner of the model of [`JobsSuite::terms`], and a data owner that lets the
    /// requester name it.
    pub fn with_owners(&mut self, owner: &Addr, data: &Addr) -> Models {
        let models = self.with_models();
        let (model, requester) = (self.terms().model, self.requester.clone());
        models.register(&mut self.suite, owner, &model).unwrap();
        self.suite.advance(NOTICE);
        models.consent(&mut self.suite, data, &requester);
        models
    }
}
