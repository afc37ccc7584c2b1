//! The messages that create the contracts, from the rows of the table.

use std::collections::BTreeMap;

use bithive_api as api;
use bithive_api::{ics20, registry, token};
use bithive_economics::emission;
use bithive_economics::supply::{BTT_CAP, BTT_GENESIS, SKY_SUPPLY};
use cosmwasm_std::Uint128;
use cw20::Cw20Coin;
use serde::Serialize;

use crate::terms::{
    self, BOUNTY_BPS, DISPUTE_DEPOSIT, EPOCH_SECONDS, ICS20_LIMIT, NODE_BOND, REQUESTER_BOND, SLASH,
    UNBONDING_SECONDS,
};
use crate::{Contract, Setting, Terms, TermsError};

macro_rules! derive_messages {
    ($(
        $(#[$doc:meta])+
        $name:ident $contract:ident {
            $(code $id:literal $krate:ident $($entry:ident)?;)?
            $(code_of $original:ident;)?
            roles $($role:ident)+;
            $(label $label:literal;)?
            create |$at:ident| $message:expr
        }
    )+) => {
        /// The message, JSON, that creates the contract of a setting.
        fn message(setting: &Setting<'_>) -> Result<Vec<u8>, TermsError> {
            match setting.contract {
                $(Contract::$contract => {
                    let message = |$at: &Setting<'_>| -> Result<_, TermsError> { Ok($message) };
                    json(setting.contract, &message(setting)?)
                })+
            }
        }
    };
}

crate::contracts! { [derive_messages] }

fn json(contract: Contract, message: &impl Serialize) -> Result<Vec<u8>, TermsError> {
    serde_json::to_vec(message).map_err(|error| TermsError::Message { contract, reason: error.to_string() })
}

impl Terms {
    /// The message, JSON, that creates `contract`, once those before it are at `addresses`; BTK are minted from
    /// `start`, in Unix seconds, on.
    ///
    /// # Errors
    /// [`TermsError::Unknown`] when a contract that it has to know has no address, [`TermsError::NoMarket`] for a
    /// contract of a market without one.
    pub fn instantiate(
        &self,
        contract: Contract,
        operator: &str,
        addresses: &BTreeMap<Contract, String>,
        start: u64,
    ) -> Result<Vec<u8>, TermsError> {
        message(&Setting { contract, terms: self, operator, addresses, emission_start: start })
    }
}

/// The registry, with the reference string of the market.
fn registry(at: &Setting<'_>) -> Result<registry::InstantiateMsg, TermsError> {
    let terms = at.terms();
    let market = terms.market.as_ref().ok_or(TermsError::NoMarket { role: terms.role() })?;
    Ok(registry::InstantiateMsg {
        owner: at.owner(),
        token: at.address(Contract::Token)?,
        treasury: at.treasury(),
        params: registry::Params {
            slots: market.slots,
            groups: market.groups,
            node_bond: Uint128::new(NODE_BOND),
            requester_bond: Uint128::new(REQUESTER_BOND),
            unbonding_seconds: UNBONDING_SECONDS,
            epoch_seconds: EPOCH_SECONDS,
            burn_bps: 5_000,
            dispute_deposit: Uint128::new(DISPUTE_DEPOSIT),
            bounty_bps: BOUNTY_BPS,
        },
        crs_digest: market.crs_digest.into(),
        crs_opening: market.crs_opening.clone().into(),
    })
}

/// What may be on one other chain.
fn token_limits(at: &Setting<'_>) -> Result<Vec<ics20::TokenLimit>, TermsError> {
    let limit = |token| Ok(ics20::TokenLimit { token: at.address(token)?, limit: Uint128::new(ICS20_LIMIT) });
    [Contract::Token, Contract::Btk].into_iter().map(limit).collect()
}

/// A token of six decimals: name, symbol and cap; who holds what is minted at once; who mints.
fn token(
    (name, symbol, cap): (&str, &str, u128),
    (holder, minted): (String, u128),
    minter: Option<String>,
) -> token::InstantiateMsg {
    let balance = Cw20Coin { address: holder, amount: Uint128::new(minted) };
    token::InstantiateMsg {
        name: name.into(),
        symbol: symbol.into(),
        decimals: 6,
        cap: Uint128::new(cap),
        initial_balances: if minted == 0 { vec![] } else { vec![balance] },
        minter,
        marketing: None,
    }
}
