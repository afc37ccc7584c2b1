//! How often two vectors at a distance match.

use crate::vector::{SAMPLE_BITS, SAMPLES, SAMPLES_NEEDED, VECTOR_BITS};

/// Furthest distance that a policy may ask for: the furthest of which half is found.
pub const MAX_DISTANCE: u16 = 41;

/// The chance that vectors at this distance agree in a random sample, which has none of the differing bits:
/// C(256 - distance, 20) / C(256, 20).
pub fn sample_agreement(distance: u16) -> f64 {
    let differing = usize::from(distance).min(VECTOR_BITS);
    let factor =
        |drawn: usize| (VECTOR_BITS - differing).saturating_sub(drawn) as f64 / (VECTOR_BITS - drawn) as f64;
    (0..SAMPLE_BITS).map(factor).product()
}

/// The chance that vectors at this distance match: that at least 2 of 64 samples agree, of which each does with the
/// probability p of [`sample_agreement`], 1 - (1 - p)^64 - 64 p (1 - p)^63.
///
/// It is exact for random samples. Those of one schema are fixed; for differences in random places its average
/// agrees with this up to how much its samples overlap.
pub fn recall(distance: u16) -> f64 {
    let p = sample_agreement(distance);
    // The sum of the terms that match, not 1 minus those that don't, which would lose chances below 10^-16.
    let mut ways = 1.0;
    let mut sum = 0.0;
    for agreeing in 0..=SAMPLES {
        if agreeing >= SAMPLES_NEEDED {
            sum += ways * p.powi(agreeing as i32) * (1.0 - p).powi((SAMPLES - agreeing) as i32);
        }
        ways *= (SAMPLES - agreeing) as f64 / (agreeing + 1) as f64;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_furthest_distance_is_the_last_of_which_half_is_found() {
        assert!(recall(MAX_DISTANCE) >= 0.5 && recall(MAX_DISTANCE + 1) < 0.5);
    }

    #[test]
    fn chances_fall_with_the_distance_from_certain_to_none() {
        assert!((recall(0) - 1.0).abs() < 1e-12);
        assert!((recall(25) - 0.99683).abs() < 1e-5);
        assert!((sample_agreement(25) - 0.117_643_7).abs() < 1e-7);
        assert!((recall(128) / 3.670_189e-10 - 1.0).abs() < 1e-5);
        assert!((0..300).all(|distance| recall(distance) > recall(distance + 1) - 1e-12));
        assert_eq!(recall(237), 0.0, "fewer than 20 bits agree");
    }
}
