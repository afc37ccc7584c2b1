//! The projection of long results: near ones agree, far ones don't, and nobody aims without the key. The keys
//! are fixed, so that the frequencies below are always the same.

use crate::common::JOBS;
use bithive_attest::JobKey;
use bithive_attest::projection::PROJECTED_WORDS;
use bithive_attest::result::{ResultError, SCALE};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn key(job_id: u64) -> JobKey {
    JobKey::derive(&[7; 32], JOBS, job_id, 1)
}

/// Fixed-point units as a value; exact for the sizes used here.
#[allow(clippy::cast_possible_truncation)]
fn value(units: i32) -> f32 {
    (f64::from(units) / SCALE) as f32
}

fn words(key: &JobKey, units: &[i32]) -> Vec<i32> {
    let values: Vec<f32> = units.iter().map(|units| value(*units)).collect();
    key.unmask(&key.masked(&values).unwrap()).unwrap().to_vec()
}

/// The difference of two results in each projected word.
fn differences(key: &JobKey, a: &[i32], b: &[i32]) -> Vec<u32> {
    words(key, a).into_iter().zip(words(key, b)).map(|(a, b)| a.abs_diff(b)).collect()
}

fn random_units(rng: &mut ChaCha20Rng, length: usize, magnitude: i32) -> Vec<i32> {
    let span = u32::try_from(2 * magnitude + 1).unwrap();
    (0..length).map(|_| i32::try_from(rng.next_u32() % span).unwrap() - magnitude).collect()
}

fn changed(base: &[i32], changes: impl IntoIterator<Item = (usize, i32)>) -> Vec<i32> {
    let mut other = base.to_vec();
    changes.into_iter().for_each(|(index, change)| other[index] += change);
    other
}

const VALUES: usize = 400;
/// s = floor(sqrt(400)), the divisor of a projection's sums.
const ROOT: i32 = 20;
const TOLERANCE: u32 = 64;
/// The least change of one value that always shows: (t + 1) s.
const VISIBLE: i32 = 65 * ROOT;

#[test]
fn one_wrong_value_always_shows() {
    let base = random_units(&mut ChaCha20Rng::seed_from_u64(1), VALUES, 100_000);
    for job in 0..200u64 {
        let index = usize::try_from(job).unwrap() * 2;
        let wrong = changed(&base, [(index, if job % 2 == 0 { VISIBLE } else { -VISIBLE })]);
        assert!(differences(&key(job), &base, &wrong).iter().all(|difference| *difference > TOLERANCE));
    }
}

#[test]
fn two_wrong_values_cancel_in_half_of_the_words_and_never_in_all() {
    // The worst shape of a change for one word: equal changes cancel if their signs differ.
    let base = random_units(&mut ChaCha20Rng::seed_from_u64(2), VALUES, 100_000);
    let wrong = changed(&base, [(3, VISIBLE), (250, VISIBLE)]);
    let mut unseen = 0;
    for job in 0..500 {
        let differences = differences(&key(job), &base, &wrong);
        let near = differences.iter().filter(|difference| **difference <= TOLERANCE).count();
        assert!(near < PROJECTED_WORDS);
        unseen += near;
    }
    // 8000 fair coins; six standard deviations are 270.
    assert!((3_730..=4_270).contains(&unseen), "{unseen}");
}

#[test]
fn a_hundred_wrong_values_are_near_in_few_words() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let base = random_units(&mut rng, VALUES, 100_000);
    let mut unseen = 0;
    for job in 0..200 {
        let changes = (0..100).map(|index| (index * 4, VISIBLE));
        let differences = differences(&key(job), &base, &changed(&base, changes));
        unseen += differences.iter().filter(|difference| **difference <= TOLERANCE).count();
    }
    // At most C(100, 50) / 2^100 = 8 % of 3200 words are expected to be: 256, with six standard deviations 350.
    assert!(unseen <= 350, "{unseen}");
    assert!(unseen > 0, "the bound is not vacuous");
}

#[test]
fn who_knows_the_key_can_change_a_result_unseen() {
    // Two values with the same sixteen signs: found among many by who can derive the signs, and not otherwise.
    let base = vec![0; 4_000];
    let owner = key(1);
    let column = |index: usize| words(&owner, &changed(&base, [(index, 1 << 20)]));
    let columns: Vec<Vec<i32>> = (0..600).map(column).collect();
    let twins = (0..600).flat_map(|a| (0..a).map(move |b| (a, b))).find(|(a, b)| columns[*a] == columns[*b]);
    let (a, b) = twins.expect("600 of 65536 columns: a pair is expected (2.7 of them)");
    let unseen = changed(&base, [(a, 1 << 20), (b, -(1 << 20))]);
    assert_eq!(words(&owner, &base), words(&owner, &unseen));
    // Under other keys the same change shows.
    let shows = |job: u64| words(&key(job), &base) != words(&key(job), &unseen);
    assert!((2..50).all(shows));
}

#[test]
fn near_results_agree() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for length in [257, 400, 5_000] {
        for job in 0..100 {
            let base = random_units(&mut rng, length, 1_000_000);
            let noise = random_units(&mut rng, length, 10);
            let extreme = noise.iter().map(|noise| if *noise < 0 { -10 } else { 10 });
            let near = changed(&base, extreme.enumerate());
            let worst = differences(&key(job), &base, &near).into_iter().max().unwrap();
            assert!(worst <= 7 * 10 + 1, "{length} {job} {worst}");
        }
    }
}

#[test]
fn words_are_rounded_down() {
    let base = vec![0; VALUES];
    let one = words(&key(1), &changed(&base, [(0, 1)]));
    assert!(one.iter().all(|word| [-1, 0].contains(word)));
    assert!(one.contains(&-1) && one.contains(&0));
    let exact = words(&key(1), &changed(&base, [(0, ROOT)]));
    assert!(exact.iter().all(|word| [-1, 1].contains(word)));
}

#[test]
fn a_result_too_large_to_project_is_an_error() {
    // 257 values of 32767 with the signs of one word: some word has many of the same sign.
    let largest = vec![32_767.0; 257];
    assert!((0..50).any(|job| key(job).masked(&largest) == Err(ResultError::ProjectionOverflow)));
    // Below 30000 / sqrt n no signs are too many.
    let fits = vec![1_871.0; 257];
    assert!((0..50).all(|job| key(job).masked(&fits).is_ok()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_worst_case_bound_holds_for_any_results(
        pairs in proptest::collection::vec((-1_000_000i32..1_000_000, -500i32..=500), 257..1_000),
        job in any::<u64>(),
    ) {
        let (base, changes): (Vec<i32>, Vec<i32>) = pairs.into_iter().unzip();
        let largest = changes.iter().map(|change| change.unsigned_abs()).max().unwrap();
        let length = u32::try_from(base.len()).unwrap();
        let other = changed(&base, changes.into_iter().enumerate());
        let worst = differences(&key(job), &base, &other).into_iter().max().unwrap();
        prop_assert!(worst <= length * largest / length.isqrt() + 1);
    }

    #[test]
    fn the_same_result_has_the_same_words_and_the_mask_hides_them(
        units in proptest::collection::vec(any::<i16>(), 257..400),
        job in any::<u64>(),
    ) {
        let values: Vec<f32> = units.iter().map(|units| value(i32::from(*units))).collect();
        let masked = key(job).masked(&values).unwrap();
        prop_assert_eq!(masked.len(), PROJECTED_WORDS * 4);
        prop_assert_eq!(&masked, &key(job).masked(&values).unwrap());
        prop_assert_ne!(masked, key(job.wrapping_add(1)).masked(&values).unwrap());
    }
}
