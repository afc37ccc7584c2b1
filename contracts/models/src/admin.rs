//! Instantiation: bounds of the parameters.

use bithive_api::models::{InstantiateMsg, Params, limits};
use bithive_contract_kit::input::{address, outside, positive, within};
use cosmwasm_std::{DepsMut, Env, Response};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CONFIG, Config};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    let Params { bond, notice_seconds, ruling_seconds, leave_seconds } = msg.params;
    positive("bond", bond)?;
    let bounded = |field, found: u64, (least, most): (u64, u64)| {
        within(field, found.into(), least.into()..=most.into())
    };
    bounded("notice_seconds", notice_seconds, limits::NOTICE_SECONDS)?;
    bounded("ruling_seconds", ruling_seconds, limits::RULING_SECONDS)?;
    bounded("leave_seconds", leave_seconds, limits::LEAVE_SECONDS)?;
    let token = address(deps.api, "token", &msg.token)?;
    let treasury = outside(deps.api, "treasury", &msg.treasury, &[&env.contract.address, &token])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { token, treasury, params: msg.params })?;
    Ok(Response::new())
}
