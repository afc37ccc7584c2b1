//! What brings money in, and what takes it out.

use bithive_api::listings::{Asset, Challenge, Event, Hook, List, State, limits};
use bithive_contract_kit::input::{self, exactly, length, positive, sized, within};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, NothingOwed};
use bithive_contract_kit::{pause, token};
use cosmwasm_std::{Addr, DepsMut, Empty, Env, MessageInfo, Response, Storage};
use cw_utils::one_coin;
use cw20::Cw20ReceiveMsg;

use crate::content::{check_content, expect_present};
use crate::payment::Payment;
use crate::state::{
    CATEGORIES, CONFIG, CONTENTS, IN_CATEGORY, LISTINGS, Listing, NEXT_LISTING, OF_PARTY, TERMS, listing,
};
use crate::{ContractError, challenge, pool};

/// A message with native coins.
pub(crate) fn native(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    what: Hook,
) -> Result<Response, ContractError> {
    let coin = one_coin(info)?;
    let payment =
        Payment { from: info.sender.clone(), asset: Asset::Native(coin.denom), amount: coin.amount };
    run(deps, env, payment, what)
}

/// A message with tokens. Only the message's sender is proven, so it is the token.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: Addr,
    hook: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (from, what) = token::hook(deps.api, hook)?;
    run(deps, env, Payment { from, asset: Asset::Cw20(token), amount: hook.amount }, what)
}

fn run(deps: DepsMut<'_>, env: &Env, payment: Payment, what: Hook) -> Result<Response, ContractError> {
    match what {
        Hook::List(new) => list(deps, payment, new),
        Hook::TopUp { id } => top_up(deps.storage, payment, id),
        Hook::Challenge(Challenge { id, revision, evidence, uri }) => {
            sized::<32>("evidence", &evidence)?;
            length("uri", uri.len(), 0..=limits::MAX_URI)?;
            challenge::begin(deps.storage, env, payment, id, challenge::Claim { revision, evidence, uri })
        }
    }
}

fn list(deps: DepsMut<'_>, payment: Payment, new: List) -> Result<Response, ContractError> {
    let List { category: name, terms: found, content } = new;
    expect_not_paused(deps.storage)?;
    let category = CATEGORIES
        .may_load(deps.storage, &name)?
        .ok_or_else(|| ContractError::NoCategory { found: name.clone() })?;
    if !category.open {
        return Err(ContractError::Closed { category: name });
    }
    expect_present(&name, found, category.number)?;
    let terms = TERMS.load(deps.storage, (&name, found))?;
    payment.expect_in(&terms.asset)?;
    exactly("the category's bond", payment.amount, terms.bond)?;
    check_content(&content)?;
    let Payment { from: owner, asset, amount: bond } = payment;
    let id = NEXT_LISTING.may_load(deps.storage)?.unwrap_or(1);
    NEXT_LISTING.save(deps.storage, &id.saturating_add(1))?;
    let seat = if category.jurors { Some(pool::seat(deps.storage, &name, id, &owner)?) } else { None };
    AssetLedger::new(&asset).deposit(deps.storage, bond)?;
    IN_CATEGORY.save(deps.storage, (&name, id), &Empty {})?;
    OF_PARTY.save(deps.storage, (&owner, id), &Empty {})?;
    CONTENTS.save(deps.storage, id, &content)?;
    let listing = Listing {
        category: name,
        terms: found,
        owner,
        revision: 1,
        asset,
        bond,
        state: State::Active,
        challenged: None,
        unruled: 0,
        seat,
        cases: 0,
    };
    LISTINGS.save(deps.storage, id, &listing)?;
    let Listing { category, terms, owner, asset, .. } = listing;
    Ok(Response::new().add_event(Event::Listed { id, category, terms, owner, asset, amount: bond }))
}

fn top_up(storage: &mut dyn Storage, payment: Payment, id: u64) -> Result<Response, ContractError> {
    expect_not_paused(storage)?;
    let mut listing = listing(storage, id)?;
    if listing.state == State::Removed {
        return Err(ContractError::NotActive { id });
    }
    payment.expect_in(&listing.asset)?;
    positive("the amount", payment.amount)?;
    // Up to the terms that it stands under, and up to the present ones, so that its owner can move to those.
    let present = CATEGORIES.load(storage, &listing.category)?.number;
    let of_present = TERMS.load(storage, (&listing.category, present))?;
    let mut most = listing.terms(storage)?.bond;
    if of_present.asset == listing.asset {
        most = most.max(of_present.bond);
    }
    within("the amount", payment.amount.u128(), 1..=most.saturating_sub(listing.bond).u128())?;
    AssetLedger::new(&listing.asset).deposit(storage, payment.amount)?;
    listing.bond = listing.bond.checked_add(payment.amount)?;
    LISTINGS.save(storage, id, &listing)?;
    let Payment { from: by, amount, .. } = payment;
    Ok(Response::new().add_event(Event::ToppedUp { id, by, amount, bond: listing.bond }))
}

/// Pays an account all that it is owed of an asset.
pub(crate) fn withdraw(deps: DepsMut<'_>, account: &Addr, asset: Asset) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let nothing = || NothingOwed::new(account, &asset);
    let (amount, message) = AssetLedger::new(&asset).pay(deps.storage, account)?.ok_or_else(nothing)?;
    let event = Event::Withdrawn { account: account.clone(), asset, amount };
    Ok(Response::new().add_event(event).add_message(message))
}

/// Pays the treasury all that it is owed of an asset.
pub(crate) fn collect(deps: DepsMut<'_>, asset: Asset) -> Result<Response, ContractError> {
    let treasury = CONFIG.load(deps.storage)?.treasury;
    withdraw(deps, &treasury, asset)
}

fn expect_not_paused(storage: &dyn Storage) -> Result<(), ContractError> {
    if pause::is_paused(storage)? { Err(ContractError::Paused) } else { Ok(()) }
}
