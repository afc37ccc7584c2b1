//! A contract that sends any message for its creator: minter of tokens and meter in tests, where only contracts may be either.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, WasmMsg,
    to_json_binary,
};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, ContractWrapper, Executor};
use serde::Serialize;

use crate::{Suite, TestApp};

/// What it sends.
#[cw_serde]
pub struct Relay {
    /// Address of the contract that it is for.
    pub contract: String,
    /// The message to send, JSON.
    pub msg: Binary,
}

fn create(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn execute(_: DepsMut<'_>, _: Env, _: MessageInfo, relay: Relay) -> StdResult<Response> {
    let Relay { contract: contract_addr, msg } = relay;
    Ok(Response::new().add_message(WasmMsg::Execute { contract_addr, msg, funds: vec![] }))
}

fn query(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Err(StdError::generic_err("there is nothing to ask"))
}

/// Puts one on the chain.
pub fn instantiate(app: &mut TestApp, creator: &Addr) -> Addr {
    let code_id = app.store_code(Box::new(ContractWrapper::new(execute, create, query)));
    app.instantiate_contract(code_id, creator.clone(), &Empty {}, &[], "faucet", None).unwrap()
}

impl Suite {
    /// Has the contract `from` send `message` to `contract`; sent by the owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn relay(
        &mut self,
        from: &Addr,
        contract: &Addr,
        message: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let relay = Relay { contract: contract.into(), msg: to_json_binary(message).unwrap() };
        let owner = self.owner.clone();
        self.execute(&owner, from, &relay)
    }
}
