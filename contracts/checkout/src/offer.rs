//! What sellers put up for sale, and take down.

use bithive_api::checkout::{Asset, Event, Offer as Terms, Part, Price, limits};
use bithive_contract_kit::input::{self, InputError, count, length, positive, within};
use bithive_economics::Bps;
use bithive_economics::cuts::Cuts;
use cosmwasm_std::{Addr, Deps, DepsMut, Empty, Env, Response, Storage};

use crate::ContractError;
use crate::state::{NEXT_OFFER, OF_PARTY, OFFERS, Offer, USES, next, offer};

/// Puts up an offer. Whatever of it could not be paid is refused now, not when somebody pays.
pub(crate) fn put(deps: DepsMut<'_>, env: &Env, seller: Addr, new: Terms) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", new.asset)?;
    let price = price(deps.as_ref(), new.price)?;
    let mut own = vec![&env.contract.address];
    if let Asset::Cw20(token) = &asset {
        own.push(token);
    }
    let outside = |field, text: &str| input::outside(deps.api, field, text, &own);
    let split = split(&seller, &new.split, |text| outside("split", text))?;
    let buyer = new.buyer.map(|buyer| outside("buyer", &buyer)).transpose()?;
    within("referral_bps", new.referral_bps.into(), 0..=limits::MAX_REFERRAL_BPS.into())?;
    if let Some(uses) = new.uses {
        within("uses", uses.into(), 1..=u32::MAX.into())?;
    }
    let now = env.block.time.seconds();
    if let Some(found) = new.expires.filter(|expires| *expires <= now) {
        return Err(ContractError::Expires { found, now });
    }
    if let Some(coding) = &new.coding {
        length("coding", coding.len(), limits::CODING_BYTES..=limits::CODING_BYTES)?;
    }
    let (referral_bps, expires, coding, cancelled) = (new.referral_bps, new.expires, new.coding, false);
    let offer = Offer { seller, buyer, asset, price, split, referral_bps, expires, coding, cancelled };
    let id = next(deps.storage, &NEXT_OFFER)?;
    for party in [Some(&offer.seller), offer.buyer.as_ref()].into_iter().flatten() {
        OF_PARTY.save(deps.storage, (party, id), &Empty {})?;
    }
    if let Some(uses) = new.uses {
        USES.save(deps.storage, id, &uses)?;
    }
    OFFERS.save(deps.storage, id, &offer)?;
    let Offer { seller, buyer, asset, expires, .. } = offer;
    Ok(Response::new().add_event(Event::Offered { id, seller, asset, buyer, uses: new.uses, expires }))
}

/// Takes an offer down, for good.
pub(crate) fn cancel(storage: &mut dyn Storage, id: u64) -> Result<Response, ContractError> {
    let mut offer = offer(storage, id)?;
    if offer.cancelled {
        return Err(ContractError::Cancelled { id });
    }
    offer.cancelled = true;
    OFFERS.save(storage, id, &offer)?;
    Ok(Response::new().add_event(Event::Cancelled { id }))
}

fn price(deps: Deps<'_>, price: Price) -> Result<Price<Addr>, ContractError> {
    Ok(match price {
        Price::Fixed(amount) => {
            positive("price", amount)?;
            Price::Fixed(amount)
        }
        Price::Quoted { fiat, oracle, feed } => {
            positive("fiat", fiat)?;
            // A contract, so that a slip of the pen is found before the first payment; whether the feed has a price shows then.
            Price::Quoted { fiat, oracle: input::contract(deps, "oracle", &oracle)?, feed }
        }
        Price::Open { least } => {
            positive("least", least)?;
            Price::Open { least }
        }
    })
}

/// Parts that make up the whole, of accounts that are each named once.
fn split(
    seller: &Addr,
    parts: &[Part],
    account: impl Fn(&str) -> Result<Addr, InputError>,
) -> Result<Vec<Part<Addr>>, ContractError> {
    count("split", parts.len(), 0..=limits::MAX_PARTS)?;
    if parts.is_empty() {
        return Ok(vec![Part { account: seller.clone(), bps: Bps::WHOLE.get() }]);
    }
    Cuts::whole(&parts.iter().map(|part| part.bps).collect::<Vec<_>>())?;
    let mut split: Vec<Part<Addr>> = Vec::with_capacity(parts.len());
    for Part { account: text, bps } in parts {
        let account = account(text)?;
        if split.iter().any(|part| part.account == account) {
            return Err(InputError::Duplicate { field: "split", found: account.into() }.into());
        }
        split.push(Part { account, bps: *bps });
    }
    Ok(split)
}
