//! What is evaluated: the point of an input, and the tag that its multiple gives.

use curve25519_dalek::RistrettoPoint;
use zeroize::Zeroizing;

use crate::{
    hash::{hash_to_group, sha256},
    oprf::tags::Tag,
    schema::{Input, SlotId},
};

/// P for an input: bound to the schema, so that a slot number means the same question to all.
pub(super) fn input_point(schema_digest: &[u8; 32], epoch: u64, input: &Input) -> RistrettoPoint {
    let mut message = Zeroizing::new(Vec::with_capacity(42 + input.value.len()));
    message.extend_from_slice(schema_digest);
    message.extend_from_slice(&input.slot.0.to_be_bytes());
    message.extend_from_slice(&epoch.to_be_bytes());
    // Last and the only part of variable length.
    message.extend_from_slice(input.value.as_bytes());
    hash_to_group(&message)
}

/// F = H(slot, epoch, K * P).
pub(super) fn tag(slot: SlotId, epoch: u64, point: &RistrettoPoint) -> Tag {
    let hash = sha256("tag").fixed(&slot.0.to_be_bytes()).fixed(&epoch.to_be_bytes());
    Tag::new(hash.fixed(point.compress().as_bytes()).digest())
}
