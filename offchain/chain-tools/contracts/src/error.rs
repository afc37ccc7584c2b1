//! What can be wrong with terms.

use bithive_economics::ScheduleError;
use thiserror::Error;

use crate::{Contract, Role};

/// Error of the terms of a deployment.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TermsError {
    /// A market where there is to be none, or none where one is asked for.
    #[error(
        "a chain of role {role} does not fit: market, economy and token have a job market, data and model have none"
    )]
    NoMarket {
        /// Role of the chain.
        role: Role,
    },
    /// The reference string could not be opened for the registry.
    #[error("reference string: {0}")]
    Crs(std::io::Error),
    /// A threshold that does not fit the committee.
    #[error(
        "the committee needs {threshold} of {members} members; expected {least} to {members}, so that who asks different \
         members for different values gets no more of them"
    )]
    Committee {
        /// Members of the committee.
        members: usize,
        /// Members needed for one evaluation.
        threshold: u8,
        /// Least threshold for so many.
        least: usize,
    },
    /// A contract is to know another one that is not there yet.
    #[error(
        "{contract} cannot be created: it needs the address of {known}, which has none yet; create {known} first"
    )]
    Unknown {
        /// Contract that is created.
        contract: Contract,
        /// The other one.
        known: Contract,
    },
    /// A part of the SKY can't be locked.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The message of a contract has no JSON form.
    #[error("the message that creates {contract}: {reason}")]
    Message {
        /// Contract that is created.
        contract: Contract,
        /// What is wrong.
        reason: String,
    },
}
