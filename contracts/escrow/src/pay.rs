//! What moves escrow into credits, and what pays a credit out.

use bithive_api::escrow::{Asset, Event, Phase};
use bithive_contract_kit::input;
use bithive_contract_kit::ledger::{AssetLedger, Ledger, NothingOwed, Release};
use cosmwasm_std::{Addr, DepsMut, Response, Storage, Uint128};

use crate::ContractError;
use crate::state::{AGREEMENTS, Agreement, remove};
use crate::terms::cuts;

/// Releases the present milestone: the payees have its amount, and the next one begins, or the agreement ends.
pub(crate) fn release(
    storage: &mut dyn Storage,
    now: u64,
    id: u64,
    mut agreement: Agreement,
    response: Response,
) -> Result<Response, ContractError> {
    let amount = agreement.present()?.amount;
    let response = pay(storage, id, &mut agreement, amount, response)?;
    if usize::from(agreement.milestone) >= agreement.milestones.len() {
        return Ok(closed(storage, id, &agreement, response));
    }
    agreement.start_next(now)?;
    AGREEMENTS.save(storage, id, &agreement)?;
    let (milestone, until) = (agreement.milestone, agreement.due);
    Ok(response.add_event(Event::Started { id, milestone, until }))
}

/// Credits the payees with `amount`, each with its share; the caller writes the agreement.
pub(crate) fn pay(
    storage: &mut dyn Storage,
    id: u64,
    agreement: &mut Agreement,
    amount: Uint128,
    response: Response,
) -> Result<Response, ContractError> {
    if amount.is_zero() {
        return Ok(response);
    }
    let parts = cuts(&agreement.payees)?.parts_and_rest_to_first(amount.u128());
    let payees = agreement.payees.clone();
    let credits = payees.iter().map(|payee| &payee.address).zip(parts.into_iter().map(Uint128::new));
    credit(storage, agreement, credits)?;
    Ok(response.add_event(Event::Released { id, milestone: agreement.milestone, amount }))
}

/// Gives back what is left: to the payer at once, to contributors when somebody asks for each.
pub(crate) fn refund_all(
    storage: &mut dyn Storage,
    id: u64,
    mut agreement: Agreement,
    response: Response,
) -> Result<Response, ContractError> {
    let amount = agreement.left;
    match &agreement.crowd {
        // Nobody has put anything in.
        Some(crowd) if crowd.contributors == 0 => Ok(closed(storage, id, &agreement, response)),
        Some(crowd) => {
            agreement.phase = Phase::Refunding { amount, waiting: crowd.contributors };
            AGREEMENTS.save(storage, id, &agreement)?;
            Ok(response.add_event(Event::Refunding { id, amount }))
        }
        None => {
            let account = agreement.opener.clone();
            credit(storage, &mut agreement, [(&account, amount)])?;
            let response = response.add_event(Event::Refunded { id, account, amount });
            Ok(closed(storage, id, &agreement, response))
        }
    }
}

/// Takes an agreement out that has nothing left.
pub(crate) fn closed(
    storage: &mut dyn Storage,
    id: u64,
    agreement: &Agreement,
    response: Response,
) -> Response {
    remove(storage, id, agreement);
    response.add_event(Event::Closed { id })
}

/// Moves parts of what is left into credits; the caller writes the agreement.
pub(crate) fn credit<'a>(
    storage: &mut dyn Storage,
    agreement: &mut Agreement,
    credits: impl IntoIterator<Item = (&'a Addr, Uint128)>,
) -> Result<(), ContractError> {
    let mut release = Release::default();
    for (account, amount) in credits {
        agreement.left = agreement.left.checked_sub(amount)?;
        release.add(account, amount)?;
    }
    Ok(AssetLedger::new(&agreement.asset).release(storage, release)?)
}

/// Pays the sender all that it is owed of an asset.
pub(crate) fn withdraw(deps: DepsMut<'_>, account: &Addr, asset: Asset) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let nothing = || NothingOwed::new(account, &asset);
    let (amount, message) = AssetLedger::new(&asset).pay(deps.storage, account)?.ok_or_else(nothing)?;
    let event = Event::Withdrawn { account: account.clone(), asset, amount };
    Ok(Response::new().add_event(event).add_message(message))
}
