//! Storage: what is stored, under which key. The contract kit stores the pause and the list of channels, as `paused`
//! and `channels`.

use cosmwasm_std::{Addr, Uint128};
use cw_storage_plus::Map;

/// Most of a token that may be on one other chain, in base units.
pub const LIMITS: Map<&Addr, Uint128> = Map::new("limits");
/// Amount on other chains, by channel and token, in base units.
pub const OUTSTANDING: Map<(&str, &Addr), Uint128> = Map::new("outstanding");
/// Refunds that could not be paid, by token and account, in base units.
pub const OWED: Map<(&Addr, &Addr), Uint128> = Map::new("owed");
/// By token: the sum of what is outside and what is owed.
pub const HELD: Map<&Addr, Uint128> = Map::new("held");
