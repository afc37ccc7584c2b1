//! Masks as Secondary Capture (PS3.3 A.8.1): the image in grey, and what each class covers in its colour.

use bithive_deid::Object;
use bithive_tensor::Tensor;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};

use super::answered::Answered;
use super::header::{begin, cut, file, items, reference, short, text};
use crate::images::{NoImages, arrived_object};
use crate::spool::Spool;
use crate::study::Source;

/// Colours of classes, in their order, over and over.
const COLOURS: [[u8; 3]; 6] =
    [[230, 60, 50], [40, 160, 230], [250, 190, 30], [120, 200, 60], [190, 90, 220], [20, 200, 180]];
/// Names of what is no class of its own.
const BACKGROUND: [&str; 3] = ["background", "none", "0"];

/// An object for each image in which the model marks something; the middle one where it marks nothing.
pub(super) fn objects(spool: &Spool, answered: &Answered<'_>) -> Result<Vec<Vec<u8>>, NoImages> {
    let Some(masks) = &answered.answers.masks else { return Ok(Vec::new()) };
    let marked = marks(answered);
    let mut shown: Vec<usize> = masks
        .images()
        .enumerate()
        .filter(|(_, mask)| mask.iter().any(|value| marked.contains(&class_of(*value))))
        .map(|(number, _)| number)
        .collect();
    if shown.is_empty() {
        shown.push(masks.shape().images().checked_div(2).unwrap_or_default());
    }
    shown.into_iter().map(|number| object(spool, answered, masks, &marked, number)).collect()
}

/// Values of a mask that have a colour.
fn marks(answered: &Answered<'_>) -> Vec<usize> {
    let classes = answered.model.answer.classes;
    if classes == 1 {
        return vec![1];
    }
    let is_class = |class: &usize| {
        let name = answered.model.classes.get(*class).map(|name| name.to_lowercase());
        !BACKGROUND.contains(&name.as_deref().unwrap_or_default())
    };
    (0..classes).filter(is_class).collect()
}

/// The number of a class in a mask's pixel, which is one of 0 to 255.
fn class_of(value: f32) -> usize {
    (0..=255_u8).find(|class| f32::from(*class) == value).map_or(usize::MAX, usize::from)
}

fn object(
    spool: &Spool,
    answered: &Answered<'_>,
    masks: &Tensor,
    marked: &[usize],
    number: usize,
) -> Result<Vec<u8>, NoImages> {
    let missing = || NoImages::Study("the result has other images than were asked about".into());
    let Source { instance, frame } = answered.part.images.get(number).ok_or_else(missing)?;
    let about = spool.about(instance).ok_or_else(missing)?;
    let source = arrived_object(spool, instance)?;
    let image = answered.images.images().nth(number).ok_or_else(missing)?;
    let mask = masks.images().nth(number).ok_or_else(missing)?;
    let shape = answered.images.shape();
    let (height, width) = (shape.height(), shape.width());
    let grey = grey(&image, (shape.channels(), height.saturating_mul(width)), answered, &source);
    let mask =
        Mask { values: &mask, sides: (masks.shape().height(), masks.shape().width()), of: (height, width) };
    let mut pixels = Vec::with_capacity(grey.len().saturating_mul(3).saturating_add(1));
    for y in 0..height {
        for x in 0..width {
            let at = y.saturating_mul(width).saturating_add(x);
            let base = grey.get(at).copied().unwrap_or_default();
            let class = mask.class(y, x);
            let place = marked.iter().position(|one| *one == class);
            pixels.extend(match place {
                None => [base; 3],
                Some(place) => {
                    let colour = COLOURS.iter().cycle().nth(place).copied().unwrap_or_default();
                    if mask.is_edge(y, x) { colour } else { colour.map(|part| blend(base, part)) }
                }
            });
        }
    }
    if pixels.len() % 2 == 1 {
        pixels.push(0);
    }
    let class = uids::SECONDARY_CAPTURE_IMAGE_STORAGE;
    let mut object = begin(spool, &source, answered, (class, "OT"), number);
    let side = |side: usize| u16::try_from(side).unwrap_or(u16::MAX);
    let frames = source.get(tags::NUMBER_OF_FRAMES).map(|_| *frame);
    for element in [
        text(tags::CONVERSION_TYPE, VR::CS, "WSD"),
        text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY"),
        text(tags::DERIVATION_DESCRIPTION, VR::ST, cut(&answered.words(), 1_024)),
        text(tags::IMAGE_COMMENTS, VR::LT, legend(answered, marked)),
        text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO"),
        items(tags::SOURCE_IMAGE_SEQUENCE, vec![reference(&about.class, instance, frames)]),
        DataElement::empty(tags::PATIENT_ORIENTATION, VR::CS),
        short(tags::SAMPLES_PER_PIXEL, 3),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"),
        short(tags::PLANAR_CONFIGURATION, 0),
        short(tags::ROWS, side(height)),
        short(tags::COLUMNS, side(width)),
        short(tags::BITS_ALLOCATED, 8),
        short(tags::BITS_STORED, 8),
        short(tags::HIGH_BIT, 7),
        short(tags::PIXEL_REPRESENTATION, 0),
        DataElement::new(tags::PIXEL_DATA, VR::OB, PrimitiveValue::U8(pixels.into())),
    ] {
        object.put(element);
    }
    file(object)
}

