//! `instantiate`: parameters that fit each other and the registry.

use bithive_api::jobs::{InstantiateMsg, Split as Shares, limits};
use bithive_api::registry;
use bithive_economics::{Parts, Split, SplitError};
use cosmwasm_std::{DepsMut, Response};

use super::address;
use crate::ContractError;
use crate::state::{CONFIG, Config, TOTALS, Totals};

/// Stores the parameters.
///
/// # Errors
/// [`ContractError::TokenMismatch`], [`ContractError::UnbondingTooShort`], [`ContractError::SlashAmount`],
/// [`ContractError::Split`], an address that is not valid.
pub fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let token = address(deps.api, "token", &msg.token)?;
    let registry = address(deps.api, "registry", &msg.registry)?;
    let known: registry::ConfigResponse =
        deps.querier.query_wasm_smart(&registry, &registry::QueryMsg::Config {})?;
    if known.token != token.as_str() {
        return Err(ContractError::TokenMismatch { found: msg.token, expected: known.token });
    }
    if known.params.unbonding_seconds <= limits::MAX_LIFE_SECONDS {
        return Err(ContractError::UnbondingTooShort { found: known.params.unbonding_seconds });
    }
    let most = known.params.node_bond;
    if msg.slash_amount.is_zero() || msg.slash_amount > most {
        return Err(ContractError::SlashAmount { found: msg.slash_amount, most });
    }
    split_of(&msg.split)?;
    let config = Config {
        token,
        registry,
        treasury: address(deps.api, "treasury", &msg.treasury)?,
        incentive_pool: address(deps.api, "incentive_pool", &msg.incentive_pool)?,
        split: msg.split,
        slash_amount: msg.slash_amount,
        slots: known.params.slots,
        groups: known.params.groups,
    };
    CONFIG.save(deps.storage, &config)?;
    TOTALS.save(deps.storage, &Totals::default())?;
    Ok(Response::new())
}

/// The split as checked arithmetic.
pub(crate) fn split_of(shares: &Shares) -> Result<Split, SplitError> {
    Split::new(Parts {
        worker: shares.worker,
        model_owner: shares.model_owner,
        data_owner: shares.data_owner,
        treasury: shares.treasury,
        incentive_pool: shares.incentive_pool,
    })
}
