//! What can go wrong.

use bithive_audit::EntryError;

/// Why the log can't be written or read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuditLogError {
    /// The disk is full, or the folder can't be written.
    #[error(
        "the audit log in {folder} can't be written: {problem}; nothing is done that is not logged: make room or mend the folder, and try \
         again"
    )]
    Write {
        /// Path of the log's folder.
        folder: String,
        /// What is wrong, from the system.
        problem: String,
    },
    /// A file can't be read.
    #[error("the audit log in {folder} can't be read: {problem}")]
    Read {
        /// Path of the log's folder.
        folder: String,
        /// What is wrong, from the system.
        problem: String,
    },
    /// There is no log.
    #[error(
        "{folder} holds no audit log; a party with `log` under [audit] in its configuration begins one, or `bithive audit init` does"
    )]
    NoLog {
        /// Path of the folder without a log.
        folder: String,
    },
    /// Another process writes, and does not end.
    #[error("another process holds the lock of the audit log in {folder}; try again when it has ended")]
    Busy {
        /// Path of the log's folder.
        folder: String,
    },
    /// Entries are not as they were written. Nothing is added to a log that is broken: it would hide where.
    #[error(
        "the audit log in {folder} is broken at entry {seq}: {problem}; `bithive audit verify` says more. Keep it as it is, and name another \
         folder for a new log"
    )]
    Broken {
        /// Path of the log's folder.
        folder: String,
        /// Number of the entry.
        seq: u64,
        /// What is wrong.
        problem: String,
    },
    /// The salt is gone, so objects of new entries could not be compared with those of old ones.
    #[error("{folder} has entries and no salt; name another folder for a new log")]
    NoSalt {
        /// Path of the log's folder.
        folder: String,
    },
    /// The salt can't be read.
    #[error("{folder}/salt is not 64 hex digits; name another folder for a new log")]
    Salt {
        /// Path of the log's folder.
        folder: String,
    },
    /// The system has no randomness.
    #[error("the operating system gives no random bytes: {0}")]
    Randomness(String),
    /// The event is out of bounds.
    #[error("the event can't be logged: {0}")]
    Event(#[from] EntryError),
}

/// Why an alert was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The URL is none that alerts are sent to.
    #[error("{found:?} is no address for alerts; expected https://..., or http:// on this machine")]
    Url {
        /// What was given.
        found: String,
    },
    /// The key is too short.
    #[error(
        "the key has {found} bytes; expected at least {least}: for example 64 hex digits of `openssl rand -hex 32`"
    )]
    Key {
        /// Length of the key, in bytes.
        found: usize,
        /// [`HookKey::LEAST`](crate::HookKey::LEAST), in bytes.
        least: usize,
    },
    /// TLS or HTTP can't be set up.
    #[error("HTTP: {0}")]
    Setup(String),
    /// Nobody has taken it.
    #[error("the alert was not taken after {attempts} attempts: {last}")]
    Undelivered {
        /// How often it was tried.
        attempts: u32,
        /// What was wrong at last.
        last: String,
    },
}
