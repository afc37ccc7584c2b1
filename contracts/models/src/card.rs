//! What an owner says of its model.

use bithive_api::models::{Card, limits};
use bithive_contract_kit::input::{outside, text};
use cosmwasm_std::{Addr, DepsMut, Env};

use crate::ContractError;
use crate::state::{CONFIG, Claim};

/// What `owner` says of a model, once it was checked.
pub(crate) fn checked(
    deps: &DepsMut<'_>,
    env: &Env,
    owner: &Addr,
    card: Card,
) -> Result<Claim, ContractError> {
    text("the text", &card.text, limits::MAX_TEXT)?;
    let token = CONFIG.load(deps.storage)?.token;
    let receiver = match &card.receiver {
        Some(receiver) => outside(deps.api, "receiver", receiver, &[&env.contract.address, &token])?,
        None => owner.clone(),
    };
    Ok(Claim { receiver, text: card.text })
}
