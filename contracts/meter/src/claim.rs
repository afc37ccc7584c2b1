//! What machines state.

use bithive_api::meter::Event;
use bithive_contract_kit::input::{address, positive, within};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::idle;
use cosmwasm_std::{Addr, DepsMut, Env, Response};

use crate::ContractError;
use crate::state::{CONFIG, Claim, MACHINES, Machine};

/// Notes what a machine says of a period. It can't be changed: members vouch for exactly this.
pub(crate) fn claim(
    deps: DepsMut<'_>,
    env: &Env,
    machine: &Addr,
    (period, seconds): (u64, u64),
    account: &str,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    let config = CONFIG.load(deps.storage)?;
    let account = address(deps.api, "account", account)?;
    within("seconds", seconds.into(), 1..=config.params.period_seconds.into())?;
    config.expect_open(env, period)?;
    let credits = idle::credits(seconds, config.params.credits_per_hour);
    positive("what the idle time is worth in credits", credits.into())?;
    let mut row = Machine::load(deps.storage, machine)?;
    row.first = row.first.max(*idle::open(config.current(env)).start());
    let first = row.first;
    // What can't be vouched for any more makes room, so that a machine takes as much storage after a year as after a week.
    row.claims.retain(|claim| claim.period >= first);
    if period < first || row.claims.iter().any(|claim| claim.period == period) {
        return Err(ContractError::Claimed { machine: machine.into(), period });
    }
    let event = Event::Claimed { machine: machine.clone(), account: account.clone(), period, seconds };
    row.claims.push(Claim { period, seconds, account, credits, vouched_by: Vec::new(), counted: false });
    MACHINES.save(deps.storage, machine, &row)?;
    Ok(Response::new().add_event(event))
}
