//! What came with a message.

use bithive_api::escrow::Asset;
use cosmwasm_std::{Addr, MessageInfo, Uint128};
use cw_utils::one_coin;

use crate::ContractError;

/// What came with a message.
pub(crate) struct Payment {
    pub(crate) from: Addr,
    pub(crate) asset: Asset<Addr>,
    pub(crate) amount: Uint128,
}

/// The coins that came with a message, of one denomination.
pub(crate) fn coins(info: &MessageInfo) -> Result<Payment, ContractError> {
    let coin = one_coin(info)?;
    Ok(Payment { from: info.sender.clone(), asset: Asset::Native(coin.denom), amount: coin.amount })
}
