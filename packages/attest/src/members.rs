//! Sets of the workers of one round.

/// A set of workers: bit i is worker i, in slot order. Rounds have at most 16 workers.
#[cfg_attr(feature = "host", cosmwasm_schema::cw_serde)]
#[cfg_attr(not(feature = "host"), derive(Clone, Debug, PartialEq))]
#[derive(Copy, Default, Eq)]
pub struct Members(u32);

impl Members {
    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The set of the first `count` workers.
    #[must_use]
    pub fn first(count: usize) -> Self {
        (0..count).fold(Self::default(), |set, index| set.with(index))
    }

    /// The set's bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Number of workers in the set.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether worker `index` is in the set.
    #[must_use]
    pub fn contains(self, index: impl Into<usize>) -> bool {
        self.0 & bit(index.into()) != 0
    }

    /// The set with worker `index`; the same set if it is 32 or more.
    #[must_use]
    pub fn with(self, index: impl Into<usize>) -> Self {
        Self(self.0 | bit(index.into()))
    }

    /// Whether every worker of this set is in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those of `workers`, which are given in slot order, that are in the set.
    pub fn of<T>(self, workers: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        workers
            .into_iter()
            .enumerate()
            .filter(move |(index, _)| self.contains(*index))
            .map(|(_, worker)| worker)
    }

    /// Those of `workers`, which are given in slot order, that are not in the set.
    pub fn absent<T>(self, workers: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        workers
            .into_iter()
            .enumerate()
            .filter(move |(index, _)| !self.contains(*index))
            .map(|(_, worker)| worker)
    }
}

fn bit(index: usize) -> u32 {
    u32::try_from(index).ok().and_then(|index| 1u32.checked_shl(index)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_in_the_set_that_it_was_put_in_and_in_no_other() {
        let set = Members::default().with(0_u8).with(3_u8).with(31_u8);
        let inside: Vec<usize> = (0_usize..40).filter(|index| set.contains(*index)).collect();
        assert_eq!((inside, set.count(), set.bits()), (vec![0, 3, 31], 3, 1 << 31 | 0b1001));
        for beyond in [32_usize, 33, 64, usize::MAX] {
            assert_eq!(set.with(beyond), set);
        }
        assert_eq!(Members::from_bits(set.bits()), set);
    }

    #[test]
    fn a_set_parts_the_workers_into_those_in_it_and_the_absent() {
        let set = Members::from_bits(0b101);
        let workers = ["a", "b", "c", "d"];
        assert_eq!(set.of(workers).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(set.absent(workers).collect::<Vec<_>>(), ["b", "d"]);
        assert_eq!(Members::first(3), Members::from_bits(0b111));
        assert_eq!(Members::first(0), Members::default());
    }

    #[test]
    fn subsets_have_nobody_else() {
        let (small, large) = (Members::from_bits(0b100), Members::from_bits(0b110));
        assert!(small.is_subset(large) && !large.is_subset(small) && large.is_subset(large));
        assert!(Members::default().is_subset(small));
    }
}
