//! Storage: what is kept, under which key.

use bithive_api::ics20::ChannelResponse;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use cw_storage_plus::{Item, Map};

/// Whether new sends are stopped.
pub const PAUSED: Item<bool> = Item::new("paused");
/// Most of a token that is outside over one channel.
pub const LIMITS: Map<&Addr, Uint128> = Map::new("limits");
/// Channels by name.
pub const CHANNELS: Map<&str, Channel> = Map::new("channels");
/// What is outside, by channel and token.
pub const OUTSTANDING: Map<(&str, &Addr), Uint128> = Map::new("outstanding");
/// Refunds that could not be paid, by token and account.
pub const OWED: Map<(&Addr, &Addr), Uint128> = Map::new("owed");
/// By token: the sum of what is outside and what is owed.
pub const HELD: Map<&Addr, Uint128> = Map::new("held");

/// A channel, from the handshake's end on.
#[cw_serde]
pub struct Channel {
    /// Its name at the other end.
    pub counterparty_channel_id: String,
    /// Port at the other end.
    pub port_id: String,
    /// Connection on this chain.
    pub connection_id: String,
    /// Whether packets may still pass.
    pub open: bool,
}

impl Channel {
    /// The answer to a query.
    #[must_use]
    pub fn response(self, channel_id: String) -> ChannelResponse {
        let Self { counterparty_channel_id, port_id, connection_id, open } = self;
        ChannelResponse { channel_id, counterparty_channel_id, port_id, connection_id, open }
    }
}
