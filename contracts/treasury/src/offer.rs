//! Tokens that come in: deposits, and sales to a standing offer.

use bithive_api::treasury::{Hook, MAX_BID, MAX_OFFERS, OfferTerms, Params, RISE_SECONDS, events};
use bithive_economics::offer::Bid;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Order, Response, StdResult, Uint128, from_json};
use cw_ownable::assert_owner;
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::state::{CONFIG, Config, FLOWS, OFFERS, Offer, PURCHASES, balance, burn as burning, pay, period};
use bithive_contract_kit::pause::is_paused;

/// A cw20 hook. Only the message's sender is proven: it is the token, and believed of its own tokens only.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: &Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    if hook.amount.is_zero() {
        return Err(ContractError::Zero);
    }
    let account = deps.api.addr_validate(&hook.sender)?;
    match from_json(&hook.msg)? {
        Hook::Deposit {} if *token == config.token => {
            let event = Event::new(events::DEPOSITED).add_attribute("sender", account);
            Ok(Response::new().add_event(event.add_attribute("amount", hook.amount)))
        }
        Hook::Deposit {} => {
            Err(ContractError::WrongToken { token: token.into(), what: "deposited", expected: "BTT" })
        }
        Hook::Sell { least } => sell(deps, env, &config, token, &account, hook.amount, least),
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
    let available = balance(deps.querier, env, &config.token)?.saturating_sub(params.reserve);
    if worth > available {
        return Err(ContractError::Funds { available, amount: worth });
    }
    purchases.bought = purchases.bought.checked_add(amount)?;
    offer.since = now.saturating_sub(bid.after(elapsed, worth.u128(), budget.u128()));
    PURCHASES.save(deps.storage, token, &purchases)?;
    FLOWS.save(deps.storage, &flows)?;
    OFFERS.save(deps.storage, token, &offer)?;
    let event = Event::new(events::BOUGHT)
        .add_attribute("token", token)
        .add_attribute("seller", seller)
        .add_attribute("amount", amount)
        .add_attribute("paid", worth);
    // Paid first: a token that calls back while it is burnt finds less to sell for, and the reserve holds.
    Ok(Response::new()
        .add_event(event)
        .add_message(pay(config, seller, worth)?)
        .add_message(burning(token, amount)?))
}

pub(crate) fn set(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    token: &str,
    terms: Option<OfferTerms>,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let config = CONFIG.load(deps.storage)?;
    let token = deps.api.addr_validate(token)?;
    if token == config.token || token == env.contract.address {
        let expected = "another cw20 token";
        return Err(ContractError::WrongToken { token: token.into(), what: "bought", expected });
    }
    let event = Event::new(events::OFFER).add_attribute("token", &token);
    let Some(terms) = terms else {
        if !OFFERS.has(deps.storage, &token) {
            return Err(ContractError::NoOffer { token: token.into() });
        }
        OFFERS.remove(deps.storage, &token);
        return Ok(Response::new().add_event(event.add_attribute("withdrawn", "true")));
    };
    check(&config.params, &terms)?;
    // Whatever is at the address must answer as a token does.
    balance(deps.querier, env, &token)?;
    let offers = OFFERS.keys(deps.storage, None, None, Order::Ascending).collect::<StdResult<Vec<_>>>()?;
    if offers.len() >= MAX_OFFERS && !offers.contains(&token) {
        return Err(ContractError::TooManyOffers { most: MAX_OFFERS });
    }
    OFFERS.save(deps.storage, &token, &Offer { terms, since: env.block.time.seconds() })?;
    let event = event
        .add_attribute("low", terms.low)
        .add_attribute("high", terms.high)
        .add_attribute("rise_seconds", terms.rise_seconds.to_string())
        .add_attribute("budget", terms.budget);
    Ok(Response::new().add_event(event))
}

fn check(params: &Params, terms: &OfferTerms) -> Result<(), ContractError> {
    let within = |field, found: Uint128, least: Uint128, most: Uint128| {
        if (least..=most).contains(&found) {
            Ok(())
        } else {
            Err(ContractError::OutOfBounds { field, found, least, most })
        }
    };
    let (least, most) = RISE_SECONDS;
    within("low", terms.low, Uint128::one(), MAX_BID)?;
    within("high", terms.high, terms.low, MAX_BID)?;
    within("rise_seconds", terms.rise_seconds.into(), least.into(), most.into())?;
    within("budget", terms.budget, Uint128::one(), params.buy)
}

pub(crate) fn bid(terms: &OfferTerms) -> Bid {
    Bid { low: terms.low.u128(), high: terms.high.u128(), rise: terms.rise_seconds }
}
