//! What can be wrong with a result.

/// What can be wrong with a result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ResultError {
    /// A value does not fit the fixed-point range.
    #[error("result value {index} is {value}; expected a finite number between -32768 and 32767")]
    OutOfRange {
        /// Position in the result.
        index: usize,
        /// Value found, not finite or out of range.
        value: f32,
    },
    /// A word of the result's projection does not fit 32 bits, signed.
    #[error("the projected result does not fit 32 bits; expected results of smaller magnitude")]
    ProjectionOverflow,
    /// The result is empty.
    #[error("the result is empty; expected at least one value")]
    Empty,
    /// Masked words are not a whole number of 32-bit words.
    #[error("masked result has {0} bytes; expected a positive multiple of 4")]
    Length(usize),
}
