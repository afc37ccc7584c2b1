//! A study's images without what names the patient, as jobs take them. Everything stays encrypted in the spool, and every step gives the
//! same when it is repeated.

use bithive_deid::{DeidKey, Object, Profile, position, read, to_tensor, write};
use bithive_dicomnet::Uid;
use bithive_tensor::{HEADER_BYTES, MAX_BYTES, MAX_IMAGES, Samples, Shape, Tensor};
use dicom_dictionary_std::tags;

use crate::arrival::{About, text};
use crate::error::GatewayError;
use crate::spool::{OWN, Spool};
use crate::study::{Part, Source};

/// Kinds of records: objects without what names the patient, by their identifier as it arrived; images of jobs.
const OBJECTS: &str = "deidentified";
const IMAGES: &str = "images";
/// Most objects of a study that become images, and most images: all of them are named in its record.
const MOST: usize = 4_000;

/// Why a study has no images.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoImages {
    /// The study can't be used; the words are for a person, and name nobody.
    #[error("{0}")]
    Study(String),
    /// The spool does not work.
    #[error(transparent)]
    Spool(#[from] GatewayError),
}

fn study(words: impl Into<String>) -> NoImages {
    NoImages::Study(words.into())
}

/// Objects of a study that arrived, without what this gateway has made itself.
pub(crate) fn arrived(spool: &Spool, study: &Uid) -> Vec<About> {
    spool.study(study).into_iter().filter(|about| about.from != OWN).collect()
}

/// De-identifies objects, each into a record.
pub(crate) fn deidentify(
    spool: &Spool,
    objects: &[Uid],
    profile: &Profile,
    key: &DeidKey,
) -> Result<(), NoImages> {
    if objects.len() > MOST {
        return Err(study(format!("it has {} objects; at most {MOST} become jobs", objects.len())));
    }
    for instance in objects {
        let mut object = arrived_object(spool, instance)?;
        let subject = key.subject_of(&object);
        let done = profile.apply(&mut object, &subject).and_then(|_| write(&object));
        let file = done.map_err(|error| study(format!("an object is not de-identified: {error}")))?;
        spool.put(OBJECTS, instance.as_str(), instance, file)?;
    }
    Ok(())
}

/// An object as it arrived.
pub(crate) fn arrived_object(spool: &Spool, instance: &Uid) -> Result<Object, NoImages> {
    let file = spool.file(instance)?.ok_or_else(|| study("an object is not in the spool any more"))?;
    read(&file).map_err(|error| study(format!("an object can't be read: {error}")))
}

/// A slice on its way into a job.
struct Slice {
    /// Series, place along its normal, number in the series.
    order: (String, f64, i64),
    source: Source,
    values: Vec<f32>,
}

/// Makes images of de-identified objects, as many parts as jobs take; `each` is how many numbers the model gives for an image, and `most`
/// how many a result may have.
pub(crate) fn import(
    spool: &Spool,
    of: &Uid,
    objects: &[Uid],
    (each, most): (usize, usize),
) -> Result<Vec<Part>, NoImages> {
    let mut slices = Vec::new();
    let mut size: Option<(Shape, Option<bithive_tensor::Spacing>)> = None;
    for instance in objects {
        let (_, file) = spool
            .get::<Uid>(OBJECTS, instance.as_str())?
            .ok_or_else(|| study("a de-identified object is missing; have the study begin again"))?;
        let object = read(&file).map_err(|error| study(format!("a de-identified object: {error}")))?;
        let number = text(&object, tags::INSTANCE_NUMBER).parse().unwrap_or(i64::MAX);
        let order = (text(&object, tags::SERIES_INSTANCE_UID), position(&object).unwrap_or(f64::MAX), number);
        let tensors =
            to_tensor(&object).map_err(|error| study(format!("an object gives no image: {error}")))?;
        let mut frame = 1_u32;
        for tensor in &tensors {
            let shape = tensor.shape().with_images(1).map_err(|error| study(error.to_string()))?;
            let (expected, spacing) = size.get_or_insert((shape, tensor.spacing()));
            if *expected != shape {
                let side = |shape: &Shape| format!("{} x {}", shape.height(), shape.width());
                return Err(study(format!(
                    "its images have different sizes or channels, {} and {}; make rules for its kinds of objects",
                    side(expected),
                    side(&shape)
                )));
            }
            if *spacing != tensor.spacing() {
                *spacing = None;
            }
            for values in tensor.images() {
                let source = Source { instance: instance.clone(), frame };
                slices.push(Slice { order: order.clone(), source, values });
                frame = frame.saturating_add(1);
            }
        }
        if slices.len() > MOST {
            return Err(study(format!("it has more than {MOST} images")));
        }
    }
    let Some((shape, spacing)) = size else { return Err(study("it has no image that the rule takes")) };
    slices.sort_by(|one, other| {
        let ((series, place, number), (series2, place2, number2)) = (&one.order, &other.order);
        let same = series.cmp(series2).then(place.total_cmp(place2)).then(number.cmp(number2));
        same.then_with(|| one.source.instance.cmp(&other.source.instance))
            .then_with(|| one.source.frame.cmp(&other.source.frame))
    });
    let bytes = usize::try_from(shape.image_elements()).unwrap_or(usize::MAX).saturating_mul(4);
    let fitting = MAX_BYTES.saturating_sub(HEADER_BYTES).checked_div(bytes).unwrap_or_default();
    let fitting = fitting.min(most.checked_div(each.max(1)).unwrap_or_default()).min(MAX_IMAGES as usize);
    if fitting == 0 {
        return Err(study("one of its images is larger than a job"));
    }
    let mut parts = Vec::new();
    for (number, slices) in slices.chunks(fitting).enumerate() {
        let count = u32::try_from(slices.len()).unwrap_or(u32::MAX);
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let shape = Shape::new(count, side(shape.channels()), side(shape.height()), side(shape.width()));
        let values: Vec<f32> = slices.iter().flat_map(|slice| slice.values.iter().copied()).collect();
        let tensor = shape.and_then(|shape| Tensor::new(shape, spacing, Samples::F32(values)));
        let file = tensor.map_err(|error| study(error.to_string()))?.encode();
        let digest = bithive_consent::data_digest(&file).to_string();
        spool.put(IMAGES, &name(of, number), &number, file)?;
        let images = slices.iter().map(|slice| slice.source.clone()).collect();
        parts.push(Part { images, digest, job: None, settled: false, ended: None });
    }
    Ok(parts)
}

fn name(study: &Uid, part: usize) -> String {
    format!("{study}/{part}")
}

/// The images of a part, as a file (BHIM).
pub(crate) fn file(spool: &Spool, of: &Uid, part: usize) -> Result<Vec<u8>, NoImages> {
    let found = spool.get::<usize>(IMAGES, &name(of, part))?;
    found.map(|(_, file)| file).ok_or_else(|| study("its images are missing; have the study begin again"))
}

/// Removes what was made of a study on the way: its answers need the images no more.
pub(crate) fn clear(spool: &Spool, of: &Uid, objects: &[Uid], parts: usize) -> Result<(), GatewayError> {
    for instance in objects {
        spool.remove(OBJECTS, instance.as_str())?;
    }
    (0..parts).try_for_each(|part| spool.remove(IMAGES, &name(of, part)))
}
