//! A pause: new deposits are refused for a while. Withdrawals are never paused.

use cosmwasm_std::{Event, Response, StdResult, Storage};
use cw_storage_plus::Item;

/// Whether the contract is paused; absent means that it is not.
pub const PAUSED: Item<bool> = Item::new("paused");

/// Starts or ends the pause and announces it with `event`. The caller has checked the sender.
///
/// # Errors
/// Storage.
pub fn set(storage: &mut dyn Storage, paused: bool, event: impl Into<Event>) -> StdResult<Response> {
    PAUSED.save(storage, &paused)?;
    Ok(Response::new().add_event(event))
}

/// Whether the contract is paused.
///
/// # Errors
/// Storage.
pub fn is_paused(storage: &dyn Storage) -> StdResult<bool> {
    Ok(PAUSED.may_load(storage)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;

    #[test]
    fn a_pause_lasts_until_it_is_lifted() {
        let mut storage = MockStorage::new();
        assert_eq!(is_paused(&storage), Ok(false));
        for paused in [true, false] {
            let event = Event::new("paused").add_attribute("paused", paused.to_string());
            let response = set(&mut storage, paused, event.clone()).unwrap();
            assert_eq!(response.events, [event]);
            assert_eq!(is_paused(&storage), Ok(paused));
        }
    }
}
