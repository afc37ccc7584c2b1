//! Seeded randomness in whole numbers: one stream for each purpose, so that what one account draws moves no other.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// What a stream is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Keys of all accounts.
    Keys,
    /// When the operators of a place come and go.
    Place(u64),
    /// What an operator does from day to day.
    Work(u64),
    /// Which nodes a delegator chooses.
    Delegator(u64),
    /// What a patient's check-ups are worth.
    Patient(u64),
    /// What an idle machine earns.
    Idle(u64),
    /// Keys of oracles.
    Oracles,
}

/// The generator of a purpose.
pub(crate) fn generator(seed: u64, purpose: Purpose) -> ChaCha20Rng {
    let (kind, number) = match purpose {
        Purpose::Keys => (0, 0),
        Purpose::Place(number) => (1, number),
        Purpose::Work(number) => (2, number),
        Purpose::Delegator(number) => (3, number),
        Purpose::Patient(number) => (4, number),
        Purpose::Idle(number) => (5, number),
        Purpose::Oracles => (6, 0),
    };
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(kind << 32 | number);
    rng
}

/// A stream of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Stream(ChaCha20Rng);

impl Stream {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        Self(generator(seed, purpose))
    }

    /// A number below `bound`; 0 if that is 0. The bias is below bound / 2^64.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number within a range.
    pub(crate) fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (first, last) = range.into_inner();
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// Whether something happens that does once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_within_their_range_and_reach_both_ends() {
        let mut stream = Stream::new(1, Purpose::Place(0));
        let drawn: Vec<u64> = (0..200).map(|_| stream.within(3..=6)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&6)));
        assert_eq!(stream.below(0), 0);
    }

    #[test]
    fn each_purpose_has_a_stream_of_its_own_and_a_seed_repeats_it() {
        let draw = |purpose| Stream::new(9, purpose).below(u64::MAX);
        assert_eq!(draw(Purpose::Work(1)), draw(Purpose::Work(1)));
        assert_ne!(draw(Purpose::Work(1)), draw(Purpose::Work(2)));
        assert_ne!(draw(Purpose::Work(1)), draw(Purpose::Place(1)));
    }
}
