//! Owners of contracts: who they are, what they may send, and whether a contract is paused. One implementation for every contract of
//! the table.

use bithive_api as api;
use bithive_api::permission::{Permission, Permitted};
use bithive_chain::{Chain, ChainError, ChainExt as _};
use bithive_contracts::{Code, Contract};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who owns a contract, and whether it is paused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ownership {
    /// Its owner; none for a contract that has no owner.
    pub owner: Option<String>,
    /// Who was proposed as the next owner; none if nobody was.
    pub proposed: Option<String>,
    /// Whether it is paused; none for a contract that has no pause.
    pub paused: Option<bool>,
}

/// Messages that contracts with an owner have, by their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnersMsg {
    /// Stops what the contract's pause stops, or lets it go on.
    SetPaused {
        /// Whether it is stopped.
        paused: bool,
    },
    /// Drops a setting that waits.
    CancelSetting {
        /// Its number in the contract, from 1.
        id: u64,
    },
    /// Proposes a new owner.
    TransferOwnership {
        /// Address of the proposed owner.
        new_owner: String,
    },
    /// Accepts ownership, as the proposed owner.
    AcceptOwnership {},
}

/// What every configuration of a contract with an owner has of these; the rest is not read.
#[derive(Deserialize)]
struct Config {
    owner: Option<String>,
    pending_owner: Option<String>,
    paused: Option<bool>,
    /// Of the market, whose owner is the registry's.
    registry: Option<String>,
}

/// Queries by the names that contracts have in common.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    Config {},
    Paused {},
}

/// Why a text is no message of an owner.
#[derive(Debug, thiserror::Error)]
pub enum OwnersMsgError {
    /// The contract has no such message, or the message has other fields.
    #[error(
        "{contract} has no such message: {reason}; `schema/{contract}/execute.json` has those that it has"
    )]
    Unknown {
        /// Code of the contract.
        contract: Code,
        /// What does not fit.
        reason: serde_json::Error,
    },
    /// It is a message of others.
    #[error("{name} of {contract} is no message of its owner; expected one of {}", expected.join(", "))]
    NotOwners {
        /// Code of the contract.
        contract: Code,
        /// Name of the message.
        name: String,
        /// The owner's messages.
        expected: Vec<String>,
    },
}

macro_rules! tables {
    ($($id:literal $name:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        /// Who may send each message of a contract, by the name of the message's variant.
        #[must_use]
        pub const fn permissions(code: Code) -> &'static [(&'static str, Permission)] {
            match code {
                $(Code::$code => <api::$name::ExecuteMsg as Permitted>::PERMISSIONS,)+
            }
        }

        /// The name and the sender of a message, which must be one of the contract's, and the message as the contract writes it.
        fn line(code: Code, message: &Value) -> Result<(&'static str, Permission, Value), serde_json::Error> {
            match code {
                $(Code::$code => {
                    let message = api::$name::ExecuteMsg::deserialize(message)?;
                    let (name, permission) = message.line();
                    Ok((name, permission, serde_json::to_value(&message)?))
                })+
            }
        }
    };
}

bithive_contracts::codes!(tables);

/// Whether a contract has a message of this name, like `SetPaused`.
#[must_use]
pub fn has_message(contract: Contract, name: &str) -> bool {
    permissions(contract.code()).iter().any(|(message, _)| *message == name)
}

const fn is_owners(permission: Permission) -> bool {
    matches!(permission, Permission::Owner | Permission::Governance)
}

/// Reads a message that only the owner of a contract may send. It is returned as the contract writes it, with the fields that were left
/// out, so that it can be compared with settings that wait.
///
/// # Errors
/// [`OwnersMsgError`].
pub fn owners_message(contract: Contract, message: &Value) -> Result<Value, OwnersMsgError> {
    let code = contract.code();
    let unknown = |reason| OwnersMsgError::Unknown { contract: code, reason };
    let (name, permission, read) = line(code, message).map_err(unknown)?;
    // Contracts pass over fields that they do not know; a person would think that they count.
    if let Some(field) = unknown_field(message, &read) {
        let reason = format!("the message has no field {field:?}");
        return Err(unknown(serde::de::Error::custom(reason)));
    }
    if is_owners(permission) {
        return Ok(read);
    }
    let owners = permissions(code).iter().filter(|(_, permission)| is_owners(*permission));
    let expected = owners.map(|(name, _)| snake(name)).collect();
    Err(OwnersMsgError::NotOwners { contract: code, name: snake(name), expected })
}

