//! A pause: what comes in is refused for a while. What leaves never asks for it.

use cosmwasm_std::{Addr, Event, Response, StdResult, Storage};
use cw_ownable::{OwnershipError, assert_owner};
use cw_storage_plus::Item;

/// Whether the contract is paused; absent means that it is not.
pub const PAUSED: Item<bool> = Item::new("paused");

/// Stops what can be stopped, or lets it go on; `event` names the event.
///
/// # Errors
/// [`OwnershipError`]: the sender is not the owner.
pub fn set(
    storage: &mut dyn Storage,
    sender: &Addr,
    event: &str,
    paused: bool,
) -> Result<Response, OwnershipError> {
    assert_owner(storage, sender)?;
    Ok(store(storage, event, paused)?)
}

/// As [`set`], where the caller has checked who sends.
///
/// # Errors
/// Storage.
pub fn store(storage: &mut dyn Storage, event: &str, paused: bool) -> StdResult<Response> {
    PAUSED.save(storage, &paused)?;
    Ok(Response::new().add_event(Event::new(event).add_attribute("paused", paused.to_string())))
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
    use cosmwasm_std::testing::mock_dependencies;
    use cw_ownable::initialize_owner;

    #[test]
    fn only_the_owner_pauses() {
        let mut deps = mock_dependencies();
        let [owner, stranger] = ["owner", "stranger"].map(|name| deps.api.addr_make(name));
        initialize_owner(&mut deps.storage, &deps.api, Some(owner.as_str())).unwrap();
        assert!(!is_paused(&deps.storage).unwrap());
        assert_eq!(set(&mut deps.storage, &stranger, "paused", true), Err(OwnershipError::NotOwner));
        assert!(!is_paused(&deps.storage).unwrap());
        for paused in [true, false] {
            let response = set(&mut deps.storage, &owner, "paused", paused).unwrap();
            assert_eq!(response.events[0].attributes[0].value, paused.to_string());
            assert_eq!(is_paused(&deps.storage), Ok(paused));
        }
    }
}
