//! Files compared with each other.

use bithive_deid::{Admission, Collection, Error, write};
use dicom_core::VR;
use dicom_dictionary_std::tags;

use crate::common::{small, text};

#[test]
fn a_study_has_one_patient() {
    let mut collection = Collection::default();
    let one = small();
    assert_eq!(collection.admit(&one, &write(&one).unwrap()), Ok(Admission::New));
    let mut other = small();
    other.put(text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3.5"));
    other.put(text(tags::PATIENT_ID, VR::LO, "4712"));
    assert_eq!(collection.admit(&other, &write(&other).unwrap()), Err(Error::TwoPatients));
    // In another study it is welcome, and was not remembered.
    other.put(text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.4"));
    assert_eq!(collection.admit(&other, &write(&other).unwrap()), Ok(Admission::New));
}

#[test]
fn an_identifier_has_one_content() {
    let mut collection = Collection::default();
    let one = small();
    let bytes = write(&one).unwrap();
    assert_eq!(collection.admit(&one, &bytes), Ok(Admission::New));
    assert_eq!(collection.admit(&one, &bytes), Ok(Admission::Repeated));
    let mut other = small();
    other.put(text(tags::MODALITY, VR::CS, "MR"));
    assert_eq!(collection.admit(&other, &write(&other).unwrap()), Err(Error::SameInstance));
}
