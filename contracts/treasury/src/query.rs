//! One function for each query.

use bithive_api::treasury::{ConfigResponse, OfferResponse, TotalsResponse};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::{source, token};
use cosmwasm_std::{Addr, Deps, Env, Order, StdResult};

use crate::ContractError;
use crate::offer::bid;
use crate::state::{CONFIG, FLOWS, OFFERS, Offer, PURCHASES, period};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        btk: config.btk,
        params: config.params,
        paused: is_paused(deps.storage)?,
    })
}

pub(crate) fn offer(deps: Deps<'_>, env: &Env, token: &str) -> Result<Option<OfferResponse>, ContractError> {
    let token = deps.api.addr_validate(token)?;
    let offer = OFFERS.may_load(deps.storage, &token)?;
    Ok(offer.map(|offer| response(deps, env, token, &offer)).transpose()?)
}

/// At most `limits::MAX_OFFERS`.
pub(crate) fn offers(deps: Deps<'_>, env: &Env) -> Result<Vec<OfferResponse>, ContractError> {
    let offers = OFFERS.range(deps.storage, None, None, Order::Ascending);
    let response = |entry: StdResult<_>| entry.and_then(|(token, offer)| response(deps, env, token, &offer));
    Ok(offers.map(response).collect::<StdResult<_>>()?)
}

fn response(deps: Deps<'_>, env: &Env, token: Addr, offer: &Offer) -> StdResult<OfferResponse> {
    let params = CONFIG.load(deps.storage)?.params;
    let (period, terms) = (period(env, &params), offer.terms);
    let purchases = PURCHASES.may_load(deps.storage, &token)?.unwrap_or_default();
    let all = FLOWS.load(deps.storage)?.paid.left(period, params.buy);
    Ok(OfferResponse {
        token,
        terms,
        bid: bid(&terms).at(env.block.time.seconds().saturating_sub(offer.since)).into(),
        left: purchases.paid.left(period, terms.budget).min(all),
        bought: purchases.bought,
    })
}

pub(crate) fn source(deps: Deps<'_>, address: &str) -> Result<bool, ContractError> {
    Ok(source::is_source(deps.storage, &deps.api.addr_validate(address)?))
}

pub(crate) fn totals(deps: Deps<'_>, env: &Env) -> Result<TotalsResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let (flows, period) = (FLOWS.load(deps.storage)?, period(env, &config.params));
    Ok(TotalsResponse {
        balance: token::balance(deps.querier, &config.token, &env.contract.address)?,
        spent_now: flows.spent.in_period(period),
        paid_now: flows.paid.in_period(period),
        burnt_now: flows.burnt.in_period(period),
        spent: flows.spent.total,
        paid: flows.paid.total,
        burnt: flows.burnt.total,
    })
}
