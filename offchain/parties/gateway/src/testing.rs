//! Phantoms for tests: small objects that are generated.

use bithive_deid::{Object, write};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use crate::arrival::{Announced, Arrival};

/// A slice of CT with one value in all pixels.
#[derive(Clone, Debug)]
pub(crate) struct Phantom {
    pub(crate) patient: &'static str,
    pub(crate) study: u32,
    pub(crate) instance: u32,
    pub(crate) value: u16,
    pub(crate) side: u16,
}

impl Default for Phantom {
    fn default() -> Self {
        Self { patient: "P-1", study: 1, instance: 1, value: 5, side: 8 }
    }
}

/// The file of a phantom.
pub(crate) fn file(phantom: &Phantom) -> Vec<u8> {
    let Phantom { patient, study, instance, value, side } = phantom.clone();
    let uid = format!("1.2.826.0.1.99.{study}.1.{instance}");
    let text = |tag, vr, value: String| DataElement::new(tag, vr, PrimitiveValue::from(value));
    let number = |tag, value: u16| DataElement::new(tag, VR::US, PrimitiveValue::from(value));
    let pixels: Vec<u16> = vec![value; usize::from(side) * usize::from(side)];
    let object = InMemDicomObject::from_element_iter([
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into()),
        text(tags::SOP_INSTANCE_UID, VR::UI, uid.clone()),
        text(tags::STUDY_DATE, VR::DA, "20260309".into()),
        text(tags::MODALITY, VR::CS, "CT".into()),
        text(tags::PATIENT_NAME, VR::PN, "Doe^Jane".into()),
        text(tags::PATIENT_ID, VR::LO, patient.into()),
        text(tags::BODY_PART_EXAMINED, VR::CS, "CHEST".into()),
        text(tags::STUDY_INSTANCE_UID, VR::UI, format!("1.2.826.0.1.99.{study}")),
        text(tags::SERIES_INSTANCE_UID, VR::UI, format!("1.2.826.0.1.99.{study}.1")),
        text(tags::INSTANCE_NUMBER, VR::IS, instance.to_string()),
        text(tags::IMAGE_POSITION_PATIENT, VR::DS, format!("0\\0\\{instance}")),
        text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0".into()),
        number(tags::SAMPLES_PER_PIXEL, 1),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into()),
        number(tags::ROWS, side),
        number(tags::COLUMNS, side),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 16),
        number(tags::HIGH_BIT, 15),
        number(tags::PIXEL_REPRESENTATION, 0),
        DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())),
    ]);
    let table = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(uid)
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .build()
        .unwrap();
    let object: Object = object.with_exact_meta(table);
    write(&object).unwrap()
}

/// A phantom that arrives.
pub(crate) fn arrival(phantom: &Phantom) -> Arrival {
    Arrival::of_file(&Announced::default(), &file(phantom), ("TEST", 1_000)).unwrap()
}
