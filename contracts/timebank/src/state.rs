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

/// Parameters and addresses, as set at instantiation and by the owner.
#[cw_serde]
pub struct Config {
    /// BTT; hooks of any other contract are refused.
    pub token: Addr,
    /// Address of the `jobs` contract.
    pub jobs: Addr,
    /// Address that receives BTT that the owner returns.
    pub treasury: Addr,
    /// Parameters, checked against their bounds.
    pub params: Params,
}

/// How many credits there are, and the BTT that back them.
#[cw_serde]
pub struct Totals {
    /// BTT that back credits, in base units.
    pub funded: Uint128,
    /// Shares of all accounts, in 2^-64 credits of the first day.
    pub shares: Uint128,
    /// Number of days whose interest was credited.
    pub days: u64,
    /// Last day up to which interest was counted, from 0 in 1970 (UTC).
    pub today: u64,
}

/// Credits given on the last day with any.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Daily {
    /// Day, from 0 in 1970 (UTC).
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

/// What a meter may credit, and has credited.
#[cw_serde]
pub struct Meter {
    /// Most credits that it gives in a day.
    pub per_day: u64,
    /// Credits given on the last day with any.
    pub given: Daily,
}

/// One oracle and its key.
#[cw_serde]
pub struct Attestor {
    /// Address of the oracle.
    pub account: Addr,
    /// BLS public key in G1, 48 bytes.
    pub bls_key: HexBinary,
}

/// The oracles that attest BOINC credit.
#[cw_serde]
pub struct Oracles {
    /// At most `limits::MAX_ORACLES`.
    pub members: Vec<Attestor>,
    /// How many must sign: more than half.
    pub threshold: u8,
    /// Sum of all keys in G1, 48 bytes.
    pub full_key: HexBinary,
}

/// What was imported of a host.
#[cw_serde]
pub struct Host {
    /// Address of the account on this chain; it never changes.
    pub account: Addr,
    /// Cobblestones that were counted.
    pub total: u64,
    /// Credits they gave.
    pub credits: u64,
}

/// Parameters and addresses, as set at instantiation and by the owner.
pub const CONFIG: Item<Config> = Item::new("config");
/// How many credits there are, and the BTT that back them.
pub const TOTALS: Item<Totals> = Item::new("totals");
/// Shares by account.
pub const SHARES: Map<&Addr, Uint128> = Map::new("shares");
/// Meters by address.
pub const METERS: Map<&Addr, Meter> = Map::new("meters");
/// The oracles; absent before the owner has set any.
pub const ORACLES: Item<Oracles> = Item::new("oracles");
/// By project and host: what was imported.
pub const HOSTS: Map<(&str, u64), Host> = Map::new("hosts");
/// What was imported of all hosts in a day.
pub const IMPORTED: Item<Daily> = Item::new("imported");
