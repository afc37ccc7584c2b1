//! The quorum: order-independent, and as large as an exhaustive search finds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_attest::largest_cluster;
use bithive_attest::quorum::distance;
use proptest::prelude::*;

fn bytes(words: &[i32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn cluster_of(results: &[Option<Vec<u8>>], tolerance: u32) -> Option<bithive_attest::Cluster> {
    let results: Vec<Option<&[u8]>> = results.iter().map(Option::as_deref).collect();
    largest_cluster(&results, tolerance)
}

#[test]
fn the_distance_wraps_with_the_mask() {
    assert_eq!(distance(&bytes(&[i32::MAX]), &bytes(&[i32::MIN])), Some(1));
    assert_eq!(distance(&bytes(&[5, -3]), &bytes(&[5, 4])), Some(7));
    assert_eq!(distance(&bytes(&[1]), &bytes(&[1, 2])), None);
    assert_eq!(distance(&[1, 2, 3], &[1, 2, 3]), None);
}

#[test]
fn a_result_outside_the_tolerance_is_outside_the_quorum() {
    let results = [bytes(&[100, 7]), bytes(&[101, 7]), bytes(&[100, 70_000])].map(Some);
    let cluster = cluster_of(&results, 16).unwrap();
    assert_eq!((cluster.members, cluster.size()), (0b011, 2));
    assert!(cluster.contains(0) && !cluster.contains(2));
}

#[test]
fn a_chain_of_near_results_is_not_one_cluster() {
    // 0 and 20 are both near 10, but not near each other.
    let results = [bytes(&[0]), bytes(&[10]), bytes(&[20])].map(Some);
    assert_eq!(cluster_of(&results, 10).unwrap().size(), 2);
}

#[test]
fn tolerance_zero_needs_equal_bytes() {
    let results = [bytes(&[1]), bytes(&[2]), bytes(&[2])].map(Some);
    assert_eq!(cluster_of(&results, 0).unwrap().members, 0b110);
}

#[test]
fn absent_results_never_join() {
    assert_eq!(cluster_of(&[None, None], 5), None);
    assert_eq!(cluster_of(&[None, Some(bytes(&[1])), None], 5).unwrap().members, 0b010);
    assert_eq!(cluster_of(&vec![Some(bytes(&[1])); 17], 5), None);
}

#[test]
fn results_of_another_length_never_join() {
    let results = [Some(bytes(&[1, 2])), Some(bytes(&[1])), Some(bytes(&[1, 2]))];
    assert_eq!(cluster_of(&results, 0).unwrap().members, 0b101);
}

/// The size of the largest pairwise-near set, by trying every subset.
fn exhaustive(results: &[Option<Vec<u8>>], tolerance: u32) -> u32 {
    let near = |a: usize, b: usize| match (&results[a], &results[b]) {
        (Some(a), Some(b)) => distance(a, b).is_some_and(|distance| distance <= tolerance),
        _ => false,
    };
    let subset_holds = |subset: u32| {
        let members: Vec<usize> = (0..results.len()).filter(|i| subset >> i & 1 == 1).collect();
        members.iter().all(|a| members.iter().all(|b| near(*a, *b)))
    };
    (1u32..1 << results.len()).filter(|subset| subset_holds(*subset)).map(u32::count_ones).max().unwrap_or(0)
}

fn results() -> impl Strategy<Value = Vec<Option<Vec<u8>>>> {
    let result = proptest::option::weighted(0.9, proptest::collection::vec(-20i32..20, 2));
    proptest::collection::vec(result, 1..9)
        .prop_map(|all| all.into_iter().map(|words| words.map(|words| bytes(&words))).collect())
}

proptest! {
    #[test]
    fn the_cluster_is_a_largest_one_and_pairwise_near(results in results(), tolerance in 0u32..20) {
        let size = exhaustive(&results, tolerance);
        match cluster_of(&results, tolerance) {
            None => prop_assert_eq!(size, 0),
            Some(cluster) => {
                prop_assert_eq!(cluster.size(), size);
                prop_assert!(cluster.contains(cluster.representative));
                for a in (0..results.len()).filter(|i| cluster.contains(*i)) {
                    for b in (0..results.len()).filter(|i| cluster.contains(*i)) {
                        let (a, b) = (results[a].as_ref().unwrap(), results[b].as_ref().unwrap());
                        prop_assert!(distance(a, b).unwrap() <= tolerance);
                    }
                }
            }
        }
    }

    #[test]
    fn the_order_of_results_does_not_matter(
        (results, order) in results().prop_flat_map(|results| {
            let order: Vec<usize> = (0..results.len()).collect();
            (Just(results), Just(order).prop_shuffle())
        }),
        tolerance in 0u32..20,
    ) {
        let contents = |results: &[Option<Vec<u8>>]| {
            cluster_of(results, tolerance).map(|cluster| {
                let mut members: Vec<Vec<u8>> = (0..results.len())
                    .filter(|i| cluster.contains(*i))
                    .map(|i| results[i].clone().unwrap())
                    .collect();
                members.sort();
                (members, results[cluster.representative].clone().unwrap())
            })
        };
        let shuffled: Vec<_> = order.iter().map(|i| results[*i].clone()).collect();
        prop_assert_eq!(contents(&results), contents(&shuffled));
    }

    #[test]
    fn an_adversarial_minority_never_takes_the_quorum(
        honest in proptest::collection::vec(-3i32..=3, 5),
        lies in proptest::collection::vec(any::<i32>(), 4),
    ) {
        // Honest results are within 6 of each other; four liars, however they lie, are not five.
        let results: Vec<_> = honest.iter().chain(&lies).map(|word| Some(bytes(&[*word]))).collect();
        let cluster = cluster_of(&results, 6).unwrap();
        prop_assert!(cluster.size() >= 5);
        prop_assert!((0..5).any(|i| cluster.contains(i)));
    }
}
