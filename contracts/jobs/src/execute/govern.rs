//! What governance sets. The registry's owner is this contract's, too: there is one owner, who changes there in two steps.

use bithive_api::jobs::{ModelWork, events as names, limits};
use bithive_api::registry;
use bithive_contract_kit::pause;
use bithive_economics::Bps;
use cosmwasm_std::{Addr, DepsMut, Event, HexBinary, Response};

use super::{address, sized};
use crate::ContractError;
use crate::state::{CONFIG, EMISSIONS, MODELS};

/// Refuses everybody but the registry's owner.
fn assert_governance(deps: &DepsMut<'_>, sender: &Addr) -> Result<(), ContractError> {
    let registry = CONFIG.load(deps.storage)?.registry;
    let query = registry::QueryMsg::Config {};
    let owner = deps.querier.query_wasm_smart::<registry::ConfigResponse>(registry, &query)?.owner;
    if sender.as_str() == owner {
        return Ok(());
    }
    Err(ContractError::NotGovernance { found: sender.to_string(), expected: owner })
}

/// Names the contract that credits work.
///
/// # Errors
/// [`ContractError::NotGovernance`], [`ContractError::Address`].
pub fn set_emissions(
    deps: DepsMut<'_>,
    sender: &Addr,
    emissions: Option<String>,
) -> Result<Response, ContractError> {
    assert_governance(&deps, sender)?;
    match &emissions {
        Some(text) => EMISSIONS.save(deps.storage, &address(deps.api, "emissions", text)?)?,
        None => EMISSIONS.remove(deps.storage),
    }
    let event = Event::new(names::EMISSIONS).add_attribute("emissions", emissions.unwrap_or_default());
    Ok(Response::new().add_event(event))
}

/// States the work of a model.
///
/// # Errors
/// [`ContractError::NotGovernance`], [`ContractError::Length`], [`ContractError::Credits`],
/// [`ContractError::Share`].
pub fn set_model(
    deps: DepsMut<'_>,
    sender: &Addr,
    model: &HexBinary,
    work: Option<ModelWork>,
) -> Result<Response, ContractError> {
    assert_governance(&deps, sender)?;
    let model: [u8; 32] = sized("model", model)?;
    match &work {
        Some(work) => {
            let (least, most) = limits::MODEL_CREDITS;
            if !(least..=most).contains(&work.credits) {
                return Err(ContractError::Credits { found: work.credits });
            }
            Bps::new("quality_bps", work.quality_bps)?;
            Bps::new("confidence_bps", work.confidence_bps)?;
            MODELS.save(deps.storage, &model, work)?;
        }
        None => MODELS.remove(deps.storage, &model),
    }
    let credits = work.map_or(0, |work| work.credits);
    let event = Event::new(names::MODEL)
        .add_attribute("model", HexBinary::from(&model).to_hex())
        .add_attribute("credits", credits.to_string());
    Ok(Response::new().add_event(event))
}

/// Refuses new jobs, or takes them again.
///
/// # Errors
/// [`ContractError::NotGovernance`].
pub fn set_paused(deps: DepsMut<'_>, sender: &Addr, paused: bool) -> Result<Response, ContractError> {
    assert_governance(&deps, sender)?;
    Ok(pause::store(deps.storage, names::PAUSED, paused)?)
}
