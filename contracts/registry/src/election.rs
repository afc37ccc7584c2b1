//! Elections: the candidates with the largest bonds serve the next epoch; after `max_terms` epochs in a row others go
//! first.

use bithive_api::registry::{CommitteeMember, Election, Event, limits};
use bithive_contract_kit::input::within;
use bithive_contract_kit::pause::is_paused;
use bithive_economics::absence;
use cosmwasm_std::{Addr, DepsMut, Env, Order, Response, Storage};

use crate::state::{
    AGREED, CANDIDATES, COMMITTEES, CONFIG, Candidate, Committee, ELECTED, ELECTED_BEFORE, ELECTION,
    Elections, LAPSED, SEATS, Seat, Since, committee_at, committees, elections, epoch_at,
};
use crate::{ContractError, committee};

/// Refuses an election with numbers out of bounds.
pub(crate) fn check(election: Option<&Election>) -> Result<(), ContractError> {
    let Some(&Election { seats, threshold, max_terms }) = election else { return Ok(()) };
    committee::expect_size(seats.into(), threshold)?;
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
    let current = committee::forget_lapsed(deps.storage, env)?;
    let epoch = current.saturating_add(1);
    if ELECTED.may_load(deps.storage)?.is_some_and(|elected| elected >= epoch) {
        return Err(ContractError::AlreadyElected { epoch });
    }
    let length = CONFIG.load(deps.storage)?.params.epoch_seconds;
    // Far below 64 bits, as all times.
    let until = current.saturating_mul(length).saturating_add(absence::election(length));
    if env.block.time.seconds() >= until {
        return Err(ContractError::ElectionOver { epoch, until });
    }
    let rules = Rules::now(deps.storage, env, &election)?;
    let mut chosen = Vec::new();
    for (key, candidate) in choose(deps.storage, &rules, usize::from(election.seats), &[])? {
        let candidate = rules.elect(candidate, epoch);
        CANDIDATES.save(deps.storage, key, &candidate)?;
        chosen.push(candidate);
    }
    // Whoever is elected again with the same others has the same index.
    chosen.sort_by(|a, b| a.address.cmp(&b.address));
    match rules.elections.last {
        Some(last) => ELECTED_BEFORE.save(deps.storage, &last)?,
        None => ELECTED_BEFORE.remove(deps.storage),
    }
    ELECTED.save(deps.storage, &epoch)?;
    LAPSED.remove(deps.storage);
    let stored = COMMITTEES.load(deps.storage)?;
    let kept = rules.without_keys.is_empty() && serves(&stored, current, &chosen, election.threshold);
    let members = chosen.iter().map(|member| member.address.clone()).collect();
    let event = Event::Elected { epoch, members, kept };
    if kept {
        return Ok(Response::new().add_event(event));
    }
    for member in &chosen {
        SEATS.save(deps.storage, &member.address, &Seat { epoch, since: Since::now(env) })?;
    }
    let committee = Committee {
        from_epoch: epoch,
        members: chosen.into_iter().map(member).collect(),
        threshold: election.threshold,
        agreed: false,
    };
    Ok(committee::install(deps, env, committee)?.add_event(event))
}

pub(crate) fn member(Candidate { address, endpoint, .. }: Candidate) -> CommitteeMember<Addr> {
    CommitteeMember { address, endpoint }
}

/// A candidate with its key.
pub(crate) type Entry = ((u128, u64), Candidate);

/// Who comes last in an election: those who have served as many epochs in a row as they may, those whose committee did not take
/// office, and those of a committee in office that has had no share keys for an epoch.
pub(crate) struct Rules {
    max_terms: u16,
    elections: Elections,
    without_keys: Vec<CommitteeMember<Addr>>,
}

impl Rules {
    pub(crate) fn now(storage: &dyn Storage, env: &Env, election: &Election) -> Result<Self, ContractError> {
        let current = epoch_at(storage, env.block.time.seconds())?;
        // A whole epoch without keys: an election in the first second of one tells nothing about it.
        let keys = [current, current.saturating_sub(1)].iter().any(|epoch| AGREED.has(storage, *epoch));
        let committees = committees(storage, current)?;
        let in_office = committee_at(&committees, current).filter(|one| !keys && one.from_epoch < current);
        let without_keys = in_office.map(|committee| committee.members.clone()).unwrap_or_default();
        Ok(Self { max_terms: election.max_terms, elections: elections(storage, env)?, without_keys })
    }

    /// For somebody who takes a place in the committee that was elected for `epoch`: that election is not over.
    pub(crate) fn for_place(
        storage: &dyn Storage,
        env: &Env,
        election: &Election,
        epoch: u64,
    ) -> Result<Self, ContractError> {
        let elections = Elections { last: ELECTED_BEFORE.may_load(storage)?, lapsed: Some(epoch) };
        Ok(Self { elections, ..Self::now(storage, env, election)? })
    }

    fn goes_first(&self, candidate: &Candidate) -> bool {
        let lapsed = candidate.elected.is_some() && candidate.elected == self.elections.lapsed;
        let without_keys = self.without_keys.iter().any(|member| member.address == candidate.address);
        !lapsed && !without_keys && candidate.terms(self.elections) < self.max_terms
    }

    /// What is noted of a candidate that is elected for an epoch.
    pub(crate) fn elect(&self, candidate: Candidate, epoch: u64) -> Candidate {
        let served = candidate.terms(self.elections).saturating_add(1).min(limits::MAX_TERMS);
        Candidate { served, elected: Some(epoch), ..candidate }
    }
}

/// The candidates with the largest bonds, without those of `others`. Only winners of the last two elections come last, so at most
/// three committees' worth of the list is read, and `others`.
pub(crate) fn choose(
    storage: &dyn Storage,
    rules: &Rules,
    seats: usize,
    others: &[CommitteeMember<Addr>],
) -> Result<Vec<Entry>, ContractError> {
    let (mut first, mut after) = (Vec::new(), Vec::new());
    for found in CANDIDATES.range(storage, None, None, Order::Ascending) {
        let found = found?;
        if others.iter().any(|other| other.address == found.1.address) {
            continue;
        }
        if rules.goes_first(&found.1) { &mut first } else { &mut after }.push(found);
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
