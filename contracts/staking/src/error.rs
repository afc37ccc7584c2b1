//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::pool::PoolError;
use bithive_economics::{BpsError, EmissionError};
use cosmwasm_std::{OverflowError, StdError, Uint128};
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
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A sum left its range.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A share of more than 10,000 basis points.
    #[error(transparent)]
    Share(#[from] BpsError),
    /// A start of the emission too far away.
    #[error(transparent)]
    Start(#[from] EmissionError),
    /// A pool that can't take or give what was asked.
    #[error("the pool of {node}: {error}")]
    Pool {
        /// Address of the operator.
        node: String,
        /// What the pool refused.
        error: PoolError,
    },
    /// The capacity is not 4, 8 or 16 T.
    #[error("the capacity is {tera} T; expected 4, 8 or 16")]
    Capacity {
        /// Capacity given, in T.
        tera: u16,
    },
    /// The sender is an operator already.
    #[error("{node} is already registered; use `pledge` to add to its pledge")]
    AlreadyRegistered {
        /// Address of the operator.
        node: String,
    },
    /// Nobody of that address is an operator.
    #[error("{node} is not a registered node")]
    NotNode {
        /// Address that was given.
        node: String,
    },
    /// An operator can't delegate to its own node.
    #[error("{node} can't delegate to itself; use `pledge`")]
    OwnNode {
        /// Address of the operator.
        node: String,
    },
    /// The node has no stake, so a reward would go to nobody.
    #[error("nobody has stake in {node}; expected a node with stake")]
    NoStake {
        /// Address of the operator.
        node: String,
    },
    /// No lock of that number.
    #[error("{node} has no lock {id}; it was opened already, or never made")]
    NoLock {
        /// Address of the operator.
        node: String,
        /// Number that was asked for.
        id: u64,
    },
    /// No unbonding of that number.
    #[error("there is no unbonding {id}; it was paid already, or never begun")]
    NoUnbonding {
        /// Number that was asked for.
        id: u64,
    },
    /// The lock or the unbonding time is not over.
    #[error("it is {now}; expected {until} or later (Unix seconds)")]
    TooEarly {
        /// Time of the block, in Unix seconds.
        now: u64,
        /// From when it is possible, in Unix seconds.
        until: u64,
    },
    /// More shares were asked for than are not locked.
    #[error("{asked} shares were asked for; expected at most {free}, which are not locked")]
    NotFree {
        /// Shares asked for.
        asked: Uint128,
        /// Shares that can be unbonded.
        free: Uint128,
    },
    /// Nothing to claim.
    #[error("{delegator} has no rewards from {node}")]
    NothingDue {
        /// Address of the operator.
        node: String,
        /// Address of the account that has the stake.
        delegator: String,
    },
    /// New stake is refused.
    #[error("new stake is paused; unbonding, withdrawals and rewards continue")]
    Paused,
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
