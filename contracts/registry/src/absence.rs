//! Members that are not there: who can be reported, what it costs, and who takes the place.
//!
//! Only what the chain sees counts, and only what needs nobody else: see [`bithive_economics::absence`].

use bithive_api::registry::{CommitteeMember, Duty, DutyResponse, Event};
use bithive_contract_kit::input;
use bithive_contract_kit::pause::is_paused;
use bithive_economics::{Bps, absence};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, StdResult, Storage};

use crate::bond::{burn, transfer};
use crate::state::{
    AGREED, CANDIDATES, COMMITTEES, CONFIG, Committee, ELECTED, ELECTION, PARTICIPANTS, REPORTED, SEATS,
    SHARE_KEYS, Seat, Since, committee_at, committees, epoch_at, subtract_bonded,
};
use crate::{ContractError, candidates, committee, election};

/// Takes the sender's seat.
pub(crate) fn take_seat(storage: &mut dyn Storage, sender: &Addr) -> Result<Response, ContractError> {
    let Some(Seat { epoch, .. }) = SEATS.may_load(storage, sender)? else {
        return Err(ContractError::NoSeat { address: sender.into() });
    };
    SEATS.remove(storage, sender);
    Ok(Response::new().add_event(Event::SeatTaken { address: sender.clone(), epoch }))
}

/// Takes what an absent member loses, strikes it off the list, and gives its place to the next candidate.
pub(crate) fn report(deps: DepsMut<'_>, env: &Env, address: &str) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    if !ELECTION.exists(deps.storage) {
        return Err(ContractError::NoElections);
    }
    let absent = input::address(deps.api, "address", address)?;
    let open = open_duties(deps.storage, env, &absent)?;
    let Some(Open { duty, epoch, .. }) = open.iter().copied().find(|open| open.missed(env)) else {
        let address = absent.into();
        return Err(match open.iter().filter_map(|open| open.until).min() {
            Some(until) => ContractError::NotYetAbsent {
                address,
                until,
                now: env.block.time.seconds(),
                blocks: absence::BLOCKS,
            },
            None => ContractError::NotAbsent { address },
        });
    };
    committee::forget_lapsed(deps.storage, env)?;
    match duty {
        Duty::Seat => SEATS.remove(deps.storage, &absent),
        Duty::ShareKeys => REPORTED.save(deps.storage, (epoch, &absent), &Since::now(env))?,
    }
    let config = CONFIG.load(deps.storage)?;
    let entry = PARTICIPANTS.may_load(deps.storage, &absent)?;
    let bond = entry.as_ref().map_or(0, |entry| entry.bond.u128());
    let cut = absence::loss(bond, Bps::new("burn_bps", config.params.burn_bps)?);
    candidates::remove(deps.storage, &absent)?;
    if let Some(mut entry) = entry {
        entry.bond = cut.rest.into();
        entry.slashed = entry.slashed.saturating_add(cut.taken.into());
        PARTICIPANTS.save(deps.storage, &absent, &entry)?;
        subtract_bonded(deps.storage, cut.taken.into())?;
    }
    let response = Response::new().add_messages(burn(&config, cut.burnt.into())?).add_messages(transfer(
        &config,
        &config.treasury,
        cut.treasury.into(),
    )?);
    let (successor, installed) = replace(deps, env, &absent)?;
    let (amount, burnt) = (cut.taken.into(), cut.burnt.into());
    let event = Event::MemberAbsent { address: absent, duty, epoch, amount, burnt, successor };
    Ok(response.add_event(event).add_events(installed.events))
}

