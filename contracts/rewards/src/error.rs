//! What a message can get wrong.

use bithive_api::rewards::{Activity, Role};
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_contract_kit::source::NotSource;
use bithive_economics::score::FactorError;
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
    /// A factor of the formula out of bounds.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// The formula comes to less than half of the activity's least.
    #[error(
        "the formula comes to less than {least} base units; expected at least that, half of the least that is paid"
    )]
    NothingEarned {
        /// Half of the least.
        least: Uint128,
    },
    /// Limits that contradict each other.
    #[error(
        "the limit of all patients is {total} a day, that of one patient {patient}; expected at least as much for all"
    )]
    Limits {
        /// Limit of all patients on a day, in base units.
        total: Uint128,
        /// Limit of one patient on a day, in base units.
        patient: Uint128,
    },
    /// A party can't propose or approve a reward for itself.
    #[error("{sender} is the patient; expected a party that is not")]
    OwnReward {
        /// Address that sent the message.
        sender: String,
    },
    /// The evidence was used before.
    #[error("the evidence is already used by proposal {id}; expected other evidence")]
    EvidenceUsed {
        /// Number of the proposal that has it.
        id: u64,
    },
    /// No such proposal.
    #[error("there is no proposal {id}; it was paid, has expired, or was never made")]
    NoProposal {
        /// Number that was asked for.
        id: u64,
    },
    /// A party of the same role has already approved.
    #[error("a party of the role {role:?} has already approved proposal {id}; expected one of another role")]
    RoleTwice {
        /// Number of the proposal.
        id: u64,
        /// Role of the party that approved.
        role: Role,
    },
    /// Too late to approve.
    #[error("proposal {id} could be approved until {until} (Unix seconds)")]
    TooLate {
        /// Number of the proposal.
        id: u64,
        /// Last second for approvals, Unix time.
        until: u64,
    },
    /// Too early to remove.
    #[error("proposal {id} can still be approved, until {until} (Unix seconds)")]
    TooEarly {
        /// Number of the proposal.
        id: u64,
        /// Last second for approvals, Unix time.
        until: u64,
    },
    /// A limit of the day would be exceeded.
    #[error(
        "{limit} of the day is {most}, of which {used} are used; this would be {amount} more. Try again tomorrow"
    )]
    DailyLimit {
        /// Name of the limit.
        limit: &'static str,
        /// The limit: a number of rewards, or base units.
        most: Uint128,
        /// What is used of it today, in the same unit.
        used: Uint128,
        /// What this payment would add, in the same unit.
        amount: Uint128,
    },
    /// An activity whose range is for a day was rewarded on this day.
    #[error(
        "{patient} had its reward for {activity:?} on day {day} since 1970; expected one a day. Try again tomorrow"
    )]
    OnceADay {
        /// Account of the patient.
        patient: String,
        /// The activity that was proposed.
        activity: Activity,
        /// Day of its reward, since 1970.
        day: u64,
    },
    /// The budget is too small.
    #[error("the budget is {available}; expected at least {amount}")]
    Funds {
        /// What there is.
        available: Uint128,
        /// Amount of the reward, in base units.
        amount: Uint128,
    },
    /// A contract that the owner has not named.
    #[error(transparent)]
    NotSource(#[from] NotSource),
    /// A reply to nothing that the contract sends.
    #[error("reply {id} belongs to no message that this contract sends")]
    UnknownReply {
        /// Id of the reply.
        id: u64,
    },
    /// The owner has paused proposals and approvals.
    #[error("proposals and approvals are paused")]
    Paused,
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
