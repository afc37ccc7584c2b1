//! What came with a message.

use bithive_api::checkout::Asset;
use cosmwasm_std::{Addr, MessageInfo, Uint128};
use cw_utils::one_coin;

use crate::ContractError;
use crate::state::Offer;

/// What came with a message.
pub(crate) struct Funds {
    /// Account that has sent it.
    pub(crate) from: Addr,
    /// What it is in.
    pub(crate) asset: Asset<Addr>,
    /// In base units.
    pub(crate) amount: Uint128,
}

impl Funds {
    /// One native coin.
    pub(crate) fn coin(info: &MessageInfo) -> Result<Self, ContractError> {
        let coin = one_coin(info)?;
        Ok(Self { from: info.sender.clone(), asset: Asset::Native(coin.denom), amount: coin.amount })
    }

    /// They are in what the offer is paid in.
    pub(crate) fn expect_asset(&self, id: u64, offer: &Offer) -> Result<(), ContractError> {
        if self.asset == offer.asset {
            return Ok(());
        }
        let (found, expected) = (self.asset.to_string(), offer.asset.to_string());
        Err(ContractError::WrongAsset { id, found, expected })
    }
}
