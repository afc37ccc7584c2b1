//! Offers in any asset, and payments for them.

use bithive_api::asset::Asset;
use bithive_api::checkout::{
    ExecuteMsg, Hook, InstantiateMsg, Offer, OfferResponse, Pay, Price, QueryMsg, ReceiptResponse, ReceiptsOf,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, StdResult, Uint128};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::Suite;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Checkout)
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Address of the contract.
    pub address: Addr,
}

/// An offer to anybody, any number of times, without an end, all of it the seller's.
#[must_use]
pub fn offering(asset: &Asset, price: Price) -> Offer {
    Offer {
        asset: asset.clone(),
        price,
        split: vec![],
        referral_bps: 0,
        uses: None,
        buyer: None,
        expires: None,
        coding: None,
    }
}

/// A payment under the key of this number.
#[must_use]
pub fn paying(offer: u64, number: u8, max: u128) -> Pay {
    Pay { offer, key: vec![number; 16].into(), max: max.into(), referrer: None }
}

impl Checkout {
    /// Without any offer.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let message = InstantiateMsg {};
        let address =
            suite.app.instantiate_contract(code_id, owner, &message, &[], "checkout", admin).unwrap();
        Self { address }
    }

    /// Sends a message without coins.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// Pays with `sent` of an asset.
    ///
    /// # Errors
    /// What the token, the bank or the contract refuses.
    pub fn pay(
        &self,
        suite: &mut Suite,
        payer: &Addr,
        sent: (&Asset, u128),
        pay: Pay,
    ) -> AnyResult<AppResponse> {
        suite.bring(payer, &self.address, sent, &ExecuteMsg::Pay(pay.clone()), &Hook::Pay(pay))
    }

    /// Gives `sent` of an asset back to the payer of a receipt.
    ///
    /// # Errors
    /// As [`Checkout::pay`].
    pub fn refund(
        &self,
        suite: &mut Suite,
        by: &Addr,
        sent: (&Asset, u128),
        receipt: u64,
    ) -> AnyResult<AppResponse> {
        suite.bring(by, &self.address, sent, &ExecuteMsg::Refund { receipt }, &Hook::Refund { receipt })
    }

    /// An offer; none where there is none.
    #[must_use]
    pub fn offer(&self, suite: &Suite, id: u64) -> Option<OfferResponse> {
        suite.query(&self.address, &QueryMsg::Offer { id })
    }

    /// What an offer costs now.
    ///
    /// # Errors
    /// Its feed has no price.
    pub fn quote(&self, suite: &Suite, id: u64) -> StdResult<u128> {
        let quote = QueryMsg::Quote { id };
        suite.app.wrap().query_wasm_smart::<Uint128>(&self.address, &quote).map(|amount| amount.u128())
    }

    /// A receipt; none where there is none.
    #[must_use]
    pub fn receipt(&self, suite: &Suite, id: u64) -> Option<ReceiptResponse> {
        suite.query(&self.address, &QueryMsg::Receipt { id })
    }

    /// The receipt of the payment under the key of this number.
    #[must_use]
    pub fn payment(&self, suite: &Suite, payer: &Addr, asset: &Asset, number: u8) -> Option<ReceiptResponse> {
        let key = vec![number; 16].into();
        suite.query(&self.address, &QueryMsg::Payment { payer: payer.into(), asset: asset.clone(), key })
    }

    /// Numbers of the first receipts of an offer or a payer.
    #[must_use]
    pub fn receipts(&self, suite: &Suite, of: ReceiptsOf) -> Vec<u64> {
        let query = QueryMsg::Receipts { of, start_after: None, limit: None };
        let receipts: Vec<ReceiptResponse> = suite.query(&self.address, &query);
        receipts.into_iter().map(|receipt| receipt.id).collect()
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, suite: &Suite, account: &Addr, asset: &Asset) -> u128 {
        let query = QueryMsg::Claimable { account: account.into(), asset: asset.clone() };
        suite.query::<Uint128>(&self.address, &query).u128()
    }

    /// What the contract owes.
    #[must_use]
    pub fn held(&self, suite: &Suite, asset: &Asset) -> u128 {
        suite.query::<Uint128>(&self.address, &QueryMsg::Held { asset: asset.clone() }).u128()
    }

    /// Checks that what is owed of these assets is what is there.
    pub fn check(&self, suite: &Suite, assets: &[Asset]) {
        for asset in assets {
            assert_eq!(self.held(suite, asset), suite.balance_in(&self.address, asset), "{asset}");
        }
    }
}
