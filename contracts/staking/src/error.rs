//! What a message can get wrong.

use bithive_economics::pool::PoolError;
use bithive_economics::{BpsError, EmissionError};
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use cw_utils::PaymentError;

/// Errors of the contract; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Native coins came with a message.
    #[error("{0}; expected no native coins")]
    Payment(#[from] PaymentError),
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A sum left its range.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A share above the whole.
    #[error(transparent)]
    Share(#[from] BpsError),
    /// A start of the emission too far away.
    #[error(transparent)]
    Start(#[from] EmissionError),
    /// A pool that can't take or give what was asked.
    #[error("the pool of {node}: {error}")]
    Pool {
        /// The operator.
        node: String,
        /// What is wrong.
        error: PoolError,
    },
    /// A hook of another token.
    #[error("{sender} is not BTK; expected the token {token}")]
    WrongToken {
        /// Who sent the hook.
        sender: String,
        /// BTK.
        token: String,
    },
    /// Nothing was sent or asked for.
    #[error("{what} is 0; expected at least 1")]
    Zero {
        /// What is 0.
        what: &'static str,
    },
    /// A number out of bounds.
    #[error("{field} is {found}; expected {least} to {most}")]
    OutOfBounds {
        /// The field.
        field: &'static str,
        /// Value found.
        found: u64,
        /// Least value.
        least: u64,
        /// Largest value.
        most: u64,
    },
    /// A capacity that no machine has.
    #[error("the capacity is {tera} T; expected 4, 8 or 16")]
    Capacity {
        /// Capacity given.
        tera: u16,
    },
    /// The treasury can't use what it receives.
    #[error("{treasury} can't be the treasury; expected an account that can use BTK")]
    Treasury {
        /// Treasury given.
        treasury: String,
    },
    /// The sender is an operator already.
    #[error("{node} is registered already; use `pledge` to add to its pledge")]
    Registered {
        /// The operator.
        node: String,
    },
    /// Nobody of that address is an operator.
    #[error("{node} is not a registered node")]
    NoNode {
        /// Address given.
        node: String,
    },
    /// Operators pledge, and others delegate.
    #[error("{node} can't delegate to itself; use `pledge`")]
    OwnNode {
        /// The operator.
        node: String,
    },
    /// A pool without stake has nobody to reward.
    #[error("nobody has stake in {node}; a reward would be nobody's")]
    NoStake {
        /// The operator.
        node: String,
    },
    /// No lock of that number.
    #[error("{node} has no lock {id}; it was opened already, or never made")]
    NoLock {
        /// The operator.
        node: String,
        /// Number given.
        id: u64,
    },
    /// No unbonding of that number.
    #[error("there is no unbonding {id}; it was paid already, or never begun")]
    NoUnbonding {
        /// Number given.
        id: u64,
    },
    /// Too early.
    #[error("it is {now}; expected {until} or later (Unix seconds)")]
    TooEarly {
        /// Time of the block.
        now: u64,
        /// From when it is possible.
        until: u64,
    },
    /// More than is free.
    #[error("{asked} shares were asked for; {free} are there and not locked")]
    NotFree {
        /// Shares asked for.
        asked: Uint128,
        /// Shares that can be unbonded.
        free: Uint128,
    },
    /// Nothing to claim.
    #[error("{delegator} has no rewards of {node}")]
    NoRewards {
        /// The operator.
        node: String,
        /// Whose rewards.
        delegator: String,
    },
    /// Only slashers slash.
    #[error("{sender} may not slash; expected a contract that the owner has named")]
    NotSlasher {
        /// Who tried.
        sender: String,
    },
    /// A reason too long.
    #[error("the reason has {found} characters; expected at most {most}")]
    Reason {
        /// Characters found.
        found: usize,
        /// Most characters.
        most: usize,
    },
    /// New stake is refused.
    #[error("new stake is refused for now; stake leaves and rewards are paid as always")]
    Paused,
    /// Too many nodes, or one twice.
    #[error("nodes: {reason}")]
    Nodes {
        /// What is wrong.
        reason: &'static str,
    },
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
