//! One function for each query.

use bithive_api::ibc::ChannelResponse;
use bithive_api::ics20::{ConfigResponse, TokenLimit, limits};
use bithive_contract_kit::{channel, page, pause};
use cosmwasm_std::{Addr, Deps, Order, StdResult, Uint128};
use cw_ownable::get_ownership;
use cw_storage_plus::Bound;

use crate::ledger;
use crate::state::{HELD, LIMITS, OWED};

pub(crate) fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    let ownership = get_ownership(deps.storage)?;
    let paused = pause::is_paused(deps.storage)?;
    Ok(ConfigResponse { owner: ownership.owner, pending_owner: ownership.pending_owner, paused })
}

pub(crate) fn limits(
    deps: Deps<'_>,
    start_after: Option<String>,
    limit: Option<u32>,
) -> StdResult<Vec<TokenLimit<Addr>>> {
    let start = start_after.map(|token| deps.api.addr_validate(&token)).transpose()?;
    let rows = LIMITS.range(deps.storage, start.as_ref().map(Bound::exclusive), None, Order::Ascending);
    let row = |(token, limit): (Addr, Uint128)| TokenLimit { token, limit };
    rows.take(page::size(limit, limits::MAX_PAGE)).map(|entry| entry.map(row)).collect()
}

pub(crate) fn channels(
    deps: Deps<'_>,
    start_after: Option<String>,
    limit: Option<u32>,
) -> StdResult<Vec<ChannelResponse>> {
    channel::list(deps.storage, start_after.as_deref(), page::size(limit, limits::MAX_PAGE))
}

pub(crate) fn outstanding(deps: Deps<'_>, channel_id: &str, token: &str) -> StdResult<Uint128> {
    ledger::outstanding(deps.storage, channel_id, &deps.api.addr_validate(token)?)
}

pub(crate) fn owed(deps: Deps<'_>, token: &str, account: &str) -> StdResult<Uint128> {
    let (token, account) = (deps.api.addr_validate(token)?, deps.api.addr_validate(account)?);
    Ok(OWED.may_load(deps.storage, (&token, &account))?.unwrap_or_default())
}

pub(crate) fn held(deps: Deps<'_>, token: &str) -> StdResult<Uint128> {
    Ok(HELD.may_load(deps.storage, &deps.api.addr_validate(token)?)?.unwrap_or_default())
}
