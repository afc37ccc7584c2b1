//! Statistics that BOINC projects export: a bounded reader ([`Records`]), credit without floating point ([`Credit`]), and
//! what happened to credit between two exports ([`change()`]).
//!
//! An export is a file of a stranger. Nothing in it is believed beyond its form: how much of it is read, how deep it nests
//! and how long a text is are bounded ([`limits`]), and credit that falls, or grows faster than a stated rate, is named as
//! that, for the caller not to pay it.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

mod change;
mod credit;
mod error;
mod fields;
pub mod limits;
mod link;
mod linked;
mod record;
mod records;
mod source;

pub use change::{Change, change};
pub use credit::Credit;
pub use error::{Error, Fault};
pub use link::{LINK_PREFIX, link_text, linked_address};
pub use linked::{LinkedHost, linked_hosts, links};
pub use record::{Host, Record, User};
pub use records::Records;
