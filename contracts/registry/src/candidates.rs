//! Who stands for the committee: a list of bounded length by falling bond, kept in order whenever a bond changes. Each
//! candidate has a key of its own, so that nobody's bond costs more to change where more stand.

use bithive_api::registry::{CandidateResponse, CandidatesResponse, Role, events, limits};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, HexBinary, Order, Response, StdResult, Storage, Uint128,
};
use cw_storage_plus::Item;

use crate::ContractError;
use crate::state::{
    CANDIDATES, CONFIG, Candidate, ELECTED, ELECTION, ENDPOINTS, Holder, Kind, Participant, Place, RELAYS,
    STANDING, STOOD, Stood, committee_holder, participant,
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
    let mut event = Event::new(events::STANDING).add_attribute("address", sender);
    if stood(deps.storage)?.count as usize >= limits::MAX_CANDIDATES {
        let last = CANDIDATES.range(deps.storage, None, None, Order::Descending).next().transpose()?;
        let least = last.as_ref().map(|(_, smallest)| smallest.bond).unwrap_or_default();
        if entry.bond <= least {
            return Err(ContractError::ListFull { found: entry.bond, least });
        }
        if let Some((_, smallest)) = last {
            remove(deps.storage, &smallest.address)?;
            event = event.add_attribute("in_place_of", smallest.address);
        }
    }
    let holder = Holder { address: sender.clone(), role: Role::Committee };
    ENDPOINTS.save(deps.storage, endpoint.as_slice(), &holder)?;
    let candidate =
        Candidate { address: sender.clone(), endpoint, bond: entry.bond, served: 0, elected: None };
    insert(deps.storage, &candidate)?;
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
    let Some(place) = STANDING.may_load(storage, address)? else { return Ok(()) };
    if !entry.eligible(&CONFIG.load(storage)?.params) {
        remove(storage, address)?;
        return Ok(());
    }
    if place.bond != entry.bond {
        let candidate = take(storage, address, place)?;
        insert(storage, &Candidate { bond: entry.bond, ..candidate })?;
    }
    Ok(())
}

fn stood(storage: &dyn Storage) -> StdResult<Stood> {
    Ok(STOOD.may_load(storage)?.unwrap_or_default())
}

/// Behind everybody whose bond is at least as large.
pub(crate) fn insert(storage: &mut dyn Storage, candidate: &Candidate) -> StdResult<()> {
    let Stood { count, next } = stood(storage)?;
    let place = Place { bond: candidate.bond, number: next };
    // Neither can saturate: the list is short, and each number costs a transaction.
    STOOD.save(storage, &Stood { count: count.saturating_add(1), next: next.saturating_add(1) })?;
    STANDING.save(storage, &candidate.address, &place)?;
    CANDIDATES.save(storage, place.key(), candidate)
}

/// Takes a candidate out of its place.
fn take(storage: &mut dyn Storage, address: &Addr, place: Place) -> StdResult<Candidate> {
    let candidate = CANDIDATES.load(storage, place.key())?;
    CANDIDATES.remove(storage, place.key());
    STANDING.remove(storage, address);
    let Stood { count, next } = stood(storage)?;
    STOOD.save(storage, &Stood { count: count.saturating_sub(1), next })?;
    Ok(candidate)
}

fn remove(storage: &mut dyn Storage, address: &Addr) -> StdResult<bool> {
    let Some(place) = STANDING.may_load(storage, address)? else { return Ok(false) };
    let gone = take(storage, address, place)?;
    forget(storage, &gone);
    Ok(true)
}

/// Frees what a candidate held. In a committee that serves, the endpoint stays its own.
fn forget(storage: &mut dyn Storage, gone: &Candidate) {
    ENDPOINTS.remove(storage, gone.endpoint.as_slice());
    RELAYS.remove(storage, gone.endpoint.as_slice());
}

pub(crate) fn query(deps: Deps<'_>) -> StdResult<CandidatesResponse> {
    let elected = ELECTED.may_load(deps.storage)?;
    let response = |found: StdResult<((u128, u64), Candidate)>| {
        found.map(|(_, candidate)| CandidateResponse {
            served: candidate.terms(elected),
            address: candidate.address.into(),
            endpoint: candidate.endpoint,
            bond: candidate.bond,
        })
    };
    Ok(CandidatesResponse {
        candidates: CANDIDATES
            .range(deps.storage, None, None, Order::Ascending)
            .map(response)
            .collect::<StdResult<_>>()?,
        election: ELECTION.may_load(deps.storage)?,
        elected,
    })
}

/// Brings a list that earlier versions kept in one piece into its places.
pub(crate) fn migrate(storage: &mut dyn Storage) -> StdResult<()> {
    /// A candidate as it was kept.
    #[cw_serde]
    struct Earlier {
        address: Addr,
        endpoint: HexBinary,
        bond: Uint128,
        served: u16,
    }
    const EARLIER: Item<Vec<Earlier>> = Item::new("candidates");
    let Some(list) = EARLIER.may_load(storage)? else { return Ok(()) };
    EARLIER.remove(storage);
    let last = ELECTED.may_load(storage)?;
    for Earlier { address, endpoint, bond, served } in list {
        let elected = last.filter(|_| served > 0);
        insert(storage, &Candidate { address, endpoint, bond, served, elected })?;
    }
    Ok(())
}
