//! A reading that is close enough gives the key; none that is further away, of another source or in another
//! context does.

use std::sync::OnceLock;

use crate::common::{CONTEXT, enrolled, flipped, fresh, random_reading, rng};
use bithive_extractor::{ExtractorError, HelperData, Key, MAX_CONTEXT_BYTES, Profile, enroll};
use proptest::prelude::*;
use proptest::sample::subsequence;

type Enrolled = [(Vec<u8>, HelperData, Key); 3];

fn all() -> &'static Enrolled {
    static ALL: OnceLock<Enrolled> = OnceLock::new();
    ALL.get_or_init(|| Profile::ALL.map(|profile| enrolled(profile, 1)))
}

/// A profile and bits of its code word, their number relative to what the code corrects.
fn patterns(count: impl Fn(usize) -> (usize, usize)) -> impl Strategy<Value = (usize, Vec<usize>)> {
    let of_profile = Profile::ALL.map(|profile| {
        let (least, most) = count(profile.corrected_errors());
        subsequence((0..profile.code_bits()).collect::<Vec<_>>(), least..=most).boxed()
    });
    let [first, second, third] = of_profile;
    prop_oneof![
        first.prop_map(|bits| (0, bits)),
        second.prop_map(|bits| (1, bits)),
        third.prop_map(|bits| (2, bits)),
    ]
}

/// Makes each of these bits of the code word wrong: as many of its copies as outvote the others.
fn with_wrong_bits(reading: &[u8], profile: Profile, bits: &[usize]) -> Vec<u8> {
    let copies = 0..profile.repetition().div_ceil(2);
    let wrong: Vec<usize> =
        copies.flat_map(|copy| bits.iter().map(move |bit| copy * profile.code_bits() + bit)).collect();
    flipped(reading, &wrong)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_errors_up_to_t_give_the_key((index, bits) in patterns(|t| (0, t))) {
        let (reading, helper, key) = &all()[index];
        let read = with_wrong_bits(reading, helper.profile(), &bits);
        prop_assert!(helper.reproduce(&read, CONTEXT).is_ok_and(|found| found == *key));
    }

    #[test]
    fn any_t_errors_give_the_key((index, bits) in patterns(|t| (t, t))) {
        let (reading, helper, key) = &all()[index];
        let read = with_wrong_bits(reading, helper.profile(), &bits);
        prop_assert!(helper.reproduce(&read, CONTEXT).is_ok_and(|found| found == *key));
    }

    #[test]
    fn more_than_t_errors_give_an_error_and_never_a_key((index, bits) in patterns(|t| (t + 1, 3 * t))) {
        let (reading, helper, _) = &all()[index];
        let read = with_wrong_bits(reading, helper.profile(), &bits);
        prop_assert_eq!(helper.reproduce(&read, CONTEXT).err(), Some(ExtractorError::NotReproduced));
    }
}

#[test]
fn one_copy_of_every_cell_may_be_wrong() {
    let (reading, helper, key) = &all()[1];
    let bits = Profile::Puf3048.code_bits();
    let wrong: Vec<usize> = (0..bits).map(|bit| bit % 3 * bits + bit).collect();
    assert!(helper.reproduce(&flipped(reading, &wrong), CONTEXT).is_ok_and(|found| found == *key));
}

#[test]
fn another_source_gives_no_key() {
    for (_, helper, _) in all() {
        let other = random_reading(helper.profile(), &mut rng(2));
        assert_eq!(helper.reproduce(&other, CONTEXT).err(), Some(ExtractorError::NotReproduced));
    }
}

#[test]
fn a_sensor_that_is_stuck_gives_no_key() {
    for (_, helper, _) in all() {
        for byte in [0, 0xff, 0x55] {
            let stuck = vec![byte; helper.profile().reading_bytes()];
            assert_eq!(helper.reproduce(&stuck, CONTEXT).err(), Some(ExtractorError::NotReproduced));
        }
    }
}

#[test]
fn another_context_gives_no_key() {
    for (reading, helper, _) in all() {
        for context in [&b"ward 7, device 13"[..], b"ward 7, device 1", b"ward 7, device 12\0"] {
            assert_eq!(helper.reproduce(reading, context).err(), Some(ExtractorError::NotReproduced));
        }
    }
}

#[test]
fn readings_of_another_length_are_refused() {
    for (reading, helper, _) in all() {
        let profile = helper.profile();
        for length in [0, 1, reading.len() - 1, reading.len() + 1] {
            let expected = Some(ExtractorError::ReadingLength { profile, found: length });
            let other = vec![0x35; length];
            assert_eq!(helper.reproduce(&other, CONTEXT).err(), expected);
            assert_eq!(helper.extend(&other, CONTEXT, b"new", &mut rng(3)).err(), expected);
            assert_eq!(enroll(profile, fresh(), &other, CONTEXT, &mut rng(3)).err(), expected);
        }
    }
}

#[test]
fn contexts_that_are_empty_or_too_long_are_refused() {
    let (reading, helper, _) = &all()[0];
    let profile = helper.profile();
    for length in [0, MAX_CONTEXT_BYTES + 1] {
        let expected = Some(ExtractorError::ContextLength { found: length });
        let context = vec![b'c'; length];
        assert_eq!(helper.reproduce(reading, &context).err(), expected);
        assert_eq!(helper.extend(reading, CONTEXT, &context, &mut rng(3)).err(), expected);
        assert_eq!(enroll(profile, fresh(), reading, &context, &mut rng(3)).err(), expected);
    }
    let longest = vec![b'c'; MAX_CONTEXT_BYTES];
    let (helper, key) = enroll(profile, fresh(), reading, &longest, &mut rng(3)).unwrap();
    assert!(helper.reproduce(reading, &longest).is_ok_and(|found| found == key));
}

#[test]
fn a_commitment_tells_equal_keys_from_different_ones_and_is_not_the_key() {
    let [(reading, helper, key), (_, _, other), _] = all();
    let again = helper.reproduce(reading, CONTEXT).unwrap();
    assert_eq!(again.commitment(), key.commitment());
    assert_ne!(key.commitment(), other.commitment());
    assert_ne!(&key.commitment(), key.as_bytes());
}
