//! Tokens leave: into escrow here, vouchers there.

use bithive_api::ics20::{DENOM_PREFIX, Hook, Packet, events, limits};
use bithive_contract_kit::{channel, pause};
use cosmwasm_std::{Addr, DepsMut, Env, Event, IbcMsg, IbcTimeout, Response, from_json, to_json_binary};
use cw20::Cw20ReceiveMsg;

use crate::state::LIMITS;
use crate::{ContractError, ledger};

/// A cw20 hook. Only the message's sender is proven, so it is the token, and must be one that has a limit.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: &Addr,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let limit = LIMITS.may_load(deps.storage, token)?;
    let limit = limit.ok_or_else(|| ContractError::NotAllowed(token.into()))?;
    if pause::is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    if hook.amount.is_zero() {
        return Err(ContractError::Nothing);
    }
    let Hook::Transfer { channel_id, receiver, timeout_seconds, memo } = from_json(&hook.msg)?;
    let sender = deps.api.addr_validate(&hook.sender)?;
    expect_length("receiver", &receiver, 1, limits::MAX_RECEIVER_BYTES)?;
    expect_length("memo", memo.as_deref().unwrap_or_default(), 0, limits::MAX_MEMO_BYTES)?;
    let timeout = channel::timeout(env, timeout_seconds)?;
    channel::load_open(deps.storage, &channel_id)?;
    ledger::send(deps.storage, &channel_id, token, hook.amount, limit)?;
    let event = Event::new(events::SENT)
        .add_attribute("channel_id", &channel_id)
        .add_attribute("token", token)
        .add_attribute("amount", hook.amount)
        .add_attribute("sender", &sender)
        .add_attribute("receiver", &receiver)
        .add_attribute("timeout", timeout.seconds().to_string());
    let packet = Packet {
        amount: hook.amount,
        denom: format!("{DENOM_PREFIX}{token}"),
        receiver,
        sender: sender.into(),
        memo: memo.filter(|memo| !memo.is_empty()),
    };
    let data = to_json_binary(&packet)?;
    let message = IbcMsg::SendPacket { channel_id, data, timeout: IbcTimeout::with_timestamp(timeout) };
    Ok(Response::new().add_event(event).add_message(message))
}

fn expect_length(field: &'static str, text: &str, least: usize, most: usize) -> Result<(), ContractError> {
    let found = text.len();
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(ContractError::Length { field, found, least, most })
}
