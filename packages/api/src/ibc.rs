//! What the contracts that speak IBC have in common: their channels, and how long packets live.

use cosmwasm_schema::cw_serde;

/// Bounds of a packet's life.
pub mod limits {
    /// Shortest life of a packet, in seconds.
    pub const MIN_TIMEOUT_SECONDS: u64 = 60;
    /// Life of a packet if none is asked for: one hour.
    pub const DEFAULT_TIMEOUT_SECONDS: u64 = 3_600;
    /// Longest life of a packet: a week.
    pub const MAX_TIMEOUT_SECONDS: u64 = 604_800;
}

/// A channel.
#[cw_serde]
pub struct ChannelResponse {
    /// Its name at this end.
    pub channel_id: String,
    /// Its name at the other end.
    pub counterparty_channel_id: String,
    /// Port at the other end.
    pub port_id: String,
    /// Connection on this chain.
    pub connection_id: String,
    /// Whether packets may still pass.
    pub open: bool,
}
