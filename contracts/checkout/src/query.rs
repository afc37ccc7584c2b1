//! One function for each query.

use bithive_api::checkout::{Asset, OfferResponse, ReceiptResponse, ReceiptsOf, limits};
use bithive_contract_kit::ledger::{AssetLedger, Ledger};
use bithive_contract_kit::{input, page};
use cosmwasm_std::{Deps, HexBinary, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::price::cost;
use crate::state::{BY_KEY, OF_OFFER, OF_PARTY, OF_PAYER, OFFERS, Offer, RECEIPTS, USES, offer, receipt};

pub(crate) fn offer_of(deps: Deps<'_>, now: u64, id: u64) -> Result<Option<OfferResponse>, ContractError> {
    let offer = OFFERS.may_load(deps.storage, id)?;
    Ok(offer.map(|offer| shown(deps, now, id, offer)).transpose()?)
}

fn shown(deps: Deps<'_>, now: u64, id: u64, offer: Offer) -> StdResult<OfferResponse> {
    Ok(offer.response(id, USES.may_load(deps.storage, id)?, now))
}

pub(crate) fn offers(
    deps: Deps<'_>,
    now: u64,
    party: Option<&str>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<OfferResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let Some(party) = party else {
        let rows = OFFERS.range(deps.storage, start, None, Order::Ascending).take(size);
        let read = rows.map(|row| row.and_then(|(id, offer)| shown(deps, now, id, offer)));
        return Ok(read.collect::<StdResult<_>>()?);
    };
    let party = input::address(deps.api, "party", party)?;
    let ids = OF_PARTY.prefix(&party).keys(deps.storage, start, None, Order::Ascending).take(size);
    ids.map(|id| {
        let id = id?;
        Ok(shown(deps, now, id, offer(deps.storage, id)?)?)
    })
    .collect()
}

pub(crate) fn quote(deps: Deps<'_>, id: u64) -> Result<Uint128, ContractError> {
    Ok(cost(deps.querier, &offer(deps.storage, id)?.price)?.amount)
}

pub(crate) fn receipt_of(deps: Deps<'_>, id: u64) -> Result<Option<ReceiptResponse>, ContractError> {
    if RECEIPTS.has(deps.storage, id) { printed(deps, id).map(Some) } else { Ok(None) }
}

fn printed(deps: Deps<'_>, id: u64) -> Result<ReceiptResponse, ContractError> {
    let receipt = receipt(deps.storage, id)?;
    let asset = offer(deps.storage, receipt.offer)?.asset;
    Ok(receipt.response(id, asset))
}

pub(crate) fn payment(
    deps: Deps<'_>,
    payer: &str,
    asset: Asset,
    key: &HexBinary,
) -> Result<Option<ReceiptResponse>, ContractError> {
    let payer = input::address(deps.api, "payer", payer)?;
    let asset = input::asset(deps.api, "asset", asset)?.to_string();
    BY_KEY.may_load(deps.storage, (&asset, &payer, key))?.map(|id| printed(deps, id)).transpose()
}

pub(crate) fn receipts(
    deps: Deps<'_>,
    of: &ReceiptsOf,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<ReceiptResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let ids: Vec<u64> = match of {
        ReceiptsOf::Offer(id) => OF_OFFER
            .prefix(*id)
            .keys(deps.storage, start, None, Order::Ascending)
            .take(size)
            .collect::<StdResult<_>>()?,
        ReceiptsOf::Payer(payer) => {
            let payer = input::address(deps.api, "payer", payer)?;
            OF_PAYER
                .prefix(&payer)
                .keys(deps.storage, start, None, Order::Ascending)
                .take(size)
                .collect::<StdResult<_>>()?
        }
    };
    ids.into_iter().map(|id| printed(deps, id)).collect()
}

pub(crate) fn claimable(deps: Deps<'_>, account: &str, asset: Asset) -> Result<Uint128, ContractError> {
    let account = input::address(deps.api, "account", account)?;
    let asset = input::asset(deps.api, "asset", asset)?;
    Ok(AssetLedger::new(&asset).claimable(deps.storage, &account)?.unwrap_or_default())
}

pub(crate) fn held(deps: Deps<'_>, asset: Asset) -> Result<Uint128, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    // What comes in is credited by the same message, so nothing is in escrow.
    Ok(AssetLedger::new(&asset).held(deps.storage)?.claimable)
}
