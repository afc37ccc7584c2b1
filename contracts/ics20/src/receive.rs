//! Tokens come back: out of escrow, to whom the packet names.
//!
//! Neither a pause nor a limit applies: a voucher can always be returned.

use bithive_api::ics20::{Ack, DENOM_PREFIX, Event, Packet};
use bithive_contract_kit::channel::{CHANNELS, ChannelError};
use bithive_contract_kit::input::{address, outside, positive};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, DepsMut, Env, IbcPacket, IbcReceiveResponse, Response, Storage, SubMsg, Uint128, from_json,
    to_json_binary,
};

use crate::{ContractError, ledger};

/// Reply of a payment that failed.
pub(crate) const RECEIVE_REPLY: u64 = 1;

/// What a payment was for.
#[cw_serde]
pub(crate) struct Payment {
    channel_id: String,
    token: Addr,
    amount: Uint128,
    receiver: Addr,
}

/// Answers a packet. Errors go into the acknowledgement, and the other end refunds the sender.
pub(crate) fn answer(deps: DepsMut<'_>, env: &Env, packet: &IbcPacket) -> IbcReceiveResponse {
    match release(deps, env, packet) {
        Ok((message, event)) => {
            IbcReceiveResponse::new(success()).add_submessage(message).add_event(event.into())
        }
        Err(error) => {
            let event = rejected(&packet.dest.channel_id, &error);
            IbcReceiveResponse::new(failure(&error)).add_event(event.into())
        }
    }
}

/// The token refused to pay: the amount counts as on the other chain again, and the acknowledgement becomes an error.
pub(crate) fn unpaid(storage: &mut dyn Storage, payload: &Binary) -> Result<Response, ContractError> {
    let Payment { channel_id, token, amount, receiver } = from_json(payload)?;
    ledger::undo(storage, &channel_id, &token, amount)?;
    let error = ContractError::Unpaid { receiver: receiver.into() };
    Ok(Response::new().add_event(rejected(&channel_id, &error)).set_data(failure(&error)))
}

fn release(deps: DepsMut<'_>, env: &Env, packet: &IbcPacket) -> Result<(SubMsg, Event), ContractError> {
    let channel_id = packet.dest.channel_id.clone();
    if !CHANNELS.has(deps.storage, &channel_id) {
        return Err(ChannelError::Unknown(channel_id).into());
    }
    let Packet { amount, denom, receiver, .. } = from_json(&packet.data)?;
    positive("the amount", amount)?;
    let token = address(deps.api, "denom", token_of(packet, &denom)?)?;
    let receiver = outside(deps.api, "receiver", &receiver, &[&env.contract.address])?;
    let payment = Payment { channel_id, token, amount, receiver };
    let payload = to_json_binary(&payment)?;
    let Payment { channel_id, token, amount, receiver } = payment;
    let message = ledger::take(deps.storage, &channel_id, &token, amount, &receiver)?;
    let event = Event::Received { channel_id, token, amount, receiver };
    Ok((SubMsg::reply_on_error(message, RECEIVE_REPLY).with_payload(payload), event))
}

/// The token, if the denomination says that it left over the packet's channel: only there is it in escrow.
fn token_of<'a>(packet: &IbcPacket, denom: &'a str) -> Result<&'a str, ContractError> {
    let expected = format!("{}/{}/{DENOM_PREFIX}", packet.src.port_id, packet.src.channel_id);
    denom.strip_prefix(&expected).ok_or_else(|| ContractError::Foreign { found: denom.into(), expected })
}

fn rejected(channel_id: &str, error: &ContractError) -> Event {
    Event::Rejected { channel_id: channel_id.into(), error: error.to_string() }
}

fn success() -> Binary {
    encode(&Ack::Result(Binary::from(b"\x01")))
}

fn failure(error: &ContractError) -> Binary {
    encode(&Ack::Error(error.to_string()))
}

fn encode(ack: &Ack) -> Binary {
    // Encoding can't fail; if it did, the empty acknowledgement would not read as a success.
    to_json_binary(ack).unwrap_or_default()
}
