//! What is simulated.

use std::ops::RangeInclusive;

use crate::EconomyError;

/// Days of a year here.
pub const YEAR_DAYS: u64 = 365;
/// Days between two samples, and between two looks of an account at what it has.
pub const MONTH_DAYS: u64 = 30;

const YEARS: RangeInclusive<u32> = 1..=50;
const NODES: RangeInclusive<u32> = 1..=1_000;
const POKE_DAYS: RangeInclusive<u32> = 1..=365;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Years of 365 days, 1 to 50.
    pub years: u32,
    /// Most nodes that work at the same time, 1 to 1,000.
    pub nodes: u32,
    /// The same seed gives the same rows.
    pub seed: u64,
    /// Days, 1 to 365, after which somebody claims for everybody, besides what each claims for itself. No total depends
    /// on it.
    pub poke_days: Option<u32>,
}

impl Options {
    /// The same, if every number is within its bounds.
    ///
    /// # Errors
    /// [`EconomyError::Option`], naming the one that is not.
    pub fn checked(self) -> Result<Self, EconomyError> {
        let within = |field, found: u32, bounds: RangeInclusive<u32>| {
            let (least, most) = bounds.into_inner();
            if (least..=most).contains(&found) {
                Ok(())
            } else {
                Err(EconomyError::Option { field, found, least, most })
            }
        };
        within("years", self.years, YEARS)?;
        within("nodes", self.nodes, NODES)?;
        if let Some(days) = self.poke_days {
            within("poke_days", days, POKE_DAYS)?;
        }
        Ok(self)
    }

    /// Days of the run.
    #[must_use]
    pub fn days(&self) -> u64 {
        u64::from(self.years).saturating_mul(YEAR_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Options = Options { years: 12, nodes: 20, seed: 1, poke_days: None };

    #[test]
    fn numbers_out_of_bounds_are_refused_by_name() {
        assert_eq!(GOOD.checked().unwrap(), GOOD);
        for (options, name) in [
            (Options { years: 0, ..GOOD }, "years is 0; expected 1 to 50"),
            (Options { years: 51, ..GOOD }, "years is 51; expected 1 to 50"),
            (Options { nodes: 0, ..GOOD }, "nodes is 0; expected 1 to 1000"),
            (Options { nodes: 1_001, ..GOOD }, "nodes is 1001; expected 1 to 1000"),
            (Options { poke_days: Some(0), ..GOOD }, "poke_days is 0; expected 1 to 365"),
        ] {
            assert_eq!(options.checked().unwrap_err().to_string(), name);
        }
    }
}
