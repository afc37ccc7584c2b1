//! Storage, all keys in one place, and the bounds of a period.
//!
//! cw-ownable keeps `ownership`, cw2 keeps `contract_info` and the contract kit `paused` and `sources`; keys of this
//! crate differ from them.

use bithive_api::treasury::{OfferTerms, Params};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Env, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Parameters and addresses, as set at instantiation and by the owner.
#[cw_serde]
pub struct Config {
    /// Address of the cw20 token BTT.
    pub token: Addr,
    /// Address of the cw20 token BTK; none where none was named, as in treasuries of earlier versions.
    pub btk: Option<Addr>,
    /// Parameters, checked against their bounds.
    pub params: Params,
}

/// What left in the last period, and in all.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Flow {
    /// Number of the last period in which something left.
    pub period: u64,
    /// In that period, in base units.
    pub now: Uint128,
    /// In all, in base units.
    pub total: Uint128,
}

impl Flow {
    /// What has left in `period`. A clock that goes back stays in the period that was counted.
    #[must_use]
    pub fn in_period(&self, period: u64) -> Uint128 {
        if period <= self.period { self.now } else { Uint128::zero() }
    }

    /// What is left of `most` in `period`, in base units.
    #[must_use]
    pub fn left(&self, period: u64, most: Uint128) -> Uint128 {
        most.saturating_sub(self.in_period(period))
    }

    /// The flow after `amount` has left, too.
    ///
    /// # Errors
    /// [`ContractError::PeriodLimit`], naming the `bound`.
    pub fn after(
        self,
        params: &Params,
        period: u64,
        amount: Uint128,
        (bound, most): (&'static str, Uint128),
    ) -> Result<Self, ContractError> {
        let left = self.left(period, most);
        if amount > left {
            return Err(ContractError::PeriodLimit { bound, left, amount, seconds: params.period_seconds });
        }
        Ok(Self {
            now: self.in_period(period).checked_add(amount)?,
            total: self.total.checked_add(amount)?,
            period: period.max(self.period),
        })
    }
}

/// What was spent, paid by offers and burnt.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Flows {
    /// BTT spent by the owner.
    pub spent: Flow,
    /// BTT paid by offers.
    pub paid: Flow,
    /// BTT that anyone burnt.
    pub burnt: Flow,
}

/// A standing offer.
#[cw_serde]
pub struct Offer {
    /// Terms, checked against their bounds.
    pub terms: OfferTerms,
    /// From when the bid is counted as rising, in Unix seconds.
    pub since: u64,
}

/// What was bought of a token; it stays when the offer goes, so that a new one has no new budget in the same period.
#[cw_serde]
#[derive(Default)]
pub struct Purchases {
    /// Paid, in base units of BTT.
    pub paid: Flow,
    /// Bought, in base units of the token.
    pub bought: Uint128,
}

/// Parameters and addresses, as set at instantiation and by the owner.
pub const CONFIG: Item<Config> = Item::new("config");
/// What was spent, paid by offers and burnt.
pub const FLOWS: Item<Flows> = Item::new("flows");
/// Offers by token; at most `limits::MAX_OFFERS`.
pub const OFFERS: Map<&Addr, Offer> = Map::new("offers");
/// What was bought, by token.
pub const PURCHASES: Map<&Addr, Purchases> = Map::new("purchases");

/// Number of the block's period, counted from 1970.
#[must_use]
pub fn period(env: &Env, params: &Params) -> u64 {
    env.block.time.seconds().checked_div(params.period_seconds).unwrap_or_default()
}
