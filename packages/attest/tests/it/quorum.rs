//! The quorum: order-independent, and as large as an exhaustive search finds.

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
    fn an_adversarial_minority_in_any_position_never_takes_the_quorum(
        (honest, lies, order) in honest_and_lies().prop_flat_map(|(honest, lies)| {
            let order: Vec<usize> = (0..honest.len() + lies.len()).collect();
            (Just(honest), Just(lies), Just(order).prop_shuffle())
        }),
    ) {
        // Honest results are pairwise within SPREAD; the liars are fewer and have seen them.
        let all: Vec<Option<Vec<u8>>> =
            honest.iter().cloned().map(Some).chain(lies.iter().cloned()).collect();
        let results: Vec<_> = order.iter().map(|i| all[*i].clone()).collect();
        let is_honest = |position: usize| order[position] < honest.len();
        let cluster = cluster_of(&results, SPREAD).unwrap();
        let members: Vec<usize> = (0..results.len()).filter(|i| cluster.contains(*i)).collect();
        prop_assert!(members.len() >= honest.len());
        // The liars can push out at most as many honest results as they are.
        let kept = members.iter().filter(|i| is_honest(**i)).count();
        prop_assert!(kept >= honest.len() - lies.len() && kept >= 1);
        // So what is paid for, and what is signed, is as near to an honest result as honest results are.
        let representative = results[cluster.representative].as_ref().unwrap();
        prop_assert!(honest.iter().any(|own| distance(own, representative).unwrap() <= SPREAD));
        for member in members {
            let member = results[member].as_ref().unwrap();
            prop_assert!(honest.iter().any(|own| distance(own, member).unwrap() <= SPREAD));
        }
    }

    #[test]
    fn liars_who_are_not_near_an_honest_result_push_nobody_out(
        honest in proptest::collection::vec(-3i32..=3, 5..9),
        lies in proptest::collection::vec(prop_oneof![i32::MIN..-20, 20..=i32::MAX], 0..5),
    ) {
        let results: Vec<_> = honest.iter().chain(&lies).map(|word| Some(bytes(&[*word]))).collect();
        let cluster = cluster_of(&results, 6).unwrap();
        prop_assert_eq!(cluster.members, (1 << honest.len()) - 1);
    }

    #[test]
    fn a_common_shift_changes_nothing(results in results(), tolerance in 0u32..20, shift in any::<i32>()) {
        // What lets the contract compare masked results: the mask is the same for all.
        let shifted = |result: &Vec<u8>| {
            let words: Vec<i32> = result
                .as_chunks::<4>()
                .0
                .iter()
                .map(|word| i32::from_le_bytes(*word).wrapping_add(shift))
                .collect();
            bytes(&words)
        };
        let masked: Vec<_> = results.iter().map(|result| result.as_ref().map(shifted)).collect();
        let (plain, masked) = (cluster_of(&results, tolerance), cluster_of(&masked, tolerance));
        prop_assert_eq!(plain.map(|cluster| cluster.size()), masked.map(|cluster| cluster.size()));
    }
}

/// Pairwise distance of honest results, and the tolerance.
const SPREAD: u32 = 6;

/// Three to nine honest results of two words, and fewer lies: absent, of another length, anywhere, or within twice
/// the tolerance of an honest result, where they can try to pull the cluster away.
fn honest_and_lies() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Option<Vec<u8>>>)> {
    let centre = [any::<i32>(), any::<i32>()];
    let offsets = proptest::collection::vec([-3i32..=3, -3i32..=3], 3..9);
    (centre, offsets).prop_flat_map(|(centre, offsets)| {
        let at = move |offset: &[i32; 2]| {
            bytes(&[centre[0].wrapping_add(offset[0]), centre[1].wrapping_add(offset[1])])
        };
        let honest: Vec<Vec<u8>> = offsets.iter().map(at).collect();
        let lie = prop_oneof![
            1 => Just(None),
            1 => Just(Some(vec![0; 4])),
            1 => any::<[i32; 2]>().prop_map(|words| Some(bytes(&words))),
            5 => [-12i32..=12, -12i32..=12].prop_map(move |offset| Some(at(&offset))),
        ];
        let lies = proptest::collection::vec(lie, 0..honest.len());
        (Just(honest), lies)
    })
}

fn members(words: &[i32], tolerance: u32) -> (u32, usize) {
    let results: Vec<_> = words.iter().map(|word| Some(bytes(&[*word]))).collect();
    let cluster = cluster_of(&results, tolerance).unwrap();
    (cluster.members, cluster.representative)
}

#[test]
fn of_equal_sizes_the_least_diameter_wins() {
    assert_eq!(members(&[0, 9, 50, 58], 10).0, 0b1100);
    assert_eq!(members(&[0, 8, 50, 59], 10).0, 0b0011);
}

#[test]
fn of_equal_diameters_the_least_sum_of_distances_wins() {
    assert_eq!(members(&[50, 50, 60, 60, 0, 5, 5, 10], 10).0, 0b1111_0000);
    assert_eq!(members(&[50, 55, 55, 60, 0, 0, 10, 10], 10).0, 0b0000_1111);
}

#[test]
fn of_equal_sums_the_least_contents_win_as_bytes() {
    assert_eq!(members(&[30, 20, 0, 10], 10).0, 0b1100);
    // Little-endian bytes: 256 is before 1.
    assert_eq!(members(&[1, 11, 256, 266], 10).0, 0b1100);
}

#[test]
fn the_representative_is_in_the_middle_and_of_equals_the_one_with_the_least_contents() {
    assert_eq!(members(&[0, 10, 4], 10), (0b111, 2));
    assert_eq!(members(&[9, 3, 6, 0], 10), (0b1111, 1));
    assert_eq!(members(&[5, 5], 0), (0b11, 0));
}
