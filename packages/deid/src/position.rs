//! Where slices are in the body.

use dicom_dictionary_std::tags;

use crate::file::Object;

/// Distance of a slice from the origin along its normal (PS3.3 C.7.6.2.1.1), in millimetres: the cross product of the directions of row
/// and column, times the position of the first pixel. None where the object does not say.
#[must_use]
pub fn position(object: &Object) -> Option<f64> {
    let numbers = |tag| object.get(tag)?.value().to_multi_finite_float64().ok();
    let (at, directions) =
        (numbers(tags::IMAGE_POSITION_PATIENT)?, numbers(tags::IMAGE_ORIENTATION_PATIENT)?);
    let (&[x, y, z], &[a, b, c, d, e, f]) = (at.as_slice(), directions.as_slice()) else { return None };
    Some(x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d))
}
