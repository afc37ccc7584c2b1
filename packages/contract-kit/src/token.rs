//! cw20 tokens: messages to one, and what comes with its hook.

use cosmwasm_std::{Addr, Api, QuerierWrapper, StdResult, Uint128, WasmMsg, from_json, wasm_execute};
use cw20::{BalanceResponse, Cw20ExecuteMsg, Cw20QueryMsg, Cw20ReceiveMsg};
use serde::de::DeserializeOwned;

/// Pays `recipient`.
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

/// Mints to `recipient`, where the contract is the minter.
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

/// What `holder` has of `token`.
///
/// # Errors
/// What is at the address does not answer as a token does.
pub fn balance(querier: QuerierWrapper<'_>, token: &Addr, holder: &Addr) -> StdResult<Uint128> {
    let query = Cw20QueryMsg::Balance { address: holder.to_string() };
    Ok(querier.query_wasm_smart::<BalanceResponse>(token, &query)?.balance)
}

/// What came with a hook: who sent the tokens, and what for. Only the sender of the message is proven, which is the
/// token; who calls this has checked that it is one.
///
/// # Errors
/// The account is no address, or the message is none of the contract's hooks.
pub fn hook<T: DeserializeOwned>(api: &dyn Api, received: &Cw20ReceiveMsg) -> StdResult<(Addr, T)> {
    Ok((api.addr_validate(&received.sender)?, from_json(&received.msg)?))
}
