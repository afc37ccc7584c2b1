//! Queries about accounts and keys.

use bithive_api::registry::{
    ConfigResponse, IdentityResponse, NodeResponse, Params, RequesterResponse, Role, ShareKeysResponse,
    limits,
};
use bithive_contract_kit::input::{count, sized};
use bithive_contract_kit::page;
use cosmwasm_std::{Addr, Deps, Env, HexBinary, Order, StdResult};
use cw_ownable::get_ownership;
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{
    BONDED, COMMITTEES, CONFIG, ENDPOINTS, JOBS, Kind, PARTICIPANTS, Participant, SHARE_KEYS, SLOTS,
    committee_holder, epoch_at,
};

pub(crate) fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    let config = CONFIG.load(deps.storage)?;
    let ownership = get_ownership(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        treasury: config.treasury,
        jobs: JOBS.may_load(deps.storage)?,
        params: config.params,
        crs_digest: config.crs_digest,
        bonded: BONDED.load(deps.storage)?,
    })
}

pub(crate) fn node(deps: Deps<'_>, address: &str) -> StdResult<Option<NodeResponse>> {
    let params = CONFIG.load(deps.storage)?.params;
    node_of(deps, &params, &deps.api.addr_validate(address)?)
}

pub(crate) fn nodes_at(deps: Deps<'_>, slots: &[u16]) -> Result<Vec<Option<NodeResponse>>, ContractError> {
    count("slots", slots.len(), 0..=page::size(None, limits::MAX_PAGE))?;
    let params = CONFIG.load(deps.storage)?.params;
    let at = |slot: &u16| match SLOTS.may_load(deps.storage, *slot)? {
        Some(address) => node_of(deps, &params, &address),
        None => Ok(None),
    };
    Ok(slots.iter().map(at).collect::<StdResult<_>>()?)
}

pub(crate) fn nodes(
    deps: Deps<'_>,
    start_after: Option<u16>,
    limit: Option<u32>,
) -> StdResult<Vec<NodeResponse>> {
    let params = CONFIG.load(deps.storage)?.params;
    SLOTS
        .range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(page::size(Some(limit.unwrap_or(limits::DEFAULT_PAGE)), limits::MAX_PAGE))
        .filter_map(|row| row.and_then(|(_, address)| node_of(deps, &params, &address)).transpose())
        .collect()
}

pub(crate) fn requester(deps: Deps<'_>, address: &str) -> StdResult<Option<RequesterResponse>> {
    let address = deps.api.addr_validate(address)?;
    let Some(entry) = PARTICIPANTS.may_load(deps.storage, &address)? else { return Ok(None) };
    let eligible = entry.eligible(&CONFIG.load(deps.storage)?.params);
    Ok(match entry {
        Participant { bond, unbonding_until, kind: Kind::Requester { endpoint }, .. } => {
            Some(RequesterResponse { address, endpoint, bond, unbonding_until, eligible })
        }
        Participant { kind: Kind::Node(_), .. } => None,
    })
}

/// Members of a committee in service post no bond; everybody else is named only while eligible.
pub(crate) fn identity(
    deps: Deps<'_>,
    env: &Env,
    endpoint: &HexBinary,
) -> Result<Option<IdentityResponse>, ContractError> {
    sized::<32>("endpoint", endpoint)?;
    if let Some(address) = committee_holder(deps.storage, env, endpoint)? {
        return Ok(Some(IdentityResponse { address, role: Role::Committee }));
    }
    let Some(holder) = ENDPOINTS.may_load(deps.storage, endpoint.as_slice())? else { return Ok(None) };
    if holder.role == Role::Committee {
        // Of a candidate that does not serve.
        return Ok(None);
    }
    let params = CONFIG.load(deps.storage)?.params;
    let entry = PARTICIPANTS.may_load(deps.storage, &holder.address)?;
    if !entry.is_some_and(|entry| entry.eligible(&params)) {
        return Ok(None);
    }
    Ok(Some(IdentityResponse { address: holder.address, role: holder.role }))
}

/// As many rows as the epoch's committee has members, at most.
pub(crate) fn share_keys(deps: Deps<'_>, env: &Env, epoch: u64) -> StdResult<Vec<ShareKeysResponse>> {
    let current = epoch_at(deps.storage, env.block.time.seconds())?;
    let stored = COMMITTEES.load(deps.storage)?;
    if stored.iter().any(|committee| committee.lapsed(current) && committee.from_epoch == epoch) {
        return Ok(Vec::new());
    }
    SHARE_KEYS
        .prefix(epoch)
        .range(deps.storage, None, None, Order::Ascending)
        .map(|row| row.map(|(address, digest)| ShareKeysResponse { address, digest }))
        .collect()
}

fn node_of(deps: Deps<'_>, params: &Params, address: &Addr) -> StdResult<Option<NodeResponse>> {
    let Some(entry) = PARTICIPANTS.may_load(deps.storage, address)? else { return Ok(None) };
    let eligible = entry.eligible(params);
    let Kind::Node(registration) = entry.kind else { return Ok(None) };
    Ok(Some(NodeResponse {
        address: address.clone(),
        registration,
        bond: entry.bond,
        eligible,
        unbonding_until: entry.unbonding_until,
        slashed: entry.slashed,
        malformed: entry.malformed,
    }))
}