/// Which colour is which class.
fn legend(answered: &Answered<'_>, marked: &[usize]) -> String {
    let classes = answered.model.answer.classes;
    let name = |class: usize| {
        let class = if classes == 1 { 0 } else { class };
        answered.model.classes.get(class).cloned().unwrap_or_else(|| class.to_string())
    };
    let one = |(place, class): (usize, &usize)| {
        let [red, green, blue] = COLOURS.iter().cycle().nth(place).copied().unwrap_or_default();
        format!("{} is #{red:02x}{green:02x}{blue:02x}", name(*class))
    };
    cut(&marked.iter().enumerate().map(one).collect::<Vec<_>>().join(", "), 10_240)
}

fn blend(base: u8, colour: u8) -> u8 {
    let mixed = u16::from(base).saturating_mul(3).saturating_add(u16::from(colour).saturating_mul(2));
    u8::try_from(mixed.checked_div(5).unwrap_or_default()).unwrap_or(u8::MAX)
}

/// The image as it is looked at: within the model's window, or from its lowest to its highest value.
fn grey(
    image: &[f32],
    (channels, plane): (usize, usize),
    answered: &Answered<'_>,
    source: &Object,
) -> Vec<u8> {
    let values: Vec<f32> = (0..plane)
        .map(|at| {
            let all = image.iter().skip(at).step_by(plane.max(1)).take(channels.max(1));
            all.sum::<f32>() / channels.max(1) as f32
        })
        .collect();
    let (low, high) = match answered.model.window.filter(|_| channels == 1) {
        Some(window) => (window.level - window.width / 2.0, window.level + window.width / 2.0),
        None => {
            values.iter().fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)))
        }
    };
    let range = if high > low { high - low } else { 1.0 };
    let photometric = crate::arrival::text(source, tags::PHOTOMETRIC_INTERPRETATION);
    let is_inverse = photometric == "MONOCHROME1";
    let byte = |value: &f32| {
        let part = ((value - low) / range).clamp(0.0, 1.0);
        let part = if is_inverse { 1.0 - part } else { part };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let byte = (part * 255.0) as u8;
        byte
    };
    values.iter().map(byte).collect()
}

/// A mask over an image of another size.
struct Mask<'a> {
    values: &'a [f32],
    sides: (usize, usize),
    of: (usize, usize),
}

impl Mask<'_> {
    fn class(&self, y: usize, x: usize) -> usize {
        let ((height, width), (rows, columns)) = (self.sides, self.of);
        let scaled =
            |at: usize, side: usize, of: usize| at.saturating_mul(side).checked_div(of).unwrap_or_default();
        let at = scaled(y, height, rows).saturating_mul(width).saturating_add(scaled(x, width, columns));
        self.values.get(at).map_or(usize::MAX, |value| class_of(*value))
    }

    /// Whether a pixel next to it has another class.
    fn is_edge(&self, y: usize, x: usize) -> bool {
        let own = self.class(y, x);
        let (rows, columns) = self.of;
        let near = [
            (y.saturating_sub(1), x),
            (y.saturating_add(1).min(rows.saturating_sub(1)), x),
            (y, x.saturating_sub(1)),
            (y, x.saturating_add(1).min(columns.saturating_sub(1))),
        ];
        near.into_iter().any(|(y, x)| self.class(y, x) != own)
    }
}
