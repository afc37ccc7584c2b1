//! What a message to the token can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::{OverflowError, Response, StdError, Uint128};

/// Errors of the token; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What `cw20-base` refuses.
    #[error(transparent)]
    Base(#[from] cw20_base::ContractError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// An amount left the range of 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// Minting would pass the cap.
    #[error("amount {amount} on top of {minted} ever minted exceeds the cap; expected at most {room} more")]
    CapExceeded {
        /// Amount to be minted, in base units.
        amount: Uint128,
        /// Minted so far, burnt tokens included, in base units.
        minted: Uint128,
        /// What may still be minted, in base units.
        room: Uint128,
    },
    /// People don't mint.
    #[error(
        "{minter} is not a contract; expected a contract as minter, a person may only hand minting over to one"
    )]
    PersonalMinter {
        /// Address that is, or was to be, the minter.
        minter: String,
    },
    /// The account does not hold enough.
    #[error("amount {amount} exceeds the balance of {address}; expected at most {balance}")]
    InsufficientBalance {
        /// Owner of the tokens.
        address: String,
        /// Amount to be moved or burnt, in base units.
        amount: Uint128,
        /// Balance, in base units.
        balance: Uint128,
    },
    /// The owner did not allow the spender that much.
    #[error("amount {amount} exceeds what {owner} allows {spender}; expected at most {allowance}")]
    InsufficientAllowance {
        /// Owner of the tokens.
        owner: String,
        /// Address that tried to use them.
        spender: String,
        /// Amount to be moved or burnt, in base units.
        amount: Uint128,
        /// Allowance, in base units.
        allowance: Uint128,
    },
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

/// Result of handling a message.
pub(crate) type Outcome = Result<Response, ContractError>;
