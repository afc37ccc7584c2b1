//! Candidates for the committee: a list of bounded length, ordered by falling bond, which stays in order when a bond changes.
//! Each candidate has its own storage key, so that changing a bond costs the same however many candidates there are.

use bithive_api::registry::{CandidateResponse, CandidatesResponse, Event, Role, limits};
use bithive_contract_kit::input::sized;
use bithive_contract_kit::pause::is_paused;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, HexBinary, Order, Response, StdResult, Storage, Uint128};
use cw_storage_plus::Item;

use crate::ContractError;
use crate::state::{
    CANDIDATE_LIST, CANDIDATES, CONFIG, Candidate, CandidateList, ELECTED, ELECTION, ENDPOINTS, Holder, Kind,
    Participant, RANKS, RELAYS, Rank, TERMS, committee_holder, elections, participant,
};

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
    sized::<32>("endpoint", &endpoint)?;
    let entry = participant(deps.storage, sender)?;
    let params = CONFIG.load(deps.storage)?.params;
    if !matches!(entry.kind, Kind::Node(_)) || !entry.eligible(&params) {
        return Err(ContractError::NotEligible { address: sender.into() });
    }
    if RANKS.has(deps.storage, sender) {
        return Err(ContractError::AlreadyStanding { address: sender.into() });
    }
    let serving = committee_holder(deps.storage, env, &endpoint)?;
    if serving.is_some_and(|member| member != *sender) || ENDPOINTS.has(deps.storage, endpoint.as_slice()) {
        return Err(ContractError::EndpointTaken { endpoint });
    }
    let mut in_place_of = None;
    if candidate_list(deps.storage)?.count as usize >= limits::MAX_CANDIDATES {
        let last = CANDIDATES.range(deps.storage, None, None, Order::Descending).next().transpose()?;
        let least = last.as_ref().map(|(_, smallest)| smallest.bond).unwrap_or_default();
        if entry.bond <= least {
            return Err(ContractError::ListFull { found: entry.bond, least });
        }
        if let Some((_, smallest)) = last {
            remove(deps.storage, &smallest.address)?;
            in_place_of = Some(smallest.address);
        }
    }
    let holder = Holder { address: sender.clone(), role: Role::Committee };
    ENDPOINTS.save(deps.storage, endpoint.as_slice(), &holder)?;
    let (served, elected) = TERMS.may_load(deps.storage, sender)?.unzip();
    TERMS.remove(deps.storage, sender);
    let (address, served) = (sender.clone(), served.unwrap_or_default());
    let candidate = Candidate { address, endpoint, bond: entry.bond, served, elected };
    insert(deps.storage, &candidate)?;
    Ok(Response::new().add_event(Event::Standing { address: candidate.address, in_place_of }))
}

/// Takes the sender off the list.
pub(crate) fn retire(storage: &mut dyn Storage, sender: &Addr) -> Result<Response, ContractError> {
    if !remove(storage, sender)? {
        return Err(ContractError::NotStanding { address: sender.into() });
    }
    Ok(Response::new().add_event(Event::Retired { address: sender.clone() }))
}

/// Updates the list after a bond or its state has changed: a node that is no longer eligible leaves it.
pub(crate) fn changed(
    storage: &mut dyn Storage,
    address: &Addr,
    entry: &Participant,
) -> Result<(), ContractError> {
    let Some(rank) = RANKS.may_load(storage, address)? else { return Ok(()) };
    if !entry.eligible(&CONFIG.load(storage)?.params) {
        remove(storage, address)?;
        return Ok(());
    }
    if rank.bond != entry.bond {
        let candidate = take(storage, address, rank)?;
        insert(storage, &Candidate { bond: entry.bond, ..candidate })?;
    }
    Ok(())
}

fn candidate_list(storage: &dyn Storage) -> StdResult<CandidateList> {
    Ok(CANDIDATE_LIST.may_load(storage)?.unwrap_or_default())
}

/// Inserts a candidate behind all whose bond is at least as large.
pub(crate) fn insert(storage: &mut dyn Storage, candidate: &Candidate) -> StdResult<()> {
    let CandidateList { count, next } = candidate_list(storage)?;
    let rank = Rank { bond: candidate.bond, number: next };
    // Neither can saturate: the list is short, and each number costs a transaction.
    CANDIDATE_LIST
        .save(storage, &CandidateList { count: count.saturating_add(1), next: next.saturating_add(1) })?;
    RANKS.save(storage, &candidate.address, &rank)?;
    CANDIDATES.save(storage, rank.key(), candidate)
}

/// Takes a candidate out of the list.
fn take(storage: &mut dyn Storage, address: &Addr, rank: Rank) -> StdResult<Candidate> {
    let candidate = CANDIDATES.load(storage, rank.key())?;
    CANDIDATES.remove(storage, rank.key());
    RANKS.remove(storage, address);
    let CandidateList { count, next } = candidate_list(storage)?;
    CANDIDATE_LIST.save(storage, &CandidateList { count: count.saturating_sub(1), next })?;
    Ok(candidate)
}

/// Takes an account off the list; false if it was not on it.
pub(crate) fn remove(storage: &mut dyn Storage, address: &Addr) -> StdResult<bool> {
    let Some(rank) = RANKS.may_load(storage, address)? else { return Ok(false) };
    let gone = take(storage, address, rank)?;
    // Whoever leaves the list and stands again has served what it has served.
    if let Some(elected) = gone.elected {
        TERMS.save(storage, address, &(gone.served, elected))?;
    }
    forget(storage, &gone);
    Ok(true)
}

/// Frees a candidate's endpoint. While it serves in a committee, the endpoint stays reserved for it as a member.
fn forget(storage: &mut dyn Storage, gone: &Candidate) {
    ENDPOINTS.remove(storage, gone.endpoint.as_slice());
    RELAYS.remove(storage, gone.endpoint.as_slice());
}

pub(crate) fn query(deps: Deps<'_>, env: &Env) -> StdResult<CandidatesResponse> {
    let elections = elections(deps.storage, env)?;
    let response = |found: StdResult<((u128, u64), Candidate)>| {
        found.map(|(_, candidate)| CandidateResponse {
            served: candidate.terms(elections),
            address: candidate.address,
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
        elected: ELECTED.may_load(deps.storage)?,
    })
}

/// Migrates the list, which earlier versions stored in one item, to one storage key for each candidate.
pub(crate) fn migrate(storage: &mut dyn Storage) -> StdResult<()> {
    /// A candidate as earlier versions stored it.
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
