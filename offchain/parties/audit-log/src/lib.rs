//! The audit log of a party, in a folder.
//!
//! [`AuditLog`] writes: each entry is on disk before [`AuditLog::record`] returns, and what can't be written is an error that stops the act.
//! Several processes may have the log open; each write takes the folder's lock, so there is one writer at a time. [`Reader`] reads the
//! entries of all segments, [`verify`] checks them, [`Follower`] waits for new ones, and [`Webhook`] tells others about alerts.
//!
//! ```text
//! lock                              taken for each write
//! salt                              secret of the objects' digests, 32 bytes in hex
//! entries-00000000000000000001.log  a segment: entries from this number on, a line each (`bithive_audit::Entry`)
//! configuration                     digest of the configuration that was noted last
//! ```
//!
//! A crash can leave the last line unfinished. Its act was never reported, because the line was not on disk. The next writer cuts it off
//! and says so in an entry.

mod error;
mod folder;
mod follow;
mod log;
mod read;
mod webhook;

pub use error::{AuditLogError, WebhookError};
pub use follow::Follower;
pub use log::{AuditLog, Who};
pub use read::{Reader, Verdict, verify};
pub use webhook::{Backoff, HookKey, Webhook};
