//! Types that the IBC contracts share: channels, and the timeout of packets.

use cosmwasm_schema::cw_serde;

/// Bounds of a packet's timeout.
pub mod limits {
    /// Shortest timeout of a packet, in seconds.
    pub const MIN_TIMEOUT_SECONDS: u64 = 60;
    /// Timeout of a packet if none is given, in seconds: one hour.
    pub const DEFAULT_TIMEOUT_SECONDS: u64 = 3_600;
    /// Longest timeout of a packet, in seconds: a week.
    pub const MAX_TIMEOUT_SECONDS: u64 = 604_800;
}

/// State of an IBC channel.
#[cw_serde]
pub struct ChannelResponse {
    /// Channel id at this end, `channel-<n>`.
    pub channel_id: String,
    /// Channel id at the other end, `channel-<n>`.
    pub counterparty_channel_id: String,
    /// IBC port at the other end.
    pub port_id: String,
    /// Id of the IBC connection on this chain, `connection-<n>`.
    pub connection_id: String,
    /// Whether packets may still pass.
    pub open: bool,
}
