//! What a message can get wrong.

use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
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
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A key or a signature is not valid.
    #[error(transparent)]
    Bls(#[from] HostError),
    /// People don't meter.
    #[error("{meter} can't be a meter; expected a contract")]
    PersonalMeter {
        /// Address that was given.
        meter: String,
    },
    /// A bound of the day.
    #[error("{bound} of the day has {left} credits left; {credits} are more. Try again tomorrow")]
    DailyLimit {
        /// Name of the bound.
        bound: &'static str,
        /// What is left of it.
        left: u64,
        /// Credits asked for.
        credits: u64,
    },
    /// The BTT for new credits are missing.
    #[error(
        "{credits} more credits are not funded; there are funds for {room}. Send BTT with the hook `fund` first"
    )]
    NotFunded {
        /// Credits to be made.
        credits: u64,
        /// Most credits that can be made.
        room: u64,
    },
    /// Too few credits.
    #[error("{address} has {found} credits; expected at least {credits}")]
    NotEnough {
        /// Address of the account.
        address: String,
        /// Credits it has.
        found: u64,
        /// Credits that are needed.
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
    /// The escrow costs more credits than can exist.
    #[error("price {price} times {workers} workers is more than credits can pay; expected a smaller price")]
    PriceOverflow {
        /// Price of a worker.
        price: Uint128,
        /// Workers of the job.
        workers: u8,
    },
    /// The BTT are needed to back credits.
    #[error("{available} base units are not needed to back credits; expected at least {amount}")]
    Funds {
        /// What can be returned.
        available: Uint128,
        /// Amount asked for, in base units.
        amount: Uint128,
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
        /// Number of bits that stand for no oracle.
        unknown: u32,
        /// How many must sign.
        threshold: u32,
    },
    /// A host belongs to another account.
    #[error("host {host} of the project belongs to {account}; expected a statement for that account")]
    OtherAccount {
        /// The host's number.
        host: u64,
        /// Address of the account on this chain.
        account: String,
    },
    /// The statement's total is not larger than the one already counted.
    #[error("host {host} was counted up to {counted}; expected a larger total than that, found {found}")]
    NothingNew {
        /// The host's number.
        host: u64,
        /// Total counted so far, in cobblestones.
        counted: u64,
        /// Total of the statement, in cobblestones.
        found: u64,
    },
    /// The owner has paused deposits and imports.
    #[error("deposits and imports are paused; credits can be spent as always")]
    Paused,
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
