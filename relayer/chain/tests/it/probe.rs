//! A contract that does what a test asks of it.

use cosmwasm_std::{
    BankMsg, Binary, Coin, Deps, DepsMut, Empty, Env, Event, HashFunction, MessageInfo, MigrateInfo, Order,
    Reply, Response, StdError, StdResult, SubMsg, WasmMsg, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use serde::{Deserialize, Serialize};

const COUNT: Item<u64> = Item::new("count");
const RECORDS: Map<u64, Binary> = Map::new("records");

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Execute {
    Increment {},
    /// Increments, then refuses.
    IncrementAndFail {},
    /// Increments, then panics.
    IncrementAndPanic {},
    /// Calls itself for ever.
    Recurse {},
    /// Calls itself for ever and handles the error in a reply.
    RecurseAndCatch {},
    /// Sends coins it may not have.
    Pay {
        to: String,
        amount: Coin,
    },
    /// Writes records `0..count` of `bytes` bytes.
    Write {
        count: u64,
        bytes: usize,
    },
    /// Reads all records and removes them.
    Clear {},
    /// Checks `e(p, q) == e(r, s)`, all points compressed, after hashing to G2.
    Pairing {
        p: Binary,
        q: Binary,
        r: Binary,
        s: Binary,
    },
    /// Returns these bytes as data.
    Answer {
        data: Binary,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Query {
    Count {},
    BlockHeight {},
    Fail {},
    Panic {},
    ValidAddress { address: String },
}

pub(crate) fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate))
}

fn instantiate(deps: DepsMut, _env: Env, _info: MessageInfo, _msg: Empty) -> StdResult<Response> {
    COUNT.save(deps.storage, &0)?;
    Ok(Response::new())
}

fn increment(deps: &mut DepsMut) -> StdResult<u64> {
    COUNT.update(deps.storage, |count| StdResult::Ok(count + 1))
}

fn execute(mut deps: DepsMut, env: Env, info: MessageInfo, msg: Execute) -> StdResult<Response> {
    let again = |msg: &Execute| -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: env.contract.address.to_string(),
            msg: to_json_binary(msg)?,
            funds: vec![],
        })
    };
    match msg {
        Execute::Increment {} => {
            let count = increment(&mut deps)?;
            let event = Event::new("incremented").add_attribute("count", count.to_string());
            Ok(Response::new().add_attribute("by", info.sender).add_event(event))
        }
        Execute::IncrementAndFail {} => {
            increment(&mut deps)?;
            Err(StdError::generic_err("told to fail"))
        }
        Execute::IncrementAndPanic {} => {
            increment(&mut deps)?;
            std::panic::resume_unwind(Box::new("told to panic"))
        }
        Execute::Recurse {} => Ok(Response::new().add_message(again(&msg)?)),
        Execute::RecurseAndCatch {} => {
            Ok(Response::new().add_submessage(SubMsg::reply_on_error(again(&Execute::Recurse {})?, 1)))
        }
        Execute::Pay { to, amount } => {
            Ok(Response::new().add_message(BankMsg::Send { to_address: to, amount: vec![amount] }))
        }
        Execute::Write { count, bytes } => {
            let value = Binary::from(vec![7; bytes]);
            (0..count).try_for_each(|id| RECORDS.save(deps.storage, id, &value))?;
            Ok(Response::new())
        }
        Execute::Clear {} => {
            let ids: Vec<u64> =
                RECORDS.keys(deps.storage, None, None, Order::Descending).collect::<StdResult<_>>()?;
            ids.iter().for_each(|id| RECORDS.remove(deps.storage, *id));
            Ok(Response::new().add_attribute("cleared", ids.len().to_string()))
        }
        Execute::Pairing { p, q, r, s } => {
            let hash = deps.api.bls12_381_hash_to_g2(HashFunction::Sha256, b"message", b"domain")?;
            let equal = deps.api.bls12_381_pairing_equality(&p, &q, &r, &s)?;
            let sum = deps.api.bls12_381_aggregate_g1(&[p.as_slice(), r.as_slice()].concat())?;
            Ok(Response::new()
                .add_attribute("equal", equal.to_string())
                .add_attribute("sum", Binary::from(sum).to_base64())
                .add_attribute("hash_bytes", hash.len().to_string()))
        }
        Execute::Answer { data } => Ok(Response::new().set_data(data)),
    }
}

fn query(deps: Deps, env: Env, msg: Query) -> StdResult<Binary> {
    match msg {
        Query::Count {} => to_json_binary(&COUNT.load(deps.storage)?),
        Query::BlockHeight {} => to_json_binary(&env.block.height),
        Query::Fail {} => Err(StdError::generic_err("no such thing")),
        Query::Panic {} => std::panic::resume_unwind(Box::new("told to panic")),
        Query::ValidAddress { address } => to_json_binary(&deps.api.addr_validate(&address).is_ok()),
    }
}

fn reply(mut deps: DepsMut, _env: Env, _msg: Reply) -> StdResult<Response> {
    increment(&mut deps)?;
    Ok(Response::new())
}

fn migrate(deps: DepsMut, _env: Env, _msg: Empty, _info: MigrateInfo) -> StdResult<Response> {
    COUNT.save(deps.storage, &1_000)?;
    Ok(Response::new())
}
