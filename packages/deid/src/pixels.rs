//! Pixels: checked, cleaned of what is not a picture, examined for text, blanked.

use std::borrow::Cow;

use dicom_core::smallvec::SmallVec;
use dicom_core::value::{PixelFragmentSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, VR};
use dicom_dictionary_std::tags;
use dicom_object::mem::InMemElement;
use dicom_pixeldata::PixelDecoder as _;

use crate::area::Area;
use crate::boxes::Boxes;
use crate::error::Error;
use crate::file::Object;
use crate::frames::split;
use crate::image::{Image, is_video, text as attribute_text};
use crate::limits::{MAX_EXPANSION, MAX_FREE_BYTES};
use crate::markers;
use crate::report::{Report, Warning};
use crate::text;

/// The pixel data that the cleaned object gets, and the attributes that go with it.
pub(crate) struct Prepared {
    pub(crate) elements: Vec<InMemElement>,
    /// Whether it is without compression now and was not before.
    pub(crate) native: bool,
}

/// Checks and cleans the pixels of an object, without changing it.
pub(crate) fn prepare(
    object: &Object,
    image: &Image,
    boxes: &Boxes,
    report: &mut Report,
) -> Result<Prepared, Error> {
    let areas = boxes.of(&image.kind());
    let said = attribute_text(object, tags::BURNED_IN_ANNOTATION).eq_ignore_ascii_case("YES");
    if areas.is_none() {
        if let Some(why) = image.with_text() {
            return Err(Error::BurnedIn { why });
        }
        if said {
            return Err(Error::BurnedIn { why: "the object says that its picture has text" });
        }
    }
    if said {
        report.warn(Warning::SaidBurnedIn);
    }
    let cleaned = clean(object, image, report)?;
    match areas {
        None => {
            if image.allocated > 1 {
                examine(&Decoded::of(object, image)?, image)?;
            }
            Ok(Prepared { elements: vec![cleaned], native: false })
        }
        Some([]) => Ok(Prepared { elements: vec![cleaned], native: false }),
        Some(areas) => {
            for area in areas {
                if !area.within(image.columns, image.rows) {
                    return Err(Error::Outside { area: *area, columns: image.columns, rows: image.rows });
                }
            }
            report.blanked = areas.to_vec();
            blank(Decoded::of(object, image)?, image, areas)
        }
    }
}

/// The pixel data without what is no picture: bits beside the stored ones, bytes behind the last frame, comments in compressed frames.
fn clean(object: &Object, image: &Image, report: &mut Report) -> Result<InMemElement, Error> {
    let missing = Error::Attribute { tag: image.tag, expected: "pixels" };
    let element = object.get(image.tag).ok_or(missing.clone())?;
    match element.value() {
        Value::Primitive(value) => native(value, image, report),
        Value::PixelSequence(sequence) if is_video(object.meta().transfer_syntax()) => {
            Ok(fragments(sequence.fragments().iter().cloned().collect()))
        }
        Value::PixelSequence(sequence) => {
            let mut frames = SmallVec::new();
            for frame in split(object, sequence, image)? {
                match markers::clean(&frame) {
                    Some(found) => {
                        if found.size.is_none_or(|size| size != (image.columns, image.rows, image.samples)) {
                            return Err(Error::FrameSize);
                        }
                        if found.changed {
                            report.warn(Warning::Markers);
                        }
                        frames.push(found.bytes);
                    }
                    // Run lengths and uncompressed frames have no place for text; of another form nothing is known.
                    None if has_no_marks(object.meta().transfer_syntax()) => frames.push(frame.into_owned()),
                    None => return Err(Error::Decode { uid: object.meta().transfer_syntax().to_owned() }),
                }
            }
            Ok(fragments(frames))
        }
        Value::Sequence(_) => Err(missing),
    }
}

/// RLE, and frames without compression that are encapsulated.
fn has_no_marks(transfer_syntax: &str) -> bool {
    matches!(transfer_syntax, "1.2.840.10008.1.2.5" | "1.2.840.10008.1.2.1.98")
}

fn fragments(frames: SmallVec<[Vec<u8>; 2]>) -> InMemElement {
    let value = PixelFragmentSequence::new(SmallVec::<[u32; 2]>::new(), frames);
    DataElement::new_with_len(tags::PIXEL_DATA, VR::OB, Length::UNDEFINED, Value::PixelSequence(value))
}

