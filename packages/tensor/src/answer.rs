//! What a model says about images: classes of an image, or of each of its pixels.

use crate::error::TensorError;
use crate::samples::Samples;
use crate::shape::{Shape, Spacing};
use crate::tensor::Tensor;

/// The result of a model for one image: logits of its classes, for the image as a whole or for each pixel.
///
/// Workers agree on logits within the job's tolerance, for pixels as for rows: logits of two processors differ in their last bits,
/// and the class of a pixel between two classes differs wholly. Chances and masks are made of the logits afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Logits of an image, or of each pixel. One alone is the log-odds of a class against its absence.
    pub classes: usize,
    /// Rows and columns of the mask; none where a class is the whole image's.
    pub mask: Option<[usize; 2]>,
}

impl Answer {
    /// Logits of one image.
    #[must_use]
    pub fn values(self) -> usize {
        let [height, width] = self.mask.unwrap_or([1, 1]);
        self.classes.saturating_mul(height).saturating_mul(width)
    }

    /// The chance of each class, for each image: of one logit the chance of the class, of several their softmax. For an answer with
    /// a mask, of each pixel, class by class.
    #[must_use]
    pub fn chances(self, logits: &[f32]) -> Vec<Vec<f32>> {
        let pixels = self.mask.map_or(1, |[height, width]| height.saturating_mul(width));
        let image = |logits: &[f32]| {
            let mut chances = vec![0.0; logits.len()];
            for pixel in 0..pixels {
                let of_pixel: Vec<f32> = logits.iter().skip(pixel).step_by(pixels).copied().collect();
                let places = chances.iter_mut().skip(pixel).step_by(pixels);
                places.zip(softmax(&of_pixel)).for_each(|(place, chance)| *place = chance);
            }
            chances
        };
        logits.chunks_exact(self.values().max(1)).map(image).collect()
    }

    /// The masks of images as a tensor of one channel: the number of the most likely class of each pixel; with one logit, 1 where
    /// the class is more likely than not. Of equal logits the first counts. None for an answer without a mask.
    ///
    /// # Errors
    /// Logits that are not of whole images, or more images than a tensor has.
    pub fn masks(self, logits: &[f32], spacing: Option<Spacing>) -> Option<Result<Tensor, TensorError>> {
        let [height, width] = self.mask?;
        let pixels = height.saturating_mul(width);
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let images = side(logits.len().checked_div(self.values()).unwrap_or_default());
        let class = |image: &[f32], pixel: usize| -> u8 {
            let mut of_pixel = image.iter().skip(pixel).step_by(pixels.max(1)).copied();
            if self.classes == 1 {
                return u8::from(of_pixel.next().is_some_and(|logit| logit > 0.0));
            }
            let best = of_pixel.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
            best.and_then(|(class, _)| u8::try_from(class).ok()).unwrap_or(u8::MAX)
        };
        let classes = logits
            .chunks_exact(self.values().max(1))
            .flat_map(|image| (0..pixels).map(move |pixel| class(image, pixel)))
            .collect::<Vec<u8>>();
        let shape = Shape::new(images, 1, side(height), side(width));
        Some(shape.and_then(|shape| Tensor::new(shape, spacing, Samples::U8(classes))))
    }
}

/// Chances of logits, in f64 inside so that no exponential overflows.
fn softmax(logits: &[f32]) -> Vec<f32> {
    if let [logit] = logits {
        return vec![(1.0 / (1.0 + (-f64::from(*logit)).exp())) as f32];
    }
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (f64::from(*logit) - f64::from(most)).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| (power / sum) as f32).collect()
}
