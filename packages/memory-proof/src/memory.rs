//! The prover: fills memory, walks through it, and proves both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Roots;
use crate::block::Block;
use crate::graph::{Challenge, PASSES, Place};
use crate::merkle::{Built, Tree, leaf};
use crate::question::{MAX_STEPS, next, opened_blocks, opened_states, reads, sampled_blocks, sampled_steps};

/// Blocks between two looks at whether to stop.
const LOOKS: u32 = 1 << 12;

/// Why nothing is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemoryError {
    /// The machine does not give the memory.
    #[error("{blocks} blocks of 1 KiB can't be allocated; measure less, or end other programs")]
    NotThere {
        /// Number of blocks.
        blocks: u32,
    },
    /// It was told to stop.
    #[error("filling was stopped")]
    Stopped,
}

/// What makes a block of what is in memory when its turn comes: [`Memory::follow`], but for tests of provers that cheat.
type Follow = fn(&Memory, Place) -> Block;

/// Memory that is filled.
pub struct Memory {
    challenge: Challenge,
    blocks: Vec<Block>,
    roots: Roots,
}

/// A walk through the memory.
pub struct Walk {
    states: Vec<[u8; 32]>,
    root: [u8; 32],
}

impl Walk {
    /// Root of the tree over its states, the start among them.
    #[must_use]
    pub const fn root(&self) -> &[u8; 32] {
        &self.root
    }

    /// Number of steps.
    #[must_use]
    pub fn steps(&self) -> u32 {
        u32::try_from(self.states.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }
}

impl Memory {
    /// Fills as many blocks as the challenge says, in every pass, until `stop` is set. Takes a core for about 10 seconds for each GiB.
    ///
    /// # Errors
    /// [`MemoryError`].
    pub fn fill(challenge: Challenge, stop: &AtomicBool) -> Result<Self, MemoryError> {
        Self::fill_by(Self::follow, challenge, stop)
    }

    fn fill_by(follow: Follow, challenge: Challenge, stop: &AtomicBool) -> Result<Self, MemoryError> {
        let count = challenge.blocks();
        let mut blocks = Vec::new();
        let there = blocks.try_reserve_exact(count as usize);
        there.map_err(|_| MemoryError::NotThere { blocks: count })?;
        blocks.resize(count as usize, Block::ZERO);
        let mut memory = Self { challenge, blocks, roots: [[0; 32]; PASSES] };
        let trees = memory.run(follow, stop, &BTreeSet::new(), |_, _| {})?;
        for (root, tree) in memory.roots.iter_mut().zip(trees) {
            *root = tree.root;
        }
        Ok(memory)
    }

    /// Fills the memory from its beginning, and shows the blocks of `watched` as they come. Returns the trees of all passes,
    /// which remember what leads from those blocks to their roots.
    fn run(
        &mut self,
        follow: Follow,
        stop: &AtomicBool,
        watched: &BTreeSet<Place>,
        mut show: impl FnMut(Place, &Block),
    ) -> Result<Vec<Built>, MemoryError> {
        let count = self.challenge.blocks();
        let mut trees = Vec::with_capacity(PASSES);
        for pass in 0..PASSES as u8 {
            let of_pass = watched.iter().filter(|place| place.pass == pass).map(|place| place.index);
            let mut tree = Tree::watching(count, of_pass);
            for index in 0..count {
                if index % LOOKS == 0 && stop.load(Ordering::Relaxed) {
                    return Err(MemoryError::Stopped);
                }
                let place = Place { pass, index };
                let block = follow(self, place);
                tree.push(leaf(&block.to_bytes()));
                if watched.contains(&place) {
                    show(place, &block);
                }
                self.blocks[index as usize] = block;
            }
            trees.push(tree.finish());
        }
        Ok(trees)
    }

    /// A block, from its parents as they are in memory when its turn comes.
    fn follow(&self, place: Place) -> Block {
        if place == (Place { pass: 0, index: 0 }) {
            return self.challenge.origin();
        }
        let mut sum = Block::ZERO;
        self.challenge.parents(place).for_each(|parent| sum.add(&self.blocks[parent.index as usize]));
        sum.compressed()
    }

    /// Roots of the trees over the blocks of each pass.
    #[must_use]
    pub const fn roots(&self) -> &Roots {
        &self.roots
    }

    /// Walks so many steps through the memory, 1 to [`MAX_STEPS`]. It is as fast as memory answers, because each step says
    /// what the next one reads.
    #[must_use]
    pub fn walk(&self, start: [u8; 32], steps: u32) -> Walk {
        let steps = steps.clamp(1, MAX_STEPS);
        let mut states = Vec::with_capacity(steps as usize + 1);
        states.push(start);
        let mut state = start;
        for _ in 0..steps {
            let (place, piece) = reads(&self.challenge, &state);
            state = next(&state, &self.blocks[place.index as usize], piece);
            states.push(state);
        }
        let mut tree = Tree::default();
        states.iter().for_each(|state| tree.push(leaf(state)));
        let root = tree.finish().root;
        Walk { states, root }
    }

