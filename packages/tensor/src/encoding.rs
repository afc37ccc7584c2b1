//! BHIM version 1. The layout is stated at [`crate::Tensor::encode`].

use crate::error::TensorError;
use crate::limits::{HEADER_BYTES, MAGIC, MAX_BYTES, VERSION};
use crate::samples::{SampleType, Samples};
use crate::shape::{Shape, Spacing};

/// Samples of a shape, where its encoding fits one message.
pub(crate) fn elements(shape: Shape, kind: SampleType) -> Result<usize, TensorError> {
    let found = encoded_len(shape, kind);
    if found > MAX_BYTES as u64 {
        return Err(TensorError::TooLarge { found });
    }
    usize::try_from(shape.elements()).map_err(|_| TensorError::TooLarge { found })
}

pub(crate) fn write(shape: Shape, spacing: Option<Spacing>, samples: &Samples) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + samples.len() * samples.kind().bytes());
    bytes.extend_from_slice(&MAGIC);
    bytes.push(VERSION);
    bytes.push(samples.kind().code());
    bytes.extend(shape.sides().iter().flat_map(|side| side.to_le_bytes()));
    let [row, column] = spacing.map_or([0.0; 2], |spacing| [spacing.row(), spacing.column()]);
    bytes.extend_from_slice(&row.to_le_bytes());
    bytes.extend_from_slice(&column.to_le_bytes());
    samples.write(&mut bytes);
    bytes
}

pub(crate) fn read(bytes: &[u8]) -> Result<(Shape, Option<Spacing>, Samples), TensorError> {
    if bytes.len() > MAX_BYTES {
        return Err(TensorError::TooLarge { found: bytes.len() as u64 });
    }
    let truncated = TensorError::Truncated { found: bytes.len() };
    let (magic, rest) = bytes.split_first_chunk::<4>().ok_or_else(|| truncated.clone())?;
    let (&[version, code], rest) = rest.split_first_chunk::<2>().ok_or_else(|| truncated.clone())?;
    let (sides, rest) = rest.split_first_chunk::<16>().ok_or_else(|| truncated.clone())?;
    let (spacing, samples) = rest.split_first_chunk::<8>().ok_or(truncated)?;
    if *magic != MAGIC {
        return Err(TensorError::NotTensor);
    }
    if version != VERSION {
        return Err(TensorError::Version { found: version });
    }
    let kind = SampleType::from_code(code).ok_or(TensorError::SampleType { found: code })?;
    let shape = match sides.as_chunks::<4>().0 {
        [images, channels, height, width] => {
            let side = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
            Shape::new(side(images), side(channels), side(height), side(width))?
        }
        // Sixteen bytes are four sides.
        _ => return Err(TensorError::NotTensor),
    };
    let expected = encoded_len(shape, kind);
    if bytes.len() as u64 != expected {
        return Err(TensorError::Length { expected, found: bytes.len() });
    }
    Ok((shape, read_spacing(spacing)?, Samples::read(kind, samples)))
}

/// Eight zero bytes say that it is not known: one encoding for that, too, so that -0 is refused.
fn read_spacing(bytes: &[u8; 8]) -> Result<Option<Spacing>, TensorError> {
    match (bytes, bytes.as_chunks::<4>().0) {
        ([0, 0, 0, 0, 0, 0, 0, 0], _) => Ok(None),
        (_, [row, column]) => Spacing::new(f32::from_le_bytes(*row), f32::from_le_bytes(*column)).map(Some),
        _ => Err(TensorError::Spacing),
    }
}

/// Length in bytes. Far from overflow: a shape has at most 2^42 elements.
fn encoded_len(shape: Shape, kind: SampleType) -> u64 {
    shape.elements().saturating_mul(kind.bytes() as u64).saturating_add(HEADER_BYTES as u64)
}
