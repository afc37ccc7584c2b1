//! Entry points that the IBC module calls: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::ics20::{Event, VERSION};
use bithive_contract_kit::channel;
use cosmwasm_std::{
    DepsMut, Env, IbcBasicResponse, IbcChannelCloseMsg, IbcChannelConnectMsg, IbcChannelOpenMsg,
    IbcChannelOpenResponse, IbcPacketAckMsg, IbcPacketReceiveMsg, IbcPacketTimeoutMsg, IbcReceiveResponse,
};

use crate::{ContractError, receive, refund};

/// First half of a handshake. Anybody may open a channel: it can only release what left over it.
///
/// # Errors
/// [`ContractError::Channel`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_channel_open(
    _deps: DepsMut,
    _env: Env,
    msg: IbcChannelOpenMsg,
) -> Result<IbcChannelOpenResponse, ContractError> {
    Ok(Some(channel::open(&msg, VERSION)?))
}

/// Second half of a handshake.
///
/// # Errors
/// As [`ibc_channel_open`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_channel_connect(
    deps: DepsMut,
    _env: Env,
    msg: IbcChannelConnectMsg,
) -> Result<IbcBasicResponse, ContractError> {
    let opened =
        |channel_id, connection_id, port_id| Event::ChannelOpened { channel_id, connection_id, port_id };
    Ok(channel::connect(deps.storage, &msg, VERSION, opened)?)
}

/// The end of a channel.
///
/// # Errors
/// [`ContractError::Channel`] if it is to be closed from this end.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_channel_close(
    deps: DepsMut,
    _env: Env,
    msg: IbcChannelCloseMsg,
) -> Result<IbcBasicResponse, ContractError> {
    Ok(channel::close(deps.storage, &msg, |channel_id| Event::ChannelClosed { channel_id })?)
}

/// A packet arrives.
///
/// # Errors
/// None: what is wrong with a packet is in its acknowledgement.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_packet_receive(
    deps: DepsMut,
    env: Env,
    msg: IbcPacketReceiveMsg,
) -> Result<IbcReceiveResponse, ContractError> {
    Ok(receive::answer(deps, &env, &msg.packet))
}

/// The other end's answer arrives.
///
/// # Errors
/// An acknowledgement that is none of ICS-20: nothing changes, and what was sent counts as outside.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_packet_ack(
    deps: DepsMut,
    _env: Env,
    msg: IbcPacketAckMsg,
) -> Result<IbcBasicResponse, ContractError> {
    refund::acknowledged(deps, &msg.original_packet, &msg.acknowledgement.data)
}

/// A packet was not received in time.
///
/// # Errors
/// Storage.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_packet_timeout(
    deps: DepsMut,
    _env: Env,
    msg: IbcPacketTimeoutMsg,
) -> Result<IbcBasicResponse, ContractError> {
    refund::refund(deps, &msg.packet, "timeout")
}
