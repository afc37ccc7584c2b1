//! Committees, each from a first epoch on, and what their members post.

use std::collections::BTreeSet;

use bithive_api::registry::{CommitteeMember, CommitteeResponse, Event, Role, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::{self, sized};
use bithive_contract_kit::permission::Unauthorized;
use bithive_threshold::{fits, least_threshold};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, HexBinary, Order, Response, StdResult, Storage};

use crate::ContractError;
use crate::state::{
    AGREED, COMMITTEES, Committee, ELECTION, ENDPOINTS, Holder, LAPSED, RELAYS, SEATS, SHARE_KEYS, Since,
    committee_at, committees, epoch_at, in_service,
};

/// Names the committee from an epoch on. At most one committee has not begun: naming another replaces it.
pub(crate) fn set(
    deps: DepsMut<'_>,
    env: &Env,
    members: Vec<CommitteeMember>,
    threshold: u8,
    from_epoch: u64,
) -> Result<Response, ContractError> {
    if ELECTION.exists(deps.storage) {
        return Err(ContractError::ElectionsHeld);
    }
    let members = check(deps.as_ref(), &members, threshold)?;
    let current = forget_lapsed(deps.storage, env)?;
    for replaced in COMMITTEES.load(deps.storage)?.iter().filter(|one| one.from_epoch > current) {
        for member in &replaced.members {
            SEATS.remove(deps.storage, &member.address);
        }
    }
    install(deps, env, Committee { from_epoch, members, threshold, agreed: true })
}

/// The members with addresses that are valid. No address is checked for a list that is too long.
pub(crate) fn check(
    deps: Deps<'_>,
    members: &[CommitteeMember],
    threshold: u8,
) -> Result<Vec<CommitteeMember<Addr>>, ContractError> {
    expect_size(members.len(), threshold)?;
    let member = |CommitteeMember { address, endpoint }: &CommitteeMember| {
        let address = input::address(deps.api, "members.address", address)?;
        Ok(CommitteeMember { address, endpoint: endpoint.clone() })
    };
    members.iter().map(member).collect()
}

/// Refuses a committee that is too large, and one of which a party gets more by asking different members for different values:
/// see [`bithive_threshold`].
pub(crate) fn expect_size(members: usize, threshold: u8) -> Result<(), ContractError> {
    if members > limits::MAX_COMMITTEE || !fits(members, threshold.into()) {
        return Err(ContractError::Committee { threshold, members, most: limits::MAX_COMMITTEE });
    }
    Ok(())
}

/// Stores a committee, named or elected, once lapsed ones are forgotten.
pub(crate) fn install(deps: DepsMut<'_>, env: &Env, committee: Committee) -> Result<Response, ContractError> {
    let Committee { from_epoch, threshold, .. } = committee;
    let size = committee.members.len();
    expect_size(size, threshold)?;
    let current = epoch_at(deps.storage, env.block.time.seconds())?;
    let before = COMMITTEES.load(deps.storage)?;
    let mut committees: Vec<_> = in_service(&before, current).to_vec();
    committees.retain(|committee| committee.from_epoch <= current);
    let least = if committees.is_empty() { current } else { current.saturating_add(1) };
    if from_epoch < least {
        return Err(ContractError::FromEpoch { from_epoch, least });
    }
    check_members(deps.as_ref(), &committees, &committee.members)?;
    committees.push(committee);
    void_share_keys(deps.storage, &before, &committees, current.saturating_add(1))?;
    forget_relays(deps.storage, &before, &committees);
    COMMITTEES.save(deps.storage, &committees)?;
    Ok(Response::new().add_event(Event::CommitteeSet { from_epoch, threshold, members: size as u64 }))
}

/// An account may use its endpoint again in later committees; no other account may use it.
fn check_members(
    deps: Deps<'_>,
    others: &[Committee],
    members: &[CommitteeMember<Addr>],
) -> Result<(), ContractError> {
    let (mut addresses, mut endpoints) = (BTreeSet::new(), BTreeSet::new());
    for CommitteeMember { address, endpoint } in members {
        sized::<32>("endpoint", endpoint)?;
        if !addresses.insert(address) {
            return Err(InputError::Duplicate { field: "members", found: address.to_string() }.into());
        }
        let elsewhere = others
            .iter()
            .flat_map(|other| &other.members)
            .any(|other| other.endpoint == *endpoint && other.address != *address);
        let holder = ENDPOINTS.may_load(deps.storage, endpoint.as_slice())?;
        // A candidate holds the endpoint that it would serve with.
        let own = |holder: Holder| holder.role == Role::Committee && holder.address == *address;
        let taken = elsewhere || !holder.is_none_or(own);
        if taken || !endpoints.insert(endpoint) {
            return Err(ContractError::EndpointTaken { endpoint: endpoint.clone() });
        }
    }
    Ok(())
}

/// Deletes what was posted for the next epoch if its committee changes: the new members post again.
fn void_share_keys(
    storage: &mut dyn Storage,
    before: &[Committee],
    after: &[Committee],
    epoch: u64,
) -> StdResult<()> {
    if committee_at(before, epoch) != committee_at(after, epoch) {
        remove_share_keys(storage, epoch)?;
    }
    Ok(())
}

fn remove_share_keys(storage: &mut dyn Storage, epoch: u64) -> StdResult<()> {
    let posted = SHARE_KEYS.prefix(epoch).keys(storage, None, None, Order::Ascending);
    for address in posted.collect::<StdResult<Vec<_>>>()? {
        SHARE_KEYS.remove(storage, (epoch, &address));
    }
    AGREED.remove(storage, epoch);
    Ok(())
}

