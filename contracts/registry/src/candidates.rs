//! Who stands for the committee: a list of bounded length by falling bond, kept in order whenever a bond changes.

use bithive_api::registry::{CandidateResponse, CandidatesResponse, Role, events, limits};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Event, HexBinary, Response, StdResult, Storage};

use crate::ContractError;
use crate::state::{
    CANDIDATES, CONFIG, Candidate, ELECTED, ELECTION, ENDPOINTS, Holder, Kind, Participant, RELAYS, STANDING,
    committee_holder, participant,
};
use crate::validate;

/// Adds the sender to the list, in place of the smallest bond where it is full.
pub(crate) fn stand(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    endpoint: HexBinary,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    validate::digest("endpoint", &endpoint)?;
    let entry = participant(deps.storage, sender)?;
    let params = CONFIG.load(deps.storage)?.params;
    if !matches!(entry.kind, Kind::Node(_)) || !entry.eligible(&params) {
        return Err(ContractError::NotEligible { address: sender.into() });
    }
    if STANDING.has(deps.storage, sender) {
        return Err(ContractError::AlreadyStanding { address: sender.into() });
    }
    let serving = committee_holder(deps.storage, env, &endpoint)?;
    if serving.is_some_and(|member| member != *sender) || ENDPOINTS.has(deps.storage, endpoint.as_slice()) {
        return Err(ContractError::EndpointTaken { endpoint });
    }
    let mut list = load(deps.storage)?;
    let mut event = Event::new(events::STANDING).add_attribute("address", sender);
    if list.len() >= limits::MAX_CANDIDATES {
        let smallest = list.pop();
        let least = smallest.as_ref().map(|candidate| candidate.bond).unwrap_or_default();
        if entry.bond <= least {
            return Err(ContractError::ListFull { found: entry.bond, least });
        }
        if let Some(gone) = smallest {
            forget(deps.storage, &gone);
            event = event.add_attribute("in_place_of", gone.address);
        }
    }
    let holder = Holder { address: sender.clone(), role: Role::Committee };
    ENDPOINTS.save(deps.storage, endpoint.as_slice(), &holder)?;
    STANDING.save(deps.storage, sender, &())?;
    insert(&mut list, Candidate { address: sender.clone(), endpoint, bond: entry.bond, served: 0 });
    CANDIDATES.save(deps.storage, &list)?;
    Ok(Response::new().add_event(event))
}

/// Takes the sender off the list.
pub(crate) fn retire(storage: &mut dyn Storage, sender: &Addr) -> Result<Response, ContractError> {
    if !remove(storage, sender)? {
        return Err(ContractError::NotStanding { address: sender.into() });
    }
    let event = Event::new(events::RETIRED).add_attribute("address", sender);
    Ok(Response::new().add_event(event))
}

/// Notes that a bond or its state has changed: whoever is not eligible any more stands no longer.
pub(crate) fn changed(
    storage: &mut dyn Storage,
    address: &Addr,
    entry: &Participant,
) -> Result<(), ContractError> {
    if !STANDING.has(storage, address) {
        return Ok(());
    }
    if !entry.eligible(&CONFIG.load(storage)?.params) {
        remove(storage, address)?;
        return Ok(());
    }
    let mut list = load(storage)?;
    if let Some(place) = list.iter().position(|candidate| candidate.address == *address) {
        let candidate = list.remove(place);
        insert(&mut list, Candidate { bond: entry.bond, ..candidate });
        CANDIDATES.save(storage, &list)?;
    }
    Ok(())
}

pub(crate) fn load(storage: &dyn Storage) -> StdResult<Vec<Candidate>> {
    Ok(CANDIDATES.may_load(storage)?.unwrap_or_default())
}

/// Behind everybody whose bond is at least as large.
fn insert(list: &mut Vec<Candidate>, candidate: Candidate) {
    let place = list.iter().position(|other| other.bond < candidate.bond).unwrap_or(list.len());
    list.insert(place, candidate);
}

fn remove(storage: &mut dyn Storage, address: &Addr) -> StdResult<bool> {
    let mut list = load(storage)?;
    let Some(place) = list.iter().position(|candidate| candidate.address == *address) else {
        return Ok(false);
    };
    let gone = list.remove(place);
    CANDIDATES.save(storage, &list)?;
    forget(storage, &gone);
    Ok(true)
}

/// Frees what a candidate held. In a committee that serves, the endpoint stays its own.
fn forget(storage: &mut dyn Storage, gone: &Candidate) {
    STANDING.remove(storage, &gone.address);
    ENDPOINTS.remove(storage, gone.endpoint.as_slice());
    RELAYS.remove(storage, gone.endpoint.as_slice());
}

pub(crate) fn query(deps: Deps<'_>) -> StdResult<CandidatesResponse> {
    let response = |candidate: Candidate| CandidateResponse {
        address: candidate.address.into(),
        endpoint: candidate.endpoint,
        bond: candidate.bond,
        served: candidate.served,
    };
    Ok(CandidatesResponse {
        candidates: load(deps.storage)?.into_iter().map(response).collect(),
        election: ELECTION.may_load(deps.storage)?,
        elected: ELECTED.may_load(deps.storage)?,
    })
}
