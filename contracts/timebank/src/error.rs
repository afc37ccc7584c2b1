//! What a message can get wrong.

use bithive_attest::host::HostError;
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
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A key or a signature is not valid.
    #[error(transparent)]
    Key(#[from] HostError),
    /// A number out of bounds.
    #[error("{field} is {found}; expected {least} to {most}")]
    OutOfBounds {
        /// The field.
        field: &'static str,
        /// Value found.
        found: u128,
        /// Least value.
        least: u128,
        /// Largest value.
        most: u128,
    },
    /// A hook of another token.
    #[error("{sender} is not BTT; expected the token {token}")]
    WrongToken {
        /// Who sent the hook.
        sender: String,
        /// BTT.
        token: String,
    },
    /// Nothing was sent or asked for.
    #[error("{what} is 0; expected at least 1")]
    Zero {
        /// What is 0.
        what: &'static str,
    },
    /// An account that can't have the role.
    #[error("{address} can't be {what}; expected {expected}")]
    Address {
        /// Address given.
        address: String,
        /// What it was to be.
        what: &'static str,
        /// What can be.
        expected: &'static str,
    },
    /// Only meters deposit.
    #[error("{sender} may not credit idle time; expected a meter that the owner has named")]
    NotMeter {
        /// Who tried.
        sender: String,
    },
    /// A bound of the day.
    #[error("{bound} of the day has {left} credits left; {credits} are more. Try again tomorrow")]
    DailyBound {
        /// Which bound.
        bound: &'static str,
        /// What is left of it.
        left: u64,
        /// Asked for.
        credits: u64,
    },
    /// New credits would not be backed.
    #[error("{credits} credits more are not funded; {room} are. Funding takes BTT by the hook `fund`")]
    NotFunded {
        /// Credits to be made.
        credits: u64,
        /// Credits that can be.
        room: u64,
    },
    /// Too few credits.
    #[error("{address} has {found} credits; expected at least {credits}")]
    NotEnough {
        /// The account.
        address: String,
        /// Credits it has.
        found: u64,
        /// Credits needed.
        credits: u64,
    },
    /// The job costs more than the sender accepts.
    #[error("the job costs {credits} credits; the sender accepts {most} at most")]
    TooDear {
        /// What it costs.
        credits: u64,
        /// Most that the sender accepts.
        most: u64,
    },
    /// A price that no escrow can have.
    #[error("price {price} times {workers} workers is no amount of BTT that credits could pay")]
    Escrow {
        /// Price of a worker.
        price: Uint128,
        /// Workers.
        workers: u8,
    },
    /// BTT that credits need.
    #[error("{available} are not needed by credits; expected at least {amount}")]
    Needed {
        /// What can be returned.
        available: Uint128,
        /// Asked for.
        amount: Uint128,
    },
    /// An oracle is listed twice.
    #[error("oracle {index} has the account or the key of one before it; expected different ones")]
    OracleTwice {
        /// Its index.
        index: usize,
    },
    /// Bits of oracles that there are not, or too few.
    #[error(
        "signers has {found} of {oracles} oracles and {unknown} unknown ones; expected at least {threshold}"
    )]
    Signers {
        /// Oracles whose bit is set.
        found: u32,
        /// Oracles there are.
        oracles: u32,
        /// Bits beyond.
        unknown: u32,
        /// How many must sign.
        threshold: u32,
    },
    /// A host belongs to another account.
    #[error("host {host} of the project belongs to {account}; expected a statement for that account")]
    OtherAccount {
        /// The host's number.
        host: u64,
        /// Its account here.
        account: String,
    },
    /// A statement that says nothing new.
    #[error("host {host} was counted up to {counted}; expected a larger total than that, found {found}")]
    NothingNew {
        /// The host's number.
        host: u64,
        /// What was counted.
        counted: u64,
        /// What is stated.
        found: u64,
    },
    /// Stopped.
    #[error("deposits and imports are paused; credits can be spent as always")]
    Paused,
    /// The stored state is not an earlier version of this contract.
    #[error("cannot migrate: {0}; expected an earlier version of the same contract")]
    Migration(StdError),
}
