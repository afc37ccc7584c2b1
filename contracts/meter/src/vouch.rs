//! What members make of it.

use bithive_api::meter::{Event, VouchedClaim, limits};
use bithive_contract_kit::input::{address, count};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, DepsMut, Env, Response};

use crate::ContractError;
use crate::state::{CONFIG, COUNTED, Config, DUE, MACHINES, MEMBERS, Machine, Members};

pub(crate) fn vouch(
    mut deps: DepsMut<'_>,
    env: &Env,
    member: &Addr,
    claims: &[VouchedClaim],
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    count("claims", claims.len(), 1..=limits::MAX_VOUCHES)?;
    let (config, members) = (CONFIG.load(deps.storage)?, MEMBERS.load(deps.storage)?);
    let mut response = Response::new();
    for claim in claims {
        response = response.add_events(vouch_for(deps.branch(), env, (&config, &members), member, claim)?);
    }
    Ok(response)
}

/// Counts a claim when enough of the present members have vouched for it. Those that were removed count for nothing.
fn vouch_for(
    deps: DepsMut<'_>,
    env: &Env,
    (config, members): (&Config, &Members),
    member: &Addr,
    vouched: &VouchedClaim,
) -> Result<Vec<Event>, ContractError> {
    let VouchedClaim { machine, period, seconds } = vouched;
    let (machine, period) = (address(deps.api, "machine", machine)?, *period);
    config.expect_open(env, period)?;
    let mut row = Machine::load(deps.storage, &machine)?;
    let missing = || ContractError::NoClaim { machine: machine.to_string(), period };
    let claim = row.claims.iter_mut().find(|claim| claim.period == period).ok_or_else(missing)?;
    if claim.seconds != *seconds {
        return Err(ContractError::OtherTime { period, claimed: claim.seconds, found: *seconds });
    }
    if *member == machine || *member == claim.account {
        return Err(ContractError::OwnClaim { member: member.into(), period });
    }
    if claim.vouched_by.contains(member) {
        return Err(ContractError::Twice { member: member.into(), machine: machine.into(), period });
    }
    // Others were faster: that is no fault of the sender, whose other claims are not to wait for it.
    if claim.counted {
        return Ok(Vec::new());
    }
    claim.vouched_by.push(member.clone());
    let found = claim.vouched_by.iter().filter(|voucher| members.members.contains(voucher)).count();
    let mut events = vec![Event::Vouched { machine: machine.clone(), period, member: member.clone() }];
    if found >= usize::from(members.threshold) {
        claim.counted = true;
        let (account, credits) = (claim.account.clone(), claim.credits);
        let counted = COUNTED.may_load(deps.storage)?.unwrap_or_default();
        let counted = counted.after(config.current(env), credits, config.params.per_period)?;
        COUNTED.save(deps.storage, &counted)?;
        let due = DUE.may_load(deps.storage, &account)?.unwrap_or_default();
        let due = due.checked_add(credits).ok_or(ContractError::DueOverflow { due })?;
        DUE.save(deps.storage, &account, &due)?;
        events.push(Event::Counted { machine: machine.clone(), account, period, credits });
    }
    MACHINES.save(deps.storage, &machine, &row)?;
    Ok(events)
}
