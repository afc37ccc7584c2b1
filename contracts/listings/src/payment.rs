//! What came with a message.

use bithive_api::listings::Asset;
use cosmwasm_std::{Addr, Uint128};

use crate::ContractError;

/// What came with a message.
pub(crate) struct Payment {
    pub(crate) from: Addr,
    pub(crate) asset: Asset<Addr>,
    pub(crate) amount: Uint128,
}

impl Payment {
    /// Checks that it is in the asset of bonds.
    pub(crate) fn expect_in(&self, asset: &Asset<Addr>) -> Result<(), ContractError> {
        if self.asset == *asset {
            return Ok(());
        }
        Err(ContractError::WrongAsset { found: self.asset.to_string(), expected: asset.to_string() })
    }
}
