//! Masked results: comparable, hidden, bound to their job.

use bithive_attest::projection::PROJECTED_WORDS;
use bithive_attest::result::{DIRECT_WORDS, ResultError, to_fixed, words_for};
use bithive_attest::{Domain, JobKey, quorum::distance};
use proptest::prelude::*;

const JOBS: Domain<'static> = Domain { chain_id: "bithive-1", contract: "bithive1jobs" };

fn key(job_id: u64) -> JobKey {
    JobKey::derive(&[7; 32], JOBS, job_id, 1)
}

#[test]
fn values_outside_the_range_are_refused_by_position() {
    for bad in [f32::NAN, f32::INFINITY, 32_768.0, -40_000.0] {
        let error = to_fixed(&[0.0, bad]).unwrap_err();
        assert!(matches!(error, ResultError::OutOfRange { index: 1, .. }), "{error}");
    }
    assert_eq!(to_fixed(&[]), Err(ResultError::Empty));
    assert_eq!(to_fixed(&[1.0, -0.5, 32_767.0]).unwrap(), [65_536, -32_768, 2_147_418_112]);
}

#[test]
fn the_same_result_is_masked_differently_for_every_job_round_and_key() {
    let of = |key: JobKey| key.masked(&[1.0, 2.0]).unwrap();
    let base = of(key(1));
    assert_eq!(base, of(key(1)));
    assert_ne!(base, of(key(2)));
    assert_ne!(base, of(JobKey::derive(&[7; 32], JOBS, 1, 2)));
    assert_ne!(base, of(JobKey::derive(&[8; 32], JOBS, 1, 1)));
    let elsewhere = Domain { chain_id: "bithive-2", ..JOBS };
    assert_ne!(base, of(JobKey::derive(&[7; 32], elsewhere, 1, 1)));
}

/// What the README says: the mask is one for a round, so that who reveals masked zeros takes it off everybody's result.
#[test]
fn who_reveals_masked_zeros_shows_every_result_of_the_round() {
    // A reader of the chain has what was revealed, and no key.
    let read = |honest: &[u8], zeros: &[u8]| -> Vec<i32> {
        let words = |bytes: &[u8]| -> Vec<i32> {
            bytes.as_chunks::<4>().0.iter().map(|word| i32::from_le_bytes(*word)).collect()
        };
        words(honest).into_iter().zip(words(zeros)).map(|(one, other)| one.wrapping_sub(other)).collect()
    };
    let honest = [1.5, -2.25];
    let (masked, zeros) = (key(1).masked(&honest).unwrap(), key(1).masked(&[0.0; 2]).unwrap());
    assert_eq!(read(&masked, &zeros), to_fixed(&honest).unwrap());
    // Of a long result these are sixteen sums whose signs the key has; of another round it is nothing.
    let long = vec![0.5; 1000];
    let (masked, zeros) = (key(1).masked(&long).unwrap(), key(1).masked(&[0.0; 1000]).unwrap());
    assert_eq!(read(&masked, &zeros).len(), PROJECTED_WORDS);
    let next = JobKey::derive(&[7; 32], JOBS, 1, 2).masked(&honest).unwrap();
    assert_ne!(read(&next, &zeros[..8]), to_fixed(&honest).unwrap());
}

#[test]
fn masked_bytes_must_be_whole_words() {
    assert_eq!(key(1).unmask(&[]), Err(ResultError::Length(0)));
    assert_eq!(key(1).unmask(&[1, 2, 3]), Err(ResultError::Length(3)));
}

#[test]
fn an_input_commitment_is_of_one_job_and_one_input() {
    use bithive_attest::result::input_commitment;
    assert_ne!(input_commitment(JOBS, 1, b"row"), input_commitment(JOBS, 2, b"row"));
    assert_ne!(input_commitment(JOBS, 1, b"row"), input_commitment(JOBS, 1, b"raw"));
    let elsewhere = Domain { chain_id: "bithive-2", ..JOBS };
    assert_ne!(input_commitment(JOBS, 1, b"row"), input_commitment(elsewhere, 1, b"row"));
}

#[test]
fn a_long_result_is_projected_and_a_wrong_one_shows() {
    let values: Vec<f32> = (0u16..1000).map(|i| f32::from(i) / 100.0 - 5.0).collect();
    let mut wrong = values.clone();
    for value in wrong.iter_mut().step_by(10) {
        *value += 1.0;
    }
    let honest = key(1).masked(&values).unwrap();
    assert_eq!(honest.len(), PROJECTED_WORDS * 4);
    assert_eq!(words_for(1000), PROJECTED_WORDS);
    assert_eq!(words_for(DIRECT_WORDS), DIRECT_WORDS);
    assert!(key(1).agrees(&values, &honest, 0).unwrap());
    // A hundred changes of 1.0 move a projected word by about sqrt(100) / sqrt(1000) units of 1.0.
    assert!(!key(1).agrees(&wrong, &honest, 1_000).unwrap());
}

proptest! {
    #[test]
    fn unmasking_restores_the_fixed_point_values(
        values in proptest::collection::vec(-32_000f32..32_000f32, 1..64),
        job in any::<u64>(),
    ) {
        let masked = key(job).masked(&values).unwrap();
        prop_assert_eq!(key(job).unmask(&masked).unwrap().to_vec(), to_fixed(&values).unwrap());
    }

    #[test]
    fn differences_survive_the_mask(
        pairs in proptest::collection::vec((-1000f32..1000f32, -1000f32..1000f32), 1..32),
    ) {
        let (a, b): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
        let plain = to_fixed(&a).unwrap().into_iter().zip(to_fixed(&b).unwrap());
        let expected = plain.map(|(a, b)| a.wrapping_sub(b).unsigned_abs()).max();
        let (a, b) = (key(1).masked(&a).unwrap(), key(1).masked(&b).unwrap());
        prop_assert_eq!(distance(&a, &b), expected);
    }
}

#[test]
fn every_worker_encrypts_its_output_under_its_own_key() {
    assert_ne!(*key(1).output_key("a"), *key(1).output_key("b"));
    assert_ne!(*key(1).output_key("a"), *key(2).output_key("a"));
    assert_eq!(*key(1).output_key("a"), *key(1).output_key("a"));
}
