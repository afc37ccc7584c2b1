//! Instantiation, who mints, and what wallets show.

use std::collections::BTreeSet;

use bithive_api::token::InstantiateMsg;
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::address;
use cosmwasm_std::{Deps, DepsMut, Env, MessageInfo, Uint128};
use cw20::{Cw20Coin, Logo, MinterResponse};
use cw20_base::contract as base;
use cw20_base::msg::InstantiateMarketingInfo;

use crate::ContractError;
use crate::error::Outcome;
use crate::state::{SUPPLY, Supply};
use crate::supply::require_contract;

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
        let address = address(deps.api, "initial_balances.address", &coin.address)?;
        if !seen.insert(address.clone()) {
            return Err(InputError::Duplicate { field: "initial_balances", found: address.into() }.into());
        }
        supply.mint(coin.amount)?;
        checked.push(Cw20Coin { address: address.into(), amount: coin.amount });
    }
    Ok(checked)
}

pub(crate) fn update_minter(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    new_minter: Option<String>,
) -> Outcome {
    if let Some(minter) = &new_minter {
        require_contract(deps.as_ref(), &address(deps.api, "new_minter", minter)?)?;
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
    Ok(base::execute_update_marketing(deps, env, info, project, description, marketing)?)
}

pub(crate) fn upload_logo(deps: DepsMut<'_>, env: Env, info: MessageInfo, logo: Logo) -> Outcome {
    Ok(base::execute_upload_logo(deps, env, info, logo)?)
}
