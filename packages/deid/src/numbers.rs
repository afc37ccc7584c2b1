//! Pixels as numbers for a model.

use bithive_tensor::{HEADER_BYTES, MAX_BYTES, Shape, Spacing, Tensor, TensorError};
use dicom_core::Tag;
use dicom_core::value::Value;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use crate::error::Error;
use crate::file::Object;
use crate::image::Image;
use crate::pixels::Decoded;

/// The frames of an object after its modality transformation (PS3.3 C.11.1), in Hounsfield units for CT: float32, one image for each
/// frame, one channel or three, with the spacing of pixels where the object states it. Several tensors where one would be larger than a
/// message; no frame is cut. MONOCHROME1 keeps its values: the highest is black there.
///
/// # Errors
/// No pixel data, pixels that can't be decoded or are not what their header says, frames that do not fit a tensor.
pub fn to_tensor(object: &Object) -> Result<Vec<Tensor>, Error> {
    let missing = Error::Attribute { tag: tags::PIXEL_DATA, expected: "an image" };
    let image = Image::of(object)?.ok_or(missing)?;
    let photometric = image.photometric.as_str();
    let converted = !object.meta().transfer_syntax().ends_with(".5") && photometric.starts_with("YBR");
    let native = matches!(object.get(image.tag).map(|pixels| pixels.value()), Some(Value::Primitive(_)));
    if !matches!(photometric, "MONOCHROME1" | "MONOCHROME2" | "RGB") && (native || !converted) {
        let expected = "MONOCHROME1, MONOCHROME2 or RGB; YBR only in JPEG";
        return Err(Error::Attribute { tag: tags::PHOTOMETRIC_INTERPRETATION, expected });
    }
    let decoded = Decoded::of(object, &image)?;
    // Floating-point numbers are those of the modality already.
    let rescale =
        if image.is_float() { Rescale::Linear(Vec::new()) } else { Rescale::of(object, image.frames)? };
    let spacing = spacing(object);
    let length = image.pixels().saturating_mul(u64::from(image.samples));
    let frame_bytes = length.saturating_mul(4);
    let most = (MAX_BYTES as u64).saturating_sub(HEADER_BYTES as u64).checked_div(frame_bytes).unwrap_or(0);
    if most == 0 {
        return Err(TensorError::TooLarge { found: frame_bytes }.into());
    }
    let most = u32::try_from(most).unwrap_or(u32::MAX).min(bithive_tensor::MAX_IMAGES);
    let mut tensors = Vec::new();
    let mut first = 0;
    while first < image.frames {
        let count = most.min(image.frames.saturating_sub(first));
        let shape = Shape::new(count, image.samples, image.rows, image.columns)?;
        let mut samples = Vec::new();
        for frame in first..first.saturating_add(count) {
            let function = rescale.of_frame(frame);
            for channel in 0..image.samples {
                samples.extend(decoded.channel(&image, frame, channel)?.map(|value| function.apply(value)));
            }
        }
        tensors.push(Tensor::new(shape, spacing, samples)?);
        first = first.saturating_add(count);
    }
    Ok(tensors)
}

/// From stored values to those of the modality.
enum Rescale {
    /// One slope and intercept, or one for each frame.
    Linear(Vec<(f64, f64)>),
    /// A table, and the value of its first entry.
    Table { first: i64, entries: Vec<u16> },
}

enum Function<'a> {
    Linear(f64, f64),
    Table(i64, &'a [u16]),
}

