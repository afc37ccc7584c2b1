//! What a message can get wrong.

use bithive_api::emissions::MAX_CONTRIBUTORS;
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::{BpsError, EmissionError};
use cosmwasm_std::{OverflowError, StdError};
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
    /// The start is after the latest allowed time.
    #[error(transparent)]
    Start(#[from] EmissionError),
    /// The start is in the past: what was emitted since then would belong to nobody.
    #[error("the emission starts at {start}, which is in the past; expected {now} or later")]
    Past {
        /// Start given, in Unix seconds.
        start: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// The staking contract pledges another token than BTK.
    #[error("the staking contract holds {found}; expected pledges in {expected}")]
    OtherToken {
        /// Address of its token.
        found: String,
        /// Address of BTK.
        expected: String,
    },
    /// Crediting is stopped.
    #[error("crediting is paused; claims and releases go on")]
    Paused,
    /// The emission has not started.
    #[error("the emission starts at {start}; work before it is not credited")]
    NotStarted {
        /// Start of the emission, in Unix seconds.
        start: u64,
    },
    /// The chain's clock is behind the last day that was credited.
    #[error(
        "today is day {day} of the emission, but work was credited on day {last}; expected the clock not to go back"
    )]
    TimeWentBack {
        /// Number of the present day, from 0 at the start.
        day: u64,
        /// Last day with work, from 0 at the start.
        last: u64,
    },
    /// No work, or a unit of which half would count.
    #[error("the work that counts is 0 units; expected at least 1, or 2 where the pledge is too small")]
    NoWork,
    /// Nobody, or more than a message can name.
    #[error("{found} contributors are named; expected 1 to {MAX_CONTRIBUTORS}")]
    Contributors {
        /// How many are.
        found: usize,
    },
    /// Work that was not announced, or is credited already.
    #[error("{left} units that {meter} announced on day {day} are nobody's yet; expected at least {units}")]
    NotAnnounced {
        /// Who sent the message.
        meter: String,
        /// Day that was named.
        day: u64,
        /// What is left of what was announced on it.
        left: u64,
        /// What was to be credited.
        units: u64,
    },
    /// More work in a day than can be counted.
    #[error("{units} more units would take the day's work above {} units", u64::MAX)]
    TooMuchWork {
        /// Compute credits to be added.
        units: u64,
    },
    /// Nothing can be paid.
    #[error("nothing is due to {recipient}")]
    NothingDue {
        /// Address of the contributor or recipient.
        recipient: String,
    },
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
