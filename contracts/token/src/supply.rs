//! What changes the supply: minting up to the cap, and burning.

use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Storage, Uint128};
use cw20_base::{allowances as base_allowances, contract as base};

use crate::ContractError;
use crate::error::Outcome;
use crate::state::SUPPLY;
use crate::transfer::{require_allowed, require_balance};

pub(crate) fn mint(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    recipient: String,
    amount: Uint128,
) -> Outcome {
    require_contract(deps.as_ref(), &info.sender)?;
    let mut supply = SUPPLY.load(deps.storage)?;
    supply.mint(amount)?;
    SUPPLY.save(deps.storage, &supply)?;
    Ok(base::execute_mint(deps, env, info, recipient, amount)?)
}

pub(crate) fn burn(deps: DepsMut<'_>, env: Env, info: MessageInfo, amount: Uint128) -> Outcome {
    require_balance(deps.as_ref(), &info.sender, amount)?;
    count_burnt(deps.storage, amount)?;
    Ok(base::execute_burn(deps, env, info, amount)?)
}

pub(crate) fn burn_from(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    owner: String,
    amount: Uint128,
) -> Outcome {
    require_allowed(deps.as_ref(), &owner, &info.sender, amount)?;
    count_burnt(deps.storage, amount)?;
    Ok(base_allowances::execute_burn_from(deps, env, info, owner, amount)?)
}

fn count_burnt(storage: &mut dyn Storage, amount: Uint128) -> Result<(), ContractError> {
    let mut supply = SUPPLY.load(storage)?;
    supply.burn(amount)?;
    Ok(SUPPLY.save(storage, &supply)?)
}

/// Minters are contracts, whose rules anybody can read. A person can be named when a token is made, because the contract
/// that is to mint may have to know the token first; it can hand minting over and do nothing else.
pub(crate) fn require_contract(deps: Deps<'_>, minter: &Addr) -> Result<(), ContractError> {
    let found = deps.querier.query_wasm_contract_info(minter);
    found.map(|_| ()).map_err(|_| ContractError::PersonalMinter { minter: minter.into() })
}
