//! Honest provers convince, and no byte of what they say can be changed.

use std::sync::atomic::AtomicBool;

use bithive_memory_proof::{
    Challenge, MIN_BLOCKS, Memory, MemoryError, ProofError, Transcript, Walk, WalkClaim,
};
use proptest::prelude::*;

static GO_ON: AtomicBool = AtomicBool::new(false);
const STEPS: u32 = 1000;

fn challenge(blocks: u32) -> Challenge {
    Challenge::new([9; 32], blocks).unwrap()
}

fn claim(start: [u8; 32], walk: &Walk) -> WalkClaim {
    WalkClaim { start, steps: walk.steps(), root: *walk.root() }
}

/// A whole run of a prover: what it has answered, and its answer to the question.
fn honest(blocks: u32, question: &[u8; 32]) -> (Transcript, Vec<u8>) {
    let mut memory = Memory::fill(challenge(blocks), &GO_ON).unwrap();
    let roots = *memory.roots();
    let starts = [[1; 32], [2; 32], [3; 32]];
    let walks = starts.map(|start| memory.walk(start, STEPS));
    let claims = starts.iter().zip(&walks).map(|(start, walk)| claim(*start, walk)).collect();
    let proof = memory.prove(&walks, question, &GO_ON).unwrap();
    assert_eq!(*memory.roots(), roots, "the memory is as it was");
    (Transcript { challenge: challenge(blocks), roots, walks: claims }, proof)
}

#[test]
fn who_has_filled_the_memory_and_walked_through_it_convinces_with_any_number_of_blocks() {
    for (blocks, question) in [(MIN_BLOCKS, [4; 32]), (MIN_BLOCKS + 1, [5; 32]), (1500, [6; 32])] {
        let (transcript, proof) = honest(blocks, &question);
        assert_eq!(transcript.verify(&question, &proof), Ok(()));
        // A message holds it, for more memory than anybody has today, too: 17 more siblings for each of 400 openings.
        assert!(proof.len() + 400 * 17 * 32 < 1 << 20, "{}", proof.len());
    }
}

#[test]
fn an_answer_to_another_question_or_challenge_shows_nothing() {
    let (transcript, proof) = honest(MIN_BLOCKS, &[4; 32]);
    assert!(transcript.verify(&[5; 32], &proof).is_err());
    let other = Challenge::new([8; 32], MIN_BLOCKS).unwrap();
    assert!(Transcript { challenge: other, ..transcript.clone() }.verify(&[4; 32], &proof).is_err());
    let larger = challenge(2 * MIN_BLOCKS);
    assert!(Transcript { challenge: larger, ..transcript.clone() }.verify(&[4; 32], &proof).is_err());
    let mut elsewhere = transcript.clone();
    elsewhere.walks[1].start = [7; 32];
    assert_eq!(elsewhere.verify(&[4; 32], &proof), Err(ProofError::State { walk: 1, state: 0 }));
    let mut swapped = transcript.clone();
    swapped.walks.swap(0, 2);
    assert!(swapped.verify(&[4; 32], &proof).is_err());
    for (length, what) in [(proof.len() - 1, "shorter"), (0, "empty")] {
        assert_eq!(transcript.verify(&[4; 32], &proof[..length]), Err(ProofError::Length), "{what}");
    }
    assert_eq!(transcript.verify(&[4; 32], &[&proof[..], &[0]].concat()), Err(ProofError::Length));
}

#[test]
fn filling_stops_when_it_is_told_to() {
    let stop = AtomicBool::new(true);
    assert_eq!(Memory::fill(challenge(MIN_BLOCKS), &stop).err(), Some(MemoryError::Stopped));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_proof_with_one_bit_changed_shows_nothing(place in any::<prop::sample::Index>(), bit in 0..8) {
        static HONEST: std::sync::LazyLock<(Transcript, Vec<u8>)> =
            std::sync::LazyLock::new(|| honest(MIN_BLOCKS, &[4; 32]));
        let (transcript, proof) = &*HONEST;
        let mut changed = proof.clone();
        changed[place.index(proof.len())] ^= 1_u8 << bit;
        prop_assert!(transcript.verify(&[4; 32], &changed).is_err());
    }
}
