//! Numbers of a use of a round.

use bithive_drand::{Seed, Use};

const USE: Use<'_> = Use { chain_id: "bithive-1", consumer: "bithive1consumer", purpose: "draw", id: 7 };

#[test]
fn each_part_of_a_use_changes_its_numbers() {
    let seed = Seed::new(USE, &[1; 32]);
    let others = [
        Seed::new(Use { chain_id: "bithive-2", ..USE }, &[1; 32]),
        Seed::new(Use { consumer: "bithive1other", ..USE }, &[1; 32]),
        Seed::new(Use { purpose: "audit", ..USE }, &[1; 32]),
        Seed::new(Use { id: 8, ..USE }, &[1; 32]),
        Seed::new(USE, &[2; 32]),
        // The same letters, divided otherwise.
        Seed::new(Use { chain_id: "bithive-1b", consumer: "ithive1consumer", ..USE }, &[1; 32]),
    ];
    assert!(others.iter().all(|other| *other != seed));
    assert_ne!(seed.number(0), seed.number(1));
}

#[test]
fn numbers_below_a_bound_are_the_upper_half_of_the_product() {
    let seed = Seed::new(USE, &[1; 32]);
    for step in 0..1_000 {
        assert_eq!(seed.below(step, 0), 0);
        assert_eq!(seed.below(step, 1), 0);
        assert_eq!(seed.below(step, u64::MAX), {
            // floor(n (2^64 - 1) / 2^128) = floor((n - ceil(n / 2^64)) / 2^64)
            let number = seed.number(step);
            u64::try_from((number - number.div_ceil(1 << 64)) >> 64).unwrap()
        });
    }
}

#[test]
fn every_number_is_drawn_about_as_often() {
    let seed = Seed::new(USE, &[3; 32]);
    let mut counts = [0u32; 7];
    for step in 0..7_000 {
        counts[usize::try_from(seed.below(step, 7)).unwrap()] += 1;
    }
    // The standard deviation of each count is 29.
    assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
}
