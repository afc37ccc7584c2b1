//! The treasury, and tokens that it buys.

use bithive_api::treasury::{
    ConfigResponse, ExecuteMsg, Hook, InstantiateMsg, OfferResponse, OfferTerms, Params, QueryMsg,
    TotalsResponse,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use cw20::Cw20ExecuteMsg;

use crate::{Suite, UNIT, token};

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Treasury)
}

/// In a day, 100 BTT spent, 1,000 paid by offers and 500 burnt; 200 stay.
#[must_use]
pub fn params() -> Params {
    let btt = |amount: u128| (amount * UNIT).into();
    Params { period_seconds: DAY, spend: btt(100), buy: btt(1_000), burn: btt(500), reserve: btt(200) }
}

/// A bid that rises from 0.1 to 0.5 BTT in a day, with 400 BTT a day.
#[must_use]
pub fn terms() -> OfferTerms {
    let (low, high, budget) = (100_000u128.into(), 500_000u128.into(), (400 * UNIT).into());
    OfferTerms { low, high, rise_seconds: DAY, budget }
}

/// A chain with the contract.
pub struct TreasurySuite {
    /// Chain, accounts and BTT.
    pub suite: Suite,
    /// A token to be bought.
    pub btk: Addr,
    /// Address of the treasury contract.
    pub treasury: Addr,
}

impl Default for TreasurySuite {
    fn default() -> Self {
        Self::new()
    }
}

impl TreasurySuite {
    /// A treasury without BTT, sources or offers.
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let btk = suite.another_token("BitHive compute token", "BTK");
        let message = InstantiateMsg { btk: Some(btk.to_string()), ..Self::message(&suite) };
        let treasury = Self::instantiate(&mut suite, &message).unwrap();
        Self { suite, btk, treasury }
    }

    /// What creates the contract.
    #[must_use]
    pub fn message(suite: &Suite) -> InstantiateMsg {
        let (owner, token) = (suite.owner.to_string(), suite.btt.to_string());
        InstantiateMsg { owner, token, btk: None, params: params() }
    }

    /// Puts the contract on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        suite.app.instantiate_contract(code_id, owner, message, &[], "treasury", admin)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let treasury = self.treasury.clone();
        self.suite.execute(sender, &treasury, message)
    }

    /// Sends a message as the owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn as_owner(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let owner = self.suite.owner.clone();
        self.execute(&owner, message)
    }

    /// Gives the treasury BTT, by a transfer.
    pub fn endow(&mut self, amount: u128) {
        let treasury = self.treasury.clone();
        self.suite.fund(&treasury, amount);
    }

    /// Makes, changes or withdraws the offer for BTK.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn offer(&mut self, terms: Option<OfferTerms>) -> AnyResult<AppResponse> {
        let token = self.btk.to_string();
        self.as_owner(&ExecuteMsg::SetOffer { token, terms })
    }

    /// Mints BTK to `seller`, which sells them for at least `least`.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn sell(&mut self, seller: &Addr, amount: u128, least: u128) -> AnyResult<AppResponse> {
        let btk = self.btk.clone();
        self.suite.fund_with(&btk, seller, amount);
        let msg = to_json_binary(&Hook::Sell { least: least.into() }).unwrap();
        let (contract, amount) = (self.treasury.to_string(), amount.into());
        self.suite.execute(seller, &btk, &Cw20ExecuteMsg::Send { contract, amount, msg })
    }

    /// Burns, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn burn(&mut self, token: &Addr) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.execute(&stranger, &ExecuteMsg::Burn { token: token.into() })
    }

    /// The owner spends.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn spend(&mut self, recipient: &Addr, amount: u128) -> AnyResult<AppResponse> {
        let (recipient, amount, purpose) = (recipient.into(), amount.into(), "a purpose".into());
        self.as_owner(&ExecuteMsg::Spend { recipient, amount, purpose })
    }

    /// The offer for BTK.
    #[must_use]
    pub fn the_offer(&self) -> Option<OfferResponse> {
        self.suite.query(&self.treasury, &QueryMsg::Offer { token: self.btk.to_string() })
    }

    /// What holds now.
    #[must_use]
    pub fn config(&self) -> ConfigResponse {
        self.suite.query(&self.treasury, &QueryMsg::Config {})
    }

    /// What the treasury has and did.
    #[must_use]
    pub fn totals(&self) -> TotalsResponse {
        self.suite.query(&self.treasury, &QueryMsg::Totals {})
    }

    /// Checks that the bounds of the period hold and that both tokens add up.
    pub fn check(&self) {
        let (totals, params) = (self.totals(), params());
        assert_eq!(totals.balance.u128(), self.suite.balance(&self.treasury));
        assert!(totals.spent_now <= params.spend, "{totals:?}");
        assert!(totals.paid_now <= params.buy, "{totals:?}");
        assert!(totals.burnt_now <= params.burn, "{totals:?}");
        assert_eq!(self.suite.supply(&self.suite.btt).burnt, totals.burnt);
        self.suite.conservation();
        self.suite.conservation_of(&self.btk);
    }
}

impl Suite {
    /// Another token, which tests can mint.
    #[must_use]
    pub fn another_token(&mut self, name: &str, symbol: &str) -> Addr {
        let minter = self.faucet.clone();
        let (message, owner) = (token::message(name, symbol, &minter), self.owner.clone());
        token::instantiate(&mut self.app, &owner, &message)
    }
}
