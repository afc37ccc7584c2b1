//! Instantiation, and what governance sets. The registry's owner is the owner of this contract, too; ownership is
//! transferred there, in two steps.

use bithive_api::event::OrEmpty;
use bithive_api::jobs::{Event, ExecuteMsg, InstantiateMsg, ModelWork, Split as Shares, limits};
use bithive_api::{grants, models, registry};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{address, sized, within};
use bithive_economics::{Bps, Parts, Split, SplitError};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, HexBinary, Response};

use crate::ContractError;
use crate::state::{CONFIG, Config, EMISSIONS, GRANTS, MODEL_OWNERS, MODELS, TOTALS, Totals};

/// Stores the parameters.
///
/// # Errors
/// [`ContractError::OtherToken`], [`ContractError::UnbondingTooShort`], [`ContractError::Split`],
/// [`ContractError::Input`].
pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    delay::begin(deps.storage, env)?;
    let token = address(deps.api, "token", &msg.token)?;
    let registry = address(deps.api, "registry", &msg.registry)?;
    let known: registry::ConfigResponse =
        deps.querier.query_wasm_smart(&registry, &registry::QueryMsg::Config {})?;
    if known.token != token {
        return Err(ContractError::OtherToken { found: msg.token, expected: known.token.into() });
    }
    if known.params.unbonding_seconds <= limits::MAX_LIFE_SECONDS {
        return Err(ContractError::UnbondingTooShort { found: known.params.unbonding_seconds });
    }
    within("slash_amount", msg.slash_amount.u128(), 1..=known.params.node_bond.u128())?;
    split_of(&msg.split)?;
    let config = Config {
        token,
        registry,
        treasury: address(deps.api, "treasury", &msg.treasury)?,
        incentive_pool: address(deps.api, "incentive_pool", &msg.incentive_pool)?,
        split: msg.split,
        slash_amount: msg.slash_amount,
        slots: known.params.slots,
        groups: known.params.groups,
    };
    CONFIG.save(deps.storage, &config)?;
    TOTALS.save(deps.storage, &Totals::default())?;
    Ok(Response::new())
}

/// The split as checked arithmetic.
pub(crate) fn split_of(shares: &Shares) -> Result<Split, SplitError> {
    Split::new(Parts {
        worker: shares.worker,
        model_owner: shares.model_owner,
        data_owner: shares.data_owner,
        treasury: shares.treasury,
        incentive_pool: shares.incentive_pool,
    })
}

/// Whether a message of governance has to wait, once what it names was checked: all that changes what work earns. Naming
/// nobody, or forgetting a model, takes earnings from jobs that go on, so it is no brake; the emissions have one of their own.
///
/// # Errors
/// Those of the setting.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    match msg {
        ExecuteMsg::SetEmissions { emissions } => {
            emissions_of(deps, emissions.as_deref())?;
        }
        ExecuteMsg::SetModels { models } => {
            models_of(deps, models.as_deref())?;
        }
        ExecuteMsg::SetGrants { grants } => {
            grants_of(deps, grants.as_deref())?;
        }
        ExecuteMsg::SetModel { model, work } => {
            check_model(model, work.as_ref())?;
        }
        _ => return Ok(false),
    }
    Ok(delay::waits(deps.storage, env)?)
}

fn emissions_of(deps: Deps<'_>, emissions: Option<&str>) -> Result<Option<Addr>, ContractError> {
    Ok(emissions.map(|text| address(deps.api, "emissions", text)).transpose()?)
}

/// Names the contract that credits work.
///
/// # Errors
/// [`ContractError::Input`].
pub(crate) fn set_emissions(deps: DepsMut<'_>, emissions: Option<&str>) -> Result<Response, ContractError> {
    let emissions = emissions_of(deps.as_ref(), emissions)?;
    match &emissions {
        Some(emissions) => EMISSIONS.save(deps.storage, emissions)?,
        None => EMISSIONS.remove(deps.storage),
    }
    Ok(Response::new().add_event(Event::Emissions { emissions: OrEmpty(emissions) }))
}

/// A contract for the same token, which asks a bond of who says that a model is its own.
fn models_of(deps: Deps<'_>, models: Option<&str>) -> Result<Option<Addr>, ContractError> {
    let Some(text) = models else { return Ok(None) };
    let models = address(deps.api, "models", text)?;
    let known: models::ConfigResponse =
        deps.querier.query_wasm_smart(&models, &models::QueryMsg::Config {})?;
    let token = CONFIG.load(deps.storage)?.token;
    if known.token != token {
        return Err(ContractError::OtherToken { found: known.token.into(), expected: token.into() });
    }
    Ok(Some(models))
}

/// Names the contract that knows who is paid for a model.
///
/// # Errors
/// [`ContractError::Input`], [`ContractError::OtherToken`]; no such contract.
pub(crate) fn set_models(deps: DepsMut<'_>, models: Option<&str>) -> Result<Response, ContractError> {
    let models = models_of(deps.as_ref(), models)?;
    match &models {
        Some(models) => MODEL_OWNERS.save(deps.storage, models)?,
        None => MODEL_OWNERS.remove(deps.storage),
    }
    Ok(Response::new().add_event(Event::Models { models: OrEmpty(models) }))
}

/// A contract of consents whose requesters are those of this market.
fn grants_of(deps: Deps<'_>, grants: Option<&str>) -> Result<Option<Addr>, ContractError> {
    let Some(text) = grants else { return Ok(None) };
    let grants = address(deps.api, "grants", text)?;
    let known: grants::ConfigResponse =
        deps.querier.query_wasm_smart(&grants, &grants::QueryMsg::Config {})?;
    let registry = CONFIG.load(deps.storage)?.registry;
    if known.registry != registry {
        return Err(ContractError::OtherRegistry { found: known.registry.into(), expected: registry.into() });
    }
    Ok(Some(grants))
}

/// Names the contract that knows what subjects of data have consented to.
///
/// # Errors
/// [`ContractError::Input`], [`ContractError::OtherRegistry`]; no such contract.
pub(crate) fn set_grants(deps: DepsMut<'_>, grants: Option<&str>) -> Result<Response, ContractError> {
    let grants = grants_of(deps.as_ref(), grants)?;
    match &grants {
        Some(grants) => GRANTS.save(deps.storage, grants)?,
        None => GRANTS.remove(deps.storage),
    }
    Ok(Response::new().add_event(Event::Grants { grants: OrEmpty(grants) }))
}

fn check_model(model: &HexBinary, work: Option<&ModelWork>) -> Result<[u8; 32], ContractError> {
    if let Some(work) = work {
        let (least, most) = limits::MODEL_CREDITS;
        within("credits", work.credits.into(), least.into()..=most.into())?;
        Bps::new("quality_bps", work.quality_bps)?;
        Bps::new("confidence_bps", work.confidence_bps)?;
    }
    Ok(sized("model", model)?)
}

/// States the work of a model.
///
/// # Errors
/// [`ContractError::Input`],
/// [`ContractError::Share`].
pub(crate) fn set_model(
    deps: DepsMut<'_>,
    model: &HexBinary,
    work: Option<ModelWork>,
) -> Result<Response, ContractError> {
    let model = check_model(model, work.as_ref())?;
    match &work {
        Some(work) => MODELS.save(deps.storage, &model, work)?,
        None => MODELS.remove(deps.storage, &model),
    }
    let credits = work.map_or(0, |work| work.credits);
    Ok(Response::new().add_event(Event::Model { model: model.into(), credits }))
}
