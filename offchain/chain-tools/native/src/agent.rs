//! A contract that sends what it is told to: meter, slasher and minter in simulations and tests, where only contracts may
//! be any of them. Whoever reaches it may use it, so it is for chains that one program has alone.

use bithive_contracts::Code;
use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, WasmMsg};
use cw_multi_test::{Contract, ContractWrapper};
use serde::{Deserialize, Serialize};

/// What it is called where contracts are called by their code.
pub const NAME: &str = "agent";
/// Id of its code on a chain that has it as the only one after those of the table.
pub const CODE_ID: u64 = Code::ALL.len() as u64 + 1;

/// What it sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// Address of the contract that it is for.
    pub contract: String,
    /// The message to send, JSON.
    pub msg: Binary,
}

#[allow(clippy::unnecessary_wraps, reason = "the signature of an entry point")]
fn create(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

#[allow(clippy::unnecessary_wraps, reason = "the signature of an entry point")]
fn execute(_: DepsMut<'_>, _: Env, _: MessageInfo, relay: Relay) -> StdResult<Response> {
    let Relay { contract: contract_addr, msg } = relay;
    Ok(Response::new().add_message(WasmMsg::Execute { contract_addr, msg, funds: vec![] }))
}

fn query(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Err(StdError::generic_err("there is nothing to ask"))
}

/// Its code, to register on a chain.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, create, query))
}
