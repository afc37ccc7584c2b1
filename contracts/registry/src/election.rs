//! Elections: the candidates with the largest bonds serve the next epoch; after `max_terms` epochs in a row others go
//! first.

use bithive_api::registry::{CommitteeMember, Election, Event, limits};
use bithive_contract_kit::input::within;
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, DepsMut, Env, Order, Response, Storage};

use crate::state::{CANDIDATES, COMMITTEES, Candidate, Committee, ELECTED, ELECTION, epoch_at};
use crate::{ContractError, committee};

/// Refuses an election with numbers out of bounds.
pub(crate) fn check(election: Option<&Election>) -> Result<(), ContractError> {
    let Some(&Election { seats, threshold, max_terms }) = election else { return Ok(()) };
    let (size, most) = (usize::from(seats), limits::MAX_COMMITTEE);
    if size > most || threshold < 2 || threshold > seats {
        return Err(ContractError::Committee { threshold, members: size, most });
    }
    Ok(within("max_terms", max_terms.into(), 1..=limits::MAX_TERMS.into())?)
}

/// Holds elections from now on, or no longer.
pub(crate) fn set(storage: &mut dyn Storage, election: Option<Election>) -> Result<Response, ContractError> {
    check(election.as_ref())?;
    match &election {
        Some(election) => ELECTION.save(storage, election)?,
        None => ELECTION.remove(storage),
    }
    let seats = election.map_or(0, |election| election.seats);
    Ok(Response::new().add_event(Event::Election { seats }))
}

/// Elects the committee of the next epoch, once.
pub(crate) fn elect(deps: DepsMut<'_>, env: &Env) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    let election = ELECTION.may_load(deps.storage)?.ok_or(ContractError::NoElections)?;
    let current = epoch_at(deps.storage, env.block.time.seconds())?;
    let epoch = current.saturating_add(1);
    let last = ELECTED.may_load(deps.storage)?;
    if last.is_some_and(|elected| elected >= epoch) {
        return Err(ContractError::AlreadyElected { epoch });
    }
    let mut chosen = Vec::new();
    for (key, candidate) in choose(deps.storage, &election, last)? {
        let served = candidate.terms(last).saturating_add(1).min(limits::MAX_TERMS);
        let candidate = Candidate { served, elected: Some(epoch), ..candidate };
        CANDIDATES.save(deps.storage, key, &candidate)?;
        chosen.push(candidate);
    }
    // Whoever is elected again with the same others has the same index.
    chosen.sort_by(|a, b| a.address.cmp(&b.address));
    ELECTED.save(deps.storage, &epoch)?;
    let kept = serves(&COMMITTEES.load(deps.storage)?, current, &chosen, election.threshold);
    let members = chosen.iter().map(|member| member.address.clone()).collect();
    let event = Event::Elected { epoch, members, kept };
    if kept {
        return Ok(Response::new().add_event(event));
    }
    let member = |Candidate { address, endpoint, .. }| CommitteeMember { address, endpoint };
    let members = chosen.into_iter().map(member).collect();
    Ok(committee::install(deps, env, members, election.threshold, epoch)?.add_event(event))
}

/// A candidate with its key.
type Entry = ((u128, u64), Candidate);

/// The candidates with the largest bonds; those who have served `max_terms` epochs in a row come last. Only winners of
/// the last election can have, so at most two committees' worth of the list is read.
fn choose(
    storage: &dyn Storage,
    election: &Election,
    last: Option<u64>,
) -> Result<Vec<Entry>, ContractError> {
    let seats = usize::from(election.seats);
    let (mut first, mut after) = (Vec::new(), Vec::new());
    for found in CANDIDATES.range(storage, None, None, Order::Ascending) {
        let found = found?;
        let within_terms = found.1.terms(last) < election.max_terms;
        if within_terms { &mut first } else { &mut after }.push(found);
        if first.len() == seats {
            return Ok(first);
        }
    }
    let found = first.len().saturating_add(after.len());
    if found < seats {
        return Err(ContractError::TooFewCandidates { found, expected: seats });
    }
    Ok(first.into_iter().chain(after).take(seats).collect())
}

/// Whether the chosen committee is the one in force, and no other has been named to follow it.
fn serves(committees: &[Committee], current: u64, chosen: &[Candidate], threshold: u8) -> bool {
    committees.last().is_some_and(|last| {
        last.from_epoch <= current
            && last.threshold == threshold
            && last.members.len() == chosen.len()
            && chosen.iter().all(|candidate| {
                let same = |member: &CommitteeMember<Addr>| {
                    member.address == candidate.address && member.endpoint == candidate.endpoint
                };
                last.members.iter().any(same)
            })
    })
}
