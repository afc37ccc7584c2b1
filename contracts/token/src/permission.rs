//! Who may send what, by the table beside the messages.

use bithive_api::permission::{Permission, Permitted};
use bithive_api::token::ExecuteMsg;
use bithive_contract_kit::permission::{Unauthorized, refuse};
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
    let minter = TOKEN_INFO.load(storage)?.mint.map(|mint| mint.minter);
    if minter.as_ref() == Some(sender) {
        return Ok(());
    }
    let expected = match minter {
        Some(minter) => format!("the minter {minter}"),
        None => "nobody: the token has no minter, its supply is final".into(),
    };
    Err(Unauthorized::new(sender, expected).into())
}

fn expect_marketing(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    let marketing = MARKETING_INFO.may_load(storage)?.and_then(|info| info.marketing);
    if marketing.as_ref() == Some(sender) {
        return Ok(());
    }
    let expected = match marketing {
        Some(marketing) => format!("the marketing account {marketing}"),
        None => "nobody: what wallets show is final".into(),
    };
    Err(Unauthorized::new(sender, expected).into())
}
