//! Who may send what, by the table beside the messages.

use bithive_api::checkout::ExecuteMsg;
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{Offer, offer, receipt};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match (msg.permission(), msg) {
        // Any token may be paid with; what is credited and paid out is the token that came.
        (Permission::Anyone | Permission::AnyToken, _) => Ok(()),
        (Permission::Seller, ExecuteMsg::Cancel { id }) => {
            expect_seller(&offer(deps.storage, *id)?, *id, sender)
        }
        (Permission::Seller, ExecuteMsg::Refund { receipt: id }) => {
            let id = receipt(deps.storage, *id)?.offer;
            expect_seller(&offer(deps.storage, id)?, id, sender)
        }
        (other, _) => refuse(other),
    }
}

/// The account is the seller of the offer `id`.
pub(crate) fn expect_seller(offer: &Offer, id: u64, account: &Addr) -> Result<(), ContractError> {
    if offer.seller == *account {
        return Ok(());
    }
    Err(Unauthorized::new(account, format!("the seller of offer {id}, {}", offer.seller)).into())
}
