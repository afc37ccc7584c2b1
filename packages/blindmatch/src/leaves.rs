//! Sets of leaves of a vault.

/// A set of leaf numbers below 256.
#[derive(Clone, Copy, Default)]
pub(crate) struct LeafSet([u64; 4]);

impl LeafSet {
    /// The set of this leaf alone.
    pub(crate) fn one(leaf: usize) -> Self {
        let mut set = Self::default();
        if let Some(word) = set.0.get_mut(leaf / 64) {
            *word = 1 << (leaf % 64);
        }
        set
    }

    /// The leaves of both.
    pub(crate) fn union(self, other: Self) -> Self {
        let mut words = self.0;
        words.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
        Self(words)
    }

    /// Whether the leaf is in the set.
    pub(crate) fn contains(&self, leaf: usize) -> bool {
        self.0.get(leaf / 64).is_some_and(|word| word >> (leaf % 64) & 1 == 1)
    }

    /// The leaves, in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..256).filter(move |leaf| self.contains(*leaf))
    }
}
