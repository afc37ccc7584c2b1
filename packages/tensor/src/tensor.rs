//! A stack of images of one size.

use std::fmt;

use crate::encoding;
use crate::error::TensorError;
use crate::samples::{SampleType, Samples};
use crate::shape::{Shape, Spacing};

/// At least one image, every sample finite.
#[derive(Clone, PartialEq)]
pub struct Tensor {
    shape: Shape,
    spacing: Option<Spacing>,
    samples: Samples,
}

impl Tensor {
    /// Takes samples in the order `NCHW`, row by row from the top left. `spacing` is none where it is not known.
    ///
    /// # Errors
    /// More bytes than one message carries, samples that do not fill the shape, a sample that is NaN or infinite.
    pub fn new(
        shape: Shape,
        spacing: Option<Spacing>,
        samples: impl Into<Samples>,
    ) -> Result<Self, TensorError> {
        let samples = samples.into();
        let expected = encoding::elements(shape, samples.kind())?;
        if samples.len() != expected {
            return Err(TensorError::SampleCount { expected, found: samples.len() });
        }
        match samples.not_finite() {
            Some(at) => Err(not_finite(shape, at)),
            None => Ok(Self { shape, spacing, samples }),
        }
    }

    /// Number and size of the images.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Size of a pixel in the body, where it is known.
    #[must_use]
    pub fn spacing(&self) -> Option<Spacing> {
        self.spacing
    }

    /// The samples of all images.
    #[must_use]
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// Type of the samples.
    #[must_use]
    pub fn sample_type(&self) -> SampleType {
        self.samples.kind()
    }

    /// Samples of one image: channels times height times width.
    #[must_use]
    pub fn image_len(&self) -> usize {
        self.samples.len() / self.shape.images()
    }

    /// The images in order, each as float32 in the order `CHW`. One image is in memory at a time.
    pub fn images(&self) -> impl ExactSizeIterator<Item = Vec<f32>> + '_ {
        let length = self.image_len();
        (0..self.shape.images())
            .map(move |image| self.samples.floats(image * length, length).unwrap_or_default())
    }

    /// The images at these indices (counted from 0), in this order; an index may repeat.
    ///
    /// # Errors
    /// No index, too many, or one that is out of range.
    pub fn select(&self, indices: &[usize]) -> Result<Self, TensorError> {
        let shape = self.shape.with_images(indices.len())?;
        encoding::elements(shape, self.sample_type())?;
        let images = self.shape.images();
        if let Some(&index) = indices.iter().find(|index| **index >= images) {
            return Err(TensorError::ImageOutOfRange { index, images });
        }
        let length = self.image_len();
        let samples = self.samples.parts(indices.iter().map(|index| index * length), length);
        Self::new(shape, self.spacing, samples)
    }

    /// The one encoding of this tensor, BHIM version 1: `BHIM`, version (u8), type of samples (u8), images, channels, height and
    /// width (u32 each), millimetres between rows and between columns (f32 each, both +0 where they are not known), then the samples
    /// in the order `NCHW`. Everything is little-endian, and nothing follows.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encoding::write(self.shape, self.spacing, &self.samples)
    }

    /// Reads what [`encode`](Self::encode) writes, and nothing else. The length is checked before memory is taken.
    ///
    /// # Errors
    /// Foreign, truncated or overlong bytes, another version, any limit, a sample that is NaN or infinite.
    pub fn decode(bytes: &[u8]) -> Result<Self, TensorError> {
        let (shape, spacing, samples) = encoding::read(bytes)?;
        Self::new(shape, spacing, samples)
    }
}

/// Shows the shape only: samples may be a patient's.
impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shape, kind) = (self.shape, self.sample_type());
        let (images, channels) = (shape.images(), shape.channels());
        write!(f, "Tensor({images} images x {channels} x {} x {}, {kind:?})", shape.height(), shape.width())
    }
}

/// The error of the sample at this index.
fn not_finite(shape: Shape, at: usize) -> TensorError {
    let (channels, height, width) = (shape.channels(), shape.height(), shape.width());
    TensorError::NotFinite {
        image: at / width / height / channels + 1,
        channel: at / width / height % channels + 1,
        row: at / width % height + 1,
        column: at % width + 1,
    }
}
