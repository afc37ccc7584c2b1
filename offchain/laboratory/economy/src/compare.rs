//! Comparisons: counted while they hold, an error that says what was compared when one does not.

use serde::Serialize;

/// A check that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("day {day}: {what} is {found}; expected {relation} {expected}")]
pub struct Broken {
    /// Days since the emission started.
    pub day: u64,
    /// What was compared.
    pub what: String,
    /// The value found in the contracts.
    pub found: u128,
    /// `exactly` or `at most`.
    pub relation: &'static str,
    /// What it should be.
    pub expected: u128,
}

/// Counts comparisons that held.
pub(crate) struct Checks {
    day: u64,
    held: u64,
}

impl Checks {
    /// Of a day, so far without any.
    pub(crate) fn on(day: u64) -> Self {
        Self { day, held: 0 }
    }

    /// How many held.
    pub(crate) fn held(&self) -> u64 {
        self.held
    }

    fn that(
        &mut self,
        holds: bool,
        what: &str,
        found: u128,
        relation: &'static str,
        expected: u128,
    ) -> Result<(), Broken> {
        if !holds {
            return Err(Broken { day: self.day, what: what.into(), found, relation, expected });
        }
        self.held += 1;
        Ok(())
    }

    pub(crate) fn same(&mut self, what: &str, found: u128, expected: u128) -> Result<(), Broken> {
        self.that(found == expected, what, found, "exactly", expected)
    }

    pub(crate) fn at_most(&mut self, what: &str, found: u128, most: u128) -> Result<(), Broken> {
        self.that(found <= most, what, found, "at most", most)
    }
}
