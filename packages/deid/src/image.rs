//! What an object says of its pixels, checked before anything is decoded.

use dicom_core::header::{Header as _, Tag};
use dicom_core::value::Value;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use crate::boxes::Kind;
use crate::error::Error;
use crate::file::{Object, trim};
use crate::limits::MAX_SAMPLES;

/// Kinds of images in which text is rare: what comes out of a scanner's detector. Every other one is refused without boxes.
const FROM_DETECTORS: [&str; 11] = ["CT", "MR", "PT", "NM", "CR", "DX", "MG", "IO", "PX", "RTDOSE", "SEG"];
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
/// MPEG-2, MPEG-4 and HEVC: one stream for all frames.
const VIDEO: &str = "1.2.840.10008.1.2.4.10";

/// What an object's picture may be in, of which it has one: whole numbers, or floating-point numbers of 32 or 64 bits.
pub(crate) const PICTURES: [Tag; 3] =
    [tags::PIXEL_DATA, tags::FLOAT_PIXEL_DATA, tags::DOUBLE_FLOAT_PIXEL_DATA];

/// The image pixel module (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25), and whose image it is.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// Where the pixels are, one of [`PICTURES`].
    pub(crate) tag: Tag,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    pub(crate) samples: u32,
    pub(crate) frames: u32,
    pub(crate) allocated: u32,
    pub(crate) stored: u32,
    pub(crate) high_bit: u32,
    pub(crate) signed: bool,
    pub(crate) planar: bool,
    /// Samples that stand for no pixel, the lowest and the highest (PS3.3 C.7.5.1.1.2).
    pub(crate) padding: Option<(f64, f64)>,
    pub(crate) photometric: String,
    pub(crate) modality: String,
    manufacturer: String,
    model: String,
    class: String,
}

impl Image {
    /// Reads the header; none where the object has no pixel data.
    pub(crate) fn of(object: &Object) -> Result<Option<Self>, Error> {
        let mut pictures = PICTURES.into_iter().filter_map(|tag| object.get(tag));
        let Some(pixels) = pictures.next() else { return Ok(None) };
        if let Some(second) = pictures.next() {
            return Err(Error::SecondPicture { tag: second.tag() });
        }
        let tag = pixels.tag();
        let allocated = number(object, tags::BITS_ALLOCATED, "1, 8, 16, 32 or 64")?;
        // Every bit of a floating-point number counts, and no attribute says so.
        let stored = match tag {
            tags::PIXEL_DATA => number(object, tags::BITS_STORED, "at most the bits allocated")?,
            _ => allocated,
        };
        let image = Self {
            tag,
            rows: number(object, tags::ROWS, "1 to 65535")?,
            columns: number(object, tags::COLUMNS, "1 to 65535")?,
            samples: number(object, tags::SAMPLES_PER_PIXEL, "1, 3 or 4")?,
            frames: match object.get(tags::NUMBER_OF_FRAMES) {
                Some(frames) if !text(object, tags::NUMBER_OF_FRAMES).is_empty() => frames
                    .to_int()
                    .ok()
                    .filter(|frames| *frames > 0)
                    .ok_or(Error::Attribute { tag: tags::NUMBER_OF_FRAMES, expected: "a positive number" })?,
                _ => 1,
            },
            allocated,
            stored,
            high_bit: match object.get(tags::HIGH_BIT) {
                Some(bit) if tag == tags::PIXEL_DATA => bit.to_int().unwrap_or(u32::MAX),
                _ => stored.saturating_sub(1),
            },
            signed: object.get(tags::PIXEL_REPRESENTATION).and_then(|sign| sign.to_int::<u16>().ok())
                == Some(1),
            planar: object.get(tags::PLANAR_CONFIGURATION).and_then(|planar| planar.to_int::<u16>().ok())
                == Some(1),
            padding: padding(object),
            photometric: text(object, tags::PHOTOMETRIC_INTERPRETATION).to_uppercase(),
            modality: text(object, tags::MODALITY).to_uppercase(),
            manufacturer: text(object, tags::MANUFACTURER),
            model: text(object, tags::MANUFACTURER_MODEL_NAME),
            class: text(object, tags::SOP_CLASS_UID),
        };
        image.check()?;
        match pixels.value() {
            Value::PixelSequence(_) => {}
            Value::Primitive(value) => {
                let (found, expected) = (value.calculate_byte_len() as u64, image.bytes());
                if found < expected {
                    return Err(Error::PixelLength { expected, found });
                }
            }
            Value::Sequence(_) => {
                return Err(Error::Attribute { tag, expected: "pixels, not a sequence" });
            }
        }
        Ok(Some(image))
    }

