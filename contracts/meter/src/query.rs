//! One function for each query.

use bithive_api::meter::{
    ClaimResponse, ConfigResponse, DueResponse, MachineResponse, MembersResponse, PeriodsResponse,
};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::idle;
use cosmwasm_std::{Deps, Env};

use crate::ContractError;
use crate::state::{CONFIG, COUNTED, Claim, DUE, MEMBERS, Machine, Members};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        timebank: config.timebank,
        params: config.params,
        paused: is_paused(deps.storage)?,
    })
}

/// At most `limits::MAX_MEMBERS`.
pub(crate) fn members(deps: Deps<'_>) -> Result<MembersResponse, ContractError> {
    let Members { members, threshold } = MEMBERS.may_load(deps.storage)?.unwrap_or_default();
    Ok(MembersResponse { members, threshold })
}

/// At most `bithive_economics::idle::OPEN_PERIODS`.
pub(crate) fn machine(deps: Deps<'_>, address: &str) -> Result<MachineResponse, ContractError> {
    let machine = Machine::load(deps.storage, &deps.api.addr_validate(address)?)?;
    let response = |claim| {
        let Claim { period, seconds, account, credits, vouched_by, counted } = claim;
        ClaimResponse { period, seconds, account, credits, vouched_by, counted }
    };
    Ok(MachineResponse { claims: machine.claims.into_iter().map(response).collect() })
}

pub(crate) fn due(deps: Deps<'_>, account: &str) -> Result<DueResponse, ContractError> {
    let due = DUE.may_load(deps.storage, &deps.api.addr_validate(account)?)?;
    Ok(DueResponse { credits: due.unwrap_or_default() })
}

pub(crate) fn periods(deps: Deps<'_>, env: &Env) -> Result<PeriodsResponse, ContractError> {
    let current = CONFIG.load(deps.storage)?.current(env);
    let open = idle::open(current);
    let counted = COUNTED.may_load(deps.storage)?.unwrap_or_default().now(current);
    Ok(PeriodsResponse { current, first: *open.start(), last: *open.end(), counted })
}
