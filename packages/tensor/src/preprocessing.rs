//! What a model's images go through before the model sees them.

use serde::{Deserialize, Serialize};

use crate::limits::{MAX_CHANNELS, MAX_SIDE};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The section `image` of a model's manifest: what its images are, and what every worker does to the pixels of a job's before the
/// model reads them, in the order of the fields. An ONNX file carries it as JSON in its property `image`, so that the model's digest
/// covers it.
///
/// Every step is float32 arithmetic in a fixed order, which is the same on all processors, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocessing {
    /// Channels of an image that the model reads, from 0, in its order: `[2, 1, 0]` reads blue, green, red of a photograph that has
    /// red first. A channel may be read twice.
    pub channels: Vec<u32>,
    /// Rows of pixels of the model's input.
    pub height: u32,
    /// Columns of pixels of the model's input.
    pub width: u32,
    /// How an image of another size becomes one of this size. Without it such an image is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resize>,
    /// Maps a range of values to 0 to 1, and what is outside to its ends. It comes before the change of size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Subtracted from each channel.
    pub mean: Vec<f32>,
    /// What each channel is divided by then.
    pub std: Vec<f32>,
}

/// Level and width of the values of interest, like 40 and 400 Hounsfield units for soft tissue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The value that becomes 0.5.
    pub level: f32,
    /// From the value that becomes 0 to the one that becomes 1: DICOM's function `LINEAR_EXACT` (PS3.3 section C.11.2.1.3.2).
    pub width: f32,
}

/// How an image gets another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resize {
    /// Between the four pixels around a point. The image's corners stay its corners: pixels have an area, as in ONNX's `half_pixel`.
    Bilinear,
    /// The pixel that a point lies in.
    Nearest,
}

/// Why preprocessing can't be what a manifest says, or not of these images.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreprocessingError {
    /// It is not JSON, or has other fields.
    #[error(
        "image: expected JSON with channels, height, width, mean and std, and optionally resize and window: {reason}"
    )]
    Json {
        /// What the reader met, without the text.
        reason: String,
    },
    /// A number of channels or a side that no image has.
    #[error(
        "image: expected 1 to {MAX_CHANNELS} channels, each below {MAX_CHANNELS}, and height and width of 1 to {MAX_SIDE}"
    )]
    Sides,
    /// Not one mean and one deviation for each channel.
    #[error(
        "image, mean and std: expected {expected} finite numbers each, one for each channel, and std above 0"
    )]
    Normalisation {
        /// Channels that the model reads.
        expected: usize,
    },
    /// A window that contains nothing.
    #[error("image, window: expected a finite level and a finite width above 0")]
    Window,
    /// The images have fewer channels.
    #[error(
        "images: the model reads channel {expected}, counted from 0, the images have {found}; send images with all channels"
    )]
    Channels {
        /// Highest channel that the model reads.
        expected: u32,
        /// Channels of the images.
        found: usize,
    },
    /// The images are of another size, and the model does not say how to change it.
    #[error(
        "images: expected {height} x {width} pixels for this model, found {found_height} x {found_width}; the model's manifest names no \
         way to resize them"
    )]
    Size {
        /// Rows of pixels that the model reads.
        height: usize,
        /// Columns of pixels that the model reads.
        width: usize,
        /// Rows of pixels of the images.
        found_height: usize,
        /// Columns of pixels of the images.
        found_width: usize,
    },
    /// A sample is too large for what is done to it.
    #[error("image {image}: a pixel is not a finite number after the model's window, mean and std")]
    NotFinite {
        /// Image, counted from 1.
        image: usize,
    },
}

impl Preprocessing {
    /// Nothing is done: images have the model's own size, and its values.
    #[must_use]
    pub fn none(channels: u32, height: u32, width: u32) -> Self {
        let count = channels as usize;
        let (mean, std) = (vec![0.0; count], vec![1.0; count]);
        Self { channels: (0..channels).collect(), height, width, resize: None, window: None, mean, std }
    }