    fn check(&self) -> Result<(), Error> {
        let wrong = |tag, expected| Err(Error::Attribute { tag, expected });
        if ![1, 3, 4].contains(&self.samples) {
            return wrong(tags::SAMPLES_PER_PIXEL, "1, 3 or 4");
        }
        if ![1, 8, 16, 32, 64].contains(&self.allocated) {
            return wrong(tags::BITS_ALLOCATED, "1, 8, 16, 32 or 64");
        }
        match self.tag {
            tags::FLOAT_PIXEL_DATA if self.allocated != 32 => return wrong(tags::BITS_ALLOCATED, "32"),
            tags::DOUBLE_FLOAT_PIXEL_DATA if self.allocated != 64 => {
                return wrong(tags::BITS_ALLOCATED, "64");
            }
            _ => {}
        }
        if self.stored == 0 || self.stored > self.allocated {
            return wrong(tags::BITS_STORED, "at most the bits allocated");
        }
        if self.high_bit >= self.allocated || self.high_bit.saturating_add(1) < self.stored {
            return wrong(tags::HIGH_BIT, "below the bits allocated, and room for the bits stored");
        }
        let found = self.all_samples();
        if found > MAX_SAMPLES {
            return Err(Error::TooManySamples { found });
        }
        Ok(())
    }

    /// Pixels of a frame. Rows and columns have 16 bits in the file.
    pub(crate) fn pixels(&self) -> u64 {
        u64::from(self.rows).saturating_mul(u64::from(self.columns))
    }

    pub(crate) fn all_samples(&self) -> u64 {
        self.pixels().saturating_mul(u64::from(self.samples)).saturating_mul(u64::from(self.frames))
    }

    /// Whether two pixels share their colour samples, as native YBR_FULL_422 has it.
    pub(crate) fn halved(&self) -> bool {
        self.photometric.ends_with("_422") && self.samples == 3
    }

    /// Bytes of all frames without compression.
    pub(crate) fn bytes(&self) -> u64 {
        let samples = if self.halved() {
            self.pixels().saturating_mul(2).saturating_mul(u64::from(self.frames))
        } else {
            self.all_samples()
        };
        samples.saturating_mul(u64::from(self.allocated)).div_ceil(8)
    }

    /// Bytes of all frames after decoding, where each pixel has its own colours.
    pub(crate) fn bytes_of_samples(&self) -> u64 {
        self.all_samples().saturating_mul(u64::from(self.allocated)).div_ceil(8)
    }

    /// Whether the pixels are floating-point numbers.
    pub(crate) fn is_float(&self) -> bool {
        self.tag != tags::PIXEL_DATA
    }

    pub(crate) fn kind(&self) -> Kind<'_> {
        Kind {
            modality: &self.modality,
            manufacturer: &self.manufacturer,
            model: &self.model,
            rows: self.rows,
            columns: self.columns,
        }
    }

    /// Why images of this kind are refused without boxes; none where text is looked for instead.
    pub(crate) fn with_text(&self) -> Option<&'static str> {
        let capture = self
            .class
            .strip_prefix(SECONDARY_CAPTURE)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        match self.modality.as_str() {
            "US" | "IVUS" => Some("ultrasound"),
            "XA" | "RF" => Some("angiography or fluoroscopy"),
            "ES" => Some("endoscopy"),
            "XC" | "OP" | "GM" | "SM" | "DMS" => Some("a photograph"),
            _ if capture => Some("a secondary capture"),
            _ if self.samples > 1 || self.photometric == "PALETTE COLOR" => Some("a colour picture"),
            // One padding value of -3e38 would leave a single gray level for all others, and text in them would not be found.
            _ if self.is_float() => Some("a picture of floating-point numbers"),
            modality if FROM_DETECTORS.contains(&modality) => None,
            _ => Some("a kind of image that is not from a detector"),
        }
    }
}

/// Whether all frames are one stream.
pub(crate) fn is_video(transfer_syntax: &str) -> bool {
    transfer_syntax.starts_with(VIDEO)
}

/// The text of an attribute, without padding; empty where there is none.
pub(crate) fn text(object: &InMemDicomObject, tag: Tag) -> String {
    object.get(tag).and_then(|element| element.to_str().ok()).map_or_else(String::new, |text| trim(&text))
}

fn padding(object: &InMemDicomObject) -> Option<(f64, f64)> {
    let sample = |tag| object.get(tag).and_then(|element| element.to_float64().ok());
    let value = sample(tags::PIXEL_PADDING_VALUE)?;
    let limit = sample(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(value);
    Some((value.min(limit), value.max(limit)))
}

fn number(object: &InMemDicomObject, tag: Tag, expected: &'static str) -> Result<u32, Error> {
    let number =
        object.get(tag).and_then(|element| element.to_int::<u16>().ok()).filter(|number| *number > 0);
    number.map(u32::from).ok_or(Error::Attribute { tag, expected })
}
