//! The group element that stands for an answer to a slot.

use curve25519_dalek::RistrettoPoint;
use zeroize::Zeroizing;

use crate::{hash::hash_to_group, schema::Input};

/// P for an input: bound to the schema, so that a slot number means the same question to all. It is the same in every
/// epoch, so that a commitment to it lasts; what differs by epoch are the keys.
pub(crate) fn input_point(schema_digest: &[u8; 32], input: &Input) -> RistrettoPoint {
    let mut message = Zeroizing::new(Vec::with_capacity(34 + input.value.len()));
    message.extend_from_slice(schema_digest);
    message.extend_from_slice(&input.slot.0.to_be_bytes());
    // Last and the only part of variable length.
    message.extend_from_slice(input.value.as_bytes());
    hash_to_group(&message)
}
