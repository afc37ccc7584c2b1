//! The input of a job: rows of a table, or images.

use bithive_table::{Features, FeaturesError};

use crate::error::TensorError;
use crate::limits::MAGIC;
use crate::tensor::Tensor;

/// What a model runs on.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelInput {
    /// Rows of numbers.
    Rows(Features),
    /// Images of one size.
    Images(Tensor),
}

/// Why bytes are no input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// They are no rows, and don't begin as images do.
    #[error(transparent)]
    Rows(#[from] FeaturesError),
    /// They begin as images do.
    #[error(transparent)]
    Images(#[from] TensorError),
}

impl ModelInput {
    /// Whether an encoding, or a file, begins as that of images.
    #[must_use]
    pub fn is_images(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Reads what [`ModelInput::encode`] writes: the first four bytes say which of the two it is.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, InputError> {
        if Self::is_images(bytes) {
            return Ok(Self::Images(Tensor::decode(bytes)?));
        }
        Ok(Self::Rows(Features::decode(bytes)?))
    }

    /// The encoding of the rows or of the images.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Rows(rows) => rows.encode(),
            Self::Images(images) => images.encode(),
        }
    }

    /// Rows, or images: at least one.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.row_count(),
            Self::Images(images) => images.shape().images(),
        }
    }

    /// The rows or images at these indices (counted from 0), in this order; an index may repeat.
    ///
    /// # Errors
    /// No index, too many, or one that is out of range.
    pub fn select(&self, indices: &[usize]) -> Result<Self, InputError> {
        Ok(match self {
            Self::Rows(rows) => Self::Rows(rows.select(indices)?),
            Self::Images(images) => Self::Images(images.select(indices)?),
        })
    }
}