/// Native pixels: as many bytes as the header announces, and of each sample only the stored bits.
fn native(value: &PrimitiveValue, image: &Image, report: &mut Report) -> Result<InMemElement, Error> {
    let bytes = value.to_bytes();
    let expected = image.bytes();
    let (pixels, trailing) = usize::try_from(expected)
        .ok()
        .and_then(|expected| bytes.split_at_checked(expected))
        .ok_or(Error::PixelLength { expected, found: bytes.len() as u64 })?;
    if trailing.iter().any(|byte| *byte != 0) || trailing.len() > 1 {
        report.warn(Warning::Trailing);
    }
    let mut pixels = pixels.to_vec();
    let unused = image.stored < image.allocated && matches!(image.allocated, 8 | 16);
    if image.is_float() && clear_payloads(&mut pixels, image) || unused && clear_unused(&mut pixels, image) {
        report.warn(Warning::UnusedBits);
    }
    Ok(element(pixels, image))
}

/// A native pixel data element, of bytes as a little-endian file has them.
fn element(mut pixels: Vec<u8>, image: &Image) -> InMemElement {
    if image.tag == tags::FLOAT_PIXEL_DATA {
        let numbers = pixels.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        return DataElement::new(image.tag, VR::OF, PrimitiveValue::F32(numbers));
    }
    if image.tag == tags::DOUBLE_FLOAT_PIXEL_DATA {
        let numbers = pixels.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        return DataElement::new(image.tag, VR::OD, PrimitiveValue::F64(numbers));
    }
    if pixels.len() % 2 == 1 {
        pixels.push(0);
    }
    let value = PrimitiveValue::U8(SmallVec::from_vec(pixels));
    DataElement::new(tags::PIXEL_DATA, if image.allocated > 8 { VR::OW } else { VR::OB }, value)
}

/// Makes all that is not a number one and the same: 22 or 51 bits of it mean nothing.
fn clear_payloads(pixels: &mut [u8], image: &Image) -> bool {
    let mut changed = false;
    if image.tag == tags::FLOAT_PIXEL_DATA {
        for bytes in pixels.as_chunks_mut().0 {
            if f32::from_le_bytes(*bytes).is_nan() && *bytes != f32::NAN.to_le_bytes() {
                (*bytes, changed) = (f32::NAN.to_le_bytes(), true);
            }
        }
    } else {
        for bytes in pixels.as_chunks_mut().0 {
            if f64::from_le_bytes(*bytes).is_nan() && *bytes != f64::NAN.to_le_bytes() {
                (*bytes, changed) = (f64::NAN.to_le_bytes(), true);
            }
        }
    }
    changed
}

/// Clears the bits that hold no part of a sample, in which old devices keep overlays; a sign is extended into those above.
fn clear_unused(pixels: &mut [u8], image: &Image) -> bool {
    let mut changed = false;
    if image.allocated == 8 {
        for byte in pixels {
            let clear = u8::try_from(stored(u64::from(*byte), image) & 0xFF).unwrap_or(*byte);
            changed |= clear != *byte;
            *byte = clear;
        }
    } else {
        for pair in pixels.as_chunks_mut::<2>().0 {
            let found = u16::from_le_bytes(*pair);
            let clear = u16::try_from(stored(u64::from(found), image) & 0xFFFF).unwrap_or(found);
            // A sign that was not extended is no overlay, and a reader sees the same value.
            changed |= clear != found;
            *pair = clear.to_le_bytes();
        }
    }
    changed
}

/// The sample in these bits, back in its place: what is beside it is 0, or the sign above it.
fn stored(raw: u64, image: &Image) -> u64 {
    let low = image.high_bit.saturating_add(1).saturating_sub(image.stored);
    let mask = ones(image.stored).checked_shl(low).unwrap_or(0);
    let sign = 1_u64.checked_shl(image.high_bit).unwrap_or(0);
    let extended = if image.signed && raw & sign != 0 { !ones(image.high_bit.saturating_add(1)) } else { 0 };
    (raw & mask) | extended
}

