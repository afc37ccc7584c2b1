//! cw20 tokens: messages to a token, and the content of its hook.

use cosmwasm_std::{Addr, Api, QuerierWrapper, StdResult, Uint128, WasmMsg, from_json, wasm_execute};
use cw20::{BalanceResponse, Cw20ExecuteMsg, Cw20QueryMsg, Cw20ReceiveMsg};
use serde::de::DeserializeOwned;

/// A transfer to `recipient`.
///
/// # Errors
/// Encoding.
pub fn transfer(token: &Addr, recipient: &Addr, amount: Uint128) -> StdResult<WasmMsg> {
    execute(token, &Cw20ExecuteMsg::Transfer { recipient: recipient.into(), amount })
}

/// Burns what the contract holds.
///
/// # Errors
/// Encoding.
pub fn burn(token: &Addr, amount: Uint128) -> StdResult<WasmMsg> {
    execute(token, &Cw20ExecuteMsg::Burn { amount })
}

/// Mints to `recipient`; the contract must be the minter.
///
/// # Errors
/// Encoding.
pub fn mint(token: &Addr, recipient: &Addr, amount: Uint128) -> StdResult<WasmMsg> {
    execute(token, &Cw20ExecuteMsg::Mint { recipient: recipient.into(), amount })
}

/// Sends any message of cw20.
///
/// # Errors
/// Encoding.
pub fn execute(token: &Addr, message: &Cw20ExecuteMsg) -> StdResult<WasmMsg> {
    wasm_execute(token, message, vec![])
}

/// Balance of `holder` in `token`, in base units.
///
/// # Errors
/// The address is not a cw20 token.
pub fn balance(querier: QuerierWrapper<'_>, token: &Addr, holder: &Addr) -> StdResult<Uint128> {
    let query = Cw20QueryMsg::Balance { address: holder.to_string() };
    Ok(querier.query_wasm_smart::<BalanceResponse>(token, &query)?.balance)
}

/// Content of a hook: who sent the tokens, and what for. Only the sender of the message, the token, is proven; the
/// caller has checked it.
///
/// # Errors
/// The account is no address, or the message is none of the contract's hooks.
pub fn hook<T: DeserializeOwned>(api: &dyn Api, received: &Cw20ReceiveMsg) -> StdResult<(Addr, T)> {
    Ok((api.addr_validate(&received.sender)?, from_json(&received.msg)?))
}
