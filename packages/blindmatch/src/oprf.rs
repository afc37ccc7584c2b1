//! Threshold oblivious evaluation of a pseudo-random function over ristretto255 (RFC 9496).
//!
//! For an input (slot, value) the party computes P = HashToGroup(schema, slot, epoch, value) and sends rho * P
//! for a fresh random rho. Member i answers k_i * rho * P, where k_i is its share of the slot's key in this
//! epoch, with a proof that it used that share (module `dleq`). From any t answers the party interpolates
//! K * rho * P in the exponent, removes rho, and hashes: F = H(slot, epoch, K * P), the tag.
//!
//! Members see uniformly random points, so they learn nothing about the value. The exponentiations commute: the
//! order of answers doesn't matter. Wrong answers are found, named and left out.

mod client;
pub(crate) mod dleq;
mod messages;
mod tags;

use curve25519_dalek::RistrettoPoint;

pub use crate::oprf::{
    client::{Evaluated, Fault, FaultReason, OprfError, PendingEvaluation, blind},
    messages::{EvaluateError, EvaluateRequest, EvaluateResponse, MAX_POINTS},
    tags::{Tag, Tags},
};
use crate::{
    hash::{hash_to_group, sha256},
    schema::{Input, SlotId},
};

/// Most bytes of an input's value.
pub const MAX_VALUE_BYTES: usize = 64;

/// P for an input: bound to the schema, so that a slot number means the same question to all.
fn input_point(schema_digest: &[u8; 32], epoch: u64, input: &Input) -> RistrettoPoint {
    let mut message = Vec::with_capacity(42 + input.value.len());
    message.extend_from_slice(schema_digest);
    message.extend_from_slice(&input.slot.0.to_be_bytes());
    message.extend_from_slice(&epoch.to_be_bytes());
    // Last and the only part of variable length.
    message.extend_from_slice(input.value.as_bytes());
    hash_to_group(&message)
}

/// F = H(slot, epoch, K * P).
fn tag(slot: SlotId, epoch: u64, point: &RistrettoPoint) -> Tag {
    let hash = sha256("tag").fixed(&slot.0.to_be_bytes()).fixed(&epoch.to_be_bytes());
    Tag::new(hash.fixed(point.compress().as_bytes()).digest())
}
