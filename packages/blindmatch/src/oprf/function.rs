//! What is evaluated: the tag that the multiple of an input's point gives.

use curve25519_dalek::RistrettoPoint;

use crate::{hash::sha256, oprf::tags::Tag, schema::SlotId};

/// F = H(slot, epoch, K * P).
pub(super) fn tag(slot: SlotId, epoch: u64, point: &RistrettoPoint) -> Tag {
    let hash = sha256("tag").fixed(&slot.0.to_be_bytes()).fixed(&epoch.to_be_bytes());
    Tag::new(hash.fixed(point.compress().as_bytes()).digest())
}
