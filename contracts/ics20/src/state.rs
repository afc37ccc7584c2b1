//! Storage: what is kept, under which key. Whether sends are paused and which channels there are the contract kit
//! keeps, as `paused` and `channels`.

use cosmwasm_std::{Addr, Uint128};
use cw_storage_plus::Map;

/// Most of a token that is outside over one channel.
pub const LIMITS: Map<&Addr, Uint128> = Map::new("limits");
/// What is outside, by channel and token.
pub const OUTSTANDING: Map<(&str, &Addr), Uint128> = Map::new("outstanding");
/// Refunds that could not be paid, by token and account.
pub const OWED: Map<(&Addr, &Addr), Uint128> = Map::new("owed");
/// By token: the sum of what is outside and what is owed.
pub const HELD: Map<&Addr, Uint128> = Map::new("held");
