//! Migration of a contract to its own later version.

use cosmwasm_std::{Response, StdError, Storage};

/// Accepts the state of the contract `name` at `version` or an earlier one, and stores the new version.
///
/// # Errors
/// The state is another contract's, or that of a later version.
pub fn migrate(storage: &mut dyn Storage, name: &str, version: &str) -> Result<Response, StdError> {
    let from = cw2::ensure_from_older_version(storage, name, version)?;
    Ok(Response::new().add_attribute("action", "migrate").add_attribute("from", from.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;

    #[test]
    fn only_an_earlier_version_of_the_same_contract_migrates() {
        let mut storage = MockStorage::new();
        cw2::set_contract_version(&mut storage, "bithive:a", "0.1.0").unwrap();
        assert!(migrate(&mut storage, "bithive:b", "0.2.0").is_err());
        assert!(migrate(&mut storage, "bithive:a", "0.0.9").is_err());
        assert_eq!(cw2::get_contract_version(&storage).unwrap().version, "0.1.0");
        migrate(&mut storage, "bithive:a", "0.1.0").unwrap();
        let response = migrate(&mut storage, "bithive:a", "0.2.0").unwrap();
        assert_eq!(response.attributes[1].value, "0.1.0");
        assert_eq!(cw2::get_contract_version(&storage).unwrap().version, "0.2.0");
        assert!(migrate(&mut storage, "bithive:a", "0.1.0").is_err());
    }

    #[test]
    fn a_state_that_is_no_contracts_does_not_migrate() {
        assert!(migrate(&mut MockStorage::new(), "bithive:a", "0.1.0").is_err());
    }
}
