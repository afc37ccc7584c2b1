//! BTK that come in, each with what they are for.

use bithive_api::staking::Hook;
use bithive_contract_kit::input::positive;
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::token;
use cosmwasm_std::{DepsMut, Env, Response};
use cw20::Cw20ReceiveMsg;

use crate::state::find_at;
use crate::{ContractError, reward, stake};

/// A cw20 hook. Only the message's sender is proven: it must be BTK, and then `hook.sender` is whoever moved the tokens.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let amount = received.amount;
    positive("the amount", amount)?;
    let (account, hook) = token::hook(deps.api, received)?;
    if is_paused(deps.storage)? && !matches!(hook, Hook::Reward { .. }) {
        return Err(ContractError::Paused);
    }
    match hook {
        Hook::Register { tera, commission_bps } => {
            stake::register(deps.storage, env, &account, amount, tera, commission_bps)
        }
        Hook::Pledge {} => {
            let (address, node) = find_at(deps.storage, deps.api, env, account.as_str())?;
            stake::pledge(deps.storage, env, &address, &node, amount)
        }
        Hook::Delegate { node } => {
            let (address, node) = find_at(deps.storage, deps.api, env, &node)?;
            if address == account {
                return Err(ContractError::OwnNode { node: address.into() });
            }
            let bought = stake::add(deps.storage, env, &address, &node, &account, amount)?;
            Ok(Response::new().add_event(stake::staked(&address, &account, amount, bought, None)))
        }
        Hook::Reward { node } => {
            let (address, node) = find_at(deps.storage, deps.api, env, &node)?;
            reward::reward(deps.storage, env, &address, node, amount)
        }
    }
}
