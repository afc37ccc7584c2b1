//! Storage.
//!
//! `cw20-base` keeps `token_info`, `marketing_info`, `logo`, `balance`, `allowance` and `allowance_spender`;
//! cw2 keeps `contract_info`. Keys of this crate differ from all of them.

use bithive_api::token::SupplyResponse;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{StdResult, Uint128};
use cw_storage_plus::Item;

use crate::ContractError;

/// Totals over the life of the token.
#[cw_serde]
pub struct Supply {
    /// Minted so far, initial balances included, in base units; at most `cap`.
    pub minted: Uint128,
    /// Burnt so far, in base units; at most `minted`.
    pub burnt: Uint128,
    /// Most that may ever be minted, in base units.
    pub cap: Uint128,
}

impl Supply {
    /// Counts `amount` as minted.
    ///
    /// # Errors
    /// [`ContractError::CapExceeded`].
    pub fn mint(&mut self, amount: Uint128) -> Result<(), ContractError> {
        let room = self.cap.checked_sub(self.minted)?;
        if amount > room {
            return Err(ContractError::CapExceeded { amount, minted: self.minted, room });
        }
        self.minted = self.minted.checked_add(amount)?;
        Ok(())
    }

    /// Counts `amount` as burnt.
    ///
    /// # Errors
    /// [`ContractError::Overflow`], which a burn out of a real balance never causes.
    pub fn burn(&mut self, amount: Uint128) -> Result<(), ContractError> {
        self.burnt = self.burnt.checked_add(amount)?;
        Ok(())
    }

    /// The totals and what is in existence.
    ///
    /// # Errors
    /// Overflow, which the invariant `burnt <= minted` excludes.
    pub fn response(&self) -> StdResult<SupplyResponse> {
        let supply = self.minted.checked_sub(self.burnt)?;
        Ok(SupplyResponse { minted: self.minted, burnt: self.burnt, supply, cap: self.cap })
    }
}

/// Totals over the life of the token.
pub const SUPPLY: Item<Supply> = Item::new("supply");
