//! Numbers to vectors: a thermometer for each feature.
//!
//! A feature with n bits has n levels, the quantiles 1/(n+1), ..., n/(n+1) of a reference set, and bit i says whether
//! the number is above level i. So the distance of two vectors is the number of levels between the features of
//! one and those of the other, each feature counts the same, and units and outliers don't matter. The 256
//! bits are dealt to the features evenly, one more to each of the first where they don't divide.

use serde::{Deserialize, Serialize};

use crate::vector::{VECTOR_BITS, Vector};

/// Why numbers can't be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThermometerError {
    /// No reference rows.
    #[error("there are no reference rows, expected at least one")]
    NoRows,
    /// Rows without features, or with more than bits.
    #[error("a row has {found} features, expected 1 to {VECTOR_BITS}")]
    FeatureCount {
        /// How many it has.
        found: usize,
    },
    /// A row of another length.
    #[error("row {row} has {found} features, expected {expected}")]
    RowLength {
        /// The row, from 0.
        row: usize,
        /// How many it has.
        found: usize,
        /// How many the first row or the thermometer has.
        expected: usize,
    },
    /// Not a number.
    #[error("feature {feature} of row {row} is not finite")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The feature, from 0.
        feature: usize,
    },
}

/// The levels of each feature. They are part of what the parties agree on, as the schema is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thermometer {
    levels: Vec<Vec<f64>>,
}

impl Thermometer {
    /// Levels from reference rows, which needn't be anybody's own.
    ///
    /// # Errors
    /// [`ThermometerError`] for no rows, rows of different or unusable length, or numbers that aren't finite.
    pub fn fit(rows: &[Vec<f64>]) -> Result<Self, ThermometerError> {
        let features = rows.first().ok_or(ThermometerError::NoRows)?.len();
        if !(1..=VECTOR_BITS).contains(&features) {
            return Err(ThermometerError::FeatureCount { found: features });
        }
        rows.iter().enumerate().try_for_each(|(row, numbers)| check(row, numbers, features))?;
        let (each, more) = (VECTOR_BITS / features, VECTOR_BITS % features);
        let levels = (0..features).map(|feature| {
            let mut column: Vec<f64> = rows.iter().filter_map(|row| row.get(feature).copied()).collect();
            column.sort_by(f64::total_cmp);
            let count = each + usize::from(feature < more);
            (1..=count).filter_map(|level| column.get(level * column.len() / (count + 1)).copied()).collect()
        });
        Ok(Self { levels: levels.collect() })
    }

    /// The vector of one row.
    ///
    /// # Errors
    /// [`ThermometerError`] for another number of features, or numbers that aren't finite.
    pub fn encode(&self, row: &[f64]) -> Result<Vector, ThermometerError> {
        check(0, row, self.levels.len())?;
        let bits =
            self.levels.iter().zip(row).flat_map(|(levels, number)| levels.iter().map(move |l| number > l));
        let mut bytes = [0; VECTOR_BITS / 8];
        for (place, bit) in bits.take(VECTOR_BITS).enumerate() {
            if let Some(byte) = bytes.get_mut(place / 8) {
                *byte |= u8::from(bit) << (7 - place % 8);
            }
        }
        Ok(Vector::from_bytes(bytes))
    }
}

fn check(row: usize, numbers: &[f64], expected: usize) -> Result<(), ThermometerError> {
    if numbers.len() != expected {
        return Err(ThermometerError::RowLength { row, found: numbers.len(), expected });
    }
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(feature) => Err(ThermometerError::NotFinite { row, feature }),
        None => Ok(()),
    }
}
