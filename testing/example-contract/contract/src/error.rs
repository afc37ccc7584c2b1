//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::migration::MigrationError;
use cosmwasm_std::StdError;
use cw_ownable::OwnershipError;

/// Errors of the contract; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A message of the owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