fn ones(bits: u32) -> u64 {
    1_u64.checked_shl(bits).map_or(u64::MAX, |next| next.wrapping_sub(1))
}

/// All frames without compression, least significant byte first.
pub(crate) struct Decoded<'a> {
    bytes: Cow<'a, [u8]>,
    planar: bool,
    was_native: bool,
}

impl<'a> Decoded<'a> {
    /// Decodes the pixels that [`Image::of`] has checked.
    pub(crate) fn of(object: &'a Object, image: &Image) -> Result<Self, Error> {
        let failed = || Error::Decode { uid: object.meta().transfer_syntax().to_owned() };
        match object.get(image.tag).map(|element| element.value()) {
            Some(Value::Primitive(_)) if image.halved() => Err(failed()),
            Some(Value::Primitive(value)) => {
                Ok(Self { bytes: value.to_bytes(), planar: image.planar, was_native: true })
            }
            Some(Value::PixelSequence(sequence)) => {
                // The decoder takes memory by the size that the header and each frame state.
                let length: u64 = sequence.fragments().iter().map(|fragment| fragment.len() as u64).sum();
                let most = length.saturating_mul(MAX_EXPANSION).max(MAX_FREE_BYTES);
                if image.bytes_of_samples() > most {
                    return Err(Error::Inflation { most: usize::try_from(most).unwrap_or(usize::MAX) });
                }
                for frame in split(object, sequence, image)? {
                    let size = markers::clean(&frame).and_then(|frame| frame.size);
                    if !has_no_marks(object.meta().transfer_syntax())
                        && size != Some((image.columns, image.rows, image.samples))
                    {
                        return Err(size.map_or_else(failed, |_| Error::FrameSize));
                    }
                }
                let decoded = object.decode_pixel_data().map_err(|_| failed())?;
                let bytes = decoded.into_data();
                if bytes.len() as u64 != image.bytes_of_samples() {
                    return Err(failed());
                }
                Ok(Self { bytes: Cow::Owned(bytes), planar: false, was_native: false })
            }
            _ => Err(failed()),
        }
    }

    /// The samples of one channel of a frame, row by row.
    pub(crate) fn channel(
        &self,
        image: &Image,
        frame: u32,
        channel: u32,
    ) -> Result<impl Iterator<Item = f64> + '_, Error> {
        let pixels = image.pixels();
        let (channels, width) = (u64::from(image.samples), u64::from(image.allocated));
        let first = pixels.saturating_mul(channels).saturating_mul(u64::from(frame));
        let channel = u64::from(channel);
        let (start, step) = if self.planar {
            (first.saturating_add(channel.saturating_mul(pixels)), 1)
        } else {
            (first.saturating_add(channel), channels)
        };
        let end = start.saturating_add(pixels.saturating_sub(1).saturating_mul(step)).saturating_add(1);
        let found = self.bytes.len() as u64;
        if end.saturating_mul(width).div_ceil(8) > found {
            return Err(Error::PixelLength { expected: image.bytes(), found });
        }
        let image = image.clone();
        let at = move |index: u64| start.saturating_add(index.saturating_mul(step));
        Ok((0..pixels).map(move |index| self.sample(at(index), &image)))
    }

    /// The sample at an index that [`channel`](Self::channel) has checked.
    #[allow(
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        reason = "a sign is extended; 53 bits are more than a model uses"
    )]
    fn sample(&self, index: u64, image: &Image) -> f64 {
        let width = usize::try_from(image.allocated).unwrap_or(64);
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        if width == 1 {
            let byte = self.bytes.get(index / 8).copied().unwrap_or(0);
            let bit = u32::try_from(index % 8).unwrap_or(0);
            return f64::from(byte.checked_shr(bit).unwrap_or(0) & 1);
        }
        let bytes = width / 8;
        let start = index.saturating_mul(bytes);
        let mut raw = [0_u8; 8];
        let found = self.bytes.get(start..start.saturating_add(bytes)).unwrap_or_default();
        for (to, from) in raw.iter_mut().zip(found) {
            *to = *from;
        }
        if image.is_float() {
            let [first, second, third, fourth, ..] = raw;
            return match bytes {
                4 => f64::from(f32::from_le_bytes([first, second, third, fourth])),
                _ => f64::from_le_bytes(raw),
            };
        }
        let low = image.high_bit.saturating_add(1).saturating_sub(image.stored);
        let value = stored(u64::from_le_bytes(raw), image);
        if image.signed {
            (value as i64).checked_shr(low).unwrap_or(0) as f64
        } else {
            value.checked_shr(low).unwrap_or(0) as f64
        }
    }
}

