//! Storage, all keys in one place.
//!
//! cw-ownable keeps `ownership`, cw2 keeps `contract_info` and the contract kit `paused`; keys of this crate differ from them.

use bithive_api::timebank::Params;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// What was set.
#[cw_serde]
pub struct Config {
    /// BTT; hooks of any other contract are refused.
    pub token: Addr,
    /// Where jobs are paid for.
    pub jobs: Addr,
    /// Receives BTT that the owner gives back.
    pub treasury: Addr,
    /// Checked numbers.
    pub params: Params,
}

/// What exists and what backs it.
#[cw_serde]
pub struct Totals {
    /// BTT.
    pub funded: Uint128,
    /// Shares of all accounts, in 2^-64 credits of the first day.
    pub shares: Uint128,
    /// Days whose interest was credited.
    pub days: u64,
    /// The last day that was looked at, since 1970.
    pub today: u64,
}

/// What was given on the last day on which something was.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Daily {
    /// Days since 1970.
    pub day: u64,
    /// Credits given on it.
    pub credits: u64,
}

impl Daily {
    /// Credits given on `day`. A clock that goes back stays on the day that was counted.
    #[must_use]
    pub const fn on(&self, day: u64) -> u64 {
        if day <= self.day { self.credits } else { 0 }
    }

    /// The same after `credits` more, at most `most` in a day.
    ///
    /// # Errors
    /// [`ContractError::DailyLimit`], naming the `bound`.
    pub fn after(
        &self,
        day: u64,
        credits: u64,
        (bound, most): (&'static str, u64),
    ) -> Result<Self, ContractError> {
        let left = most.saturating_sub(self.on(day));
        if credits > left {
            return Err(ContractError::DailyLimit { bound, left, credits });
        }
        // Can't saturate: at most `most`.
        Ok(Self { day: day.max(self.day), credits: self.on(day).saturating_add(credits) })
    }
}

/// A meter.
#[cw_serde]
pub struct Meter {
    /// Most credits that it gives in a day.
    pub per_day: u64,
    /// What it gave.
    pub given: Daily,
}

/// An oracle.
#[cw_serde]
pub struct Attestor {
    /// Account.
    pub account: Addr,
    /// BLS key, 48 bytes.
    pub bls_key: HexBinary,
}

/// Who attests.
#[cw_serde]
pub struct Oracles {
    /// At most `limits::MAX_ORACLES`.
    pub members: Vec<Attestor>,
    /// How many must sign.
    pub threshold: u8,
    /// Sum of the keys.
    pub full_key: HexBinary,
}

/// What was imported of a host.
#[cw_serde]
pub struct Host {
    /// Account here.
    pub account: Addr,
    /// Cobblestones that were counted.
    pub total: u64,
    /// Credits they gave.
    pub credits: u64,
}

/// What was set.
pub const CONFIG: Item<Config> = Item::new("config");
/// What exists.
pub const TOTALS: Item<Totals> = Item::new("totals");
/// Shares by account.
pub const SHARES: Map<&Addr, Uint128> = Map::new("shares");
/// Meters.
pub const METERS: Map<&Addr, Meter> = Map::new("meters");
/// Who attests; absent before there is anybody.
pub const ORACLES: Item<Oracles> = Item::new("oracles");
/// By project and host: what was imported.
pub const HOSTS: Map<(&str, u64), Host> = Map::new("hosts");
/// What was imported of all hosts in a day.
pub const IMPORTED: Item<Daily> = Item::new("imported");
