//! Transfers and allowances: the checks that `cw20-base` lacks, and then `cw20-base`.
//!
//! Amounts are compared with balances and allowances first, so that errors say what was expected and that no
//! sum inside `cw20-base`, which adds without checks, can leave 128 bits.

use bithive_contract_kit::input::address;
use cosmwasm_std::{Addr, Binary, Deps, DepsMut, Env, MessageInfo, StdError, Uint128};
use cw_utils::Expiration;
use cw20_base::state::{ALLOWANCES, BALANCES};
use cw20_base::{allowances as base_allowances, contract as base};

use crate::ContractError;
use crate::error::Outcome;

pub(crate) fn transfer(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    recipient: String,
    amount: Uint128,
) -> Outcome {
    require_balance(deps.as_ref(), &info.sender, amount)?;
    Ok(base::execute_transfer(deps, env, info, recipient, amount)?)
}

pub(crate) fn send(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    contract: String,
    amount: Uint128,
    msg: Binary,
) -> Outcome {
    require_balance(deps.as_ref(), &info.sender, amount)?;
    Ok(base::execute_send(deps, env, info, contract, amount, msg)?)
}

pub(crate) fn transfer_from(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    owner: String,
    recipient: String,
    amount: Uint128,
) -> Outcome {
    require_allowed(deps.as_ref(), &owner, &info.sender, amount)?;
    Ok(base_allowances::execute_transfer_from(deps, env, info, owner, recipient, amount)?)
}

pub(crate) fn send_from(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    owner: String,
    contract: String,
    amount: Uint128,
    msg: Binary,
) -> Outcome {
    require_allowed(deps.as_ref(), &owner, &info.sender, amount)?;
    Ok(base_allowances::execute_send_from(deps, env, info, owner, contract, amount, msg)?)
}

pub(crate) fn increase_allowance(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    spender: String,
    amount: Uint128,
    expires: Option<Expiration>,
) -> Outcome {
    let spender_addr = address(deps.api, "spender", &spender)?;
    allowance(deps.as_ref(), &info.sender, &spender_addr)?.checked_add(amount)?;
    Ok(base_allowances::execute_increase_allowance(deps, env, info, spender, amount, expires)?)
}

pub(crate) fn decrease_allowance(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    spender: String,
    amount: Uint128,
    expires: Option<Expiration>,
) -> Outcome {
    let spender_addr = address(deps.api, "spender", &spender)?;
    if !ALLOWANCES.has(deps.storage, (&info.sender, &spender_addr)) {
        return Err(cw20_base::ContractError::NoAllowance {}.into());
    }
    Ok(base_allowances::execute_decrease_allowance(deps, env, info, spender, amount, expires)?)
}

pub(crate) fn require_balance(deps: Deps<'_>, address: &Addr, amount: Uint128) -> Result<(), ContractError> {
    let balance = BALANCES.may_load(deps.storage, address)?.unwrap_or_default();
    if amount > balance {
        return Err(ContractError::InsufficientBalance { address: address.into(), amount, balance });
    }
    Ok(())
}

/// Checks the allowance before the balance, so that a spender without one does not learn the balance. `cw20-base`
/// checks the expiry.
pub(crate) fn require_allowed(
    deps: Deps<'_>,
    owner: &str,
    spender: &Addr,
    amount: Uint128,
) -> Result<(), ContractError> {
    let owner = address(deps.api, "owner", owner)?;
    let allowance = allowance(deps, &owner, spender)?;
    if amount > allowance {
        let (owner, spender) = (owner.into(), spender.into());
        return Err(ContractError::InsufficientAllowance { owner, spender, amount, allowance });
    }
    require_balance(deps, &owner, amount)
}

fn allowance(deps: Deps<'_>, owner: &Addr, spender: &Addr) -> Result<Uint128, StdError> {
    Ok(ALLOWANCES.may_load(deps.storage, (owner, spender))?.unwrap_or_default().allowance)
}