    /// Reads and checks the section.
    ///
    /// # Errors
    /// [`PreprocessingError`]: not JSON, unknown fields, values out of range.
    pub fn from_json(text: &str) -> Result<Self, PreprocessingError> {
        let read: Self = serde_json::from_str(text).map_err(|error| {
            // The text is the model's author's, of any length; where it went wrong is enough.
            let reason = format!("{:?} error at column {}", error.classify(), error.column());
            PreprocessingError::Json { reason }
        })?;
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<(), PreprocessingError> {
        let count = self.channels.len();
        let side = |side: u32| (1..=MAX_SIDE).contains(&side);
        let known = self.channels.iter().all(|channel| *channel < MAX_CHANNELS);
        if !(1..=MAX_CHANNELS as usize).contains(&count) || !known || !side(self.height) || !side(self.width)
        {
            return Err(PreprocessingError::Sides);
        }
        let finite = |values: &[f32]| values.len() == count && values.iter().all(|value| value.is_finite());
        if !finite(&self.mean) || !finite(&self.std) || self.std.iter().any(|std| *std <= 0.0) {
            return Err(PreprocessingError::Normalisation { expected: count });
        }
        match self.window {
            Some(Window { level, width }) if !level.is_finite() || !width.is_finite() || width <= 0.0 => {
                Err(PreprocessingError::Window)
            }
            _ => Ok(()),
        }
    }

    /// Channels, height and width of what the model reads.
    #[must_use]
    pub fn output(&self) -> [usize; 3] {
        [self.channels.len(), self.height as usize, self.width as usize]
    }

    /// Whether images of this shape can be prepared.
    ///
    /// # Errors
    /// [`PreprocessingError::Channels`], [`PreprocessingError::Size`].
    pub fn check_images(&self, images: Shape) -> Result<(), PreprocessingError> {
        let found = images.channels();
        match self.channels.iter().max() {
            Some(&expected) if expected as usize >= found => {
                return Err(PreprocessingError::Channels { expected, found });
            }
            _ => {}
        }
        let [_, height, width] = self.output();
        let (found_height, found_width) = (images.height(), images.width());
        if self.resize.is_none() && (height, width) != (found_height, found_width) {
            return Err(PreprocessingError::Size { height, width, found_height, found_width });
        }
        Ok(())
    }

    /// The images as the model reads them, one by one: float32 in the order `CHW`.
    ///
    /// # Errors
    /// As [`Preprocessing::check_images`]; each image, [`PreprocessingError::NotFinite`].
    pub fn apply<'a>(
        &'a self,
        images: &'a Tensor,
    ) -> Result<impl Iterator<Item = Result<Vec<f32>, PreprocessingError>> + 'a, PreprocessingError> {
        self.check_images(images.shape())?;
        let (rows, columns) = (
            Axis::new(images.shape().height(), self.height, self.resize),
            Axis::new(images.shape().width(), self.width, self.resize),
        );
        let plane = images.shape().height() * images.shape().width();
        Ok(images.images().enumerate().map(move |(index, pixels)| {
            let prepared = self.prepare(&pixels, plane, (&rows, &columns));
            let whole = prepared.len() == self.output().iter().product::<usize>();
            let finite = whole && prepared.iter().all(|value| value.is_finite());
            if finite { Ok(prepared) } else { Err(PreprocessingError::NotFinite { image: index + 1 }) }
        }))
    }

    /// The values of one image as the model takes them: channel by channel, row by row.
    fn prepare(&self, pixels: &[f32], plane: usize, (rows, columns): (&Axis, &Axis)) -> Vec<f32> {
        let mut prepared = Vec::with_capacity(self.output().iter().product());
        for ((channel, mean), std) in self.channels.iter().zip(&self.mean).zip(&self.std) {
            let start = plane.saturating_mul(*channel as usize);
            let Some(source) = start.checked_add(plane).and_then(|end| pixels.get(start..end)) else {
                continue;
            };
            if rows.is_whole() && columns.is_whole() {
                let windowed = |value: &f32| self.window.map_or(*value, |window| window.apply(*value));
                prepared.extend(source.iter().map(|value| (windowed(value) - mean) / std));
                continue;
            }
            let windowed = |row: usize, column: usize| {
                let at = row.saturating_mul(columns.length).saturating_add(column);
                source.get(at).map_or(0.0, |value| self.window.map_or(*value, |window| window.apply(*value)))
            };
            for down in &rows.points {
                for right in &columns.points {
                    let value = if self.resize == Some(Resize::Bilinear) {
                        let upper = between(
                            windowed(down.first, right.first),
                            windowed(down.first, right.second),
                            right.share,
                        );
                        let lower = between(
                            windowed(down.second, right.first),
                            windowed(down.second, right.second),
                            right.share,
                        );
                        between(upper, lower, down.share)
                    } else {
                        windowed(down.first, right.first)
                    };
                    prepared.push((value - mean) / std);
                }
            }
        }
        prepared
    }
}

impl Window {
    /// 0 to 1.
    fn apply(self, value: f32) -> f32 {
        ((value - self.level) / self.width + 0.5).clamp(0.0, 1.0)
    }
}

/// From `first` towards `second`.
fn between(first: f32, second: f32, share: f32) -> f32 {
    first + (second - first) * share
}

/// Where the pixels of a side come from.
struct Axis {
    /// Pixels of the source.
    length: usize,
    points: Vec<Point>,
}

/// Between two pixels of the source.
struct Point {
    first: usize,
    second: usize,
    /// Distance from the first, in pixels.
    share: f32,
}

impl Axis {
    /// Whether each pixel is that of the source.
    fn is_whole(&self) -> bool {
        self.points.len() == self.length
    }

    fn new(length: usize, target: u32, resize: Option<Resize>) -> Self {
        let last = length.saturating_sub(1);
        let scale = length as f64 / f64::from(target.max(1));
        let point = |at: u32| {
            let centre = (f64::from(at) + 0.5) * scale;
            if resize != Some(Resize::Bilinear) {
                // The pixel that the centre lies in.
                let first = (centre.floor() as usize).min(last);
                return Point { first, second: first, share: 0.0 };
            }
            let place = (centre - 0.5).clamp(0.0, last as f64);
            let first = (place.floor() as usize).min(last);
            Point { first, second: first.saturating_add(1).min(last), share: (place - first as f64) as f32 }
        };
        Self { length, points: (0..target).map(point).collect() }
    }
}
