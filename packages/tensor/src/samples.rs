//! The values of images, in the type that they travel in.

use std::fmt;

/// Type of every sample of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleType {
    /// IEEE 754 single precision, code 1. Finite.
    F32,
    /// Two's complement of 16 bits, code 2: Hounsfield units in half the bytes.
    I16,
    /// Eight bits, code 3: photographs, and classes of a mask.
    U8,
}

impl SampleType {
    /// The code in an encoding.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::F32 => 1,
            Self::I16 => 2,
            Self::U8 => 3,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        [Self::F32, Self::I16, Self::U8].into_iter().find(|kind| kind.code() == code)
    }

    /// Bytes of one sample.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::I16 => 2,
            Self::U8 => 1,
        }
    }
}

/// Samples in the order `NCHW`, row by row.
#[derive(Clone, PartialEq)]
pub enum Samples {
    /// Samples of [`SampleType::F32`].
    F32(Vec<f32>),
    /// Samples of [`SampleType::I16`].
    I16(Vec<i16>),
    /// Samples of [`SampleType::U8`].
    U8(Vec<u8>),
}

/// Type and number only: the values may be a patient's.
impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Samples({:?}, {})", self.kind(), self.len())
    }
}

impl Samples {
    /// The type of the samples.
    #[must_use]
    pub fn kind(&self) -> SampleType {
        match self {
            Self::F32(_) => SampleType::F32,
            Self::I16(_) => SampleType::I16,
            Self::U8(_) => SampleType::U8,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::I16(values) => values.len(),
            Self::U8(values) => values.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples from `start`, `count` of them, as what a model computes with. All three types fit float32 exactly.
    /// None where there are not so many.
    #[must_use]
    pub fn floats(&self, start: usize, count: usize) -> Option<Vec<f32>> {
        let end = start.checked_add(count)?;
        Some(match self {
            Self::F32(values) => values.get(start..end)?.to_vec(),
            Self::I16(values) => values.get(start..end)?.iter().map(|value| f32::from(*value)).collect(),
            Self::U8(values) => values.get(start..end)?.iter().map(|value| f32::from(*value)).collect(),
        })
    }

    /// The parts that start at these samples, `count` of each, one behind the other. A part that is not whole is left out.
    pub(crate) fn parts(&self, starts: impl Iterator<Item = usize>, count: usize) -> Self {
        fn pick<T: Copy>(values: &[T], starts: impl Iterator<Item = usize>, count: usize) -> Vec<T> {
            let part = |start: usize| values.get(start..start.checked_add(count)?);
            starts.filter_map(part).flatten().copied().collect()
        }
        match self {
            Self::F32(values) => Self::F32(pick(values, starts, count)),
            Self::I16(values) => Self::I16(pick(values, starts, count)),
            Self::U8(values) => Self::U8(pick(values, starts, count)),
        }
    }

    /// Index of the first that is NaN or infinite.
    pub(crate) fn not_finite(&self) -> Option<usize> {
        match self {
            Self::F32(values) => values.iter().position(|value| !value.is_finite()),
            Self::I16(_) | Self::U8(_) => None,
        }
    }

    /// Appends each, little-endian.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::F32(values) => bytes.extend(values.iter().flat_map(|value| value.to_le_bytes())),
            Self::I16(values) => bytes.extend(values.iter().flat_map(|value| value.to_le_bytes())),
            Self::U8(values) => bytes.extend_from_slice(values),
        }
    }

    /// Reads as many as the bytes hold.
    pub(crate) fn read(kind: SampleType, bytes: &[u8]) -> Self {
        match kind {
            SampleType::F32 => {
                Self::F32(bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
            }
            SampleType::I16 => {
                Self::I16(bytes.as_chunks::<2>().0.iter().map(|value| i16::from_le_bytes(*value)).collect())
            }
            SampleType::U8 => Self::U8(bytes.to_vec()),
        }
    }
}

impl From<Vec<f32>> for Samples {
    fn from(values: Vec<f32>) -> Self {
        Self::F32(values)
    }
}

impl From<Vec<i16>> for Samples {
    fn from(values: Vec<i16>) -> Self {
        Self::I16(values)
    }
}

impl From<Vec<u8>> for Samples {
    fn from(values: Vec<u8>) -> Self {
        Self::U8(values)
    }
}
