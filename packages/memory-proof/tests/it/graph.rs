//! What follows from what.

use std::collections::BTreeSet;

use bithive_memory_proof::{Challenge, ChallengeError, MAX_BLOCKS, MIN_BLOCKS, PASSES, Place};

#[test]
fn parents_are_different_blocks_in_the_version_that_memory_has_then() {
    let challenge = Challenge::new([7; 32], MIN_BLOCKS).unwrap();
    let mut drawn = BTreeSet::new();
    for pass in 0..PASSES as u8 {
        for index in 0..MIN_BLOCKS {
            let place = Place { pass, index };
            let parents: Vec<Place> = challenge.parents(place).collect();
            let expected = match (pass, index) {
                (0, 0) => 0,
                (0, 1) => 1,
                (0, _) => 2,
                _ => 3,
            };
            assert_eq!(parents.len(), expected, "{place:?}");
            let blocks: BTreeSet<u32> = parents.iter().map(|parent| parent.index).collect();
            assert_eq!(blocks.len(), parents.len(), "{place:?}: a block counts once, or it cancels itself");
            for parent in &parents {
                let version = if parent.index < index { pass } else { pass.wrapping_sub(1) };
                assert_eq!(parent.pass, version, "{place:?} from {parent:?}");
            }
            drawn.extend(parents.last().map(|parent| parent.index));
        }
    }
    // Three draws for each block, less those of the beginning: some 900 are expected.
    assert!(drawn.len() > 800, "{} of {MIN_BLOCKS} are drawn by others", drawn.len());
}

#[test]
fn other_seeds_draw_other_parents() {
    let all = |seed| {
        let challenge = Challenge::new([seed; 32], MIN_BLOCKS).unwrap();
        let of = move |index| challenge.parents(Place { pass: 1, index }).last();
        (0..MIN_BLOCKS).map(of).collect::<Vec<_>>()
    };
    let same = all(1).iter().zip(all(2)).filter(|(one, other)| **one == *other).count();
    assert!(same < 20, "{same} of {MIN_BLOCKS}");
}

#[test]
fn too_little_and_too_much_is_no_challenge() {
    for found in [0, MIN_BLOCKS - 1, MAX_BLOCKS + 1, u32::MAX] {
        assert_eq!(Challenge::new([0; 32], found), Err(ChallengeError { found }));
    }
    assert!(Challenge::new([0; 32], MAX_BLOCKS).is_ok());
}