/// Forgets a committee that did not take office, and what its members posted: those who go on post for the same epoch.
/// Returns the current epoch.
pub(crate) fn forget_lapsed(storage: &mut dyn Storage, env: &Env) -> StdResult<u64> {
    let current = epoch_at(storage, env.block.time.seconds())?;
    let before = COMMITTEES.load(storage)?;
    // At most one has not begun at any time, and it is the last.
    if let Some(lapsed) = before.iter().find(|committee| committee.lapsed(current)) {
        let after = committees(storage, current)?;
        remove_share_keys(storage, lapsed.from_epoch)?;
        forget_relays(storage, &before, &after);
        LAPSED.save(storage, &lapsed.from_epoch)?;
        COMMITTEES.save(storage, &after)?;
    }
    Ok(current)
}

/// Deletes the relays of members that are no longer listed; others may then register their endpoints.
fn forget_relays(storage: &mut dyn Storage, before: &[Committee], after: &[Committee]) {
    let members = |committees| <[Committee]>::iter(committees).flat_map(|committee| &committee.members);
    for gone in members(before).filter(|member| members(after).all(|other| other != *member)) {
        // Whoever has registered the endpoint meanwhile keeps its own.
        if !ENDPOINTS.has(storage, gone.endpoint.as_slice()) {
            RELAYS.remove(storage, gone.endpoint.as_slice());
        }
    }
}

/// Checks that the sender serves in the committee of `epoch`, the current or the next one.
///
/// # Errors
/// [`ContractError::Epoch`], [`ContractError::Unauthorized`].
pub(crate) fn expect_member(
    storage: &dyn Storage,
    env: &Env,
    sender: &Addr,
    epoch: u64,
) -> Result<(), ContractError> {
    let current = epoch_at(storage, env.block.time.seconds())?;
    if epoch != current && epoch != current.saturating_add(1) {
        return Err(ContractError::Epoch { epoch, current });
    }
    let committees = committees(storage, current)?;
    let members = committee_at(&committees, epoch).map(|committee| committee.members.as_slice());
    if members.unwrap_or_default().iter().any(|member| member.address == sender) {
        return Ok(());
    }
    Err(Unauthorized::new(sender, "a member of the epoch's committee").into())
}

/// Stores a member's digest, once, so that it can't show different share keys to different clients.
pub(crate) fn post_share_keys(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    epoch: u64,
    digest: &HexBinary,
) -> Result<Response, ContractError> {
    sized::<32>("digest", digest)?;
    forget_lapsed(storage, env)?;
    if SHARE_KEYS.has(storage, (epoch, sender)) {
        return Err(ContractError::AlreadyPosted { address: sender.into(), epoch });
    }
    SHARE_KEYS.save(storage, (epoch, sender), digest)?;
    agree(storage, env, epoch)?;
    let event = Event::ShareKeysPosted { address: sender.clone(), epoch, digest: digest.clone() };
    Ok(Response::new().add_event(event))
}

/// Notes when as many members as the threshold have posted the same digest for an epoch. A committee that was elected
/// takes office by that, if its first epoch has not begun.
pub(crate) fn agree(storage: &mut dyn Storage, env: &Env, epoch: u64) -> StdResult<()> {
    let current = epoch_at(storage, env.block.time.seconds())?;
    let mut committees = committees(storage, current)?;
    let Some(committee) = committee_at(&committees, epoch) else { return Ok(()) };
    let posted = SHARE_KEYS.prefix(epoch).range(storage, None, None, Order::Ascending);
    let posted = posted.map(|row| row.map(|(_, digest)| digest)).collect::<StdResult<Vec<_>>>()?;
    let same = |digest: &HexBinary| posted.iter().filter(|other| *other == digest).count();
    let most = posted.iter().map(same).max().unwrap_or_default();
    if most < usize::from(committee.threshold) || AGREED.has(storage, epoch) {
        return Ok(());
    }
    AGREED.save(storage, epoch, &Since::now(env))?;
    for committee in committees.iter_mut().filter(|committee| committee.from_epoch == epoch) {
        committee.agreed = true;
    }
    COMMITTEES.save(storage, &committees)
}

pub(crate) fn query(deps: Deps<'_>, env: &Env, epoch: Option<u64>) -> StdResult<CommitteeResponse> {
    let current = epoch_at(deps.storage, env.block.time.seconds())?;
    let committees = committees(deps.storage, current)?;
    let committee = committee_at(in_service(&committees, current), epoch.unwrap_or(current));
    let Some(committee) = committee.cloned() else {
        return Ok(CommitteeResponse { members: Vec::new(), threshold: 0, from_epoch: 0, epoch: current });
    };
    Ok(CommitteeResponse {
        members: committee.members,
        threshold: committee.threshold,
        from_epoch: committee.from_epoch,
        epoch: current,
    })
}

/// Refuses committees and elections whose threshold is at most half of the members, which earlier versions allowed: the programs of
/// this version do not ask them. Then notes what members had posted before this version noted it, so that a committee with share
/// keys counts as one.
pub(crate) fn migrate(storage: &mut dyn Storage, env: &Env) -> Result<(), ContractError> {
    let current = epoch_at(storage, env.block.time.seconds())?;
    let committees = committees(storage, current)?;
    let served = in_service(&committees, current).iter();
    let sizes = served.map(|one| ("committee", one.members.len(), one.threshold));
    let election = ELECTION.may_load(storage)?;
    let terms = election.map(|one| ("election", usize::from(one.seats), one.threshold));
    for (what, members, threshold) in sizes.chain(terms) {
        if !fits(members, threshold.into()) {
            let least = least_threshold(members);
            return Err(ContractError::StoredThreshold { what, threshold, members, least });
        }
    }
    for epoch in [current, current.saturating_add(1)] {
        agree(storage, env, epoch)?;
    }
    Ok(())
}
