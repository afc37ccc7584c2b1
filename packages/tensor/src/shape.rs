//! How many images, of what size.

use crate::error::TensorError;
use crate::limits::{MAX_CHANNELS, MAX_IMAGES, MAX_SIDE};

/// Sizes of a tensor in the order `NCHW`. A shape that exists has sides within the limits, and its elements are at most
/// as many as one message carries, so that sizes computed from it do not overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    images: u32,
    channels: u32,
    height: u32,
    width: u32,
}

impl Shape {
    /// Images, channels of each, height and width in pixels.
    ///
    /// # Errors
    /// A side of zero or above its limit.
    pub fn new(images: u32, channels: u32, height: u32, width: u32) -> Result<Self, TensorError> {
        match (images, channels, height, width) {
            (found, ..) if !(1..=MAX_IMAGES).contains(&found) => Err(TensorError::Images { found }),
            (_, found, ..) if !(1..=MAX_CHANNELS).contains(&found) => Err(TensorError::Channels { found }),
            (_, _, found, _) if !(1..=MAX_SIDE).contains(&found) => Err(TensorError::Height { found }),
            (_, _, _, found) if !(1..=MAX_SIDE).contains(&found) => Err(TensorError::Width { found }),
            _ => Ok(Self { images, channels, height, width }),
        }
    }

    /// Images, at least one.
    #[must_use]
    pub fn images(self) -> usize {
        self.images as usize
    }

    /// Channels of each image, at least one.
    #[must_use]
    pub fn channels(self) -> usize {
        self.channels as usize
    }

    /// Rows of pixels, at least one.
    #[must_use]
    pub fn height(self) -> usize {
        self.height as usize
    }

    /// Columns of pixels, at least one.
    #[must_use]
    pub fn width(self) -> usize {
        self.width as usize
    }

    /// The same images, more or fewer of them.
    ///
    /// # Errors
    /// No image, or too many.
    pub fn with_images(self, images: usize) -> Result<Self, TensorError> {
        let images = u32::try_from(images).unwrap_or(u32::MAX);
        Self::new(images, self.channels, self.height, self.width)
    }

    /// Samples of all images: within the limits of each side at most 2^42.
    #[must_use]
    pub fn elements(self) -> u64 {
        self.image_elements().saturating_mul(u64::from(self.images))
    }

    /// Samples of one image.
    #[must_use]
    pub fn image_elements(self) -> u64 {
        u64::from(self.channels).saturating_mul(u64::from(self.height)).saturating_mul(u64::from(self.width))
    }

    /// The four sides as they are written.
    pub(crate) fn sides(self) -> [u32; 4] {
        [self.images, self.channels, self.height, self.width]
    }
}

/// Distance of the centres of neighbouring pixels in millimetres: down a column, and along a row, the order of
/// DICOM PS3.3 section 10.7.1.3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spacing {
    row: f32,
    column: f32,
}

impl Spacing {
    /// Distance between rows, and between columns, in millimetres.
    ///
    /// # Errors
    /// [`TensorError::Spacing`] where one is not a positive finite number.
    pub fn new(row: f32, column: f32) -> Result<Self, TensorError> {
        let positive = |value: f32| value.is_finite() && value > 0.0;
        if positive(row) && positive(column) { Ok(Self { row, column }) } else { Err(TensorError::Spacing) }
    }

    /// Millimetres from a row to the next.
    #[must_use]
    pub fn row(self) -> f32 {
        self.row
    }

    /// Millimetres from a column to the next.
    #[must_use]
    pub fn column(self) -> f32 {
        self.column
    }
}
