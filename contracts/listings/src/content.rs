//! What listings are of, and what their owners get back.

use bithive_api::listings::{Asset, limits};
use bithive_contract_kit::input::{length, sized, text};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};

use crate::ContractError;

/// The form of what is listed.
pub(crate) fn check_content(content: &bithive_api::listings::Content) -> Result<(), ContractError> {
    length("name", content.name.len(), 1..=usize::MAX)?;
    text("name", &content.name, limits::MAX_NAME)?;
    length("uri", content.uri.len(), 0..=limits::MAX_URI)?;
    sized::<32>("digest", &content.digest)?;
    Ok(())
}

/// Credits one account with a part of what is in bonds.
pub(crate) fn credit(
    storage: &mut dyn Storage,
    asset: &Asset<Addr>,
    account: &Addr,
    amount: Uint128,
) -> StdResult<()> {
    let mut release = Release::default();
    release.add(account, amount)?;
    AssetLedger::new(asset).release(storage, release)
}

/// Refuses terms that are not the category's present ones: what their sender has read is not what would bind it.
pub(crate) fn expect_present(category: &str, found: u32, present: u32) -> Result<(), ContractError> {
    if found == present {
        return Ok(());
    }
    Err(ContractError::OtherTerms { category: category.into(), found, present })
}
