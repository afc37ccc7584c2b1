//! One function for each query.

use bithive_api::models::{ConfigResponse, HeldResponse, ModelResponse, ReceiversResponse, limits};
use bithive_contract_kit::input::sized;
use bithive_contract_kit::ledger::{AssetLedger, Held, Ledger as _};
use bithive_contract_kit::page;
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Deps, Env, HexBinary, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{CONFIG, CONSENTS, MODELS, btt};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        treasury: config.treasury,
        params: config.params,
        paused: is_paused(deps.storage)?,
    })
}

pub(crate) fn model(deps: Deps<'_>, env: &Env, model: &HexBinary) -> StdResult<Option<ModelResponse>> {
    let now = env.block.time.seconds();
    Ok(MODELS.may_load(deps.storage, model)?.map(|found| found.response(model.clone(), now)))
}

pub(crate) fn models(
    deps: Deps<'_>,
    env: &Env,
    start_after: Option<&HexBinary>,
    limit: Option<u32>,
) -> StdResult<Vec<ModelResponse>> {
    let (now, start) =
        (env.block.time.seconds(), start_after.map(|digest| Bound::exclusive(digest.as_slice())));
    let rows = MODELS.range(deps.storage, start, None, Order::Ascending);
    rows.take(page::size(limit, limits::MAX_PAGE))
        .map(|row| row.map(|(digest, model)| model.response(digest.into(), now)))
        .collect()
}

/// Nobody is paid for its own job as the owner of its model: that share is the treasury's then, like that of a model without
/// an owner.
pub(crate) fn receivers(
    deps: Deps<'_>,
    env: &Env,
    model: &HexBinary,
    requester: &str,
    data_owner: Option<&str>,
) -> Result<ReceiversResponse, ContractError> {
    sized::<32>("model", model)?;
    let now = env.block.time.seconds();
    let found = MODELS.may_load(deps.storage, model)?.filter(|model| model.earns(now));
    let other =
        found.filter(|model| model.owner.as_str() != requester && model.receiver.as_str() != requester);
    let data_consent = match data_owner {
        Some(owner) => owner != requester && consent(deps, env, owner, requester)?.is_some(),
        None => false,
    };
    Ok(ReceiversResponse { model_owner: other.map(|model| model.receiver), data_consent })
}

pub(crate) fn consent(
    deps: Deps<'_>,
    env: &Env,
    owner: &str,
    requester: &str,
) -> Result<Option<u64>, ContractError> {
    let (owner, requester) = (deps.api.addr_validate(owner)?, deps.api.addr_validate(requester)?);
    let until = CONSENTS.may_load(deps.storage, (&owner, &requester))?;
    Ok(until.filter(|until| env.block.time.seconds() <= *until))
}

pub(crate) fn claimable(deps: Deps<'_>, account: &str) -> Result<Uint128, ContractError> {
    let (account, asset) = (deps.api.addr_validate(account)?, btt(deps.storage)?);
    Ok(AssetLedger::new(&asset).claimable(deps.storage, &account)?.unwrap_or_default())
}

pub(crate) fn held(deps: Deps<'_>) -> Result<HeldResponse, ContractError> {
    let asset = btt(deps.storage)?;
    let Held { escrowed, claimable } = AssetLedger::new(&asset).held(deps.storage)?;
    Ok(HeldResponse { escrowed, claimable })
}
