//! One function for each query.

use bithive_api::attestations::Source;
use bithive_api::datasets::{
    Asset, ConfigResponse, DatasetResponse, DepositResponse, HeldResponse, UseResponse, limits,
};
use bithive_contract_kit::input;
use bithive_contract_kit::ledger::{AssetLedger, Held, Ledger};
use bithive_contract_kit::page;
use cosmwasm_std::{Deps, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{ATTESTATIONS, DATASETS, DEPOSITS, Recorded, USES, job_name};

pub(crate) fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    Ok(ConfigResponse { attestations: ATTESTATIONS.load(deps.storage)? })
}

pub(crate) fn dataset(deps: Deps<'_>, id: u64) -> StdResult<Option<DatasetResponse>> {
    Ok(DATASETS.may_load(deps.storage, id)?.map(|dataset| dataset.response(id)))
}

pub(crate) fn datasets(
    deps: Deps<'_>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> StdResult<Vec<DatasetResponse>> {
    let rows = DATASETS.range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending);
    rows.take(page::size(limit, limits::MAX_PAGE))
        .map(|row| row.map(|(id, dataset)| dataset.response(id)))
        .collect()
}

pub(crate) fn deposit(deps: Deps<'_>, id: u64) -> StdResult<Option<DepositResponse>> {
    Ok(DEPOSITS.may_load(deps.storage, id)?.map(|deposit| deposit.response(id)))
}

pub(crate) fn deposits(
    deps: Deps<'_>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> StdResult<Vec<DepositResponse>> {
    let rows = DEPOSITS.range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending);
    rows.take(page::size(limit, limits::MAX_PAGE))
        .map(|row| row.map(|(id, deposit)| deposit.response(id)))
        .collect()
}

pub(crate) fn used(
    deps: Deps<'_>,
    dataset_id: u64,
    source: &Source,
    job_id: u64,
) -> StdResult<Option<UseResponse>> {
    let recorded = USES.may_load(deps.storage, (dataset_id, &job_name(source, job_id)))?;
    Ok(recorded.map(Recorded::response))
}

pub(crate) fn claimable(deps: Deps<'_>, account: &str, asset: Asset) -> Result<Uint128, ContractError> {
    let account = deps.api.addr_validate(account)?;
    let asset = input::asset(deps.api, "asset", asset)?;
    Ok(AssetLedger::new(&asset).claimable(deps.storage, &account)?.unwrap_or_default())
}

pub(crate) fn held(deps: Deps<'_>, asset: Asset) -> Result<HeldResponse, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let Held { escrowed, claimable } = AssetLedger::new(&asset).held(deps.storage)?;
    Ok(HeldResponse { escrowed, claimable })
}