    /// Answers a question about the fill and about walks: what [`crate::Transcript::verify`] takes. Fills the memory once more,
    /// because blocks of earlier passes are gone.
    ///
    /// # Errors
    /// [`MemoryError::Stopped`]; the memory is not filled then.
    pub fn prove(
        &mut self,
        walks: &[Walk],
        question: &[u8; 32],
        stop: &AtomicBool,
    ) -> Result<Vec<u8>, MemoryError> {
        self.prove_by(Self::follow, walks, question, stop)
    }

    fn prove_by(
        &mut self,
        follow: Follow,
        walks: &[Walk],
        question: &[u8; 32],
        stop: &AtomicBool,
    ) -> Result<Vec<u8>, MemoryError> {
        let (mut out, mut read) = (Vec::new(), Vec::new());
        for (number, walk) in (0..).zip(walks) {
            let steps = sampled_steps(question, number, walk.steps());
            let opened = opened_states(&steps);
            let mut tree = Tree::watching(walk.steps() + 1, opened.iter().copied());
            walk.states.iter().for_each(|state| tree.push(leaf(state)));
            let tree = tree.finish();
            for index in opened {
                out.extend_from_slice(&walk.states[index as usize]);
                tree.path(index).for_each(|hash| out.extend_from_slice(hash));
            }
            read.extend(steps.iter().map(|step| reads(&self.challenge, &walk.states[*step as usize]).0));
        }
        let sampled = sampled_blocks(&self.challenge, question);
        let opened = opened_blocks(&self.challenge, &sampled, read.into_iter());
        let mut blocks = BTreeMap::new();
        let trees = self.run(follow, stop, &opened, |place, block| {
            blocks.insert(place, *block);
        })?;
        for (place, block) in blocks {
            out.extend_from_slice(&block.to_bytes());
            trees[usize::from(place.pass)].path(place.index).for_each(|hash| out.extend_from_slice(hash));
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MIN_BLOCKS, ProofError, Transcript, WalkClaim};

    static GO_ON: AtomicBool = AtomicBool::new(false);
    const QUESTIONS: u8 = 5;

    /// What a prover that makes blocks by `follow` and then changes its memory has answered, and what the verifier says of
    /// it for different questions.
    fn played(follow: Follow, change: impl Fn(&mut [Block])) -> Vec<Result<(), ProofError>> {
        let challenge = Challenge::new([3; 32], MIN_BLOCKS).unwrap();
        let ask = |question: u8| {
            let mut memory = Memory::fill_by(follow, challenge, &GO_ON).unwrap();
            let roots = *memory.roots();
            change(&mut memory.blocks);
            let starts = [[1; 32], [2; 32], [3; 32]];
            let walks = starts.map(|start| memory.walk(start, 500));
            let claim = |(start, walk): (&[u8; 32], &Walk)| WalkClaim {
                start: *start,
                steps: walk.steps(),
                root: walk.root,
            };
            let claims = starts.iter().zip(&walks).map(claim).collect();
            let proof = memory.prove_by(follow, &walks, &[question; 32], &GO_ON).unwrap();
            Transcript { challenge, roots, walks: claims }.verify(&[question; 32], &proof)
        };
        (0..QUESTIONS).map(ask).collect()
    }

    #[test]
    fn who_has_everything_convinces_whatever_is_asked() {
        assert_eq!(played(Memory::follow, |_| {}), vec![Ok(()); usize::from(QUESTIONS)]);
    }

    #[test]
    fn who_keeps_nine_tenths_and_walks_over_the_rest_is_found_out() {
        let forgets = |blocks: &mut [Block]| {
            blocks.iter_mut().step_by(10).for_each(|block| *block = Block::ZERO);
        };
        for said in played(Memory::follow, forgets) {
            assert!(matches!(said, Err(ProofError::Step { .. })), "{said:?}");
        }
    }

    #[test]
    fn who_fills_a_tenth_with_what_it_need_not_keep_is_found_out() {
        let lazy: Follow =
            |memory, place| if place.index % 10 == 9 { Block::ZERO } else { memory.follow(place) };
        for said in played(lazy, |_| {}) {
            assert!(matches!(said, Err(ProofError::Filled(_))), "{said:?}");
        }
    }

    /// The last pass is in memory as it is to be, but made of nothing: only earlier passes show it.
    #[test]
    fn who_leaves_a_pass_out_is_found_out() {
        let short: Follow = |memory, place| match place.pass {
            1 => memory.blocks[place.index as usize],
            _ => memory.follow(place),
        };
        for said in played(short, |_| {}) {
            assert!(matches!(said, Err(ProofError::Filled(Place { pass: 1, .. }))), "{said:?}");
        }
    }
}
