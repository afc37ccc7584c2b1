//! Queries beyond those of cw20.

use bithive_api::token::SupplyResponse;
use cosmwasm_std::{Deps, StdResult};

use crate::state::SUPPLY;

/// What was minted and burnt since the token exists.
pub(crate) fn supply(deps: Deps<'_>) -> StdResult<SupplyResponse> {
    SUPPLY.load(deps.storage)?.response()
}
