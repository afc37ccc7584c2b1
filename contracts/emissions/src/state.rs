//! Storage, all keys in one place, and the mint.
//!
//! cw-ownable keeps `ownership`, cw2 keeps `contract_info` and the contract kit `paused`; keys of this crate differ from them.

use bithive_api::emissions::{Recipients, Work};
use bithive_contract_kit::token;
use bithive_economics::Emission;
use bithive_economics::work::Point;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, CosmosMsg, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Parameters and addresses, as set at instantiation and by the owner.
#[cw_serde]
pub struct Config {
    /// Address of the cw20 token BTK.
    pub token: Addr,
    /// When the emission starts, in Unix seconds.
    pub start: u64,
    /// Recipients of the three other buckets.
    pub recipients: Recipients<Addr>,
}

impl Config {
    /// The emission that starts at [`Config::start`].
    ///
    /// # Errors
    /// [`ContractError::Start`] for a start that instantiation would not have taken.
    pub fn emission(&self) -> Result<Emission, ContractError> {
        Ok(Emission::new(self.start)?)
    }
}

/// Totals of what was paid.
#[cw_serde]
pub struct Paid {
    /// Paid to contributors, in base units of BTK.
    pub claimed: Uint128,
    /// Paid to the other buckets' recipients, in base units of BTK.
    pub released: Recipients<Uint128>,
}

impl Paid {
    /// Everything that was minted.
    ///
    /// # Errors
    /// [`ContractError::Overflow`], beyond any cap.
    pub fn minted(&self) -> Result<Uint128, ContractError> {
        let Recipients { application, foundation, infrastructure } = self.released;
        let released = application.checked_add(foundation)?.checked_add(infrastructure)?;
        Ok(self.claimed.checked_add(released)?)
    }
}

/// A day with work.
#[cw_serde]
pub struct Day {
    /// Work of the day, in compute credits.
    pub units: u64,
    /// First day whose emission it pays: itself. Of a record from before work had a ceiling, the one after the day with work
    /// before it.
    pub first: u64,
    /// Most that a unit earns; none where there was no such bound when the day began.
    pub ceiling: Option<Uint128>,
}

impl Day {
    /// What some of the units earn of the day's pool.
    #[must_use]
    pub fn reward(&self, pool: u128, units: u64) -> u128 {
        let ceiling = self.ceiling.map_or(u128::MAX, |ceiling| ceiling.u128());
        bithive_economics::work::reward(pool, units, self.units, ceiling)
    }
}

/// A contributor's work, earnings and payments.
#[cw_serde]
#[derive(Default)]
pub struct Contributor {
    /// Work whose reward is not in `earned` yet: that of the last day with work, until it has ended.
    pub open: Option<Work>,
    /// Day at whose beginning `earned` and `sum` hold.
    pub at: u64,
    /// S of `bithive_economics::work`, in base units of BTK.
    pub earned: Uint128,
    /// P of `bithive_economics::work`, in base units of BTK.
    pub sum: Uint128,
    /// Paid to it so far, in base units of BTK.
    pub claimed: Uint128,
    /// What was credited to the capacity of its node on the last day on which something was: work of that day or earlier.
    pub used: Option<Work>,
}

impl Contributor {
    /// S and P.
    #[must_use]
    pub fn point(&self) -> Point {
        Point { earned: self.earned.u128(), sum: self.sum.u128() }
    }
}

/// Parameters and addresses, as set at instantiation and by the owner.
pub const CONFIG: Item<Config> = Item::new("config");
/// Totals of what was paid.
pub const PAID: Item<Paid> = Item::new("paid");
/// From when on the application's part is locked, in Unix seconds: what was emitted before is due at once. A state of
/// version 0.1.0 has none until it is migrated: all of it is due at once.
pub const LOCKED_FROM: Item<u64> = Item::new("locked_from");
/// Who may credit work.
pub const METERS: Map<&Addr, ()> = Map::new("meters");
/// Staking contract that states pledges; absent if pledges don't count.
pub const STAKING: Item<Addr> = Item::new("staking");
/// The last day with work, from 0 at the start.
pub const LAST_DAY: Item<u64> = Item::new("last_day");
/// Days with work, by their number from the start.
pub const DAYS: Map<u64, Day> = Map::new("days");
/// By meter and day: units that it announced and has not said whose they are.
pub const ANNOUNCED: Map<(&Addr, u64), u64> = Map::new("announced");
/// By account: its work, earnings and payments.
pub const CONTRIBUTORS: Map<&Addr, Contributor> = Map::new("contributors");
/// By contributor and day: S and P at the day's beginning, where S changed.
pub const POINTS: Map<(&Addr, u64), (Uint128, Uint128)> = Map::new("points");

/// Mints to an account; the caller has counted it as paid.
///
/// # Errors
/// Encoding.
pub fn mint(storage: &dyn Storage, recipient: &Addr, amount: Uint128) -> Result<CosmosMsg, ContractError> {
    let token = CONFIG.load(storage)?.token;
    Ok(token::mint(&token, recipient, amount)?.into())
}
