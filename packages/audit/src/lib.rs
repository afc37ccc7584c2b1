//! An audit log that shows what was done to it, without personal data.
//!
//! An [`Event`] says who did what, when, under which consent, to which object, and how it ended. Objects and subjects are salted digests
//! ([`Salt`]), people are account addresses or other pseudonyms ([`Name`]). An [`Entry`] is an event with its place in the log: a number,
//! the digest of the entry before, and its own BLAKE3 digest. It is one line of text ([`Entry::to_line`]).
//!
//! [`Verifier`] reads entries in order and names the first [`Fault`]. What the chain alone can't show is that the end was cut off, or that
//! all of it was written anew: for that, a [`Head`] has to be known from outside. Heads are statements that an account signs, so they can be
//! given to others, printed or published.
//!
//! [`Rules`] turn entries into [`Alert`]s, [`export`] into FHIR AuditEvents and CSV, and [`Filter`] answers who opened what.
//!
//! The crate is pure: files, locks and clocks are in `bithive-audit-log`.

mod chain;
mod entry;
mod event;
pub mod export;
mod filter;
mod head;
mod rules;
mod salt;
mod stamp;

pub use bithive_signed::{Digest, Name, NameError};
pub use chain::{Fault, Summary, Verifier};
pub use entry::{Entry, EntryError, MAX_LINE_BYTES};
pub use event::{Act, Event, MAX_AT, Outcome, Role};
pub use filter::Filter;
pub use head::{Head, HeadError, Kind as HeadKind, SignedHead};
pub use rules::{Alert, Detector, Rule, RuleError, Rules, Severity, TEMPLATE, Trigger};
pub use salt::Salt;
pub use stamp::{TimeError, parse_time, show_time};
