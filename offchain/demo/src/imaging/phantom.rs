//! The study: slices of the phantoms that the model was not trained on, as a scanner would send them.

use anyhow::{Context, Result};
use bithive_deid::{Object, write};
use bithive_inference::Images;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

/// Ellipse phantoms with lesions; data/phantoms says how they are made. Nobody is in them.
const PHANTOMS: &[u8] = include_bytes!("../../../../data/phantoms/holdout.bhim");
/// The phantoms that are sent.
pub(super) const SLICES: [usize; 3] = [0, 1, 2];
/// What is taken from a value before it is stored, as CT does.
const INTERCEPT: i16 = -1_024;

/// Who the scanner says it is about. Nobody of this name and number exists.
pub(super) const PATIENT: &str = "Mustermann^Erika";
const STUDY: &str = "1.2.826.0.1.3680043.10.1448.7.20260309.4711";
/// Value representation, value and attribute of what names the patient, or leads to who it is.
const IDENTIFYING: [(Tag, VR, &str); 12] = [
    (tags::PATIENT_NAME, VR::PN, PATIENT),
    (tags::PATIENT_ID, VR::LO, "MRN-4711-0815"),
    (tags::PATIENT_BIRTH_DATE, VR::DA, "19640812"),
    (Tag(0x0010, 0x1000), VR::LO, "INSURANCE-A123456789"),
    (tags::PATIENT_ADDRESS, VR::LO, "Heidestrasse 17, Koeln"),
    (tags::ACCESSION_NUMBER, VR::SH, "ACC-77120394"),
    (tags::STUDY_DATE, VR::DA, "20260309"),
    (tags::INSTITUTION_NAME, VR::LO, "St. Example Hospital"),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN, "Doktor^Maria"),
    (tags::STUDY_DESCRIPTION, VR::LO, "Abdomen of Mustermann"),
    (Tag(0x0009, 0x1001), VR::LO, "private note on Mustermann"),
    (tags::STUDY_INSTANCE_UID, VR::UI, STUDY),
];

/// The attribute's number and what names the patient, in each value as it is written.
pub(super) fn identifying() -> impl Iterator<Item = (Tag, &'static str)> {
    IDENTIFYING.into_iter().map(|(tag, _, value)| (tag, value))
}

/// The slices as numbers, before any scanner.
pub(super) fn slices() -> Result<Images> {
    Ok(Images::decode(PHANTOMS)?.select(&SLICES)?)
}

/// The files of the study.
pub(super) fn files() -> Result<Vec<Vec<u8>>> {
    let slices = slices()?;
    let spacing = slices.spacing().context("the phantoms have no spacing")?;
    let spacing = format!("{}\\{}", spacing.row(), spacing.column());
    let [rows, columns] = [slices.shape().height(), slices.shape().width()];
    let size = (u16::try_from(rows)?, u16::try_from(columns)?);
    let files = slices.images().enumerate().map(|(slice, values)| file(slice, &values, size, &spacing));
    files.collect()
}

fn file(slice: usize, values: &[f32], (rows, columns): (u16, u16), spacing: &str) -> Result<Vec<u8>> {
    let instance = format!("{STUDY}.1.{}", slice + 1);
    let text = |tag, vr, value: &str| DataElement::new(tag, vr, PrimitiveValue::from(value));
    let number = |tag, value: u16| DataElement::new(tag, VR::US, PrimitiveValue::from(value));
    // Hounsfield units of the phantoms are whole numbers within 16 bits, also above the intercept.
    let stored: Vec<u8> =
        values.iter().flat_map(|value| (*value as i16).saturating_sub(INTERCEPT).to_le_bytes()).collect();
    let mut object = InMemDicomObject::from_element_iter([
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(tags::SOP_INSTANCE_UID, VR::UI, &instance),
        text(tags::SERIES_INSTANCE_UID, VR::UI, &format!("{STUDY}.1")),
        text(tags::MODALITY, VR::CS, "CT"),
        text(tags::BODY_PART_EXAMINED, VR::CS, "ABDOMEN"),
        text(tags::INSTANCE_NUMBER, VR::IS, &(slice + 1).to_string()),
        text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("0\\0\\{}", 5 * slice)),
        text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0"),
        text(tags::PIXEL_SPACING, VR::DS, spacing),
        text(tags::RESCALE_INTERCEPT, VR::DS, &INTERCEPT.to_string()),
        text(tags::RESCALE_SLOPE, VR::DS, "1"),
        text(Tag(0x0009, 0x0010), VR::LO, "BITHIVE PHANTOM"),
        number(tags::SAMPLES_PER_PIXEL, 1),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        number(tags::ROWS, rows),
        number(tags::COLUMNS, columns),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 16),
        number(tags::HIGH_BIT, 15),
        number(tags::PIXEL_REPRESENTATION, 1),
        DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::from(stored)),
    ]);
    for (tag, vr, value) in IDENTIFYING {
        object.put(text(tag, vr, value));
    }
    let table = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(instance)
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .build()?;
    let object: Object = object.with_exact_meta(table);
    Ok(write(&object)?)
}
