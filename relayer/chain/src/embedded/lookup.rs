//! Contracts, looked up in the state.

use super::storage::EmbeddedApp;
use crate::ChainError;
use cosmwasm_std::Addr;
use cw_multi_test::ContractData;

/// What the chain knows of a contract that exists.
pub(super) fn contract(app: &EmbeddedApp, address: &str) -> Result<ContractData, ChainError> {
    app.contract_data(&Addr::unchecked(address))
        .map_err(|_| ChainError::NoSuchContract { address: address.into() })
}

/// What a contract that exists has stored under `key`.
pub(super) fn stored(app: &EmbeddedApp, address: &str, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
    contract(app, address)?;
    Ok(app.contract_storage(&Addr::unchecked(address)).get(key))
}
