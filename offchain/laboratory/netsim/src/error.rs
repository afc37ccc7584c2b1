//! What can go wrong in a run.

use thiserror::Error;

/// A run that cannot be made.
#[derive(Debug, Error)]
pub enum SimError {
    /// A constant of UDX is out of its range.
    #[error("UDX constant: {0}")]
    Udx(#[from] bithive_udx::ConfigError),
    /// The connection cannot be started.
    #[error("cannot connect: {0}")]
    Connect(#[from] noq_proto::ConnectError),
    /// The connection ended before the run did.
    #[error("the connection was lost: {0}")]
    Connection(noq_proto::ConnectionError),
    /// A field of the scenario is out of its range.
    #[error("{field} is {value}, expected {expected}")]
    Scenario {
        /// Name of the field.
        field: &'static str,
        /// What it holds.
        value: f64,
        /// What it may hold.
        expected: &'static str,
    },
    /// A plot cannot be drawn.
    #[error("cannot draw {file}: {reason}")]
    Plot {
        /// Path of the file.
        file: String,
        /// The drawing library's error.
        reason: String,
    },
    /// The file of earlier runs cannot be used.
    #[error("cannot use {file}: {reason}")]
    Store {
        /// Path of the file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A trace cannot be written.
    #[error("cannot write {file}: {reason}")]
    Trace {
        /// Path of the file.
        file: String,
        /// The system's error.
        reason: String,
    },
}
