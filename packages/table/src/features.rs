//! The matrix a model reads, and the bytes it travels as.

use std::fmt;

/// Most rows in one matrix; one request stays within a few seconds of compute.
pub const MAX_ROWS: usize = 10_000;
/// Most features per row. Wider tensors would let a small model ask for a large amount of memory.
pub const MAX_FEATURES: usize = 8_192;
/// Most bytes of an encoded matrix, and of a CSV file: what one transport message carries.
pub const MAX_BYTES: usize = 16 << 20;

const MAGIC: [u8; 4] = *b"BHFM";
const VERSION: u8 = 1;
const HEADER_BYTES: usize = MAGIC.len() + 1 + 4 + 2;
const VALUE_BYTES: usize = size_of::<f32>();

/// Why a matrix is refused. No variant carries a value: values may be a patient's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    /// There is nothing to run.
    #[error("rows: expected 1 to {MAX_ROWS}, found none")]
    NoRows,
    /// More rows than one request may have.
    #[error("rows: expected 1 to {MAX_ROWS}, found {found}")]
    TooManyRows {
        /// Number of rows found.
        found: usize,
    },
    /// A row has no feature, or more than a model may read.
    #[error("features per row: expected 1 to {MAX_FEATURES}, found {found}")]
    Width {
        /// Features per row found.
        found: usize,
    },
    /// The values do not fill the rows.
    #[error("values: expected {expected} for these rows and features, found {found}")]
    ValueCount {
        /// Rows times features per row.
        expected: usize,
        /// Number of values found.
        found: usize,
    },
    /// The encoded matrix would not fit one message.
    #[error("encoded features: expected at most {MAX_BYTES} bytes, found {found}")]
    TooLarge {
        /// Encoded length in bytes.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("row {row}, feature {feature}: expected a finite number, found NaN or infinity")]
    NotFinite {
        /// Row, counted from 1.
        row: usize,
        /// Position of the feature in the row, counted from 1.
        feature: usize,
    },
    /// A selected row does not exist.
    #[error("row index {index}: expected less than {rows}")]
    RowOutOfRange {
        /// Index asked for, counted from 0.
        index: usize,
        /// Rows there are.
        rows: usize,
    },
    /// The bytes end before the header does.
    #[error("encoded features: expected a header of {HEADER_BYTES} bytes, found {found} bytes")]
    Truncated {
        /// Length of the encoding, in bytes.
        found: usize,
    },
    /// The bytes are something else.
    #[error("encoded features: the first four bytes are not the format's mark")]
    NotFeatures,
    /// The bytes are of another version of the format.
    #[error("encoded features: expected version {VERSION}, found version {found}")]
    Version {
        /// Version in the encoding.
        found: u8,
    },
    /// The length does not follow from the header.
    #[error("encoded features: expected {expected} bytes for this header, found {found}")]
    Length {
        /// Bytes that the header announces, header included.
        expected: usize,
        /// Length of the encoding, in bytes.
        found: usize,
    },
}

/// Rows of finite float32 values, all of the same width: at least one row and one feature.
#[derive(Clone, PartialEq)]
pub struct Features {
    width: usize,
    values: Vec<f32>,
}

impl Features {
    /// Takes values row by row, `width` of them per row.
    ///
    /// # Errors
    /// Any of the limits above, an incomplete last row, a value that is NaN or infinite.
    pub fn new(width: usize, values: Vec<f32>) -> Result<Self, FeaturesError> {
        if width == 0 || width > MAX_FEATURES {
            return Err(FeaturesError::Width { found: width });
        }
        let rows = values.len().div_ceil(width);
        check_rows(rows)?;
        if values.len() != rows * width {
            return Err(FeaturesError::ValueCount { expected: rows * width, found: values.len() });
        }
        check_length(encoded_len(rows, width))?;
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(FeaturesError::NotFinite { row: at / width + 1, feature: at % width + 1 });
        }
        Ok(Self { width, values })
    }

    /// Features per row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows, at least one.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.values.len() / self.width
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.width)
    }

    /// All values, row by row.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The rows at these indices (counted from 0), in this order; an index may repeat.
    ///
    /// # Errors
    /// No index, too many, or one that is out of range.
    pub fn select(&self, indices: &[usize]) -> Result<Self, FeaturesError> {
        check_rows(indices.len())?;
        let mut values = Vec::with_capacity(indices.len() * self.width);
        for &index in indices {
            let row = self
                .rows()
                .nth(index)
                .ok_or(FeaturesError::RowOutOfRange { index, rows: self.row_count() })?;
            values.extend_from_slice(row);
        }
        Self::new(self.width, values)
    }

    /// The one encoding of this matrix: `BHFM`, version 1 (u8), rows (u32), features per row (u16), then the values
    /// row by row (f32); integers and floats are little-endian.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // Both counts are within the limits that `new` checks, far below the integer types' own.
        let rows = self.row_count() as u32;
        let width = self.width as u16;
        let mut bytes = Vec::with_capacity(encoded_len(self.row_count(), self.width));
        bytes.extend_from_slice(&MAGIC);
        bytes.push(VERSION);
        bytes.extend_from_slice(&rows.to_le_bytes());
        bytes.extend_from_slice(&width.to_le_bytes());
        for value in &self.values {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`encode`](Self::encode) writes, and nothing else.
    ///
    /// # Errors
    /// Foreign, truncated or overlong bytes, another version, any limit, a value that is NaN or infinite.
    pub fn decode(bytes: &[u8]) -> Result<Self, FeaturesError> {
        check_length(bytes.len())?;
        let truncated = FeaturesError::Truncated { found: bytes.len() };
        let (magic, rest) = bytes.split_first_chunk::<4>().ok_or_else(|| truncated.clone())?;
        let (&[version], rest) = rest.split_first_chunk::<1>().ok_or_else(|| truncated.clone())?;
        let (rows, rest) = rest.split_first_chunk::<4>().ok_or_else(|| truncated.clone())?;
        let (width, values) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        if *magic != MAGIC {
            return Err(FeaturesError::NotFeatures);
        }
        if version != VERSION {
            return Err(FeaturesError::Version { found: version });
        }
        let rows = u32::from_le_bytes(*rows) as usize;
        let width = usize::from(u16::from_le_bytes(*width));
        check_rows(rows)?;
        let expected = encoded_len(rows, width);
        if bytes.len() != expected {
            return Err(FeaturesError::Length { expected, found: bytes.len() });
        }
        let (values, _) = values.as_chunks::<VALUE_BYTES>();
        Self::new(width, values.iter().map(|value| f32::from_le_bytes(*value)).collect())
    }
}

/// Shows the shape only: values may be a patient's.
impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Features({} rows x {})", self.row_count(), self.width)
    }
}

/// Length in bytes; cannot overflow for counts within the limits.
fn encoded_len(rows: usize, width: usize) -> usize {
    HEADER_BYTES + rows * width * VALUE_BYTES
}

fn check_rows(rows: usize) -> Result<(), FeaturesError> {
    match rows {
        0 => Err(FeaturesError::NoRows),
        1..=MAX_ROWS => Ok(()),
        found => Err(FeaturesError::TooManyRows { found }),
    }
}

fn check_length(bytes: usize) -> Result<(), FeaturesError> {
    if bytes > MAX_BYTES { Err(FeaturesError::TooLarge { found: bytes }) } else { Ok(()) }
}
