//! What a message can get wrong.

use bithive_api::jobs::Phase;
use bithive_contract_kit::InputError;
use bithive_contract_kit::channel::ChannelError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use cosmwasm_std::StdError;
use cw_ownable::OwnershipError;

use crate::Refusal;

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
    /// Not the owner.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// The channel is not usable.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A name of the wrong form.
    #[error("{field} is \"{found}\"; expected {expected}")]
    Name {
        /// Name of the field.
        field: &'static str,
        /// The text that was found.
        found: String,
        /// What is allowed, in words.
        expected: &'static str,
    },
    /// There is no such peer.
    #[error("{port_id} on {connection_id} is not a peer; expected one that was allowed")]
    NoPeer {
        /// Id of the IBC connection on this chain.
        connection_id: String,
        /// IBC port at the other end.
        port_id: String,
    },
    /// The other end of the channel is not an allowed peer.
    #[error(
        "a channel to {port_id} over {connection_id} is refused; expected a peer that the owner has allowed before"
    )]
    NotAllowed {
        /// Id of the IBC connection on this chain.
        connection_id: String,
        /// IBC port at the other end.
        port_id: String,
    },
    /// The contract only receives.
    #[error("there is no market on this chain to send from; expected a contract that was created with one")]
    NoMarket,
    /// The job has nothing to send.
    #[error("job {job_id} is {phase:?}; expected {expected}")]
    WrongPhase {
        /// Number of the job.
        job_id: u64,
        /// State that the job is in.
        phase: Phase,
        /// States in which there is something to send, in words.
        expected: &'static str,
    },
    /// The market's answer lacks something that a job in its state has.
    #[error("the market's answer on job {job_id} lacks {what}; expected a market of this version")]
    Market {
        /// Number of the job.
        job_id: u64,
        /// Name of what is missing.
        what: &'static str,
    },
    /// The same packet was sent and is not answered yet.
    #[error(
        "the {kind} of job {job_id} was sent; try again after an answer, or after {timeout} (Unix seconds)"
    )]
    UnderWay {
        /// What is sent: worker set or statement.
        kind: &'static str,
        /// Number of the job.
        job_id: u64,
        /// When the packet expires, in Unix seconds.
        timeout: u64,
    },
    /// The other end has already accepted the same packet.
    #[error("the other end has the {kind} of job {job_id}; expected nothing more to send")]
    Delivered {
        /// What is sent: worker set or statement.
        kind: &'static str,
        /// Number of the job.
        job_id: u64,
    },
    /// What was submitted is not recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
