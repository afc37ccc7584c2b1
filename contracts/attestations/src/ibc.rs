//! Entry points that the IBC module calls: dispatch only.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;

use bithive_api::attestations::Event;
use bithive_contract_kit::channel::close;
use cosmwasm_std::{
    DepsMut, Env, IbcBasicResponse, IbcChannelCloseMsg, IbcChannelConnectMsg, IbcChannelOpenMsg,
    IbcChannelOpenResponse, IbcPacketAckMsg, IbcPacketReceiveMsg, IbcPacketTimeoutMsg, IbcReceiveResponse,
};

use crate::{ContractError, channel, receive, send};

/// First half of a handshake.
///
/// # Errors
/// [`ContractError::Channel`], [`ContractError::NotAllowed`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_channel_open(
    deps: DepsMut,
    _env: Env,
    msg: IbcChannelOpenMsg,
) -> Result<IbcChannelOpenResponse, ContractError> {
    channel::open(deps.storage, &msg).map(Some)
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
    channel::connect(deps.storage, &msg)
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
    Ok(close(deps.storage, &msg, |channel_id| Event::ChannelClosed { channel_id })?)
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
/// Storage.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn ibc_packet_ack(
    deps: DepsMut,
    _env: Env,
    msg: IbcPacketAckMsg,
) -> Result<IbcBasicResponse, ContractError> {
    Ok(send::acknowledged(deps.storage, &msg.original_packet, &msg.acknowledgement.data)?)
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
    Ok(send::timed_out(deps.storage, &msg.packet)?)
}
