//! What credits the payee, and what pays a credit out.

use std::collections::BTreeMap;

use bithive_api::flows::{Asset, Event, SignedVoucher, limits};
use bithive_contract_kit::input::{self, count};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, NothingOwed, Release};
use bithive_economics::flow::redeemable;
use cosmwasm_std::{Addr, Deps, DepsMut, Empty, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::state::{Drain, FLOWS, Flow, OF_PARTY, flow};
use crate::voucher;

/// Credits the payee with what a flow by time owes, on anybody's message.
pub(crate) fn settle(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let mut flow = flow(storage, id)?;
    if matches!(flow.drain, Drain::Vouchers { .. }) {
        return Err(ContractError::ByVouchers { id });
    }
    let due = flow.due(env.block.time.seconds())?;
    if due.is_zero() {
        return Err(ContractError::NothingDue { id });
    }
    let event = credit(storage, id, &mut flow, due)?;
    FLOWS.save(storage, id, &flow)?;
    Ok(Response::new().add_event(event))
}

/// Credits payees with what vouchers add. One that is of no use does not keep the others from paying.
pub(crate) fn redeem(
    deps: DepsMut<'_>,
    env: &Env,
    vouchers: &[SignedVoucher],
) -> Result<Response, ContractError> {
    count("vouchers", vouchers.len(), 1..=limits::MAX_VOUCHERS)?;
    let (mut response, mut refused) = (Response::new(), None);
    // Each asset's ledger and each payee's credit are written once, however many vouchers there are.
    let mut releases: BTreeMap<String, (Asset<Addr>, Release)> = BTreeMap::new();
    for voucher in vouchers {
        let (id, cumulative) = (voucher.id, voucher.cumulative);
        match new_of(deps.as_ref(), env, voucher) {
            Ok((mut flow, amount)) => {
                flow.paid = flow.paid.checked_add(amount)?;
                FLOWS.save(deps.storage, id, &flow)?;
                let Flow { payee, asset, paid, .. } = flow;
                let row =
                    releases.entry(asset.to_string()).or_insert_with(|| (asset.clone(), Release::default()));
                row.1.add(&payee, amount)?;
                response = response.add_event(Event::Paid { id, payee, asset, amount, paid });
            }
            Err(error) => {
                let reason = error.to_string();
                refused.get_or_insert(error);
                response = response.add_event(Event::Skipped { id, cumulative, reason });
            }
        }
    }
    match refused {
        Some(error) if releases.is_empty() => return Err(error),
        _ => {}
    }
    for (asset, release) in releases.into_values() {
        AssetLedger::new(&asset).release(deps.storage, release)?;
    }
    Ok(response)
}

/// The voucher's flow, and what the voucher adds to what was paid.
fn new_of(deps: Deps<'_>, env: &Env, voucher: &SignedVoucher) -> Result<(Flow, Uint128), ContractError> {
    let SignedVoucher { id, cumulative, .. } = *voucher;
    let flow = flow(deps.storage, id)?;
    let Drain::Vouchers { key, ends, .. } = &flow.drain else {
        return Err(ContractError::NoVouchers { id });
    };
    let (ends, now) = (*ends, env.block.time.seconds());
    if now > ends {
        return Err(ContractError::Ended { id, ends, now });
    }
    let amount = redeemable(cumulative.u128(), flow.deposit.u128(), flow.paid.u128());
    if amount == 0 {
        let Flow { paid, deposit, .. } = flow;
        return Err(ContractError::NothingNew { id, cumulative, paid, deposit });
    }
    voucher::check(deps.api, env, key, &flow.payer, voucher)?;
    Ok((flow, amount.into()))
}

/// Settles the flow and hands it over.
pub(crate) fn transfer(deps: DepsMut<'_>, env: &Env, id: u64, to: &str) -> Result<Response, ContractError> {
    let mut flow = flow(deps.storage, id)?;
    if !flow.transferable {
        return Err(ContractError::NotTransferable { id });
    }
    let mut own = vec![&env.contract.address];
    if let Asset::Cw20(token) = &flow.asset {
        own.push(token);
    }
    let to = input::outside(deps.api, "payee", to, &own)?;
    if to == flow.payer {
        return Err(ContractError::OwnPayee { found: to.into() });
    }
    let mut response = Response::new();
    let due = flow.due(env.block.time.seconds())?;
    if !due.is_zero() {
        response = response.add_event(credit(deps.storage, id, &mut flow, due)?);
    }
    OF_PARTY.remove(deps.storage, (&flow.payee, id));
    OF_PARTY.save(deps.storage, (&to, id), &Empty {})?;
    let from = std::mem::replace(&mut flow.payee, to.clone());
    FLOWS.save(deps.storage, id, &flow)?;
    Ok(response.add_event(Event::Transferred { id, from, to }))
}

/// Pays the sender all that it is owed of an asset.
pub(crate) fn withdraw(deps: DepsMut<'_>, account: &Addr, asset: Asset) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let nothing = || NothingOwed::new(account, &asset);
    let (amount, message) = AssetLedger::new(&asset).pay(deps.storage, account)?.ok_or_else(nothing)?;
    let event = Event::Withdrawn { account: account.clone(), asset, amount };
    Ok(Response::new().add_event(event).add_message(message))
}

/// Turns `amount` of the deposit into a credit of the payee; the caller writes the flow.
pub(crate) fn credit(
    storage: &mut dyn Storage,
    id: u64,
    flow: &mut Flow,
    amount: Uint128,
) -> Result<Event, ContractError> {
    flow.paid = flow.paid.checked_add(amount)?;
    let mut release = Release::default();
    release.add(&flow.payee, amount)?;
    AssetLedger::new(&flow.asset).release(storage, release)?;
    let Flow { payee, asset, paid, .. } = flow.clone();
    Ok(Event::Paid { id, payee, asset, amount, paid })
}