/// Gives a member's place in the committee of the next epoch to the next candidate, or to nobody, as long as the threshold is
/// met. Where no committee of that epoch is elected yet, the election does so: the member is no candidate any more.
fn replace(deps: DepsMut<'_>, env: &Env, absent: &Addr) -> Result<(Option<Addr>, Response), ContractError> {
    let nobody = (None, Response::new());
    let epoch = epoch_at(deps.storage, env.block.time.seconds())?.saturating_add(1);
    let Some(election) = ELECTION.may_load(deps.storage)? else { return Ok(nobody) };
    if ELECTED.may_load(deps.storage)? != Some(epoch) {
        return Ok(nobody);
    }
    let stored = COMMITTEES.load(deps.storage)?;
    let Some(Committee { members, threshold, .. }) = committee_at(&stored, epoch).cloned() else {
        return Ok(nobody);
    };
    let is_absent = |member: &CommitteeMember<Addr>| member.address == *absent;
    if !members.iter().any(is_absent) {
        return Ok(nobody);
    }
    let rules = election::Rules::for_place(deps.storage, env, &election, epoch)?;
    // All seats of one: none is found where nobody is left.
    let next = match election::choose(deps.storage, &rules, 1, &members) {
        Ok(found) => found.into_iter().next(),
        Err(ContractError::TooFewCandidates { .. }) => None,
        Err(error) => return Err(error),
    };
    let mut members: Vec<_> = members.into_iter().filter(|member| !is_absent(member)).collect();
    let successor = next.as_ref().map(|(_, candidate)| candidate.address.clone());
    if let Some((key, candidate)) = next {
        let candidate = rules.elect(candidate, epoch);
        CANDIDATES.save(deps.storage, key, &candidate)?;
        SEATS.save(deps.storage, &candidate.address, &Seat { epoch, since: Since::now(env) })?;
        members.push(election::member(candidate));
        members.sort_by(|a, b| a.address.cmp(&b.address));
    }
    if members.len() < usize::from(threshold) {
        return Ok(nobody);
    }
    let committee = Committee { from_epoch: epoch, members, threshold, agreed: false };
    Ok((successor, committee::install(deps, env, committee)?))
}

/// A duty that is not done.
#[derive(Clone, Copy)]
struct Open {
    duty: Duty,
    epoch: u64,
    since: Since,
    /// From when on it is missed; none if its time ends before.
    until: Option<u64>,
}

impl Open {
    fn missed(&self, env: &Env) -> bool {
        let blocks = env.block.height.saturating_sub(self.since.height) >= absence::BLOCKS;
        blocks && self.until.is_some_and(|until| env.block.time.seconds() >= until)
    }
}

/// What a member has not done, first what is due first. Each is to be done by itself alone.
fn open_duties(storage: &dyn Storage, env: &Env, address: &Addr) -> StdResult<Vec<Open>> {
    let length = CONFIG.load(storage)?.params.epoch_seconds;
    let current = epoch_at(storage, env.block.time.seconds())?;
    let begin = |epoch: u64| epoch.saturating_mul(length);
    let window = absence::window(length);
    let mut open = Vec::new();
    let committees = committees(storage, current)?;
    for epoch in [current.saturating_sub(1), current] {
        let sits = committee_at(&committees, epoch)
            .is_some_and(|committee| committee.members.iter().any(|member| member.address == *address));
        let done = SHARE_KEYS.has(storage, (epoch, address)) || REPORTED.has(storage, (epoch, address));
        // Before as many others have posted as the threshold, somebody else may be the reason.
        let Some(since) = AGREED.may_load(storage, epoch)?.filter(|_| sits && !done) else { continue };
        let until = since.seconds.max(begin(epoch)).saturating_add(window);
        let until = Some(until).filter(|until| *until <= begin(epoch.saturating_add(1)));
        open.push(Open { duty: Duty::ShareKeys, epoch, since, until });
    }
    if let Some(Seat { epoch, since }) =
        SEATS.may_load(storage, address)?.filter(|seat| seat.epoch >= current)
    {
        let until = Some(since.seconds.saturating_add(window)).filter(|until| *until <= begin(epoch));
        open.push(Open { duty: Duty::Seat, epoch, since, until });
    }
    Ok(open)
}

/// The open duties of all members, of three committees at most.
pub(crate) fn query(deps: Deps<'_>, env: &Env) -> StdResult<Vec<DutyResponse>> {
    let mut members: Vec<Addr> = COMMITTEES
        .load(deps.storage)?
        .into_iter()
        .flat_map(|committee| committee.members)
        .map(|member| member.address)
        .collect();
    members.sort();
    members.dedup();
    let mut duties = Vec::new();
    for address in members {
        for open in open_duties(deps.storage, env, &address)? {
            let Open { duty, epoch, until, .. } = open;
            let missed = open.missed(env);
            duties.push(DutyResponse { address: address.clone(), duty, epoch, until, missed });
        }
    }
    Ok(duties)
}
