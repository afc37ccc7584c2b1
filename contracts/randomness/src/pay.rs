//! What pays a credit out.

use bithive_api::randomness::Event;
use bithive_contract_kit::ledger::{AssetLedger, NothingOwed};
use cosmwasm_std::{Addr, Response, Storage};

use crate::ContractError;
use crate::state::CONFIG;

/// Pays the sender all that it is owed.
pub(crate) fn withdraw(storage: &mut dyn Storage, account: &Addr) -> Result<Response, ContractError> {
    let asset = CONFIG.load(storage)?.asset();
    let nothing = || NothingOwed::new(account, &asset);
    let (amount, message) = AssetLedger::new(&asset).pay(storage, account)?.ok_or_else(nothing)?;
    let event = Event::Withdrawn { account: account.clone(), amount };
    Ok(Response::new().add_event(event).add_message(message))
}
