//! What a machine pays for blocks that it does not keep: how many it has to compute to have one of them. It may hold as much as it
//! likes while it does so, which no such machine can.

use std::collections::BTreeSet;

use bithive_memory_proof::{Challenge, PASSES, Place};

const BLOCKS: u32 = 1 << 12;

/// Whether a place is in a share of all, without an order that the graph knows.
fn in_share(place: Place, percent: u64) -> bool {
    let mixed = (u64::from(place.index) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(place.pass);
    mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32 < percent * (1 << 32) / 100
}

/// Blocks to compute for one of pass `last` that is not kept, a mean over those, as a share of all blocks.
fn cost(last: u8, kept: impl Fn(Place) -> bool) -> f64 {
    let challenge = Challenge::new([6; 32], BLOCKS).unwrap();
    let missing: Vec<Place> =
        (0..BLOCKS).map(|index| Place { pass: last, index }).filter(|place| !kept(*place)).collect();
    let tried = missing.iter().step_by(missing.len().div_ceil(40));
    let costs = tried.map(|place| {
        let (mut computed, mut left) = (BTreeSet::new(), vec![*place]);
        while let Some(place) = left.pop() {
            if computed.insert(place) {
                left.extend(challenge.parents(place).filter(|parent| !kept(*parent)));
            }
        }
        computed.len() as f64 / f64::from(BLOCKS)
    });
    let costs: Vec<f64> = costs.collect();
    costs.iter().sum::<f64>() / costs.len() as f64
}

const LAST: u8 = (PASSES - 1) as u8;

#[test]
fn a_block_that_is_not_kept_costs_more_blocks_than_there_are() {
    for percent in [95, 90, 50] {
        let cost = cost(LAST, |place| place.pass == LAST && in_share(place, percent));
        assert!(cost > 1.0, "{percent} %: {cost}");
    }
}

#[test]
fn keeping_blocks_of_earlier_passes_instead_does_not_help() {
    // Nine tenths of the memory in all: half of the last pass, and a fifth of each of the others.
    let cost = cost(LAST, |place| in_share(place, if place.pass == LAST { 50 } else { 20 }));
    assert!(cost > 0.2, "{cost}");
}

/// Why there is more than one pass.
#[test]
fn after_one_pass_half_of_the_blocks_would_cost_a_few_others() {
    let cost = cost(0, |place| in_share(place, 50));
    assert!(cost < 0.01, "{cost}");
}
