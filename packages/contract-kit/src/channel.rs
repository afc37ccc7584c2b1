//! IBC channels: the handshake, the list of open channels, and the timeout of packets.
//!
//! Channels are unordered, so that a packet that times out does not close its channel. None is closed from this end.

use bithive_api::ibc::{ChannelResponse, limits};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Env, Event, Ibc3ChannelOpenResponse, IbcBasicResponse, IbcChannel, IbcChannelCloseMsg,
    IbcChannelConnectMsg, IbcChannelOpenMsg, IbcOrder, Order, StdError, StdResult, Storage, Timestamp,
};
use cw_storage_plus::{Bound, Map};

/// Channels by their id at this end, `channel-<n>`.
pub const CHANNELS: Map<&str, Channel> = Map::new("channels");

/// A channel whose handshake is complete.
#[cw_serde]
pub struct Channel {
    /// Channel id at the other end, `channel-<n>`.
    pub counterparty_channel_id: String,
    /// IBC port at the other end.
    pub port_id: String,
    /// Id of the IBC connection on this chain, `connection-<n>`.
    pub connection_id: String,
    /// Whether packets may still pass.
    pub open: bool,
}

/// Errors of an IBC channel, or of a packet to be sent over it.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ChannelError {
    /// The storage failed.
    #[error(transparent)]
    Std(#[from] StdError),
    /// A channel of another protocol.
    #[error("{end} states version \"{found}\"; expected \"{expected}\"")]
    Version {
        /// The end in words: this one or the other.
        end: &'static str,
        /// Version that this end states.
        found: String,
        /// Version that the contract speaks.
        expected: &'static str,
    },
    /// An ordered channel: one packet that times out would close it.
    #[error("the channel's ordering is {0:?}; expected an unordered channel")]
    Ordering(IbcOrder),
    /// Somebody wants to close a channel from this end.
    #[error("channel {0} stays open; expected nobody to close it from this end")]
    StaysOpen(String),
    /// There is no such channel.
    #[error("there is no channel {0} of this contract; expected one whose handshake was completed")]
    Unknown(String),
    /// The other end closed the channel.
    #[error("channel {0} was closed by the other end; expected an open one")]
    Closed(String),
    /// The life of a packet.
    #[error(
        "timeout_seconds is {found}; expected {} to {}",
        limits::MIN_TIMEOUT_SECONDS,
        limits::MAX_TIMEOUT_SECONDS
    )]
    Timeout {
        /// Seconds that were asked for.
        found: u64,
    },
}

/// First half of a handshake, from either end.
///
/// # Errors
/// [`ChannelError::Ordering`], [`ChannelError::Version`].
pub fn open(msg: &IbcChannelOpenMsg, version: &'static str) -> Result<Ibc3ChannelOpenResponse, ChannelError> {
    expect_protocol(msg.channel(), msg.counterparty_version(), version)?;
    Ok(Ibc3ChannelOpenResponse { version: version.into() })
}

/// Second half of a handshake: packets may pass from now on. `event` makes the event of the channel's id, its
/// connection's and the other end's port.
///
/// # Errors
/// As [`open`]; storage.
pub fn connect<E: Into<Event>>(
    storage: &mut dyn Storage,
    msg: &IbcChannelConnectMsg,
    version: &'static str,
    event: impl FnOnce(String, String, String) -> E,
) -> Result<IbcBasicResponse, ChannelError> {
    let channel = msg.channel();
    expect_protocol(channel, msg.counterparty_version(), version)?;
    let IbcChannel { endpoint, counterparty_endpoint: other, connection_id, .. } = channel;
    let stored = Channel {
        counterparty_channel_id: other.channel_id.clone(),
        port_id: other.port_id.clone(),
        connection_id: connection_id.clone(),
        open: true,
    };
    CHANNELS.save(storage, &endpoint.channel_id, &stored)?;
    let event = event(endpoint.channel_id.clone(), stored.connection_id, stored.port_id);
    Ok(IbcBasicResponse::new().add_event(event.into()))
}

/// Marks a channel as closed by the other end; `event` makes the event of its id.
///
/// # Errors
/// [`ChannelError::StaysOpen`] from this end: the IBC module lets anybody ask for it. Storage.
pub fn close<E: Into<Event>>(
    storage: &mut dyn Storage,
    msg: &IbcChannelCloseMsg,
    event: impl FnOnce(String) -> E,
) -> Result<IbcBasicResponse, ChannelError> {
    let channel_id = &msg.channel().endpoint.channel_id;
    if matches!(msg, IbcChannelCloseMsg::CloseInit { .. }) {
        return Err(ChannelError::StaysOpen(channel_id.clone()));
    }
    if let Some(mut channel) = CHANNELS.may_load(storage, channel_id)? {
        channel.open = false;
        CHANNELS.save(storage, channel_id, &channel)?;
    }
    Ok(IbcBasicResponse::new().add_event(event(channel_id.clone()).into()))
}

/// A channel over which packets may be sent.
///
/// # Errors
/// [`ChannelError::Unknown`], [`ChannelError::Closed`]; storage.
pub fn load_open(storage: &dyn Storage, channel_id: &str) -> Result<Channel, ChannelError> {
    match CHANNELS.may_load(storage, channel_id)? {
        None => Err(ChannelError::Unknown(channel_id.into())),
        Some(channel) if !channel.open => Err(ChannelError::Closed(channel_id.into())),
        Some(channel) => Ok(channel),
    }
}

/// When a packet sent now expires: after `seconds`, or after the default timeout if none is given.
///
/// # Errors
/// [`ChannelError::Timeout`].
pub fn timeout(env: &Env, seconds: Option<u64>) -> Result<Timestamp, ChannelError> {
    let seconds = seconds.unwrap_or(limits::DEFAULT_TIMEOUT_SECONDS);
    if !(limits::MIN_TIMEOUT_SECONDS..=limits::MAX_TIMEOUT_SECONDS).contains(&seconds) {
        return Err(ChannelError::Timeout { found: seconds });
    }
    Ok(env.block.time.plus_seconds(seconds))
}

/// At most `most` channels, by id, after `start_after`.
///
/// # Errors
/// Storage.
pub fn list(
    storage: &dyn Storage,
    start_after: Option<&str>,
    most: usize,
) -> StdResult<Vec<ChannelResponse>> {
    let rows = CHANNELS.range(storage, start_after.map(Bound::exclusive), None, Order::Ascending);
    rows.take(most).map(|row| row.map(|(channel_id, channel)| channel.response(channel_id))).collect()
}

impl Channel {
    fn response(self, channel_id: String) -> ChannelResponse {
        let Self { counterparty_channel_id, port_id, connection_id, open } = self;
        ChannelResponse { channel_id, counterparty_channel_id, port_id, connection_id, open }
    }
}

fn expect_protocol(
    channel: &IbcChannel,
    counterparty: Option<&str>,
    expected: &'static str,
) -> Result<(), ChannelError> {
    if channel.order != IbcOrder::Unordered {
        return Err(ChannelError::Ordering(channel.order.clone()));
    }
    let ends = [("this end", Some(channel.version.as_str())), ("the other end", counterparty)];
    for (end, found) in ends {
        if let Some(found) = found.filter(|version| *version != expected) {
            return Err(ChannelError::Version { end, found: found.into(), expected });
        }
    }
    Ok(())
}
