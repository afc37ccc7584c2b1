//! The seats of a pool of jurors.
//!
//! A seat is a number that a draw can hit. A juror takes a seat that is free, or a new one, and gives it back when it leaves, so that the
//! seats stay about as many as the jurors, and no message reads them all. A seat says which challenges it can judge: those that
//! were made after it was taken. So nobody who knows a beacon can put itself where the draw will hit, and who gives a seat up
//! then takes only itself out of the draw.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage};
use cw_storage_plus::Map;

use crate::ContractError;
use crate::state::{Listing, NEXT_CHALLENGE};

/// How many seats pools have, by category.
pub const POOLS: Map<&str, Pool> = Map::new("pools");
/// Who has a seat, by category and the seat's number, from 0.
pub const SEATS: Map<(&str, u32), Seat> = Map::new("seats");
/// Numbers of free seats, a stack for each category.
pub const FREE: Map<(&str, u32), u32> = Map::new("free_seats");
/// Listings of jurors, by category and owner: each has one.
pub const SEATED: Map<(&str, &Addr), u64> = Map::new("seated");

/// How many seats a pool has.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Pool {
    /// Seats that were ever taken at one time: the bound of a draw.
    pub seats: u32,
    /// Those of them that are free.
    pub free: u32,
}

impl Pool {
    /// Jurors that have a seat.
    #[must_use]
    pub const fn seated(&self) -> u32 {
        self.seats.saturating_sub(self.free)
    }
}

/// Who has a seat.
#[cw_serde]
pub struct Seat {
    /// Number of the juror's listing.
    pub id: u64,
    /// Owner of that listing.
    pub juror: Addr,
    /// Number of the first challenge that was made after it was taken.
    pub since: u64,
}

/// The pool of a category.
///
/// # Errors
/// Storage.
pub fn pool(storage: &dyn Storage, category: &str) -> StdResult<Pool> {
    Ok(POOLS.may_load(storage, category)?.unwrap_or_default())
}

/// Seats a juror whose listing is `id`.
pub(crate) fn seat(
    storage: &mut dyn Storage,
    category: &str,
    id: u64,
    juror: &Addr,
) -> Result<u32, ContractError> {
    if let Some(id) = SEATED.may_load(storage, (category, juror))? {
        return Err(ContractError::Seated { id, category: category.into() });
    }
    let mut pool = pool(storage, category)?;
    let seat = match pool.free.checked_sub(1) {
        Some(top) => {
            let seat = FREE.load(storage, (category, top))?;
            FREE.remove(storage, (category, top));
            pool.free = top;
            seat
        }
        None => {
            let seat = pool.seats;
            pool.seats = seat.checked_add(1).ok_or(ContractError::Numbers)?;
            seat
        }
    };
    let since = NEXT_CHALLENGE.may_load(storage)?.unwrap_or(1);
    POOLS.save(storage, category, &pool)?;
    SEATS.save(storage, (category, seat), &Seat { id, juror: juror.clone(), since })?;
    SEATED.save(storage, (category, juror), &id)?;
    Ok(seat)
}

/// Takes a juror's seat away, if the listing has one; the caller writes the listing.
pub(crate) fn unseat(storage: &mut dyn Storage, listing: &mut Listing) -> StdResult<()> {
    let Some(seat) = listing.seat.take() else { return Ok(()) };
    let category = listing.category.as_str();
    let mut pool = pool(storage, category)?;
    FREE.save(storage, (category, pool.free), &seat)?;
    // Can't saturate: at most the seats are free.
    pool.free = pool.free.saturating_add(1);
    POOLS.save(storage, category, &pool)?;
    SEATS.remove(storage, (category, seat));
    SEATED.remove(storage, (category, &listing.owner));
    Ok(())
}
