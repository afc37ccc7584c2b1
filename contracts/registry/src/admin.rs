//! Wiring by the owner.

use bithive_api::registry::InstantiateMsg;
use bithive_contract_kit::input::{address, contract, outside, sized};
use bithive_dgkbe::opening::open_crs_header;
use cosmwasm_std::{DepsMut, Env, Response, Uint128};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{BONDED, COMMITTEES, CONFIG, Config, JOBS};
use crate::validate;

/// Checks and stores what holds for the life of the contract.
pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    validate::params(&msg.params)?;
    let crs_digest = sized("crs_digest", &msg.crs_digest)?;
    open_crs_header(msg.params.slots, &crs_digest, &msg.crs_opening)?;
    let token = address(deps.api, "token", &msg.token)?;
    let treasury = outside(deps.api, "treasury", &msg.treasury, &[&env.contract.address, &token])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let config = Config { token, treasury, params: msg.params, crs_digest: msg.crs_digest };
    CONFIG.save(deps.storage, &config)?;
    BONDED.save(deps.storage, &Uint128::zero())?;
    COMMITTEES.save(deps.storage, &Vec::new())?;
    Ok(Response::new().add_attribute("action", "instantiate"))
}

/// Names the jobs contract. Once: whoever could replace it could take every bond. A contract: an account could take them
/// without a rule.
pub(crate) fn set_jobs(deps: DepsMut<'_>, jobs: &str) -> Result<Response, ContractError> {
    if let Some(jobs) = JOBS.may_load(deps.storage)? {
        return Err(ContractError::JobsAlreadySet { jobs: jobs.into() });
    }
    let jobs = contract(deps.as_ref(), "jobs", jobs)?;
    JOBS.save(deps.storage, &jobs)?;
    Ok(Response::new().add_attribute("action", "set_jobs").add_attribute("jobs", jobs))
}
