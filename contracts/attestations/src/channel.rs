//! Who may open channels, and what they must agree on.

use bithive_api::attestations::{VERSION, events};
use cosmwasm_std::{
    Event, Ibc3ChannelOpenResponse, IbcBasicResponse, IbcChannel, IbcChannelCloseMsg, IbcChannelConnectMsg,
    IbcChannelOpenMsg, IbcOrder, Storage,
};

use crate::ContractError;
use crate::state::{CHANNELS, Channel, PEERS};

pub(crate) fn open(
    storage: &dyn Storage,
    msg: &IbcChannelOpenMsg,
) -> Result<Ibc3ChannelOpenResponse, ContractError> {
    expect_protocol(msg.channel(), msg.counterparty_version())?;
    expect_allowed(storage, msg.channel())?;
    Ok(Ibc3ChannelOpenResponse { version: VERSION.into() })
}

pub(crate) fn connect(
    storage: &mut dyn Storage,
    msg: &IbcChannelConnectMsg,
) -> Result<IbcBasicResponse, ContractError> {
    let channel = msg.channel();
    expect_protocol(channel, msg.counterparty_version())?;
    // Once more: the peer may have been removed since the first step.
    expect_allowed(storage, channel)?;
    let IbcChannel { endpoint, counterparty_endpoint: other, connection_id, .. } = channel;
    let stored = Channel {
        counterparty_channel_id: other.channel_id.clone(),
        port_id: other.port_id.clone(),
        connection_id: connection_id.clone(),
        open: true,
    };
    CHANNELS.save(storage, &endpoint.channel_id, &stored)?;
    let event = Event::new(events::CHANNEL_OPENED)
        .add_attribute("channel_id", &endpoint.channel_id)
        .add_attribute("connection_id", connection_id)
        .add_attribute("port_id", &other.port_id);
    Ok(IbcBasicResponse::new().add_event(event))
}

/// Nobody closes a channel from this end: the IBC module lets anybody ask for it.
pub(crate) fn close(
    storage: &mut dyn Storage,
    msg: &IbcChannelCloseMsg,
) -> Result<IbcBasicResponse, ContractError> {
    let channel_id = &msg.channel().endpoint.channel_id;
    if matches!(msg, IbcChannelCloseMsg::CloseInit { .. }) {
        return Err(ContractError::StaysOpen(channel_id.clone()));
    }
    if let Some(mut channel) = CHANNELS.may_load(storage, channel_id)? {
        channel.open = false;
        CHANNELS.save(storage, channel_id, &channel)?;
    }
    let event = Event::new(events::CHANNEL_CLOSED).add_attribute("channel_id", channel_id);
    Ok(IbcBasicResponse::new().add_event(event))
}

fn expect_protocol(channel: &IbcChannel, counterparty: Option<&str>) -> Result<(), ContractError> {
    if channel.order != IbcOrder::Unordered {
        return Err(ContractError::Ordering(channel.order.clone()));
    }
    let ends = [("this end", Some(channel.version.as_str())), ("the other end", counterparty)];
    for (end, found) in ends {
        if let Some(found) = found.filter(|version| *version != VERSION) {
            return Err(ContractError::Version { end, found: found.into() });
        }
    }
    Ok(())
}

fn expect_allowed(storage: &dyn Storage, channel: &IbcChannel) -> Result<(), ContractError> {
    let (connection_id, port_id) = (&channel.connection_id, &channel.counterparty_endpoint.port_id);
    if PEERS.has(storage, (connection_id, port_id)) {
        return Ok(());
    }
    Err(ContractError::NotAllowed { connection_id: connection_id.clone(), port_id: port_id.clone() })
}
