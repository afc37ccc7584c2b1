//! One function per message: the checks that `cw20-base` lacks, and then `cw20-base`.
//!
//! Amounts are compared with balances and allowances first, so that errors say what was expected and that no
//! sum inside `cw20-base`, which adds without checks, can leave 128 bits.

use std::collections::BTreeSet;

use bithive_api::token::InstantiateMsg;
use cosmwasm_std::{Addr, Binary, Deps, DepsMut, Env, MessageInfo, Response, StdError, Storage, Uint128};
use cw_utils::Expiration;
use cw20::{Cw20Coin, Logo, MinterResponse};
use cw20_base::msg::InstantiateMarketingInfo;
use cw20_base::state::{ALLOWANCES, BALANCES, MARKETING_INFO, TOKEN_INFO};
use cw20_base::{allowances as base_allowances, contract as base};

use crate::ContractError;
use crate::state::{SUPPLY, Supply};

type Outcome = Result<Response, ContractError>;

pub(crate) fn instantiate(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: InstantiateMsg) -> Outcome {
    let mut supply = Supply { minted: Uint128::zero(), burnt: Uint128::zero(), cap: msg.cap };
    let initial_balances = checked_balances(deps.as_ref(), &mut supply, msg.initial_balances)?;
    let marketing = msg.marketing.map(|marketing| InstantiateMarketingInfo {
        project: marketing.project,
        description: marketing.description,
        marketing: marketing.marketing,
        logo: marketing.logo,
    });
    let base_msg = cw20_base::msg::InstantiateMsg {
        name: msg.name,
        symbol: msg.symbol,
        decimals: msg.decimals,
        initial_balances,
        mint: msg.minter.map(|minter| MinterResponse { minter, cap: Some(msg.cap) }),
        marketing,
    };
    SUPPLY.save(deps.storage, &supply)?;
    Ok(base::instantiate(deps, env, info, base_msg)?)
}

/// Initial balances with validated addresses, counted as minted. Compared as addresses, not as text: two
/// spellings of one address would otherwise overwrite each other's balance and still count twice.
fn checked_balances(
    deps: Deps<'_>,
    supply: &mut Supply,
    balances: Vec<Cw20Coin>,
) -> Result<Vec<Cw20Coin>, ContractError> {
    let mut seen = BTreeSet::new();
    let mut checked = Vec::with_capacity(balances.len());
    for coin in balances {
        let address = deps.api.addr_validate(&coin.address)?;
        if !seen.insert(address.clone()) {
            return Err(ContractError::DuplicateAddress { address: address.into() });
        }
        supply.mint(coin.amount)?;
        checked.push(Cw20Coin { address: address.into(), amount: coin.amount });
    }
    Ok(checked)
}

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

pub(crate) fn burn(deps: DepsMut<'_>, env: Env, info: MessageInfo, amount: Uint128) -> Outcome {
    require_balance(deps.as_ref(), &info.sender, amount)?;
    count_burnt(deps.storage, amount)?;
    Ok(base::execute_burn(deps, env, info, amount)?)
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

pub(crate) fn increase_allowance(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    spender: String,
    amount: Uint128,
    expires: Option<Expiration>,
) -> Outcome {
    let spender_addr = deps.api.addr_validate(&spender)?;
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
    let spender_addr = deps.api.addr_validate(&spender)?;
    if !ALLOWANCES.has(deps.storage, (&info.sender, &spender_addr)) {
        return Err(cw20_base::ContractError::NoAllowance {}.into());
    }
    Ok(base_allowances::execute_decrease_allowance(deps, env, info, spender, amount, expires)?)
}

pub(crate) fn mint(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    recipient: String,
    amount: Uint128,
) -> Outcome {
    require_minter(deps.as_ref(), &info.sender)?;
    require_contract(deps.as_ref(), &info.sender)?;
    let mut supply = SUPPLY.load(deps.storage)?;
    supply.mint(amount)?;
    SUPPLY.save(deps.storage, &supply)?;
    Ok(base::execute_mint(deps, env, info, recipient, amount)?)
}

pub(crate) fn update_minter(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    new_minter: Option<String>,
) -> Outcome {
    require_minter(deps.as_ref(), &info.sender)?;
    if let Some(minter) = &new_minter {
        require_contract(deps.as_ref(), &deps.api.addr_validate(minter)?)?;
    }
    Ok(base::execute_update_minter(deps, env, info, new_minter)?)
}

pub(crate) fn update_marketing(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    project: Option<String>,
    description: Option<String>,
    marketing: Option<String>,
) -> Outcome {
    require_marketing(deps.as_ref(), &info.sender)?;
    Ok(base::execute_update_marketing(deps, env, info, project, description, marketing)?)
}

pub(crate) fn upload_logo(deps: DepsMut<'_>, env: Env, info: MessageInfo, logo: Logo) -> Outcome {
    require_marketing(deps.as_ref(), &info.sender)?;
    Ok(base::execute_upload_logo(deps, env, info, logo)?)
}

fn count_burnt(storage: &mut dyn Storage, amount: Uint128) -> Result<(), ContractError> {
    let mut supply = SUPPLY.load(storage)?;
    supply.burn(amount)?;
    Ok(SUPPLY.save(storage, &supply)?)
}

fn require_balance(deps: Deps<'_>, address: &Addr, amount: Uint128) -> Result<(), ContractError> {
    let balance = BALANCES.may_load(deps.storage, address)?.unwrap_or_default();
    if amount > balance {
        return Err(ContractError::InsufficientBalance { address: address.into(), amount, balance });
    }
    Ok(())
}

/// Allowance first: whoever has none learns nothing else. `cw20-base` checks the expiry.
fn require_allowed(
    deps: Deps<'_>,
    owner: &str,
    spender: &Addr,
    amount: Uint128,
) -> Result<(), ContractError> {
    let owner = deps.api.addr_validate(owner)?;
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

fn require_minter(deps: Deps<'_>, sender: &Addr) -> Result<(), ContractError> {
    let minter = TOKEN_INFO.load(deps.storage)?.mint.ok_or(ContractError::NoMinter)?.minter;
    if minter != sender {
        return Err(ContractError::NotMinter { sender: sender.into(), minter: minter.into() });
    }
    Ok(())
}

/// Minters are contracts, whose rules anybody can read. A person can be named when a token is made, because the contract
/// that is to mint may have to know the token first; it can hand minting over and do nothing else.
fn require_contract(deps: Deps<'_>, minter: &Addr) -> Result<(), ContractError> {
    let found = deps.querier.query_wasm_contract_info(minter);
    found.map(|_| ()).map_err(|_| ContractError::PersonalMinter { minter: minter.into() })
}

fn require_marketing(deps: Deps<'_>, sender: &Addr) -> Result<(), ContractError> {
    let marketing = MARKETING_INFO.may_load(deps.storage)?.and_then(|info| info.marketing);
    if marketing.as_ref() != Some(sender) {
        let marketing = marketing.map_or_else(|| "nobody: it is final".into(), Into::into);
        return Err(ContractError::NotMarketing { sender: sender.into(), marketing });
    }
    Ok(())
}
