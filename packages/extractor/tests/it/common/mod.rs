//! Readings and their noise, from seeded generators.

use bithive_extractor::{HelperData, Key, MinEntropyRate, Profile, Source, enroll};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

pub const CONTEXT: &[u8] = b"ward 7, device 12";

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn rate(thousandths: u16) -> MinEntropyRate {
    MinEntropyRate::from_thousandths(thousandths).unwrap()
}

/// A source that was never enrolled, of the entropy that its readings have here.
pub fn fresh() -> Source<'static> {
    Source { min_entropy_rate: rate(1000), earlier: &[] }
}

pub fn random_reading(profile: Profile, rng: &mut impl Rng) -> Vec<u8> {
    let mut reading = vec![0; profile.reading_bytes()];
    rng.fill_bytes(&mut reading);
    reading
}

/// A random reading, enrolled.
pub fn enrolled(profile: Profile, seed: u64) -> (Vec<u8>, HelperData, Key) {
    let mut rng = rng(seed);
    let reading = random_reading(profile, &mut rng);
    let (helper, key) = enroll(profile, fresh(), &reading, CONTEXT, &mut rng).unwrap();
    (reading, helper, key)
}

/// The reading with these bits flipped.
pub fn flipped(reading: &[u8], positions: &[usize]) -> Vec<u8> {
    let mut reading = reading.to_vec();
    positions.iter().for_each(|position| reading[position / 8] ^= 1 << (position % 8));
    reading
}

/// The reading with each bit flipped with this probability, independently.
pub fn noisy(reading: &[u8], bit_error_rate: f64, rng: &mut impl Rng) -> Vec<u8> {
    let wrong: Vec<usize> = (0..reading.len() * 8)
        .filter(|_| f64::from(rng.next_u32()) < bit_error_rate * f64::from(u32::MAX))
        .collect();
    flipped(reading, &wrong)
}
