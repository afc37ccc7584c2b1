//! Checks that a message is accepted from those whom the table beside the messages names, and from nobody else.

use std::fmt::Display;

use bithive_api::permission::{Permission, Permitted};
use cosmwasm_std::from_json;
use serde::de::DeserializeOwned;

/// Who holds a permission in a test, and what everybody else is told.
pub struct Party {
    /// The permission that the account holds.
    pub permission: Permission,
    /// Name of the account that holds it.
    pub account: &'static str,
    /// What the refusal of everybody else has in it, and no other error.
    pub refusal: &'static str,
}

/// A party of the table.
#[must_use]
pub const fn party(permission: Permission, account: &'static str, refusal: &'static str) -> Party {
    Party { permission, account, refusal }
}

/// The owner and the proposed owner of a contract.
#[must_use]
pub fn owners() -> Vec<Party> {
    vec![
        party(Permission::Owner, "owner", "not the contract's current owner"),
        party(Permission::ProposedOwner, "next", "not the contract's pending owner"),
    ]
}

/// Sends one message of each variant, as JSON in the order of the enum, as a stranger and as every party. `send` runs one
/// as an account that goes by a name, always in the same state.
///
/// # Panics
/// A message of the table is missing, or one is refused to whom the table names or not to somebody else.
pub fn check<M: Permitted + DeserializeOwned, E: Display>(
    messages: &[&str],
    parties: &[Party],
    mut send: impl FnMut(&str, M) -> Result<(), E>,
) {
    let parse = |json: &str| from_json::<M>(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let given: Vec<_> = messages.iter().map(|json| parse(json).line()).collect();
    assert_eq!(given, M::PERMISSIONS, "one message of each variant, in the order of the enum");
    let mut error = |account: &str, json: &str| {
        send(account, parse(json)).err().map(|error| error.to_string()).unwrap_or_default()
    };
    for (json, (name, permission)) in messages.iter().zip(M::PERMISSIONS) {
        let holder = parties.iter().find(|party| party.permission == *permission);
        let accounts = parties.iter().map(|party| party.account).chain(["stranger"]);
        for account in accounts {
            let answer = error(account, json);
            match holder {
                Some(party) => {
                    let refused = answer.contains(party.refusal);
                    assert_eq!(refused, account != party.account, "{name} from {account}: {answer:?}");
                }
                None => {
                    let open = matches!(permission, Permission::Anyone | Permission::AnyToken);
                    assert!(open, "{name}: the test has nobody for {permission:?}");
                    let refused = parties.iter().any(|party| answer.contains(party.refusal));
                    assert!(!refused, "{name} from {account}: {answer:?}");
                }
            }
        }
    }
}
