//! Flows in any asset, and the vouchers that a key signs for them.

use bithive_api::asset::Asset;
use bithive_api::flows::{
    ExecuteMsg, FlowResponse, HeldResponse, Hook, InstantiateMsg, Key, Open, QueryMsg, SignedVoucher, Terms,
};
use bithive_contracts::Code;
use bithive_signed::voucher::Voucher;
use cosmwasm_std::{Addr, Empty, Uint128, coins};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, BankSudo, Contract, Executor, SudoMsg};
use ed25519_dalek::{Signer as _, SigningKey};

use crate::{CHAIN_ID, FEE_DENOM, Suite};

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// Notice of flows by vouchers in tests, in seconds.
pub const NOTICE: u64 = DAY;
/// A voucher of ICS-20, as the chain's bank knows it.
pub const IBC_DENOM: &str = "ibc/27A6394C3F9FF9C9DCF5DFFADF9BB5FE9A37C7E92B006199894CF1824DF9AC7C";

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Flows)
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Flows {
    /// Address of the contract.
    pub address: Addr,
}

/// So much for each step, and units that are due at once.
#[must_use]
pub fn rate(amount: u128, step: u64, advance: u64) -> Terms {
    Terms::Rate { amount: amount.into(), step, advance }
}

/// A key of Ed25519, the same for the same number in every run.
#[must_use]
pub fn signer(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

/// By vouchers of the signer of this number, until `ends`.
#[must_use]
pub fn by_vouchers(number: u8, ends: u64) -> Terms {
    let key = Key::Ed25519(signer(number).verifying_key().as_bytes().into());
    Terms::Vouchers { key, notice: NOTICE, ends }
}

/// A flow that its payee may hand over.
#[must_use]
pub fn opening(payee: &Addr, terms: Terms) -> Open {
    Open { payee: payee.into(), terms, transferable: true }
}

impl Flows {
    /// Without any flow.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let message = InstantiateMsg {};
        let address = suite.app.instantiate_contract(code_id, owner, &message, &[], "flows", admin).unwrap();
        Self { address }
    }

    /// Sends a message without coins.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// Opens a flow with a deposit of `payer`.
    ///
    /// # Errors
    /// What the token, the bank or the contract refuses.
    pub fn open(
        &self,
        suite: &mut Suite,
        payer: &Addr,
        deposit: (&Asset, u128),
        open: Open,
    ) -> AnyResult<AppResponse> {
        suite.bring(payer, &self.address, deposit, &ExecuteMsg::Open(open.clone()), &Hook::Open(open))
    }

    /// Adds to a flow.
    ///
    /// # Errors
    /// As [`Flows::open`].
    pub fn top_up(
        &self,
        suite: &mut Suite,
        by: &Addr,
        deposit: (&Asset, u128),
        id: u64,
        ends: Option<u64>,
    ) -> AnyResult<AppResponse> {
        suite.bring(by, &self.address, deposit, &ExecuteMsg::TopUp { id, ends }, &Hook::TopUp { id, ends })
    }

    /// What the signer of this number signs for a flow of this contract.
    #[must_use]
    pub fn voucher(&self, number: u8, id: u64, cumulative: u128) -> SignedVoucher {
        let contract = self.address.as_str();
        let text = Voucher { chain_id: CHAIN_ID, contract, flow: id, cumulative }.text();
        let signature = signer(number).sign(text.as_bytes()).to_bytes();
        SignedVoucher { id, cumulative: cumulative.into(), signature: signature.into() }
    }

    /// A flow; none where there is none.
    #[must_use]
    pub fn flow(&self, suite: &Suite, id: u64) -> Option<FlowResponse> {
        suite.query(&self.address, &QueryMsg::Flow { id })
    }

    /// Numbers of the flows that an account pays or is paid by.
    #[must_use]
    pub fn numbers(&self, suite: &Suite, party: &Addr) -> Vec<u64> {
        let query = QueryMsg::Flows { party: Some(party.into()), start_after: None, limit: None };
        let flows: Vec<FlowResponse> = suite.query(&self.address, &query);
        flows.into_iter().map(|flow| flow.id).collect()
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, suite: &Suite, account: &Addr, asset: &Asset) -> u128 {
        let query = QueryMsg::Claimable { account: account.into(), asset: asset.clone() };
        suite.query::<Uint128>(&self.address, &query).u128()
    }

    /// What the contract owes.
    #[must_use]
    pub fn held(&self, suite: &Suite, asset: &Asset) -> HeldResponse {
        suite.query(&self.address, &QueryMsg::Held { asset: asset.clone() })
    }

    /// Checks that what is owed of these assets is what is there.
    pub fn check(&self, suite: &Suite, assets: &[Asset]) {
        for asset in assets {
            let HeldResponse { escrowed, claimable } = self.held(suite, asset);
            let owed = escrowed.checked_add(claimable).unwrap().u128();
            assert_eq!(owed, suite.balance_in(&self.address, asset), "{asset}");
        }
    }
}

impl Suite {
    /// BTT as an asset.
    #[must_use]
    pub fn btt_asset(&self) -> Asset {
        Asset::Cw20(self.btt.to_string())
    }

    /// The chain's coin and a coin of another chain, as assets.
    #[must_use]
    pub fn coin_assets() -> [Asset; 2] {
        [FEE_DENOM, IBC_DENOM].map(|denom| Asset::Native(denom.into()))
    }

    /// Gives an account `amount` of an asset: BTT, or a coin from nothing.
    pub fn fund_in(&mut self, account: &Addr, asset: &Asset, amount: u128) {
        match asset {
            Asset::Cw20(token) => self.fund_with(&Addr::unchecked(token.as_str()), account, amount),
            Asset::Native(denom) => {
                let (to_address, amount) = (account.to_string(), coins(amount, denom.as_str()));
                self.app.sudo(SudoMsg::Bank(BankSudo::Mint { to_address, amount })).unwrap();
            }
        }
    }

    /// What an account has of an asset.
    #[must_use]
    pub fn balance_in(&self, account: &Addr, asset: &Asset) -> u128 {
        match asset {
            Asset::Cw20(token) => self.balance_of(&Addr::unchecked(token.as_str()), account),
            Asset::Native(denom) => {
                self.app.wrap().query_balance(account, denom.as_str()).unwrap().amount.u128()
            }
        }
    }
}