/// Refuses pixels in which rendered text is found.
fn examine(decoded: &Decoded<'_>, image: &Image) -> Result<(), Error> {
    // What is no pixel is no gray level: far from the others, it would leave them one, in which no text is seen.
    let pixel = |sample: f64| match image.padding {
        Some((least, most)) if (least..=most).contains(&sample) => f32::NAN,
        _ => single(sample),
    };
    for frame in 0..image.frames {
        let samples: Vec<f32> = decoded.channel(image, frame, 0)?.map(pixel).collect();
        let (columns, rows) = (image.columns as usize, image.rows as usize);
        if let Some(area) = text::find(&text::gray(&samples), columns, rows) {
            return Err(Error::TextFound { frame: frame.saturating_add(1), area });
        }
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, reason = "gray levels are enough to see text")]
fn single(value: f64) -> f32 {
    value as f32
}

/// Black where the boxes are, in every frame, and no compression.
fn blank(decoded: Decoded<'_>, image: &Image, areas: &[Area]) -> Result<Prepared, Error> {
    let (was_native, planar) = (decoded.was_native, decoded.planar);
    let mut bytes = decoded.bytes.into_owned();
    let whole = usize::try_from(image.bytes_of_samples()).unwrap_or(usize::MAX);
    if !image.allocated.is_multiple_of(8) || bytes.len() < whole {
        return Err(Error::Attribute {
            tag: tags::BITS_ALLOCATED,
            expected: "8, 16, 32 or 64 to blank a box",
        });
    }
    bytes.truncate(whole);
    let size = (image.allocated / 8) as usize;
    let (columns, channels) = (image.columns as usize, image.samples as usize);
    // How far it is from one row to the next, and from one plane or frame to the next.
    let unit = if planar { size } else { size.saturating_mul(channels) };
    let row = unit.saturating_mul(columns);
    let plane = row.saturating_mul(image.rows as usize);
    if image.stored < image.allocated && was_native {
        clear_unused(&mut bytes, image);
    }
    for (index, plane) in bytes.chunks_exact_mut(plane.max(1)).enumerate() {
        // The colour planes of YBR are gray at their middle.
        let chroma =
            was_native && planar && image.photometric.starts_with("YBR") && index.checked_rem(3) != Some(0);
        for area in areas {
            let rows = plane.chunks_exact_mut(row.max(1)).skip(area.y as usize).take(area.height as usize);
            for line in rows {
                let units =
                    line.chunks_exact_mut(unit.max(1)).skip(area.x as usize).take(area.width as usize);
                for unit in units {
                    paint(unit, image, chroma, was_native && !planar);
                }
            }
        }
    }
    let mut elements = vec![element(bytes, image)];
    if !was_native {
        let number = |tag, value: u16| DataElement::new(tag, VR::US, PrimitiveValue::from(value));
        if image.samples > 1 {
            elements.push(number(tags::PLANAR_CONFIGURATION, 0));
            elements.push(DataElement::new(
                tags::PHOTOMETRIC_INTERPRETATION,
                VR::CS,
                PrimitiveValue::from("RGB"),
            ));
        }
    }
    Ok(Prepared { elements, native: true })
}

/// Makes one pixel, or one sample of a plane, black.
fn paint(unit: &mut [u8], image: &Image, chroma: bool, together: bool) {
    let inverted = image.photometric == "MONOCHROME1" && !image.signed && !image.is_float();
    unit.fill(if inverted { 0xFF } else { 0 });
    if inverted && image.stored < image.allocated {
        let highest = ones(image.stored).to_le_bytes();
        for (byte, highest) in unit.iter_mut().zip(highest) {
            *byte = highest;
        }
    }
    if chroma {
        unit.fill(0x80);
    } else if together && image.photometric.starts_with("YBR") && image.allocated == 8 {
        for byte in unit.iter_mut().skip(1) {
            *byte = 0x80;
        }
    }
}
