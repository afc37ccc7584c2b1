//! The verifier: whether what a prover has said follows from itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::Roots;
use crate::block::{BLOCK_BYTES, Block};
use crate::graph::{Challenge, Place};
use crate::merkle::{leaf, path_len, root};
use crate::question::{next, opened_blocks, opened_states, reads, sampled_blocks, sampled_steps};

/// What a prover has said of one walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkClaim {
    /// Where it was told to begin: 32 random bytes.
    pub start: [u8; 32],
    /// Steps that it was told to take, at least one.
    pub steps: u32,
    /// Root of its tree.
    pub root: [u8; 32],
}

/// What was asked of a prover, and what it has answered in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// What it was to fill.
    pub challenge: Challenge,
    /// The roots that it has answered before the first walk.
    pub roots: Roots,
    /// The walks, in order.
    pub walks: Vec<WalkClaim>,
}

/// Why a proof shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Another length than that of the answer to this question.
    #[error("the proof has another length than the answer to the question")]
    Length,
    /// A state that is not in the tree of its walk, or a walk that begins elsewhere.
    #[error("state {state} of walk {walk} is not what was answered before")]
    State {
        /// Number of the walk, from 0.
        walk: usize,
        /// Number of the state, from 0.
        state: u32,
    },
    /// A block that is not in the tree of its pass.
    #[error("block {} of pass {} is not what was answered before", .0.index, .0.pass)]
    Block(Place),
    /// A block that does not follow from its parents: the memory was not filled as it was to be.
    #[error("block {} of pass {} does not follow from the challenge", .0.index, .0.pass)]
    Filled(Place),
    /// A step that does not lead where the walk went: it did not read the memory.
    #[error("step {step} of walk {walk} does not follow from the block that it reads")]
    Step {
        /// Number of the walk, from 0.
        walk: usize,
        /// Number of the state before it, from 0.
        step: u32,
    },
}

impl Transcript {
    /// Checks the answer to `question`, which is 32 random bytes that the prover learnt after all answers of the transcript.
    ///
    /// # Errors
    /// [`ProofError`] says what does not follow.
    pub fn verify(&self, question: &[u8; 32], proof: &[u8]) -> Result<(), ProofError> {
        let mut rest = proof;
        let mut walked = Vec::with_capacity(self.walks.len());
        for (number, walk) in self.walks.iter().enumerate() {
            walked.push(read_states(question, number, walk, &mut rest)?);
        }
        let read = walked.iter().flat_map(Opened::steps).map(|(_, state, _)| reads(&self.challenge, state).0);
        let sampled = sampled_blocks(&self.challenge, question);
        let mut blocks = BTreeMap::new();
        for place in opened_blocks(&self.challenge, &sampled, read) {
            blocks.insert(place, self.read_block(place, &mut rest)?);
        }
        if !rest.is_empty() {
            return Err(ProofError::Length);
        }
        // Every place that is looked up was opened.
        let block = |place: Place| blocks.get(&place).ok_or(ProofError::Block(place));
        for place in sampled {
            let expected = if place == (Place { pass: 0, index: 0 }) {
                self.challenge.origin()
            } else {
                let mut sum = Block::ZERO;
                for parent in self.challenge.parents(place) {
                    sum.add(block(parent)?);
                }
                sum.compressed()
            };
            if *block(place)? != expected {
                return Err(ProofError::Filled(place));
            }
        }
        for (walk, opened) in walked.iter().enumerate() {
            for (step, from, to) in opened.steps() {
                let (place, piece) = reads(&self.challenge, from);
                if next(from, block(place)?, piece) != *to {
                    return Err(ProofError::Step { walk, step });
                }
            }
        }
        Ok(())
    }

    fn read_block(&self, place: Place, rest: &mut &[u8]) -> Result<Block, ProofError> {
        let bytes: &[u8; BLOCK_BYTES] = take(rest)?;
        let tree = (self.challenge.blocks(), place.index);
        let path = take_path(rest, tree)?;
        let expected = self.roots.get(usize::from(place.pass)).copied();
        if root(leaf(bytes), tree, &path) == expected {
            Ok(Block::from_bytes(bytes))
        } else {
            Err(ProofError::Block(place))
        }
    }
}

/// The states of a walk that are opened, and the steps between them that are compared.
struct Opened {
    steps: BTreeSet<u32>,
    states: BTreeMap<u32, [u8; 32]>,
}

impl Opened {
    /// Number of the state before each step, that state, and the one after it.
    fn steps(&self) -> impl Iterator<Item = (u32, &[u8; 32], &[u8; 32])> {
        let both =
            |step: &u32| Some((*step, self.states.get(step)?, self.states.get(&step.saturating_add(1))?));
        self.steps.iter().filter_map(both)
    }
}

fn read_states(
    question: &[u8; 32],
    number: usize,
    walk: &WalkClaim,
    rest: &mut &[u8],
) -> Result<Opened, ProofError> {
    let steps = sampled_steps(question, u8::try_from(number).unwrap_or(u8::MAX), walk.steps);
    let mut states = BTreeMap::new();
    for index in opened_states(&steps) {
        let state: &[u8; 32] = take(rest)?;
        let tree = (walk.steps.saturating_add(1), index);
        let path = take_path(rest, tree)?;
        let begins = index > 0 || *state == walk.start;
        if !begins || root(leaf(state), tree, &path) != Some(walk.root) {
            return Err(ProofError::State { walk: number, state: index });
        }
        states.insert(index, *state);
    }
    Ok(Opened { steps, states })
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], ProofError> {
    let (taken, left) = rest.split_first_chunk().ok_or(ProofError::Length)?;
    *rest = left;
    Ok(taken)
}

fn take_path(rest: &mut &[u8], (leaves, index): (u32, u32)) -> Result<Vec<[u8; 32]>, ProofError> {
    (0..path_len(leaves, index)).map(|_| take(rest).copied()).collect()
}
