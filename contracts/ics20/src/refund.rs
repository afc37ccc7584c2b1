//! Tokens that did not arrive: out of escrow, back to who sent them.

use bithive_api::ics20::{Ack, DENOM_PREFIX, Event, Packet};
use bithive_contract_kit::input::address;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, DepsMut, IbcBasicResponse, IbcPacket, Response, StdError, Storage, SubMsg, Uint128,
    from_json, to_json_binary,
};

use crate::{ContractError, ledger};

/// Reply of a refund that failed.
pub(crate) const REFUND_REPLY: u64 = 2;

/// Whom a refund is for.
#[cw_serde]
pub(crate) struct Refund {
    token: Addr,
    amount: Uint128,
    account: Addr,
}

/// The other end's answer: what it refused goes back to the sender.
pub(crate) fn acknowledged(
    deps: DepsMut<'_>,
    packet: &IbcPacket,
    ack: &Binary,
) -> Result<IbcBasicResponse, ContractError> {
    match from_json(ack)? {
        Ack::Error(error) => refund(deps, packet, &error),
        Ack::Result(_) => {
            let Packet { amount, denom, .. } = from_json(&packet.data)?;
            // The packet is this contract's own: it checked the token when it sent it.
            let token = Addr::unchecked(denom.strip_prefix(DENOM_PREFIX).unwrap_or(&denom));
            let event = Event::Delivered { channel_id: packet.src.channel_id.clone(), token, amount };
            Ok(IbcBasicResponse::new().add_event(event.into()))
        }
    }
}

/// Pays a packet's sender back. If the token refuses, the amount is owed instead; this is no error, so the packet is
/// settled either way.
pub(crate) fn refund(
    deps: DepsMut<'_>,
    packet: &IbcPacket,
    reason: &str,
) -> Result<IbcBasicResponse, ContractError> {
    let Packet { amount, denom, sender, .. } = from_json(&packet.data)?;
    let channel_id = &packet.src.channel_id;
    let token = denom
        .strip_prefix(DENOM_PREFIX)
        .ok_or_else(|| StdError::generic_err("not a packet of this contract"))?;
    let (token, account) = (deps.api.addr_validate(token)?, deps.api.addr_validate(&sender)?);
    let message = ledger::take(deps.storage, channel_id, &token, amount, &account)?;
    let refund = Refund { token, amount, account };
    let payload = to_json_binary(&refund)?;
    let Refund { token, amount, account: sender } = refund;
    let reason = if reason.is_empty() { "no reason given" } else { reason }.into();
    let event = Event::Refunded { channel_id: channel_id.clone(), token, amount, sender, reason };
    let message = SubMsg::reply_on_error(message, REFUND_REPLY).with_payload(payload);
    Ok(IbcBasicResponse::new().add_event(event.into()).add_submessage(message))
}

/// The token refused to pay the sender back: it is owed.
pub(crate) fn unpaid(storage: &mut dyn Storage, payload: &Binary) -> Result<Response, ContractError> {
    let Refund { token, amount, account } = from_json(payload)?;
    ledger::owe(storage, &token, &account, amount)?;
    Ok(Response::new().add_event(Event::Owed { token, amount, account }))
}

/// Pays what is owed. Anyone may send this.
pub(crate) fn withdraw(deps: DepsMut<'_>, token: &str, account: &str) -> Result<Response, ContractError> {
    let (token, account) = (address(deps.api, "token", token)?, address(deps.api, "account", account)?);
    let (amount, message) = ledger::pay(deps.storage, &token, &account)?;
    Ok(Response::new().add_event(Event::Withdrawn { token, amount, account }).add_message(message))
}
