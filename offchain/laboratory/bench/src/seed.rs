//! Where inputs come from.

/// Seed of every random input: runs measure the same.
pub(crate) const SEED: u64 = 1;
