//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::token::ExecuteMsg;
use bithive_contract_kit::permission::refuse;
use cosmwasm_std::{Addr, Deps, Storage};
use cw20_base::state::{MARKETING_INFO, TOKEN_INFO};

use crate::ContractError;

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Anyone => Ok(()),
        Permission::Minter => expect_minter(deps.storage, sender),
        Permission::Marketing => expect_marketing(deps.storage, sender),
        other => refuse(other),
    }
}

fn expect_minter(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    let minter = TOKEN_INFO.load(storage)?.mint.ok_or(ContractError::NoMinter)?.minter;
    if minter == *sender {
        return Ok(());
    }
    Err(ContractError::NotMinter { sender: sender.into(), minter: minter.into() })
}

fn expect_marketing(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    let marketing = MARKETING_INFO.may_load(storage)?.and_then(|info| info.marketing);
    if marketing.as_ref() == Some(sender) {
        return Ok(());
    }
    let marketing = marketing.map_or_else(|| "nobody: it is final".into(), Into::into);
    Err(ContractError::NotMarketing { sender: sender.into(), marketing })
}
