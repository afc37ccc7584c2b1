//! What can go wrong.

use std::io;

/// What can go wrong when a laboratory or a proxy is set up.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// This machine does not offer what network namespaces need.
    #[error(
        "{what} is missing here ({source}); network namespaces joined by a router need Linux with /dev/net/tun and \
         root or CAP_SYS_ADMIN and CAP_NET_ADMIN; the UDP proxy needs none of it"
    )]
    Missing {
        /// What it lacks.
        what: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// A side can't be used.
    #[error("side {side:?}: {problem}")]
    Side {
        /// Name of the side.
        side: String,
        /// What is wrong with it, and what was expected.
        problem: String,
    },
    /// A link can't be used.
    #[error("link: {field} is {value}; expected {expected}")]
    Link {
        /// Name of the field.
        field: &'static str,
        /// The value that was given.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A key that is not known.
    #[error("{key:?} is not known; expected one of {expected}")]
    Key {
        /// Key that was found.
        key: String,
        /// The keys there are.
        expected: String,
    },
    /// The system refused something else.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// The system's error.
        source: io::Error,
    },
}

impl LabError {
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    pub(crate) fn missing(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Missing { what, source }
    }

    /// Whether this machine lacks something, and nothing else is wrong: tests are skipped then.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}
