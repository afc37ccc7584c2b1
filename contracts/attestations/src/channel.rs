//! Who may open channels.

use bithive_api::attestations::{Event, VERSION};
use bithive_contract_kit::channel;
use cosmwasm_std::{
    Ibc3ChannelOpenResponse, IbcBasicResponse, IbcChannel, IbcChannelConnectMsg, IbcChannelOpenMsg, Storage,
};

use crate::ContractError;
use crate::state::PEERS;

pub(crate) fn open(
    storage: &dyn Storage,
    msg: &IbcChannelOpenMsg,
) -> Result<Ibc3ChannelOpenResponse, ContractError> {
    let response = channel::open(msg, VERSION)?;
    expect_allowed(storage, msg.channel())?;
    Ok(response)
}

pub(crate) fn connect(
    storage: &mut dyn Storage,
    msg: &IbcChannelConnectMsg,
) -> Result<IbcBasicResponse, ContractError> {
    // Once more: the peer may have been removed since the first step.
    expect_allowed(storage, msg.channel())?;
    let opened =
        |channel_id, connection_id, port_id| Event::ChannelOpened { channel_id, connection_id, port_id };
    Ok(channel::connect(storage, msg, VERSION, opened)?)
}

fn expect_allowed(storage: &dyn Storage, channel: &IbcChannel) -> Result<(), ContractError> {
    let (connection_id, port_id) = (&channel.connection_id, &channel.counterparty_endpoint.port_id);
    if PEERS.has(storage, (connection_id, port_id)) {
        return Ok(());
    }
    Err(ContractError::NotAllowed { connection_id: connection_id.clone(), port_id: port_id.clone() })
}