/// A field of `given` that was not read.
fn unknown_field<'a>(given: &'a Value, read: &Value) -> Option<&'a str> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            given.iter().find_map(|(name, value)| match read.get(name) {
                Some(read) => unknown_field(value, read),
                None => (!value.is_null()).then_some(name),
            })
        }
        (Value::Array(given), Value::Array(read)) => {
            given.iter().zip(read).find_map(|(given, read)| unknown_field(given, read))
        }
        _ => None,
    }
}

/// Name of a variant as it is written in JSON.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len().saturating_add(4));
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// Who owns the contract at `address`, and whether it is paused.
///
/// # Errors
/// [`ChainError`]: the chain or the contract does not answer.
pub async fn ownership(
    chain: &dyn Chain,
    contract: Contract,
    address: &str,
) -> Result<Ownership, ChainError> {
    let governed = permissions(contract.code()).iter().any(|(_, permission)| is_owners(*permission));
    if !governed {
        return Ok(Ownership::default());
    }
    let Config { mut owner, pending_owner, mut paused, registry } =
        chain.query(address, &Question::Config {}).await?;
    // The registry's configuration is older than its pause, the market's owner is the registry's.
    if let (Contract::Jobs, Some(registry)) = (contract, registry) {
        owner = chain.query::<Config, _>(&registry, &Question::Config {}).await?.owner;
    }
    if contract == Contract::Registry {
        paused = Some(chain.query(address, &Question::Paused {}).await?);
    }
    Ok(Ownership { owner, proposed: pending_owner, paused })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_messages_that_owners_have_in_common_are_those_of_the_contracts() {
        let common = [
            ("SetPaused", OwnersMsg::SetPaused { paused: true }),
            ("CancelSetting", OwnersMsg::CancelSetting { id: 1 }),
            ("TransferOwnership", OwnersMsg::TransferOwnership { new_owner: "a".into() }),
            ("AcceptOwnership", OwnersMsg::AcceptOwnership {}),
        ];
        for contract in Contract::ALL {
            for (name, message) in &common {
                let written = serde_json::to_value(message).unwrap();
                match line(contract.code(), &written) {
                    Ok((found, _, whole)) => assert_eq!((found, &whole), (*name, &written), "{contract}"),
                    Err(_) => assert!(!has_message(contract, name), "{contract} {name}"),
                }
            }
        }
    }

    #[test]
    fn only_messages_of_the_owner_are_read() {
        let paused = json!({ "set_paused": { "paused": true } });
        for contract in [Contract::Staking, Contract::Jobs] {
            assert_eq!(owners_message(contract, &paused).unwrap(), paused);
        }
        let short = json!({ "set_meter": { "meter": "m" } });
        let whole = json!({ "set_meter": { "meter": "m", "per_day": null } });
        assert_eq!(owners_message(Contract::Timebank, &short).unwrap(), whole);
        for contract in [Contract::Vesting, Contract::Btk] {
            assert!(matches!(owners_message(contract, &paused), Err(OwnersMsgError::Unknown { .. })));
        }
        let more = json!({ "set_paused": { "paused": true, "more": 1 } });
        assert!(matches!(owners_message(Contract::Staking, &more), Err(OwnersMsgError::Unknown { .. })));
        let refused = owners_message(Contract::Staking, &json!({ "withdraw": { "id": 1 } })).unwrap_err();
        let text = refused.to_string();
        assert!(text.contains("withdraw of staking") && text.contains("set_slasher, set_paused"), "{text}");
    }
}
