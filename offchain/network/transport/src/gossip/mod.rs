//! Broadcast: each message to everybody, once, through neighbours.
//!
//! A message is checked in full before it is handed on: form, signature, time, origin's stake and rate. That is
//! why this is a flood of its own: gossip libraries forward first and show a message to the program later. A
//! neighbour is told a message's identifier first and gets the message only if it wants it, so that each message
//! comes in once, however many neighbours have it.

pub(crate) mod answer;
pub(crate) mod flood;
mod join;
mod ledger;
pub(crate) mod message;

pub use flood::Rate;
pub use join::BroadcastError;
pub use ledger::{BURST_SECONDS, LEAST_CHARGE, MAX_OF_ORIGIN, MAX_SEEN, Rejection, SKEW, WINDOW};
pub use message::{Broadcast, ENVELOPE_BYTES, MAX_BODY_BYTES, MessageError, open, sign};
