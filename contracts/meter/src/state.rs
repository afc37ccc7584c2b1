//! Storage, all keys in one place.
//!
//! cw-ownable keeps `ownership`, cw2 keeps `contract_info` and the contract kit `paused`; keys of this crate differ from them.

use bithive_api::meter::Params;
use bithive_economics::idle;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Env, Storage};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Parameters and addresses, as set at instantiation.
#[cw_serde]
pub struct Config {
    /// Address of the `timebank` contract.
    pub timebank: Addr,
    /// Parameters, checked against their bounds.
    pub params: Params,
}

impl Config {
    /// Number of the present period.
    #[must_use]
    pub fn current(&self, env: &Env) -> u64 {
        // The length is never 0: it was checked at instantiation.
        idle::period(env.block.time.seconds(), self.params.period_seconds).unwrap_or_default()
    }

    /// Checks that idle time of a period can be claimed and vouched for now.
    ///
    /// # Errors
    /// [`ContractError::Closed`].
    pub fn expect_open(&self, env: &Env, period: u64) -> Result<(), ContractError> {
        let open = idle::open(self.current(env));
        if open.contains(&period) {
            return Ok(());
        }
        Err(ContractError::Closed { period, first: *open.start(), last: *open.end() })
    }
}

/// Who vouches for claims, and how many of them have to.
#[cw_serde]
#[derive(Default)]
pub struct Members {
    /// At most `limits::MAX_MEMBERS`.
    pub members: Vec<Addr>,
    /// How many have to vouch: more than half; 0 without members.
    pub threshold: u8,
}

/// What a machine has claimed.
#[cw_serde]
#[derive(Default)]
pub struct Machine {
    /// Periods before this one are closed for it, whatever a clock says.
    pub first: u64,
    /// At most one for each period that was open at the last one.
    pub claims: Vec<Claim>,
}

impl Machine {
    /// The machine at this address; one that has claimed nothing if it is not known.
    ///
    /// # Errors
    /// Storage.
    pub fn load(storage: &dyn Storage, address: &Addr) -> Result<Self, ContractError> {
        Ok(MACHINES.may_load(storage, address)?.unwrap_or_default())
    }
}

/// Idle time of a period.
#[cw_serde]
pub struct Claim {
    /// Number of the period.
    pub period: u64,
    /// Idle seconds that are stated.
    pub seconds: u64,
    /// Account that gets the credits.
    pub account: Addr,
    /// What they are worth.
    pub credits: u64,
    /// Members that have vouched, present and former ones.
    pub vouched_by: Vec<Addr>,
    /// Whether enough have.
    pub counted: bool,
}

/// Credits that were counted in the last period with any.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Counted {
    /// Number of that period.
    pub period: u64,
    /// Credits that were counted in that period.
    pub credits: u64,
}

impl Counted {
    /// Credits that were counted in the present period. A clock that goes back stays in the period that was counted.
    #[must_use]
    pub const fn now(&self, current: u64) -> u64 {
        if current <= self.period { self.credits } else { 0 }
    }

    /// The same after `credits` more, at most `most` in a period.
    ///
    /// # Errors
    /// [`ContractError::PeriodLimit`].
    pub fn after(&self, current: u64, credits: u64, most: u64) -> Result<Self, ContractError> {
        let left = most.saturating_sub(self.now(current));
        if credits > left {
            return Err(ContractError::PeriodLimit { left, credits });
        }
        // Can't saturate: at most `most`.
        let credits = self.now(current).saturating_add(credits);
        Ok(Self { period: current.max(self.period), credits })
    }
}

/// Parameters and addresses, as set at instantiation.
pub const CONFIG: Item<Config> = Item::new("config");
/// Who vouches; absent before the owner has named any.
pub const MEMBERS: Item<Members> = Item::new("members");
/// What machines have claimed, by address.
pub const MACHINES: Map<&Addr, Machine> = Map::new("machines");
/// Credits that are due, by account.
pub const DUE: Map<&Addr, u64> = Map::new("due");
/// What was counted in a period.
pub const COUNTED: Item<Counted> = Item::new("counted");
