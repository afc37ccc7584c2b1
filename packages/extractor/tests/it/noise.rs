//! How often a key is lost: the stated probability against seeded simulation of the whole extractor.

use crate::common::{CONTEXT, enrolled, noisy, rng};
use bithive_extractor::Profile;

/// Keys lost among `trials` readings at this bit error rate.
fn lost(profile: Profile, bit_error_rate: f64, trials: u32) -> u32 {
    let (reading, helper, key) = enrolled(profile, 7);
    let mut rng = rng(8);
    let is_lost = |_: &u32| match helper.reproduce(&noisy(&reading, bit_error_rate, &mut rng), CONTEXT) {
        Ok(found) => {
            assert!(found == key, "a wrong key");
            false
        }
        Err(_) => true,
    };
    (0..trials).filter(is_lost).count() as u32
}

/// At the stated noise none of 60 is lost; where a third should be, as many are as the binomial tail says, within
/// four standard deviations.
fn check(profile: Profile, high: f64) {
    assert_eq!(lost(profile, profile.noise(), 60), 0);
    let (trials, probability) = (200, profile.failure_probability(high));
    assert!((0.2..0.5).contains(&probability), "{probability}");
    let deviation = (f64::from(trials) * probability * (1.0 - probability)).sqrt();
    let (found, expected) = (lost(profile, high, trials), f64::from(trials) * probability);
    assert!((f64::from(found) - expected).abs() < 4.0 * deviation, "{profile}: {found}, expected {expected}");
}

#[test]
fn puf_1016_loses_as_many_keys_as_stated() {
    check(Profile::Puf1016, 0.096);
}

#[test]
fn puf_3048_loses_as_many_keys_as_stated() {
    check(Profile::Puf3048, 0.160);
}

#[test]
fn biometric_2040_loses_as_many_keys_as_stated() {
    check(Profile::Biometric2040, 0.0345);
}

#[test]
fn at_the_stated_noise_less_than_one_in_a_million_is_lost() {
    for profile in Profile::ALL {
        let probability = profile.failure_probability(profile.noise());
        assert!(probability > 0.0 && probability < 1e-6, "{profile}: {probability}");
        assert!(profile.failure_probability(profile.noise() + 0.01) > 1e-6, "{profile}");
    }
}

#[test]
fn no_noise_loses_no_key_and_a_coin_loses_all() {
    for profile in Profile::ALL {
        assert_eq!(profile.failure_probability(0.0), 0.0);
        assert!(profile.failure_probability(0.5) > 0.999_999);
        assert!(profile.failure_probability(1.1).is_nan());
    }
}
