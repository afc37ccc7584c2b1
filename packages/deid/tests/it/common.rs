//! Objects to test with.

use bithive_deid::{Boxes, DeidKey, Error, Object, Profile, Report, SubjectKey, read, write};
use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::mem::InMemElement;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

pub const NAME: &str = "Mustermann^Erika";
pub const NUMBER: &str = "HOSP-4711";

pub fn key() -> DeidKey {
    DeidKey::from_hex(&"5a".repeat(32)).unwrap()
}

pub fn subject() -> SubjectKey {
    key().subject("", NUMBER)
}

pub fn text(tag: Tag, vr: VR, value: &str) -> InMemElement {
    // Several values, as a reader has them.
    DataElement::new(tag, vr, PrimitiveValue::Strs(value.split('\\').map(str::to_owned).collect()))
}

/// (0010,1000), which is retired, and still in archives.
pub const OTHER_PATIENT_IDS: Tag = Tag(0x0010, 0x1000);

pub fn number(tag: Tag, value: u16) -> InMemElement {
    DataElement::new(tag, VR::US, PrimitiveValue::from(value))
}

pub fn items(tag: Tag, items: Vec<Vec<InMemElement>>) -> InMemElement {
    let items: Vec<_> = items.into_iter().map(InMemDicomObject::from_element_iter).collect();
    DataElement::new(tag, VR::SQ, Value::from(DataSetSequence::new(items, Length::UNDEFINED)))
}

/// A CT slice of 16 bits with a patient.
pub fn ct(columns: u16, rows: u16, pixels: Vec<u16>) -> Object {
    let elements = vec![
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3.4"),
        text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3"),
        text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.1"),
        text(tags::MODALITY, VR::CS, "CT"),
        text(tags::PATIENT_NAME, VR::PN, NAME),
        text(tags::PATIENT_ID, VR::LO, NUMBER),
        text(tags::BODY_PART_EXAMINED, VR::CS, "CHEST"),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        number(tags::SAMPLES_PER_PIXEL, 1),
        number(tags::ROWS, rows),
        number(tags::COLUMNS, columns),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 12),
        number(tags::HIGH_BIT, 11),
        number(tags::PIXEL_REPRESENTATION, 0),
        DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())),
    ];
    file(elements)
}

pub fn small() -> Object {
    ct(2, 2, vec![0, 1, 2, 3])
}

pub fn file(elements: Vec<InMemElement>) -> Object {
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    InMemDicomObject::from_element_iter(elements).with_meta(meta).unwrap()
}

/// De-identifies an object through bytes, as a file goes: what is left, its bytes, and the report.
pub fn through(object: &Object, profile: &Profile) -> (Object, Vec<u8>, Report) {
    let mut object = read(&write(object).unwrap()).unwrap();
    let report = profile.apply(&mut object, &subject()).unwrap();
    let bytes = write(&object).unwrap();
    (read(&bytes).unwrap(), bytes, report)
}

/// Why the profile refuses an object, which stays as it is.
pub fn refused(object: &Object) -> Error {
    let mut object = object.clone();
    // As text: an undefined length is not equal to itself (dicom_core::Length).
    let before = format!("{object:?}");
    let error = Profile::default().apply(&mut object, &subject()).unwrap_err();
    assert!(format!("{object:?}") == before, "a refused object stays as it is");
    error
}

/// The profile with these boxes.
pub fn boxes(json: &str) -> Profile {
    let boxes: Boxes = serde_json::from_str(json).unwrap();
    boxes.check().unwrap();
    Profile { boxes, ..Profile::default() }
}

pub fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

pub fn words(values: &[u16]) -> PrimitiveValue {
    PrimitiveValue::U16(values.iter().copied().collect())
}
