//! One enrolment of a source; further contexts by extension, which gives away nothing more.

use crate::common::{CONTEXT, enrolled, fresh, noisy, random_reading, rate, rng};
use bithive_extractor::{
    ExtractorError, HelperData, KEY_ENTROPY_BITS, MinEntropyRate, Profile, Source, enroll,
};

const OTHER: &[u8] = b"another context";

#[test]
fn an_extension_has_a_key_of_its_own_and_the_sketch_that_is_public() {
    for profile in Profile::ALL {
        let (reading, helper, key) = enrolled(profile, 1);
        let read = noisy(&reading, profile.noise(), &mut rng(2));
        let (further, further_key) = helper.extend(&read, CONTEXT, OTHER, &mut rng(3)).unwrap();
        assert!(further_key != key);
        assert!(further.has_sketch_of(&helper));

        let again = noisy(&reading, profile.noise(), &mut rng(4));
        assert!(further.reproduce(&again, OTHER).is_ok_and(|found| found == further_key));
        assert!(helper.reproduce(&again, CONTEXT).is_ok_and(|found| found == key));
        assert_eq!(further.reproduce(&again, CONTEXT).err(), Some(ExtractorError::NotReproduced));
        assert_eq!(helper.reproduce(&again, OTHER).err(), Some(ExtractorError::NotReproduced));
    }
}

#[test]
fn who_has_no_reading_or_not_the_context_cannot_extend() {
    let (reading, helper, _) = enrolled(Profile::Puf1016, 1);
    let other = random_reading(Profile::Puf1016, &mut rng(2));
    assert_eq!(helper.extend(&other, CONTEXT, OTHER, &mut rng(3)).err(), Some(ExtractorError::NotReproduced));
    assert_eq!(
        helper.extend(&reading, OTHER, b"third", &mut rng(3)).err(),
        Some(ExtractorError::NotReproduced)
    );
    assert_eq!(
        helper.extend(&reading, CONTEXT, CONTEXT, &mut rng(3)).err(),
        Some(ExtractorError::SameContext)
    );
}

#[test]
fn the_same_reading_enrolled_with_other_randomness_gives_another_key_and_the_same_sketch() {
    let (reading, helper, key) = enrolled(Profile::Puf1016, 1);
    let (again, other_key) = enroll(Profile::Puf1016, fresh(), &reading, CONTEXT, &mut rng(9)).unwrap();
    assert!(again.has_sketch_of(&helper));
    assert!(other_key != key);
}

/// Enrols a further reading of a source whose earlier enrolments are known.
fn enroll_again(reading: &[u8], rate: MinEntropyRate, earlier: &[HelperData]) -> Result<(), ExtractorError> {
    let source = Source { min_entropy_rate: rate, earlier };
    enroll(Profile::Biometric2040, source, reading, OTHER, &mut rng(5)).map(drop)
}

#[test]
fn a_second_enrolment_is_refused_when_two_sketches_can_give_away_too_much() {
    let profile = Profile::Biometric2040;
    let (reading, helper, _) = enrolled(profile, 1);
    let read = noisy(&reading, profile.noise(), &mut rng(2));
    let leaked = 2 * profile.leakage_bits();
    let expected = ExtractorError::TooLittleEntropy { profile, stated: 1591, leaked, left: 117 };
    assert_eq!(enroll_again(&read, rate(780), std::slice::from_ref(&helper)), Err(expected));
    assert_eq!(profile.residual_entropy(rate(780), 2), 117);
    enroll_again(&read, rate(790), &[helper]).unwrap();
}

#[test]
fn extensions_count_once_with_the_enrolment_that_they_extend() {
    let profile = Profile::Biometric2040;
    let (reading, helper, _) = enrolled(profile, 1);
    let (extension, _) = helper.extend(&reading, CONTEXT, OTHER, &mut rng(3)).unwrap();
    let (_, independent, _) = enrolled(profile, 2);
    let read = noisy(&reading, profile.noise(), &mut rng(4));
    enroll_again(&read, rate(790), &[helper.clone(), extension.clone()]).unwrap();
    let refused = enroll_again(&read, rate(1000), &[helper, extension, independent]);
    let leaked = 3 * profile.leakage_bits();
    assert_eq!(refused, Err(ExtractorError::TooLittleEntropy { profile, stated: 2040, leaked, left: -171 }));
}

#[test]
fn profiles_for_chips_are_enrolled_once_whatever_the_source() {
    for profile in [Profile::Puf1016, Profile::Puf3048] {
        let (reading, helper, _) = enrolled(profile, 1);
        let source = Source { min_entropy_rate: rate(1000), earlier: &[helper] };
        let refused = enroll(profile, source, &reading, OTHER, &mut rng(5)).err();
        assert!(matches!(refused, Some(ExtractorError::TooLittleEntropy { left, .. }) if left < 0));
    }
}

#[test]
fn the_least_rate_is_enough_and_a_thousandth_less_is_refused() {
    for (profile, least) in Profile::ALL.into_iter().zip([860, 899, 425]) {
        assert_eq!(profile.least_min_entropy_rate(), rate(least));
        let reading = random_reading(profile, &mut rng(1));
        let at = |thousandths| Source { min_entropy_rate: rate(thousandths), earlier: &[] };
        enroll(profile, at(least), &reading, CONTEXT, &mut rng(2)).unwrap();
        let refused = enroll(profile, at(least - 1), &reading, CONTEXT, &mut rng(2)).err();
        let Some(ExtractorError::TooLittleEntropy { stated, leaked, left, .. }) = refused else {
            panic!("{profile}: {refused:?}")
        };
        assert_eq!(left, i64::from(stated) - i64::from(leaked));
        assert!((i64::from(KEY_ENTROPY_BITS) - 4..i64::from(KEY_ENTROPY_BITS)).contains(&left), "{left}");
    }
}

#[test]
fn rates_outside_a_bit_for_a_bit_are_refused() {
    for found in [0, 1001, u16::MAX] {
        let refused = MinEntropyRate::from_thousandths(found);
        assert_eq!(refused, Err(ExtractorError::MinEntropyRate { found }));
    }
}

/// A reading of which this share of the bits are ones, in order.
fn with_ones(profile: Profile, thousandths: usize) -> Vec<u8> {
    let ones = profile.reading_bytes() * thousandths / 1000;
    (0..profile.reading_bytes()).map(|index| if index < ones { 0xff } else { 0 }).collect()
}

#[test]
fn readings_of_a_sensor_that_is_stuck_are_not_enrolled() {
    for profile in Profile::ALL {
        let source = Source { min_entropy_rate: profile.least_min_entropy_rate(), earlier: &[] };
        for thousandths in [0, 30, 970, 1000] {
            let refused =
                enroll(profile, source, &with_ones(profile, thousandths), CONTEXT, &mut rng(1)).err();
            assert_eq!(refused, Some(ExtractorError::ImplausibleReading), "{profile}, {thousandths}");
        }
        enroll(profile, source, &with_ones(profile, 400), CONTEXT, &mut rng(1)).unwrap();
    }
}
