//! What is filled with what: the challenge, and the blocks that each block follows from.

use crate::block::{BLOCK_BYTES, Block};

/// Passes over the memory. After one, a block that is not kept costs a few others to compute; after three, more than all
/// of them (`tests/it/cheats.rs`).
pub const PASSES: usize = 3;
/// Fewest blocks: 1 MiB.
pub const MIN_BLOCKS: u32 = 1 << 10;
/// Most blocks: 512 GiB.
pub const MAX_BLOCKS: u32 = 1 << 29;

/// A block of one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The pass, from 0.
    pub pass: u8,
    /// The block's number, from 0.
    pub index: u32,
}

/// What a machine is asked to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    seed: [u8; 32],
    blocks: u32,
}

/// A challenge that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} blocks of 1 KiB are to be filled; expected {MIN_BLOCKS} to {MAX_BLOCKS}")]
pub struct ChallengeError {
    /// Number of blocks found.
    pub found: u32,
}

impl Challenge {
    /// To fill so many blocks from this seed, which is 32 random bytes that nobody knows before.
    ///
    /// # Errors
    /// [`ChallengeError`].
    pub fn new(seed: [u8; 32], blocks: u32) -> Result<Self, ChallengeError> {
        if (MIN_BLOCKS..=MAX_BLOCKS).contains(&blocks) {
            Ok(Self { seed, blocks })
        } else {
            Err(ChallengeError { found: blocks })
        }
    }

    /// The seed that the content follows from.
    #[must_use]
    pub const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// Number of blocks of 1 KiB.
    #[must_use]
    pub const fn blocks(&self) -> u32 {
        self.blocks
    }

    /// The first block of the first pass, which follows from the seed alone.
    pub(crate) fn origin(&self) -> Block {
        let mut bytes = [0; BLOCK_BYTES];
        blake3::Hasher::new_keyed(&self.seed).update(b"origin").finalize_xof().fill(&mut bytes);
        Block::from_bytes(&bytes)
    }

    /// The blocks that a block follows from, none twice: it is G of their sum. The one before it; what it was in the pass
    /// before; and one that the seed draws, as it is when the block is filled. None for the first block of the first pass.
    pub fn parents(&self, Place { pass, index }: Place) -> impl Iterator<Item = Place> {
        let last = self.blocks.saturating_sub(1);
        let (before, own) = match (pass.checked_sub(1), index.checked_sub(1)) {
            (None, None) => (None, None),
            (None, Some(before)) => (Some(Place { pass, index: before }), None),
            (Some(former), None) => {
                (Some(Place { pass: former, index: last }), Some(Place { pass: former, index }))
            }
            (Some(former), Some(before)) => {
                (Some(Place { pass, index: before }), Some(Place { pass: former, index }))
            }
        };
        before.into_iter().chain(own).chain(self.drawn(Place { pass, index }))
    }

    /// The parent that the seed draws: in the first pass one of those that are filled, and any in later ones, but neither the
    /// block itself nor the one before it.
    fn drawn(&self, Place { pass, index }: Place) -> Option<Place> {
        let choices = if pass == 0 { index.saturating_sub(1) } else { self.blocks.saturating_sub(2) };
        if choices == 0 {
            return None;
        }
        let message = [&[pass][..], &index.to_be_bytes()].concat();
        let drawn = below(choices, blake3::keyed_hash(&self.seed, &message).as_bytes());
        let other = if pass == 0 {
            drawn
        } else {
            // From the block after it on, in a circle: those that are left out come last.
            let after = u64::from(index) + 1 + u64::from(drawn);
            (after % u64::from(self.blocks)) as u32
        };
        let version = if other < index { pass } else { pass.saturating_sub(1) };
        Some(Place { pass: version, index: other })
    }
}

/// A number below `bound` from the first 64 bits of a digest.
pub(crate) fn below(bound: u32, digest: &[u8; 32]) -> u32 {
    let drawn = digest.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    // The product is below bound times 2^64.
    ((u128::from(drawn) * u128::from(bound)) >> 64) as u32
}
