//! One function for each query.

use bithive_api::vesting::{HeldResponse, PositionResponse, PositionsResponse, limits};
use bithive_contract_kit::page;
use cosmwasm_std::{Deps, Env, Order, StdError, StdResult};
use cw_storage_plus::Bound;

use crate::state::{BY_OWNER, HELD, POSITIONS};

pub(crate) fn position(deps: Deps<'_>, env: &Env, id: u64) -> StdResult<Option<PositionResponse>> {
    let position = POSITIONS.may_load(deps.storage, id)?;
    let response = position.map(|position| position.response(id, env.block.time.seconds()));
    response.transpose().map_err(|error| StdError::generic_err(error.to_string()))
}

pub(crate) fn positions(
    deps: Deps<'_>,
    env: &Env,
    owner: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> StdResult<PositionsResponse> {
    let owner = deps.api.addr_validate(owner)?;
    let ids =
        BY_OWNER.prefix(&owner).keys(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending);
    let found = ids
        .take(page::size(limit, limits::MAX_PAGE))
        .filter_map(|id| id.and_then(|id| position(deps, env, id)).transpose());
    Ok(PositionsResponse { positions: found.collect::<StdResult<_>>()? })
}

pub(crate) fn held(deps: Deps<'_>, token: &str) -> StdResult<HeldResponse> {
    let token = deps.api.addr_validate(token)?;
    Ok(HeldResponse { amount: HELD.may_load(deps.storage, &token)?.unwrap_or_default() })
}
