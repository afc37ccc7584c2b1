//! What brings money in: payments, each of which leaves a receipt.

use bithive_api::checkout::{Asset, Event, Hook, OfferState, Pay, Price, limits};
use bithive_contract_kit::input::{self, length};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use bithive_contract_kit::token;
use bithive_economics::Bps;
use bithive_economics::cuts::Cuts;
use cosmwasm_std::{Addr, DepsMut, Empty, Env, HexBinary, MessageInfo, Response, Storage, Uint128};
use cw20::Cw20ReceiveMsg;
use sha2::{Digest as _, Sha256};

use crate::ContractError;
use crate::funds::Funds;
use crate::price::{Cost, cost};
use crate::refund;
use crate::state::{
    BY_KEY, NEXT_RECEIPT, OF_OFFER, OF_PAYER, Offer, RECEIPTS, Receipt, USES, next, offer, receipt,
};

pub(crate) fn native(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    payment: Pay,
) -> Result<Response, ContractError> {
    pay(deps, env, Funds::coin(info)?, payment)
}

/// Tokens that came. Only the message's sender is proven, so it is the token.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: Addr,
    hook: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (from, content) = token::hook(deps.api, hook)?;
    let funds = Funds { from, asset: Asset::Cw20(token), amount: hook.amount };
    match content {
        Hook::Pay(payment) => pay(deps, env, funds, payment),
        Hook::Refund { receipt } => refund::refund(deps.storage, &funds, receipt),
    }
}

fn pay(deps: DepsMut<'_>, env: &Env, funds: Funds, payment: Pay) -> Result<Response, ContractError> {
    let digest = digest(&payment);
    let Pay { offer: id, key, max, referrer } = payment;
    length("key", key.len(), limits::MIN_KEY_BYTES..=limits::MAX_KEY_BYTES)?;
    let offer = offer(deps.storage, id)?;
    funds.expect_asset(id, &offer)?;
    let Funds { from: payer, asset, amount: sent } = funds;
    let name = asset.to_string();
    // Before all that may have changed since: whoever repeats a payment is told of its receipt.
    expect_new(deps.storage, (&name, &payer, &key), &digest)?;
    let now = env.block.time.seconds();
    take_use(deps.storage, id, &offer, &payer, now)?;
    let Cost { amount, round } = due(cost(deps.querier, &offer.price)?, id, &offer, max)?;
    if sent < amount {
        return Err(ContractError::TooLittle { id, price: amount, sent });
    }
    let mut own = vec![&env.contract.address];
    if let Asset::Cw20(token) = &asset {
        own.push(token);
    }
    let referrer =
        referrer.map(|referrer| input::outside(deps.api, "referrer", &referrer, &own)).transpose()?;
    let release = divide(id, &offer, referrer.as_ref(), amount)?;
    let ledger = AssetLedger::new(&asset);
    ledger.deposit(deps.storage, amount)?;
    ledger.release(deps.storage, release)?;
    let number = next(deps.storage, &NEXT_RECEIPT)?;
    let (refunded, time) = (Uint128::zero(), now);
    let new = Receipt { offer: id, payer, key, digest, amount, refunded, referrer, round, time };
    BY_KEY.save(deps.storage, (&name, &new.payer, &new.key), &number)?;
    OF_OFFER.save(deps.storage, (id, number), &Empty {})?;
    OF_PAYER.save(deps.storage, (&new.payer, number), &Empty {})?;
    RECEIPTS.save(deps.storage, number, &new)?;
    let mut response = Response::new();
    let change = sent.checked_sub(amount)?;
    if !change.is_zero() {
        response = response.add_message(ledger.send(&new.payer, change)?);
    }
    let Receipt { payer, key, referrer, .. } = new;
    let paid = Event::Paid { receipt: number, offer: id, payer, key, asset, amount, referrer, round };
    Ok(response.add_event(paid))
}

/// What a payment asks for: SHA-256 over offer (8 bytes) and max (16 bytes), both with the highest byte first, and the referrer's
/// text. Payer, asset and key are where the receipt is found.
fn digest(payment: &Pay) -> HexBinary {
    let hash = Sha256::new()
        .chain_update(payment.offer.to_be_bytes())
        .chain_update(payment.max.to_be_bytes())
        .chain_update(payment.referrer.as_deref().unwrap_or_default());
    HexBinary::from(hash.finalize().as_slice())
}

/// The key has no receipt yet.
fn expect_new(
    storage: &dyn Storage,
    key: (&str, &Addr, &[u8]),
    digest: &HexBinary,
) -> Result<(), ContractError> {
    let Some(number) = BY_KEY.may_load(storage, key)? else { return Ok(()) };
    if receipt(storage, number)?.digest == *digest {
        return Err(ContractError::PaidBefore { receipt: number });
    }
    Err(ContractError::Conflict { receipt: number })
}

/// The offer can be bought by this payer, once more; this is one of its uses.
fn take_use(
    storage: &mut dyn Storage,
    id: u64,
    offer: &Offer,
    payer: &Addr,
    now: u64,
) -> Result<(), ContractError> {
    let uses = USES.may_load(storage, id)?;
    match offer.state(uses, now) {
        OfferState::Open => {}
        OfferState::Cancelled => return Err(ContractError::Cancelled { id }),
        OfferState::SoldOut => return Err(ContractError::SoldOut { id }),
        OfferState::Expired => {
            return Err(ContractError::Expired { id, expires: offer.expires.unwrap_or_default(), now });
        }
    }
    if let Some(buyer) = offer.buyer.as_ref().filter(|buyer| *buyer != payer) {
        return Err(ContractError::NotTheBuyer { id, buyer: buyer.into(), found: payer.into() });
    }
    if let Some(uses) = uses {
        USES.save(storage, id, &uses.saturating_sub(1))?;
    }
    Ok(())
}

/// What this payment is of, within the payer's bound.
fn due(cost: Cost, id: u64, offer: &Offer, max: Uint128) -> Result<Cost, ContractError> {
    match offer.price {
        Price::Open { least } if max < least => Err(ContractError::BelowLeast { id, max, least }),
        Price::Open { .. } => Ok(Cost { amount: max, ..cost }),
        _ if cost.amount > max => Err(ContractError::AboveMax { id, price: cost.amount, max }),
        _ => Ok(cost),
    }
}

/// The referrer's part, rounded down, and the parts of what is left; the first of these has the rounding.
fn divide(
    id: u64,
    offer: &Offer,
    referrer: Option<&Addr>,
    amount: Uint128,
) -> Result<Release, ContractError> {
    let (mut release, mut rest) = (Release::default(), amount);
    if let Some(referrer) = referrer {
        if offer.referral_bps == 0 {
            return Err(ContractError::NoReferral { id });
        }
        let bps = Bps::new("referral_bps", offer.referral_bps).unwrap_or(Bps::ZERO);
        let part = Uint128::new(bps.of(amount.u128()));
        release.add(referrer, part)?;
        rest = rest.checked_sub(part)?;
    }
    let cuts = Cuts::whole(&offer.split.iter().map(|part| part.bps).collect::<Vec<_>>())?;
    let parts = cuts.parts_and_rest_to_first(rest.u128());
    for (part, amount) in offer.split.iter().zip(parts) {
        release.add(&part.account, amount.into())?;
    }
    Ok(release)
}
