//! One function for each query.

use bithive_api::escrow::{AgreementResponse, Asset, ContributionResponse, HeldResponse, limits};
use bithive_contract_kit::input;
use bithive_contract_kit::ledger::{AssetLedger, Held, Ledger};
use bithive_contract_kit::page;
use cosmwasm_std::{Addr, Deps, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::fund::refundable;
use crate::state::{AGREEMENTS, CONTRIBUTIONS, Contribution, OF_PARTY, agreement};

pub(crate) fn agreement_of(deps: Deps<'_>, id: u64) -> Result<Option<AgreementResponse>, ContractError> {
    Ok(AGREEMENTS.may_load(deps.storage, id)?.map(|agreement| agreement.response(id)).transpose()?)
}

pub(crate) fn agreements(
    deps: Deps<'_>,
    party: Option<&str>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<AgreementResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let Some(party) = party else {
        let rows = AGREEMENTS.range(deps.storage, start, None, Order::Ascending).take(size);
        let read = rows.map(|row| row.and_then(|(id, agreement)| agreement.response(id)));
        return Ok(read.collect::<StdResult<_>>()?);
    };
    let party = input::address(deps.api, "party", party)?;
    let ids = OF_PARTY.prefix(&party).keys(deps.storage, start, None, Order::Ascending).take(size);
    ids.map(|id| {
        let id = id?;
        Ok(agreement(deps.storage, id)?.response(id)?)
    })
    .collect()
}

pub(crate) fn contributions(
    deps: Deps<'_>,
    account: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<ContributionResponse>, ContractError> {
    let account = input::address(deps.api, "account", account)?;
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let rows = CONTRIBUTIONS.prefix(&account).range(deps.storage, start, None, Order::Ascending).take(size);
    rows.map(|row| {
        let (id, contribution) = row?;
        contribution_of(deps, &account, id, contribution)
    })
    .collect()
}

fn contribution_of(
    deps: Deps<'_>,
    account: &Addr,
    id: u64,
    contribution: Contribution,
) -> Result<ContributionResponse, ContractError> {
    let Contribution { amount, voted } = contribution;
    let agreement = AGREEMENTS.may_load(deps.storage, id)?;
    let refund = agreement.as_ref().map(|agreement| refundable(agreement, deps.storage, account, id));
    Ok(ContributionResponse {
        id,
        amount,
        voted,
        open: agreement.is_some(),
        refundable: refund.transpose()?.flatten().unwrap_or_default(),
        asset: agreement.map(|agreement| agreement.asset),
    })
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
