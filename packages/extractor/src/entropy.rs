//! How much min-entropy a reading has, as its source is stated to have it, and what is left of it.

use crate::error::ExtractorError;
use crate::profile::{KEY_ENTROPY_BITS, Profile};

/// Min-entropy of a source for each bit read, in thousandths of a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinEntropyRate(u16);

impl MinEntropyRate {
    /// The rate of this many thousandths, 1 to 1000.
    ///
    /// # Errors
    /// [`ExtractorError::MinEntropyRate`] if it is zero or above one bit.
    pub fn from_thousandths(thousandths: u16) -> Result<Self, ExtractorError> {
        if (1..=1000).contains(&thousandths) {
            Ok(Self(thousandths))
        } else {
            Err(ExtractorError::MinEntropyRate { found: thousandths })
        }
    }

    /// Thousandths of a bit for each bit read.
    #[must_use]
    pub fn thousandths(self) -> u16 {
        self.0
    }
}

impl Profile {
    /// Min-entropy of a whole reading at this rate, in bits, rounded down.
    #[must_use]
    pub fn stated_entropy(self, rate: MinEntropyRate) -> u32 {
        self.reading_bits() as u32 * u32::from(rate.0) / 1000
    }

    /// Lower bound of the min-entropy of a reading, in bits, when the sketches of `enrolments` independent readings
    /// of the source are public: each can give away [`Profile::leakage_bits`]. Below zero where nothing is
    /// guaranteed.
    #[must_use]
    pub fn residual_entropy(self, rate: MinEntropyRate, enrolments: u32) -> i64 {
        i64::from(self.stated_entropy(rate)) - i64::from(enrolments) * i64::from(self.leakage_bits())
    }

    /// The least rate at which one enrolment leaves enough for a key.
    #[must_use]
    pub fn least_min_entropy_rate(self) -> MinEntropyRate {
        let needed = self.leakage_bits() + KEY_ENTROPY_BITS;
        MinEntropyRate((needed * 1000).div_ceil(self.reading_bits() as u32) as u16)
    }
}
