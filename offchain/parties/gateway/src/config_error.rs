//! Why a configuration is refused.

use std::path::PathBuf;

/// Why a configuration is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read, is not TOML, lacks a field, or has an unknown field or one of another type.
    #[error("{file}: {problem}")]
    File {
        /// Path of the file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// A value is none that the field can have.
    #[error("{file}: {field} is {found:?}; expected {expected}")]
    Field {
        /// Path of the file.
        file: String,
        /// The field, with its path.
        field: &'static str,
        /// What was given.
        found: String,
        /// What can be given.
        expected: String,
    },
    /// A file that it names is not there.
    #[error("{file}: {field}: {path} is not there; {remedy}", path = path.display())]
    Missing {
        /// The file of the configuration.
        file: String,
        /// Name of the field, with its table.
        field: &'static str,
        /// Where it was looked for.
        path: PathBuf,
        /// What makes it.
        remedy: &'static str,
    },
}
