//! One owner, a governance address. Ownership is transferred in two steps, so that it can't go to an address without a
//! key.

use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage};
use cw_ownable::{Action, OwnershipError, assert_owner, get_ownership, update_ownership};

/// Checks that the sender is the owner.
///
/// # Errors
/// [`OwnershipError::NotOwner`].
pub fn expect_owner(storage: &dyn Storage, sender: &Addr) -> Result<(), OwnershipError> {
    assert_owner(storage, sender)
}

/// Checks that the sender is the proposed owner.
///
/// # Errors
/// [`OwnershipError::TransferNotFound`], [`OwnershipError::NotPendingOwner`].
pub fn expect_proposed(storage: &dyn Storage, sender: &Addr) -> Result<(), OwnershipError> {
    match get_ownership(storage)?.pending_owner {
        None => Err(OwnershipError::TransferNotFound),
        Some(proposed) if proposed != *sender => Err(OwnershipError::NotPendingOwner),
        Some(_) => Ok(()),
    }
}

/// Proposes a new owner.
///
/// # Errors
/// [`OwnershipError`]: the sender is not the owner, or the address is not valid.
pub fn propose(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    new_owner: String,
) -> Result<Response, OwnershipError> {
    update(deps, env, sender, Action::TransferOwnership { new_owner, expiry: None })
}

/// Makes the sender, the proposed owner, the owner.
///
/// # Errors
/// [`OwnershipError`]: the sender is not the proposed owner.
pub fn accept(deps: DepsMut<'_>, env: &Env, sender: &Addr) -> Result<Response, OwnershipError> {
    update(deps, env, sender, Action::AcceptOwnership)
}

/// There is no way to renounce ownership: a contract without owner could not be paused or repaired.
fn update(deps: DepsMut<'_>, env: &Env, sender: &Addr, action: Action) -> Result<Response, OwnershipError> {
    let ownership = update_ownership(deps, &env.block, sender, action)?;
    let response = Response::new().add_attribute("action", "update_ownership");
    Ok(response.add_attributes(ownership.into_attributes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::{mock_dependencies, mock_env};
    use cw_ownable::initialize_owner;

    #[test]
    fn ownership_passes_in_two_steps_and_to_nobody_else() {
        let (mut deps, env) = (mock_dependencies(), mock_env());
        let [owner, next, stranger] = ["owner", "next", "stranger"].map(|name| deps.api.addr_make(name));
        initialize_owner(&mut deps.storage, &deps.api, Some(owner.as_str())).unwrap();
        assert_eq!(propose(deps.as_mut(), &env, &next, next.to_string()), Err(OwnershipError::NotOwner));
        propose(deps.as_mut(), &env, &owner, next.to_string()).unwrap();
        assert_eq!(get_ownership(&deps.storage).unwrap().owner, Some(owner));
        assert_eq!(accept(deps.as_mut(), &env, &stranger), Err(OwnershipError::NotPendingOwner));
        accept(deps.as_mut(), &env, &next).unwrap();
        let ownership = get_ownership(&deps.storage).unwrap();
        assert_eq!((ownership.owner, ownership.pending_owner), (Some(next), None));
    }

    #[test]
    fn text_that_is_no_address_is_not_proposed() {
        let (mut deps, env) = (mock_dependencies(), mock_env());
        let owner = deps.api.addr_make("owner");
        initialize_owner(&mut deps.storage, &deps.api, Some(owner.as_str())).unwrap();
        let refused = propose(deps.as_mut(), &env, &owner, "nobody".into());
        assert!(matches!(refused, Err(OwnershipError::Std(_))), "{refused:?}");
        assert_eq!(get_ownership(&deps.storage).unwrap().pending_owner, None);
    }
}
