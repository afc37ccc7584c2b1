//! BTK that come in, each with what they are for.

use bithive_api::staking::Hook;
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, DepsMut, Env, Response, from_json};
use cw20::Cw20ReceiveMsg;

use crate::state::{CONFIG, find};
use crate::{ContractError, reward, stake};

/// A cw20 hook. Only the message's sender is proven: it must be BTK, and then `hook.sender` is whoever moved the tokens.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    if *sender != config.token {
        return Err(ContractError::WrongToken { sender: sender.into(), token: config.token.into() });
    }
    let account = deps.api.addr_validate(&hook.sender)?;
    let amount = hook.amount;
    if amount.is_zero() {
        return Err(ContractError::Zero { what: "the amount" });
    }
    let hook = from_json(&hook.msg)?;
    if is_paused(deps.storage)? && !matches!(hook, Hook::Reward { .. }) {
        return Err(ContractError::Paused);
    }
    match hook {
        Hook::Register { tera, commission_bps } => {
            stake::register(deps.storage, env, &config, &account, amount, tera, commission_bps)
        }
        Hook::Pledge {} => {
            let (address, node) = find(deps.storage, deps.api, account.as_str())?;
            stake::pledge(deps.storage, env, &address, &node, amount)
        }
        Hook::Delegate { node } => {
            let (address, node) = find(deps.storage, deps.api, &node)?;
            if address == account {
                return Err(ContractError::OwnNode { node: address.into() });
            }
            let (_, event) = stake::add(deps.storage, env, &address, &node, &account, amount)?;
            Ok(Response::new().add_event(event))
        }
        Hook::Reward { node } => {
            let (address, node) = find(deps.storage, deps.api, &node)?;
            reward::reward(deps.storage, &address, node, amount)
        }
    }
}
