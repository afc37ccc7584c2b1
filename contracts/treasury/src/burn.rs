//! Burning, by anybody: BTT within the period's bound and above the reserve, other tokens altogether.

use bithive_api::treasury::Event;
use bithive_contract_kit::input::address;
use bithive_contract_kit::token;
use cosmwasm_std::{DepsMut, Env, Response};

use crate::ContractError;
use crate::state::{CONFIG, FLOWS, OFFERS, period};

pub(crate) fn burn(deps: DepsMut<'_>, env: &Env, token: &str) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let token = address(deps.api, "token", token)?;
    let held = |token| token::balance(deps.querier, token, &env.contract.address);
    let nothing = || ContractError::NothingToBurn { token: token.to_string() };
    let amount = if token == config.token {
        let mut flows = FLOWS.load(deps.storage)?;
        let period = period(env, &config.params);
        let above = held(&token)?.saturating_sub(config.params.reserve);
        let amount = above.min(flows.burnt.left(period, config.params.burn));
        if amount.is_zero() {
            return Err(nothing());
        }
        let bound = ("what is burnt", config.params.burn);
        flows.burnt = flows.burnt.after(&config.params, period, amount, bound)?;
        FLOWS.save(deps.storage, &flows)?;
        amount
    } else if OFFERS.has(deps.storage, &token) {
        // Bought tokens are burnt when they come; these came otherwise, as slashed stakes do.
        held(&token)?
    } else {
        return Err(ContractError::NoOffer { token: token.into() });
    };
    if amount.is_zero() {
        return Err(nothing());
    }
    let message = token::burn(&token, amount)?;
    Ok(Response::new().add_event(Event::Burnt { token, amount }).add_message(message))
}
