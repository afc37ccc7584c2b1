//! Wiring by the owner, and what the committee posts.

use std::collections::BTreeSet;

use bithive_api::registry::{CommitteeMember, InstantiateMsg, Role, events, limits};
use cosmwasm_std::{Addr, DepsMut, Env, Event, HexBinary, Response, Uint128};
use cw_ownable::{Action, assert_owner, initialize_owner};

use crate::ContractError;
use crate::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use crate::state::{
    BONDED, COMMITTEE, CONFIG, Committee, Config, ENDPOINTS, Holder, JOBS, Member, SHARE_KEYS,
    claim_endpoint, epoch_at,
};
use crate::validate;

/// Checks and stores what holds for the life of the contract.
pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    validate::params(&msg.params)?;
    validate::digest("crs_digest", &msg.crs_digest)?;
    let token = validate::address(deps.api, "token", &msg.token)?;
    let treasury = validate::address(deps.api, "treasury", &msg.treasury)?;
    if treasury == env.contract.address || treasury == token {
        return Err(ContractError::Treasury { treasury: treasury.into() });
    }
    let owner = validate::address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let config = Config { token, treasury, params: msg.params, crs_digest: msg.crs_digest };
    CONFIG.save(deps.storage, &config)?;
    BONDED.save(deps.storage, &Uint128::zero())?;
    COMMITTEE.save(deps.storage, &Committee::default())?;
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    Ok(Response::new().add_attribute("action", "instantiate"))
}

/// Names the jobs contract. Once: whoever could replace it could take every bond.
pub(crate) fn set_jobs(deps: DepsMut<'_>, sender: &Addr, jobs: &str) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    if let Some(jobs) = JOBS.may_load(deps.storage)? {
        return Err(ContractError::JobsAlreadySet { jobs: jobs.into() });
    }
    let jobs = validate::address(deps.api, "jobs", jobs)?;
    JOBS.save(deps.storage, &jobs)?;
    Ok(Response::new().add_attribute("action", "set_jobs").add_attribute("jobs", jobs))
}

/// Replaces the committee and its endpoints.
pub(crate) fn set_committee(
    deps: DepsMut<'_>,
    sender: &Addr,
    members: Vec<CommitteeMember>,
    threshold: u8,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let size = members.len();
    if size > limits::MAX_COMMITTEE || threshold < 2 || usize::from(threshold) > size {
        return Err(ContractError::Committee { threshold, members: size, most: limits::MAX_COMMITTEE });
    }
    for former in COMMITTEE.load(deps.storage)?.members {
        ENDPOINTS.remove(deps.storage, former.endpoint.as_slice());
    }
    let mut seen = BTreeSet::new();
    let mut checked = Vec::with_capacity(size);
    for member in members {
        validate::digest("endpoint", &member.endpoint)?;
        let address = validate::address(deps.api, "members.address", &member.address)?;
        if !seen.insert(address.clone()) {
            return Err(ContractError::DuplicateMember { address: address.into() });
        }
        let holder = Holder { address: address.clone(), role: Role::Committee };
        claim_endpoint(deps.storage, &member.endpoint, &holder)?;
        checked.push(Member { address, endpoint: member.endpoint });
    }
    COMMITTEE.save(deps.storage, &Committee { members: checked, threshold })?;
    let event = Event::new(events::COMMITTEE_SET)
        .add_attribute("threshold", threshold.to_string())
        .add_attribute("members", size.to_string());
    Ok(Response::new().add_event(event))
}

/// Stores a member's digest, once, so that it can't show different share keys to different clients.
pub(crate) fn post_share_keys(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    epoch: u64,
    digest: &HexBinary,
) -> Result<Response, ContractError> {
    let committee = COMMITTEE.load(deps.storage)?;
    if !committee.members.iter().any(|member| member.address == sender) {
        return Err(ContractError::Unauthorized { sender: sender.into(), expected: "a committee member" });
    }
    validate::digest("digest", digest)?;
    let current = epoch_at(deps.storage, env.block.time.seconds())?;
    if epoch != current && epoch != current.saturating_add(1) {
        return Err(ContractError::Epoch { epoch, current });
    }
    if SHARE_KEYS.has(deps.storage, (epoch, sender)) {
        return Err(ContractError::AlreadyPosted { address: sender.into(), epoch });
    }
    SHARE_KEYS.save(deps.storage, (epoch, sender), digest)?;
    let event = Event::new(events::SHARE_KEYS_POSTED)
        .add_attribute("address", sender)
        .add_attribute("epoch", epoch.to_string())
        .add_attribute("digest", digest.to_hex());
    Ok(Response::new().add_event(event))
}

/// Two steps, so that ownership can't go to an address that nobody holds.
pub(crate) fn update_ownership(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    action: Action,
) -> Result<Response, ContractError> {
    let ownership = cw_ownable::update_ownership(deps, &env.block, sender, action)?;
    Ok(Response::new()
        .add_attribute("action", "update_ownership")
        .add_attributes(ownership.into_attributes()))
}
