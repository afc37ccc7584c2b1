//! Sets of workers of one round.

use cosmwasm_schema::cw_serde;

/// A set of workers: bit i is worker i, in slot order. Rounds have at most 16 workers.
#[cw_serde]
#[derive(Copy, Default, Eq)]
pub struct Members(u32);

impl Members {
    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
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
    pub fn contains(self, index: u8) -> bool {
        self.0 & bit(index) != 0
    }

    /// The set with worker `index`.
    #[must_use]
    pub fn with(self, index: u8) -> Self {
        Self(self.0 | bit(index))
    }

    /// Whether every worker of this set is in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

fn bit(index: u8) -> u32 {
    1u32.checked_shl(index.into()).unwrap_or(0)
}
