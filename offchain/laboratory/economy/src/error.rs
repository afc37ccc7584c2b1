//! Why a run stopped. A check that fails is not an error but a result: see [`crate::Broken`].

use bithive_chain::ChainError;

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum EconomyError {
    /// A number is out of bounds.
    #[error("{field} is {found}; expected {least} to {most}")]
    Option {
        /// Name of the option.
        field: &'static str,
        /// The number that was given.
        found: u32,
        /// Least value allowed.
        least: u32,
        /// Largest value allowed.
        most: u32,
    },
    /// A contract refused what an account did, or the chain failed.
    #[error("{what}: {source}")]
    Chain {
        /// What was done.
        what: String,
        /// The chain's error.
        source: ChainError,
    },
    /// A contract's event or answer lacks something.
    #[error("{what} did not report {missing}")]
    Silent {
        /// What was done.
        what: &'static str,
        /// What was expected in its events or answers.
        missing: &'static str,
    },
    /// A message has no JSON form, or a schedule of the tables is out of bounds.
    #[error("{what}: {reason}")]
    Malformed {
        /// What it is.
        what: &'static str,
        /// The reason, for people.
        reason: String,
    },
    /// There is no strategy of that name.
    #[error("there is no strategy {found:?}; expected one of {expected}")]
    NoStrategy {
        /// The name that was given.
        found: String,
        /// The names that there are.
        expected: String,
    },
    /// A drawing could not be written.
    #[error("cannot draw {file}: {reason}")]
    Draw {
        /// Path of the file.
        file: String,
        /// The reason, for people.
        reason: String,
    },
}

/// Says what was done when the chain refused it.
pub(crate) fn during(what: impl Into<String>) -> impl FnOnce(ChainError) -> EconomyError {
    move |source| EconomyError::Chain { what: what.into(), source }
}
