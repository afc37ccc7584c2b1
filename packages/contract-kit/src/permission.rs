//! Who may send a message: what the table beside the messages says (`bithive_api::permission`), enforced.
//!
//! Each contract has one function that is called before a message is dispatched. It looks up the message's
//! [`Permission`] and decides on those of its own parties; all others it hands to [`check`] or [`refuse`], so that a
//! permission which nobody decides on lets nobody pass.

use bithive_api::permission::Permission;
use cosmwasm_std::{Addr, StdError, Storage};
use cw_ownable::OwnershipError;

use crate::ownership;

/// The sender may not send the message.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{sender} may not send this; expected {expected}")]
#[must_use = "an error that is not returned refuses nothing"]
pub struct Unauthorized {
    /// Address that sent it.
    pub sender: String,
    /// Who may send it, in words.
    pub expected: String,
}

impl Unauthorized {
    /// Refuses `sender` what `expected` may do.
    pub fn new(sender: &Addr, expected: impl Into<String>) -> Self {
        Self { sender: sender.into(), expected: expected.into() }
    }
}

/// Decides on the permissions that mean the same in every contract with an owner.
///
/// # Errors
/// [`OwnershipError`]: the sender is not the owner, or not the proposed one. As [`refuse`] for every other permission.
pub fn check<E: From<OwnershipError> + From<StdError>>(
    storage: &dyn Storage,
    sender: &Addr,
    permission: Permission,
) -> Result<(), E> {
    match permission {
        Permission::Anyone => Ok(()),
        Permission::Owner => Ok(ownership::expect_owner(storage, sender)?),
        Permission::ProposedOwner => Ok(ownership::expect_proposed(storage, sender)?),
        other => refuse(other),
    }
}

/// Refuses a permission for which the contract has no rule.
///
/// # Errors
/// Always.
pub fn refuse<E: From<StdError>>(permission: Permission) -> Result<(), E> {
    Err(StdError::generic_err(format!("this contract has no rule for {permission:?}; nobody may send this"))
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::{mock_dependencies, mock_env};
    use cw_ownable::initialize_owner;

    #[derive(Debug, PartialEq, thiserror::Error)]
    enum Refused {
        #[error(transparent)]
        Ownership(#[from] OwnershipError),
        #[error(transparent)]
        Std(#[from] StdError),
    }

    #[test]
    fn a_permission_without_a_rule_lets_nobody_pass() {
        let mut deps = mock_dependencies();
        let owner = deps.api.addr_make("owner");
        initialize_owner(&mut deps.storage, &deps.api, Some(owner.as_str())).unwrap();
        let refused: Result<(), Refused> = check(&deps.storage, &owner, Permission::Meter);
        assert!(matches!(refused, Err(Refused::Std(_))), "{refused:?}");
    }

    #[test]
    fn owner_and_proposed_owner_are_told_apart() {
        let mut deps = mock_dependencies();
        let [owner, next, stranger] = ["owner", "next", "stranger"].map(|name| deps.api.addr_make(name));
        initialize_owner(&mut deps.storage, &deps.api, Some(owner.as_str())).unwrap();
        let check =
            |storage: &dyn Storage, sender: &Addr, permission| super::check(storage, sender, permission);
        let refused = |error| Err(Refused::Ownership(error));
        assert_eq!(
            check(&deps.storage, &next, Permission::ProposedOwner),
            refused(OwnershipError::TransferNotFound)
        );
        ownership::propose(deps.as_mut(), &mock_env(), &owner, next.to_string()).unwrap();
        let storage = &deps.storage;
        for sender in [&owner, &next, &stranger] {
            assert_eq!(check(storage, sender, Permission::Anyone), Ok(()));
        }
        assert_eq!(check(storage, &owner, Permission::Owner), Ok(()));
        assert_eq!(check(storage, &next, Permission::ProposedOwner), Ok(()));
        for sender in [&next, &stranger] {
            assert_eq!(check(storage, sender, Permission::Owner), refused(OwnershipError::NotOwner));
        }
        for sender in [&owner, &stranger] {
            let proposed = check(storage, sender, Permission::ProposedOwner);
            assert_eq!(proposed, refused(OwnershipError::NotPendingOwner));
        }
    }
}
