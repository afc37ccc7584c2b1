//! Storage, and what a position says of itself.

use bithive_api::vesting::{PositionResponse, Schedule};
use bithive_economics::{Bps, vesting};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// A locked amount and when it becomes due.
#[cw_serde]
pub struct Position {
    /// The token: a contract, as proven by its message.
    pub token: Addr,
    /// Address that receives what becomes due.
    pub owner: Addr,
    /// Address that may take back what is not due; none if nobody may.
    pub revoker: Option<Addr>,
    /// The whole amount, in base units.
    pub total: Uint128,
    /// Paid of it; less than `total`, since a position that was paid is removed.
    pub claimed: Uint128,
    /// When parts of the amount become due.
    pub schedule: Schedule,
}

/// Number of the next position; 1 if absent.
pub const NEXT_ID: Item<u64> = Item::new("next_id");
/// Positions by number.
pub const POSITIONS: Map<u64, Position> = Map::new("positions");
/// Numbers of an owner's positions.
pub const BY_OWNER: Map<(&Addr, u64), ()> = Map::new("by_owner");
/// By token: the sum of what was not claimed, in base units.
pub const HELD: Map<&Addr, Uint128> = Map::new("held");

/// A schedule as the arithmetic has it.
///
/// # Errors
/// [`ContractError::Schedule`], [`ContractError::Share`].
pub fn checked(schedule: &Schedule) -> Result<vesting::Schedule, ContractError> {
    let immediate = Bps::new("immediate_bps", schedule.immediate_bps)?;
    let Schedule { start, cliff_seconds, step_seconds, steps, .. } = *schedule;
    Ok(vesting::Schedule::new(start, immediate, cliff_seconds, step_seconds, steps)?)
}

impl Position {
    /// What became due by `now`, paid or not.
    ///
    /// # Errors
    /// A stored schedule that is out of bounds.
    pub fn vested(&self, now: u64) -> Result<Uint128, ContractError> {
        Ok(checked(&self.schedule)?.vested(self.total.u128(), now).into())
    }

    /// What can be claimed at `now`.
    ///
    /// # Errors
    /// As [`Position::vested`].
    pub fn due(&self, now: u64) -> Result<Uint128, ContractError> {
        Ok(self.vested(now)?.checked_sub(self.claimed)?)
    }

    /// The answer to a query at `now`.
    ///
    /// # Errors
    /// As [`Position::vested`].
    pub fn response(self, id: u64, now: u64) -> Result<PositionResponse, ContractError> {
        let schedule = checked(&self.schedule)?;
        let due = self.due(now)?;
        let Self { token, owner, revoker, total, claimed, schedule: stated } = self;
        let (next, end) = (schedule.next_after(now), schedule.end());
        Ok(PositionResponse { id, token, owner, revoker, total, claimed, due, schedule: stated, next, end })
    }
}

/// The position `id`.
///
/// # Errors
/// [`ContractError::NoPosition`].
pub fn position(storage: &dyn Storage, id: u64) -> Result<Position, ContractError> {
    POSITIONS.may_load(storage, id)?.ok_or(ContractError::NoPosition { id })
}

/// Writes a position, or removes it when everything of it was paid.
///
/// # Errors
/// Storage.
pub fn put(storage: &mut dyn Storage, id: u64, position: &Position) -> StdResult<()> {
    if position.claimed == position.total {
        POSITIONS.remove(storage, id);
        BY_OWNER.remove(storage, (&position.owner, id));
        return Ok(());
    }
    BY_OWNER.save(storage, (&position.owner, id), &())?;
    POSITIONS.save(storage, id, position)
}
