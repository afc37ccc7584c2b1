//! What calls those who waited, and what ends a wait in vain.

use std::collections::BTreeSet;

use bithive_api::randomness::{Call, Delivery, Event, limits};
use bithive_contract_kit::input::count;
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Env, Reply, Response, Storage, SubMsg, SubMsgResult, WasmMsg, from_json, to_json_binary,
};

use crate::ContractError;
use crate::state::{self, CONFIG, Request, WANTED, request};

/// Id of every call; which one it is about is in its payload.
const CALL: u64 = 1;

/// What a reply is about.
#[cw_serde]
struct Called {
    id: u64,
    consumer: Addr,
    round: u64,
}

/// Calls the consumers of these requests. Each request is gone before its call leaves, so that nobody is called twice for it.
pub(crate) fn deliver(storage: &mut dyn Storage, requests: &[u64]) -> Result<Response, ContractError> {
    count("requests", requests.len(), 1..=limits::MAX_DELIVERIES)?;
    let mut response = Response::new();
    for id in requests.iter().copied().collect::<BTreeSet<_>>() {
        let wish = request(storage, id)?;
        let Some(randomness) = state::beacon(storage, wish.round)? else {
            return Err(ContractError::NotKnown { id, round: wish.round });
        };
        state::remove(storage, id, &wish);
        let Request { consumer, round, job, call_gas, .. } = wish;
        if call_gas == 0 {
            response = response.add_event(Event::Delivered { id, consumer, round });
            continue;
        }
        let call = Call::Randomness(Delivery { id, round, randomness: randomness.into(), job });
        response = response.add_submessage(message(Called { id, consumer, round }, &call, call_gas)?);
    }
    Ok(response)
}

fn message(of: Called, call: &Call, gas: u64) -> Result<SubMsg, ContractError> {
    let (contract_addr, msg, funds) = (of.consumer.to_string(), to_json_binary(call)?, vec![]);
    let message = WasmMsg::Execute { contract_addr, msg, funds };
    let payload = to_json_binary(&of)?;
    Ok(SubMsg::reply_always(message, CALL).with_gas_limit(gas).with_payload(payload))
}

/// Reports how a call has ended. What it did is undone by the chain if it failed; nothing of this contract is.
pub(crate) fn called(reply: Reply) -> Result<Response, ContractError> {
    let Called { id, consumer, round } = read(&reply.payload)?;
    Ok(Response::new().add_event(match reply.result {
        SubMsgResult::Ok(_) => Event::Delivered { id, consumer, round },
        SubMsgResult::Err(error) => {
            let reason = error.chars().take(limits::MAX_REASON).collect();
            Event::Failed { id, consumer, round, reason }
        }
    }))
}

fn read(payload: &Binary) -> Result<Called, ContractError> {
    Ok(from_json(payload)?)
}

/// Gives a bounty back whose round did not come.
pub(crate) fn expire(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let wish = request(storage, id)?;
    let Request { round, bounty, .. } = wish;
    if state::beacon(storage, round)?.is_some() {
        return Err(ContractError::Ready { id, round });
    }
    let config = CONFIG.load(storage)?;
    let at = config.network()?.time_of(round)?;
    let (until, now) = (at.saturating_add(limits::EXPIRY_SECONDS), env.block.time.seconds());
    if now <= until {
        return Err(ContractError::Waits { id, until, now });
    }
    state::remove(storage, id, &wish);
    let mut wanted = WANTED.may_load(storage, round)?.unwrap_or_default();
    wanted.requests = wanted.requests.saturating_sub(1);
    wanted.bounty = wanted.bounty.checked_sub(bounty)?;
    if wanted.requests == 0 {
        WANTED.remove(storage, round);
    } else {
        WANTED.save(storage, round, &wanted)?;
    }
    let mut release = Release::default();
    release.add(&wish.consumer, bounty)?;
    AssetLedger::new(&config.asset()).release(storage, release)?;
    Ok(Response::new().add_event(Event::Expired { id, consumer: wish.consumer, round, bounty }))
}
