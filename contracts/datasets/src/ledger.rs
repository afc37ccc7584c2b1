//! What is owed: for every asset, escrowed = the sum of its deposits, claimable = the sum of its credits, and the
//! contract's balance is at least both together.

use bithive_api::datasets::Asset;
use cosmwasm_std::{Addr, BankMsg, Coin, CosmosMsg, Storage, Uint128, WasmMsg, to_json_binary};
use cw20::Cw20ExecuteMsg;

use crate::ContractError;
use crate::state::{CLAIMABLE, HELD, asset_name};

/// An amount came into escrow.
pub(crate) fn escrow(storage: &mut dyn Storage, asset: &Asset, amount: Uint128) -> Result<(), ContractError> {
    let name = asset_name(asset);
    let mut held = HELD.may_load(storage, &name)?.unwrap_or_default();
    held.escrowed = held.escrowed.checked_add(amount)?;
    Ok(HELD.save(storage, &name, &held)?)
}

/// An amount leaves escrow and is an account's.
pub(crate) fn credit(
    storage: &mut dyn Storage,
    asset: &Asset,
    account: &Addr,
    amount: Uint128,
) -> Result<(), ContractError> {
    let name = asset_name(asset);
    let mut held = HELD.may_load(storage, &name)?.unwrap_or_default();
    held.escrowed = held.escrowed.checked_sub(amount)?;
    held.claimable = held.claimable.checked_add(amount)?;
    HELD.save(storage, &name, &held)?;
    let key = (name.as_str(), account);
    let sum = CLAIMABLE.may_load(storage, key)?.unwrap_or_default().checked_add(amount)?;
    Ok(CLAIMABLE.save(storage, key, &sum)?)
}

/// All that an account is owed of an asset, and the message that pays it.
pub(crate) fn pay(
    storage: &mut dyn Storage,
    asset: &Asset,
    account: &Addr,
) -> Result<(Uint128, CosmosMsg), ContractError> {
    let name = asset_name(asset);
    let Some(amount) = CLAIMABLE.may_load(storage, (&name, account))? else {
        return Err(ContractError::NothingOwed { account: account.into(), asset: name });
    };
    CLAIMABLE.remove(storage, (&name, account));
    let mut held = HELD.may_load(storage, &name)?.unwrap_or_default();
    held.claimable = held.claimable.checked_sub(amount)?;
    HELD.save(storage, &name, &held)?;
    let message = match asset {
        Asset::Native(denom) => {
            let amount = vec![Coin { denom: denom.clone(), amount }];
            BankMsg::Send { to_address: account.into(), amount }.into()
        }
        Asset::Cw20(token) => {
            let transfer = Cw20ExecuteMsg::Transfer { recipient: account.into(), amount };
            let (contract_addr, msg, funds) = (token.clone(), to_json_binary(&transfer)?, vec![]);
            WasmMsg::Execute { contract_addr, msg, funds }.into()
        }
    };
    Ok((amount, message))
}
