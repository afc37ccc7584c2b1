//! One function for each query.

use bithive_api::flows::{Asset, FlowResponse, HeldResponse, limits};
use bithive_contract_kit::input;
use bithive_contract_kit::ledger::{AssetLedger, Held, Ledger};
use bithive_contract_kit::page;
use cosmwasm_std::{Deps, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{FLOWS, OF_PARTY, flow};

pub(crate) fn flow_of(deps: Deps<'_>, now: u64, id: u64) -> Result<Option<FlowResponse>, ContractError> {
    Ok(FLOWS.may_load(deps.storage, id)?.map(|flow| flow.response(id, now)).transpose()?)
}

pub(crate) fn flows(
    deps: Deps<'_>,
    now: u64,
    party: Option<&str>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<FlowResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let Some(party) = party else {
        let rows = FLOWS.range(deps.storage, start, None, Order::Ascending).take(size);
        let read = rows.map(|row| row.and_then(|(id, flow)| flow.response(id, now)));
        return Ok(read.collect::<StdResult<_>>()?);
    };
    let party = input::address(deps.api, "party", party)?;
    let ids = OF_PARTY.prefix(&party).keys(deps.storage, start, None, Order::Ascending).take(size);
    ids.map(|id| {
        let id = id?;
        Ok(flow(deps.storage, id)?.response(id, now)?)
    })
    .collect()
}

pub(crate) fn claimable(deps: Deps<'_>, account: &str, asset: Asset) -> Result<Uint128, ContractError> {
    let account = input::address(deps.api, "account", account)?;
    let asset = input::asset(deps.api, "asset", asset)?;
    Ok(AssetLedger::new(&asset).claimable(deps.storage, &account)?.unwrap_or_default())
}

pub(crate) fn held(deps: Deps<'_>, asset: Asset) -> Result<HeldResponse, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let Held { escrowed, claimable } = AssetLedger::new(&asset).held(deps.storage)?;
    Ok(HeldResponse { escrowed, claimable })
}
