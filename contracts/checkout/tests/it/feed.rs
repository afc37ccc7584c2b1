//! A price that a test sets, behind the query of `oracle`.

use bithive_api::oracle::{PriceResponse, QueryMsg};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Timestamp,
    to_json_binary,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw_storage_plus::Item;

use bithive_test_kit::Suite;

const PRICE: Item<PriceResponse> = Item::new("price");

/// What it answers from now on; nothing where it is stale or tripped.
#[cw_serde]
pub struct Set {
    pub price: Option<PriceResponse>,
}

fn execute(deps: DepsMut<'_>, _: Env, _: MessageInfo, msg: Set) -> StdResult<Response> {
    match msg.price {
        Some(price) => PRICE.save(deps.storage, &price)?,
        None => PRICE.remove(deps.storage),
    }
    Ok(Response::new())
}

fn instantiate(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn query(deps: Deps<'_>, _: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Price { feed: 1 } => {
            let price = PRICE.may_load(deps.storage)?;
            to_json_binary(&price.ok_or_else(|| StdError::generic_err("feed 1 is stale"))?)
        }
        other => Err(StdError::generic_err(format!("there is nothing for {other:?}"))),
    }
}

/// A contract whose feed 1 has no price yet.
pub fn new(suite: &mut Suite) -> Addr {
    let code_id = suite.app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
    let owner = suite.owner.clone();
    suite.app.instantiate_contract(code_id, owner, &Empty {}, &[], "feed", None).unwrap()
}

/// The price of feed 1: minor units for 10^`decimals` base units.
pub fn set(suite: &mut Suite, feed: &Addr, price: Option<(u128, u8, u64)>) {
    let time = Timestamp::from_seconds(suite.now());
    let price =
        price.map(|(value, decimals, round)| PriceResponse { value: value.into(), decimals, time, round });
    let owner = suite.owner.clone();
    suite.execute(&owner, feed, &Set { price }).unwrap();
}
