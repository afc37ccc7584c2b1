//! What gives money back to payers, and out to whom it is owed.

use bithive_api::checkout::{Asset, Event};
use bithive_contract_kit::input::{self, positive};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, NothingOwed, Release};
use cosmwasm_std::{Addr, DepsMut, MessageInfo, Response, Storage};

use crate::ContractError;
use crate::funds::Funds;
use crate::permission::expect_seller;
use crate::state::{RECEIPTS, offer, receipt};

pub(crate) fn native(
    storage: &mut dyn Storage,
    info: &MessageInfo,
    id: u64,
) -> Result<Response, ContractError> {
    refund(storage, &Funds::coin(info)?, id)
}

/// Credits the payer of a receipt with what its seller has sent.
pub(crate) fn refund(storage: &mut dyn Storage, funds: &Funds, id: u64) -> Result<Response, ContractError> {
    let Funds { from, asset, amount } = funds;
    positive("the refund", *amount)?;
    let mut receipt = receipt(storage, id)?;
    let offer = offer(storage, receipt.offer)?;
    // A hook has been let in as a token's; here it acts for who has sent the tokens.
    expect_seller(&offer, receipt.offer, from)?;
    funds.expect_asset(receipt.offer, &offer)?;
    let left = receipt.amount.checked_sub(receipt.refunded)?;
    if *amount > left {
        return Err(ContractError::AbovePaid { receipt: id, found: *amount, left });
    }
    receipt.refunded = receipt.refunded.checked_add(*amount)?;
    RECEIPTS.save(storage, id, &receipt)?;
    let ledger = AssetLedger::new(asset);
    ledger.deposit(storage, *amount)?;
    let mut release = Release::default();
    release.add(&receipt.payer, *amount)?;
    ledger.release(storage, release)?;
    Ok(Response::new().add_event(Event::Refunded {
        receipt: id,
        offer: receipt.offer,
        payer: receipt.payer,
        asset: asset.clone(),
        amount: *amount,
        refunded: receipt.refunded,
    }))
}

/// Pays the sender all that it is owed of an asset.
pub(crate) fn withdraw(deps: DepsMut<'_>, account: &Addr, asset: Asset) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let nothing = || NothingOwed::new(account, &asset);
    let (amount, message) = AssetLedger::new(&asset).pay(deps.storage, account)?.ok_or_else(nothing)?;
    let event = Event::Withdrawn { account: account.clone(), asset, amount };
    Ok(Response::new().add_event(event).add_message(message))
}
