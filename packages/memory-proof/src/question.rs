//! What a prover is asked once it can change nothing any more. Both sides draw it from the 32 bytes of a question.

use std::collections::BTreeSet;

use crate::block::Block;
use crate::graph::{Challenge, PASSES, Place, below};

/// Most steps of a walk: the prover keeps 32 bytes of each.
pub const MAX_STEPS: u32 = 1 << 21;
/// Most walks of one fill.
pub const MAX_WALKS: usize = 3;
/// Blocks that are compared with what they follow from. Where a tenth of the blocks is wrong, all of these are right once in
/// 850 fills.
const BLOCK_SAMPLES: u32 = 64;
/// Steps of each walk that are compared with what they read.
const STEP_SAMPLES: u32 = 32;

/// Where a walk goes from a state: the block of the last pass, and the piece of it that is read.
pub(crate) fn reads(challenge: &Challenge, state: &[u8; 32]) -> (Place, u8) {
    let index = below(challenge.blocks(), state);
    (Place { pass: (PASSES - 1) as u8, index }, state[31])
}

/// The state after this one: BLAKE3 of it and of what it reads.
pub(crate) fn next(state: &[u8; 32], block: &Block, piece: u8) -> [u8; 32] {
    let mut read = [0; 64];
    read[..32].copy_from_slice(state);
    read[32..].copy_from_slice(&block.piece(piece));
    *blake3::hash(&read).as_bytes()
}

fn drawn(question: &[u8; 32], kind: u8, walk: u8, number: u32) -> [u8; 32] {
    *blake3::keyed_hash(question, &[&[kind, walk][..], &number.to_be_bytes()].concat()).as_bytes()
}

/// The blocks whose content is compared with that of their parents.
pub(crate) fn sampled_blocks(challenge: &Challenge, question: &[u8; 32]) -> BTreeSet<Place> {
    let sample = |number| {
        let digest = drawn(question, 0, 0, number);
        let pass = below(PASSES as u32, &drawn(question, 1, 0, number)) as u8;
        Place { pass, index: below(challenge.blocks(), &digest) }
    };
    (0..BLOCK_SAMPLES).map(sample).collect()
}

/// The steps of a walk that are compared with what they read: each by the number of the state before it.
pub(crate) fn sampled_steps(question: &[u8; 32], walk: u8, steps: u32) -> BTreeSet<u32> {
    (0..STEP_SAMPLES).map(|number| below(steps, &drawn(question, 2, walk, number))).collect()
}

/// The states that are opened for that: the start, and both ends of each step.
pub(crate) fn opened_states(steps: &BTreeSet<u32>) -> BTreeSet<u32> {
    [0].into_iter().chain(steps.iter().flat_map(|step| [*step, step + 1])).collect()
}

/// The blocks that are opened: those that are sampled, their parents, and what the sampled steps read.
pub(crate) fn opened_blocks(
    challenge: &Challenge,
    sampled: &BTreeSet<Place>,
    read: impl Iterator<Item = Place>,
) -> BTreeSet<Place> {
    let parents = sampled.iter().flat_map(|place| challenge.parents(*place));
    sampled.iter().copied().chain(parents).chain(read).collect()
}
