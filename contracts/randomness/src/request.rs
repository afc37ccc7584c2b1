//! What waits for a round.

use bithive_api::randomness::{Event, Hook, Request, Requested, limits};
use bithive_contract_kit::input::{self, length, within};
use bithive_contract_kit::ledger::{AssetLedger, Ledger};
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, DepsMut, Empty, Env, Response, Uint128, to_json_binary};
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::state::{self, CONFIG, NEXT_REQUEST, OF_CONSUMER, OF_ROUND, REQUESTS, WANTED};

/// A request with a bounty. The hook is the token's; what it says of its sender is believed.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (sender, Hook::Request(wish)) = token::hook(deps.api, received)?;
    input::positive("amount", received.amount)?;
    let asset = CONFIG.load(deps.storage)?.asset();
    AssetLedger::new(&asset).deposit(deps.storage, received.amount)?;
    add(deps, env, &sender, wish, received.amount)
}

/// A request without a bounty.
pub(crate) fn free(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    wish: Request,
) -> Result<Response, ContractError> {
    add(deps, env, sender, wish, Uint128::zero())
}

fn add(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    wish: Request,
    bounty: Uint128,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let Request { after, job, call_gas } = wish;
    length("job", job.len(), 0..=limits::MAX_JOB)?;
    within("call_gas", call_gas.into(), 0..=limits::MAX_CALL_GAS.into())?;
    if call_gas > 0 {
        // Only contracts have messages to be called with.
        input::contract(deps.as_ref(), "sender", sender.as_str())?;
    }
    let latest = now.saturating_add(limits::MAX_AFTER);
    let after = after.unwrap_or(now);
    if after > latest {
        return Err(ContractError::TooLate { found: after, latest });
    }
    let network = CONFIG.load(deps.storage)?.network()?;
    let round = network.first_round_after(after.max(now).saturating_add(limits::MAX_LAG))?;
    if state::beacon(deps.storage, round)?.is_some() {
        // The chain's clock is so far behind that somebody knows the round already.
        return Err(ContractError::Known { round });
    }
    let id = NEXT_REQUEST.may_load(deps.storage)?.unwrap_or(1);
    NEXT_REQUEST.save(deps.storage, &id.saturating_add(1))?;
    let mut wanted = WANTED.may_load(deps.storage, round)?.unwrap_or_default();
    wanted.requests = wanted.requests.saturating_add(1);
    wanted.bounty = wanted.bounty.checked_add(bounty)?;
    WANTED.save(deps.storage, round, &wanted)?;
    let request = state::Request { consumer: sender.clone(), round, job, call_gas, bounty };
    REQUESTS.save(deps.storage, id, &request)?;
    OF_ROUND.save(deps.storage, (round, id), &Empty {})?;
    OF_CONSUMER.save(deps.storage, (sender, id), &Empty {})?;
    let event = Event::Requested { id, consumer: sender.clone(), round, bounty };
    Ok(Response::new().add_event(event).set_data(to_json_binary(&Requested { id, round })?))
}
