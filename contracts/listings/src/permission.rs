//! Who may send what, by the table beside the messages.

use bithive_api::listings::{ExecuteMsg, Ruler};
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::{Unauthorized, check};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{CATEGORIES, challenge, listing};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    let storage = deps.storage;
    match (msg.permission(), msg) {
        // Any token may come; what a bond is paid in is what the category's terms name.
        (Permission::AnyToken, _) => Ok(()),
        (Permission::ListingOwner, ExecuteMsg::Update { id, .. } | ExecuteMsg::Leave { id }) => {
            let owner = listing(storage, *id)?.owner;
            allow(sender, owner == *sender, || format!("the owner of listing {id}, {owner}"))
        }
        (Permission::Ruler, ExecuteMsg::Rule { id, .. }) => {
            match listing(storage, *id)?.terms(storage)?.ruler {
                Ruler::Named(ruler) => {
                    allow(sender, ruler == *sender, || format!("the ruler of listing {id}, {ruler}"))
                }
                Ruler::Jurors(pool) => allow(sender, false, || format!("votes of jurors drawn from {pool}")),
            }
        }
        (Permission::Juror, ExecuteMsg::Vote { id, .. }) => {
            let jurors = challenge(storage, *id)?.jurors;
            let drawn = jurors.iter().any(|juror| juror.juror == *sender);
            allow(sender, drawn, || format!("a juror that was drawn for listing {id}"))
        }
        (Permission::Slasher, ExecuteMsg::Slash { id, .. }) => {
            let slashers = listing(storage, *id)?.terms(storage)?.slashers;
            allow(sender, slashers.contains(sender), || format!("a contract that may slash listing {id}"))
        }
        (Permission::Labeller, ExecuteMsg::Label { id, .. }) => {
            let category = listing(storage, *id)?.category;
            let labellers = CATEGORIES.load(storage, &category)?.labellers;
            allow(sender, labellers.contains(sender), || format!("a labeller of category {category}"))
        }
        (other, _) => check(storage, sender, other),
    }
}

fn allow(sender: &Addr, allowed: bool, expected: impl FnOnce() -> String) -> Result<(), ContractError> {
    if allowed { Ok(()) } else { Err(Unauthorized::new(sender, expected()).into()) }
}
