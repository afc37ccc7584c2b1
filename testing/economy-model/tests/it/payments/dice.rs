//! Random choices, the same for the same seed in every run.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

pub(crate) struct Dice(ChaCha20Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// A number below `bound`, which is at least 1.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    /// As [`Dice::below`], for places in lists.
    pub(crate) fn place(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap()
    }

    /// A number from `least` to `most`.
    pub(crate) fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// Once in so many times.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of these; none where there are none.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.place(of.len())]) }
    }

    /// Base units: mostly some, at times nothing, one, two, and all that 128 bits can say.
    pub(crate) fn amount(&mut self, most: u64) -> u128 {
        match self.below(40) {
            0 => 0,
            1..4 => 1,
            4 => 2,
            5 => u128::MAX,
            6 => u128::MAX / 2 + 1,
            _ => u128::from(self.within(1, most)),
        }
    }
}
