//! Tokens that come in: deposits, and sales to a standing offer.

use bithive_api::treasury::{Event, Hook, OfferTerms, limits};
use bithive_contract_kit::input::{expect_token, outside, positive, within};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::token;
use bithive_economics::offer::Bid;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Order, Response, StdResult, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::state::{CONFIG, Config, FLOWS, OFFERS, Offer, PURCHASES, period};

/// A cw20 hook. Only the message's sender is proven: it is the token, and the amount counts for that token only.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: &Addr,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    positive("the amount", received.amount)?;
    match token::hook(deps.api, received)? {
        (account, Hook::Deposit {}) => {
            expect_token(token, &config.token)?;
            Ok(Response::new().add_event(Event::Deposited { sender: account, amount: received.amount }))
        }
        (account, Hook::Sell { least }) => sell(deps, env, &config, token, &account, received.amount, least),
    }
}

fn sell(
    deps: DepsMut<'_>,
    env: &Env,
    config: &Config,
    token: &Addr,
    seller: &Addr,
    amount: Uint128,
    least: Uint128,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    let no_offer = || ContractError::NoOffer { token: token.to_string() };
    let mut offer = OFFERS.may_load(deps.storage, token)?.ok_or_else(no_offer)?;
    let (bid, now) = (bid(&offer.terms), env.block.time.seconds());
    let elapsed = now.saturating_sub(offer.since);
    // More than 128 bits are more than any budget.
    let worth = Uint128::new(bid.cost(amount.u128(), elapsed).unwrap_or(u128::MAX));
    if worth < least || worth.is_zero() {
        return Err(ContractError::BidTooLow { amount, worth, least: least.max(Uint128::one()) });
    }
    let (params, period) = (&config.params, period(env, &config.params));
    let mut purchases = PURCHASES.may_load(deps.storage, token)?.unwrap_or_default();
    let mut flows = FLOWS.load(deps.storage)?;
    let budget = offer.terms.budget;
    purchases.paid = purchases.paid.after(params, period, worth, ("the offer's budget", budget))?;
    flows.paid = flows.paid.after(params, period, worth, ("what all offers pay", params.buy))?;
    let available =
        token::balance(deps.querier, &config.token, &env.contract.address)?.saturating_sub(params.reserve);
    if worth > available {
        return Err(ContractError::Funds { available, amount: worth });
    }
    purchases.bought = purchases.bought.checked_add(amount)?;
    offer.since = now.saturating_sub(bid.after(elapsed, worth.u128(), budget.u128()));
    PURCHASES.save(deps.storage, token, &purchases)?;
    FLOWS.save(deps.storage, &flows)?;
    OFFERS.save(deps.storage, token, &offer)?;
    let event = Event::Bought { token: token.clone(), seller: seller.clone(), amount, paid: worth };
    // Paid first: a token that calls back while it is burnt finds less to sell for, and the reserve holds.
    Ok(Response::new()
        .add_event(event)
        .add_message(token::transfer(&config.token, seller, worth)?)
        .add_message(token::burn(token, amount)?))
}

pub(crate) fn set(
    deps: DepsMut<'_>,
    env: &Env,
    token: &str,
    terms: Option<OfferTerms>,
) -> Result<Response, ContractError> {
    let Some(terms) = terms else {
        let token = token_of(deps.as_ref(), env, &CONFIG.load(deps.storage)?, token)?;
        if !OFFERS.has(deps.storage, &token) {
            return Err(ContractError::NoOffer { token: token.into() });
        }
        OFFERS.remove(deps.storage, &token);
        return Ok(Response::new().add_event(Event::Offer { token, terms: None }));
    };
    let token = check(deps.as_ref(), env, token, &terms)?;
    let offers = OFFERS.keys(deps.storage, None, None, Order::Ascending).collect::<StdResult<Vec<_>>>()?;
    if offers.len() >= limits::MAX_OFFERS && !offers.contains(&token) {
        return Err(ContractError::TooManyOffers { most: limits::MAX_OFFERS });
    }
    OFFERS.save(deps.storage, &token, &Offer { terms, since: env.block.time.seconds() })?;
    Ok(Response::new().add_event(Event::Offer { token, terms: Some(terms) }))
}

fn token_of(deps: Deps<'_>, env: &Env, config: &Config, token: &str) -> Result<Addr, ContractError> {
    Ok(outside(deps.api, "token", token, &[&env.contract.address, &config.token])?)
}

/// The token of an offer whose terms have their bounds.
pub(crate) fn check(
    deps: Deps<'_>,
    env: &Env,
    token: &str,
    terms: &OfferTerms,
) -> Result<Addr, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let token = token_of(deps, env, &config, token)?;
    let (least, most) = limits::RISE_SECONDS;
    within("low", terms.low.u128(), 1..=limits::MAX_BID.u128())?;
    within("high", terms.high.u128(), terms.low.u128()..=limits::MAX_BID.u128())?;
    if config.btk.as_ref() == Some(&token) && terms.high > limits::MAX_BTK_BID {
        return Err(ContractError::BidAboveCost { high: terms.high });
    }
    within("rise_seconds", terms.rise_seconds.into(), least.into()..=most.into())?;
    within("budget", terms.budget.u128(), 1..=config.params.buy.u128())?;
    // Whatever is at the address must answer as a token does.
    token::balance(deps.querier, &token, &env.contract.address)?;
    Ok(token)
}

pub(crate) fn bid(terms: &OfferTerms) -> Bid {
    Bid { low: terms.low.u128(), high: terms.high.u128(), rise: terms.rise_seconds }
}
