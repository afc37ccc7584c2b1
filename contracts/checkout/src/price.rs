//! What an offer costs.

use bithive_api::checkout::Price;
use bithive_api::oracle::{PriceResponse, QueryMsg};
use bithive_economics::quote::quote;
use cosmwasm_std::{Addr, QuerierWrapper, Uint128};

use crate::ContractError;

/// What an offer costs now.
pub(crate) struct Cost {
    /// In base units of its asset; of an open price the least.
    pub(crate) amount: Uint128,
    /// Round of the feed that says so.
    pub(crate) round: Option<u64>,
}

/// What a price is now. A feed that is stale or tripped answers nothing, and then nothing is paid.
pub(crate) fn cost(querier: QuerierWrapper<'_>, price: &Price<Addr>) -> Result<Cost, ContractError> {
    match price {
        Price::Fixed(amount) | Price::Open { least: amount } => Ok(Cost { amount: *amount, round: None }),
        Price::Quoted { fiat, oracle, feed } => {
            let feed = *feed;
            let answer = querier.query_wasm_smart::<PriceResponse>(oracle, &QueryMsg::Price { feed });
            let PriceResponse { value, decimals, round, .. } = answer.map_err(|error| {
                ContractError::NoPrice { oracle: oracle.into(), feed, reason: error.to_string() }
            })?;
            let amount = quote(fiat.u128(), value.u128(), decimals)
                .ok_or_else(|| ContractError::NoAmount { oracle: oracle.into(), feed, value, decimals })?;
            Ok(Cost { amount: amount.into(), round: Some(round) })
        }
    }
}
