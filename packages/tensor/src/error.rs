//! Why images are refused.

use crate::limits::{HEADER_BYTES, MAX_BYTES, MAX_CHANNELS, MAX_IMAGES, MAX_SIDE, VERSION};

/// Why a tensor is refused. No variant carries a sample: samples may be a patient's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TensorError {
    /// No image, or more than one request may have.
    #[error("images: expected 1 to {MAX_IMAGES}, found {found}")]
    Images {
        /// Number of images found.
        found: u32,
    },
    /// No channel, or more than a model may read.
    #[error("channels: expected 1 to {MAX_CHANNELS}, found {found}")]
    Channels {
        /// Number of channels found.
        found: u32,
    },
    /// An image without a pixel, or one that is too high.
    #[error("height: expected 1 to {MAX_SIDE} pixels, found {found}")]
    Height {
        /// Height found, in pixels.
        found: u32,
    },
    /// An image without a pixel, or one that is too wide.
    #[error("width: expected 1 to {MAX_SIDE} pixels, found {found}")]
    Width {
        /// Width found, in pixels.
        found: u32,
    },
    /// The encoded tensor would not fit one message.
    #[error("encoded images: expected at most {MAX_BYTES} bytes, found {found}; send fewer images at once")]
    TooLarge {
        /// Encoded length in bytes.
        found: u64,
    },
    /// The samples do not fill the shape.
    #[error("samples: expected {expected} for this shape, found {found}")]
    SampleCount {
        /// Images times channels times height times width.
        expected: usize,
        /// Number of samples found.
        found: usize,
    },
    /// A sample is NaN or infinite.
    #[error(
        "image {image}, channel {channel}, row {row}, column {column}: expected a finite number, found NaN or infinity"
    )]
    NotFinite {
        /// Image, counted from 1.
        image: usize,
        /// Channel, counted from 1.
        channel: usize,
        /// Row of pixels, counted from 1 at the top.
        row: usize,
        /// Column of pixels, counted from 1 at the left.
        column: usize,
    },
    /// A pixel has no size, or a negative one.
    #[error("pixel spacing: expected two positive numbers of millimetres, or 0 and 0 where it is not known")]
    Spacing,
    /// A selected image does not exist.
    #[error("image index {index}: expected less than {images}")]
    ImageOutOfRange {
        /// Index asked for, counted from 0.
        index: usize,
        /// Images there are.
        images: usize,
    },
    /// The bytes end before the header does.
    #[error("encoded images: expected a header of {HEADER_BYTES} bytes, found {found} bytes")]
    Truncated {
        /// Length of the encoding, in bytes.
        found: usize,
    },
    /// The bytes are something else.
    #[error("encoded images: the first four bytes are not the format's mark")]
    NotTensor,
    /// The bytes are of another version of the format.
    #[error("encoded images: expected version {VERSION}, found version {found}")]
    Version {
        /// Version in the encoding.
        found: u8,
    },
    /// The samples are of a type that this version does not have.
    #[error("encoded images: expected sample type 1 (float32), 2 (int16) or 3 (uint8), found {found}")]
    SampleType {
        /// Code in the encoding.
        found: u8,
    },
    /// The length does not follow from the header.
    #[error("encoded images: expected {expected} bytes for this header, found {found}")]
    Length {
        /// Bytes that the header announces, header included.
        expected: u64,
        /// Length of the encoding, in bytes.
        found: usize,
    },
}
