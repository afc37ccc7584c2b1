//! Tokens leave: into escrow here, vouchers there.

use bithive_api::ics20::{DENOM_PREFIX, Event, Hook, Packet, limits};
use bithive_contract_kit::input::{length, positive};
use bithive_contract_kit::{channel, pause, token};
use cosmwasm_std::{Addr, DepsMut, Env, IbcMsg, IbcTimeout, Response, to_json_binary};
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
    let limit = LIMITS.load(deps.storage, token)?;
    if pause::is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    positive("the amount", hook.amount)?;
    let (sender, Hook::Transfer { channel_id, receiver, timeout_seconds, memo }) =
        token::hook(deps.api, &hook)?;
    length("receiver", receiver.len(), 1..=limits::MAX_RECEIVER_BYTES)?;
    length("memo", memo.as_deref().unwrap_or_default().len(), 0..=limits::MAX_MEMO_BYTES)?;
    let timeout = channel::timeout(env, timeout_seconds)?;
    channel::load_open(deps.storage, &channel_id)?;
    ledger::send(deps.storage, &channel_id, token, hook.amount, limit)?;
    let event = Event::Sent {
        channel_id: channel_id.clone(),
        token: token.clone(),
        amount: hook.amount,
        sender: sender.clone(),
        receiver: receiver.clone(),
        timeout: timeout.seconds(),
    };
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
