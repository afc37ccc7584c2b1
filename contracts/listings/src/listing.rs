//! What an owner does with its listing, and what slashers and labellers do.

use bithive_api::listings::{Content, Event, State, limits};
use bithive_contract_kit::input::{length, positive, text};
use cosmwasm_std::{Addr, Env, Response, Storage, Uint128};

use crate::content::{check_content, credit, expect_present};
use crate::state::{
    CATEGORIES, CHALLENGES, CONFIG, CONTENTS, IN_CATEGORY, LABELS, LISTINGS, Listing, OF_PARTY,
    expect_active, expect_unchallenged, listing,
};
use crate::{ContractError, pool};

/// Changes what is listed, moves to the category's present terms, or both.
pub(crate) fn update(
    storage: &mut dyn Storage,
    id: u64,
    content: Option<&Content>,
    terms: Option<u32>,
) -> Result<Response, ContractError> {
    let mut listing = listing(storage, id)?;
    expect_active(&listing, id)?;
    expect_unchallenged(storage, id)?;
    if content.is_none() && terms.is_none() {
        return Err(ContractError::NothingNew { id });
    }
    if let Some(content) = content {
        check_content(content)?;
        CONTENTS.save(storage, id, content)?;
        listing.revision = listing.revision.checked_add(1).ok_or(ContractError::Numbers)?;
    }
    if let Some(found) = terms {
        let present = CATEGORIES.load(storage, &listing.category)?.number;
        expect_present(&listing.category, found, present)?;
        listing.terms = found;
        let terms = listing.terms(storage)?;
        if terms.asset != listing.asset {
            let (found, expected) = (listing.asset.to_string(), terms.asset.to_string());
            return Err(ContractError::WrongAsset { found, expected });
        }
        if listing.bond < terms.bond {
            return Err(ContractError::Short { id, found: listing.bond, expected: terms.bond });
        }
    }
    LISTINGS.save(storage, id, &listing)?;
    let Listing { revision, terms, .. } = listing;
    Ok(Response::new().add_event(Event::Updated { id, revision, terms }))
}

/// Begins the time after which the bond returns. A juror's seat is free at once; the cases that it has stay its own.
pub(crate) fn leave(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let mut listing = listing(storage, id)?;
    expect_active(&listing, id)?;
    expect_unchallenged(storage, id)?;
    let ends = env.block.time.seconds().saturating_add(listing.terms(storage)?.unbond_seconds);
    listing.state = State::Leaving { ends };
    pool::unseat(storage, &mut listing)?;
    LISTINGS.save(storage, id, &listing)?;
    Ok(Response::new().add_event(Event::Leaving { id, ends }))
}

/// Gives a leaving listing's bond back, on anybody's message.
pub(crate) fn finish(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let listing = listing(storage, id)?;
    let State::Leaving { ends } = listing.state else { return Err(ContractError::NotLeaving { id }) };
    expect_unchallenged(storage, id)?;
    let now = env.block.time.seconds();
    if now <= ends {
        return Err(ContractError::Stands { id, ends, now });
    }
    if listing.cases > 0 {
        return Err(ContractError::OnCase { id, cases: listing.cases });
    }
    let Listing { category, owner, asset, bond: amount, .. } = listing;
    LISTINGS.remove(storage, id);
    CONTENTS.remove(storage, id);
    IN_CATEGORY.remove(storage, (&category, id));
    OF_PARTY.remove(storage, (&owner, id));
    credit(storage, &asset, &owner, amount)?;
    Ok(Response::new().add_event(Event::Left { id, owner, asset, amount }))
}

/// Cuts a bond for the treasury, whatever state the listing is in.
pub(crate) fn slash(
    storage: &mut dyn Storage,
    by: &Addr,
    id: u64,
    amount: Uint128,
    reason: String,
) -> Result<Response, ContractError> {
    let mut listing = listing(storage, id)?;
    positive("the amount", amount)?;
    text("reason", &reason, limits::MAX_REASON)?;
    if listing.bond.is_zero() {
        return Err(ContractError::NoBond { id });
    }
    let amount = cut(storage, &mut listing, amount)?;
    let bond = listing.bond;
    let slashed = Event::Slashed { id, by: by.clone(), amount, bond, reason };
    let response = Response::new().add_event(slashed).add_events(remove_if_empty(storage, id, &mut listing)?);
    LISTINGS.save(storage, id, &listing)?;
    Ok(response)
}

/// Takes at most `amount` of a bond for the treasury; the caller writes the listing.
pub(crate) fn cut(
    storage: &mut dyn Storage,
    listing: &mut Listing,
    amount: Uint128,
) -> Result<Uint128, ContractError> {
    let amount = amount.min(listing.bond);
    listing.bond = listing.bond.checked_sub(amount)?;
    let treasury = CONFIG.load(storage)?.treasury;
    credit(storage, &listing.asset, &treasury, amount)?;
    Ok(amount)
}

/// Removes a listing that has no bond left. One that is challenged waits for the verdict, which the challenger has paid for.
pub(crate) fn remove_if_empty(
    storage: &mut dyn Storage,
    id: u64,
    listing: &mut Listing,
) -> Result<Option<Event>, ContractError> {
    let empty = listing.bond.is_zero() && listing.state != State::Removed && !CHALLENGES.has(storage, id);
    if empty { remove(storage, id, listing).map(Some) } else { Ok(None) }
}

/// Removes a listing whose bond is gone; the caller writes it.
pub(crate) fn remove(
    storage: &mut dyn Storage,
    id: u64,
    listing: &mut Listing,
) -> Result<Event, ContractError> {
    listing.state = State::Removed;
    pool::unseat(storage, listing)?;
    OF_PARTY.remove(storage, (&listing.owner, id));
    Ok(Event::Removed { id, owner: listing.owner.clone() })
}

/// Says something of a listing, or takes one's label back.
pub(crate) fn label(
    storage: &mut dyn Storage,
    labeller: Addr,
    id: u64,
    label: Option<String>,
) -> Result<Response, ContractError> {
    match &label {
        Some(words) => {
            length("label", words.len(), 1..=usize::MAX)?;
            text("label", words, limits::MAX_LABEL)?;
            LABELS.save(storage, (id, &labeller), words)?;
        }
        None => LABELS.remove(storage, (id, &labeller)),
    }
    Ok(Response::new().add_event(Event::Labelled { id, labeller, label }))
}
