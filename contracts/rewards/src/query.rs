//! One function for each query.

use bithive_api::rewards::{BudgetResponse, ConfigResponse, PatientResponse, ProposalResponse, Role, limits};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::{page, source};
use cosmwasm_std::{Deps, Env, Order, StdResult};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::pay::{available, day};
use crate::state::{BUDGET, CARE, CONFIG, PARTIES, PATIENTS, PROPOSALS, TODAY};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        treasury: config.treasury,
        approvals: config.approvals,
        limits: config.limits,
        paused: is_paused(deps.storage)?,
    })
}

pub(crate) fn party(deps: Deps<'_>, address: &str) -> Result<Option<Role>, ContractError> {
    Ok(PARTIES.may_load(deps.storage, &deps.api.addr_validate(address)?)?)
}

pub(crate) fn proposal(deps: Deps<'_>, id: u64) -> Result<Option<ProposalResponse>, ContractError> {
    Ok(PROPOSALS.may_load(deps.storage, id)?.map(|proposal| proposal.response(id)))
}

pub(crate) fn proposals(
    deps: Deps<'_>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<ProposalResponse>, ContractError> {
    let start = start_after.map(Bound::exclusive);
    let proposals = PROPOSALS
        .range(deps.storage, start, None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE));
    Ok(proposals.map(|entry| entry.map(|(id, proposal)| proposal.response(id))).collect::<StdResult<_>>()?)
}

pub(crate) fn patient(deps: Deps<'_>, env: &Env, address: &str) -> Result<PatientResponse, ContractError> {
    let patient = deps.api.addr_validate(address)?;
    let paid = PATIENTS.may_load(deps.storage, &patient)?.unwrap_or_default().on(day(env));
    let chronic_care = CARE.may_load(deps.storage, &patient)?.is_some_and(|last| last >= day(env));
    Ok(PatientResponse { today: paid.amount, count: paid.count, chronic_care, total: paid.total })
}

pub(crate) fn budget(deps: Deps<'_>, env: &Env) -> Result<BudgetResponse, ContractError> {
    let budget = BUDGET.load(deps.storage)?;
    let available = available(&budget)?;
    let today = TODAY.load(deps.storage)?.on(day(env)).amount;
    Ok(BudgetResponse {
        available,
        funded: budget.funded,
        paid: budget.paid,
        returned: budget.returned,
        today,
    })
}

pub(crate) fn source(deps: Deps<'_>, address: &str) -> Result<bool, ContractError> {
    Ok(source::is_source(deps.storage, &deps.api.addr_validate(address)?))
}