impl Rescale {
    fn of(object: &InMemDicomObject, frames: u32) -> Result<Self, Error> {
        if let Some(item) = item(object, tags::MODALITY_LUT_SEQUENCE) {
            return Self::table(item);
        }
        let pair = |item: &InMemDicomObject| {
            Some((real(item, tags::RESCALE_SLOPE)?, real(item, tags::RESCALE_INTERCEPT).unwrap_or(0.0)))
        };
        if let Some(pair) = pair(object) {
            return Ok(Self::Linear(vec![pair]));
        }
        let in_groups =
            |groups: &InMemDicomObject| pair(item(groups, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE)?);
        let shared = item(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).and_then(in_groups);
        if let Some(pair) = shared {
            return Ok(Self::Linear(vec![pair]));
        }
        let groups =
            object.get(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).and_then(|sequence| sequence.items());
        let pairs: Vec<_> = groups.into_iter().flatten().filter_map(in_groups).collect();
        match (pairs.is_empty(), u32::try_from(pairs.len()) == Ok(frames)) {
            (true, _) => Ok(Self::Linear(vec![(1.0, 0.0)])),
            (false, true) => Ok(Self::Linear(pairs)),
            (false, false) => Err(Error::Attribute {
                tag: tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
                expected: "one for every frame, or one for all",
            }),
        }
    }

    fn table(item: &InMemDicomObject) -> Result<Self, Error> {
        let wrong = || Error::Attribute {
            tag: tags::MODALITY_LUT_SEQUENCE,
            expected: "a descriptor and as many entries as it says",
        };
        let descriptor =
            item.get(tags::LUT_DESCRIPTOR).and_then(|element| element.value().to_multi_int::<i64>().ok());
        let &[entries, first, _] = descriptor.as_deref().ok_or_else(wrong)? else { return Err(wrong()) };
        // 0 stands for 2^16, which 16 bits can't say.
        let count =
            if entries == 0 { 1 << 16 } else { usize::try_from(entries & 0xFFFF).map_err(|_| wrong())? };
        let data = item.get(tags::LUT_DATA).and_then(|element| element.value().to_multi_int::<u16>().ok());
        let entries = data.filter(|data| data.len() >= count && count > 0).ok_or_else(wrong)?;
        Ok(Self::Table { first, entries })
    }

    fn of_frame(&self, frame: u32) -> Function<'_> {
        match self {
            Self::Linear(pairs) => {
                let own = usize::try_from(frame).ok().and_then(|frame| pairs.get(frame));
                let (slope, intercept) = own.or(pairs.first()).copied().unwrap_or((1.0, 0.0));
                Function::Linear(slope, intercept)
            }
            Self::Table { first, entries } => Function::Table(*first, entries),
        }
    }
}

impl Function<'_> {
    #[allow(clippy::cast_possible_truncation, reason = "a model's numbers have single precision")]
    fn apply(&self, value: f64) -> f32 {
        match self {
            Self::Linear(slope, intercept) => (value * slope + intercept) as f32,
            Self::Table(first, entries) => {
                // Below the first entry and above the last, these count.
                let index = (value as i64).saturating_sub(*first).max(0);
                let at = usize::try_from(index).ok().and_then(|index| entries.get(index)).or(entries.last());
                at.copied().map_or(0.0, f32::from)
            }
        }
    }
}

/// Millimetres between rows and between columns, at the patient, or at the detector where nothing else is known.
#[allow(clippy::cast_possible_truncation, reason = "single precision is what the format has")]
fn spacing(object: &InMemDicomObject) -> Option<Spacing> {
    let pair = |item: &InMemDicomObject, tag| {
        let values = item.get(tag)?.value().to_multi_float64().ok()?;
        let &[row, column] = values.as_slice() else { return None };
        Spacing::new(row as f32, column as f32).ok()
    };
    let measures =
        |groups: &InMemDicomObject| pair(item(groups, tags::PIXEL_MEASURES_SEQUENCE)?, tags::PIXEL_SPACING);
    pair(object, tags::PIXEL_SPACING)
        .or_else(|| measures(item(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)?))
        .or_else(|| measures(item(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)?))
        .or_else(|| pair(object, tags::IMAGER_PIXEL_SPACING))
}

fn item(object: &InMemDicomObject, tag: Tag) -> Option<&InMemDicomObject> {
    object.get(tag)?.items()?.first()
}

fn real(object: &InMemDicomObject, tag: Tag) -> Option<f64> {
    object.get(tag)?.value().to_float64().ok().filter(|value| value.is_finite())
}
