//! What an answer takes from the study that it is about, and what every object has.

use bithive_deid::{Object, write};
use bithive_dicomnet::Uid;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::answered::{Answered, ascii};
use crate::images::NoImages;
use crate::spool::Spool;

/// Patient and study, as the source has them; those that have to be there are there without a value where it has none.
const KEPT: [(Tag, VR, bool); 13] = [
    (tags::SPECIFIC_CHARACTER_SET, VR::CS, false),
    (tags::STUDY_DATE, VR::DA, true),
    (tags::STUDY_TIME, VR::TM, true),
    (tags::ACCESSION_NUMBER, VR::SH, true),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN, true),
    (tags::STUDY_DESCRIPTION, VR::LO, false),
    (tags::PATIENT_NAME, VR::PN, true),
    (tags::PATIENT_ID, VR::LO, true),
    (tags::ISSUER_OF_PATIENT_ID, VR::LO, false),
    (tags::PATIENT_BIRTH_DATE, VR::DA, true),
    (tags::PATIENT_SEX, VR::CS, true),
    (tags::STUDY_INSTANCE_UID, VR::UI, true),
    (tags::STUDY_ID, VR::SH, true),
];
/// Series of answers come after those of any device.
const SERIES_NUMBER: &str = "9001";

/// An element with a text.
pub(super) fn text(tag: Tag, vr: VR, value: impl Into<String>) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, vr, PrimitiveValue::from(value.into()))
}

/// An element with a number of 16 bits.
pub(super) fn short(tag: Tag, value: u16) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, VR::US, PrimitiveValue::from(value))
}

/// An element with items.
pub(super) fn items(tag: Tag, items: Vec<InMemDicomObject>) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, VR::SQ, dicom_core::value::DataSetSequence::from(items))
}

/// Not more characters than a VR takes.
pub(super) fn cut(text: &str, most: usize) -> String {
    ascii(text).chars().take(most).collect()
}

/// Date and time (UTC) of milliseconds since 1970.
pub(super) fn clock(at: u64) -> (String, String) {
    let seconds = at.checked_div(1_000).unwrap_or_default();
    // 2026-03-09T10:11:12Z
    let instant = bithive_fhir::instant(seconds).unwrap_or_default();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (date, time) = instant.split_once('T').unwrap_or_default();
    (digits(date), digits(time).chars().take(6).collect())
}

/// An object of a class in the source's study, with the series of this job's answers.
pub(super) fn begin(
    spool: &Spool,
    source: &Object,
    answered: &Answered<'_>,
    (class, modality): (&str, &str),
    number: usize,
) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    for (tag, vr, is_needed) in KEPT {
        match source.get(tag) {
            Some(element) => drop(object.put(element.clone())),
            None if is_needed => drop(object.put(DataElement::empty(tag, vr))),
            None => {}
        }
    }
    let job = answered.job.number.to_string();
    let series = spool.derived_uid(&answered.identity("series", &job));
    let own = format!("{job}/{number}");
    let instance = spool.derived_uid(&answered.identity("object", &own));
    let (date, time) = clock(answered.at);
    let model = &answered.model.manifest.name;
    for element in [
        text(tags::SOP_CLASS_UID, VR::UI, class),
        text(tags::SOP_INSTANCE_UID, VR::UI, instance),
        text(tags::SERIES_INSTANCE_UID, VR::UI, series),
        text(tags::SERIES_NUMBER, VR::IS, SERIES_NUMBER),
        text(tags::SERIES_DESCRIPTION, VR::LO, cut(&format!("{model}, preliminary"), 64)),
        text(tags::MODALITY, VR::CS, modality),
        text(tags::INSTANCE_NUMBER, VR::IS, number.saturating_add(1).to_string()),
        text(tags::MANUFACTURER, VR::LO, "BitHive"),
        text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "gateway"),
        text(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION")),
        text(tags::CONTENT_DATE, VR::DA, date),
        text(tags::CONTENT_TIME, VR::TM, time),
    ] {
        object.put(element);
    }
    object
}

/// A reference to an object, as an item; with its frame where it has several.
pub(super) fn reference(class: &Uid, instance: &Uid, frame: Option<u32>) -> InMemDicomObject {
    let mut item = InMemDicomObject::from_element_iter([
        text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class.as_str()),
        text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, instance.as_str()),
    ]);
    if let Some(frame) = frame {
        item.put(text(tags::REFERENCED_FRAME_NUMBER, VR::IS, frame.to_string()));
    }
    item
}

/// The file of an object.
pub(super) fn file(object: InMemDicomObject) -> Result<Vec<u8>, NoImages> {
    let wrong = |problem: String| NoImages::Study(format!("an answer can't be written: {problem}"));
    let of = |tag| {
        let element = object.get(tag).and_then(|element| element.to_str().ok().map(|text| text.into_owned()));
        element.unwrap_or_default()
    };
    let table = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(of(tags::SOP_CLASS_UID))
        .media_storage_sop_instance_uid(of(tags::SOP_INSTANCE_UID))
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let object: Object = object.with_exact_meta(table);
    write(&object).map_err(|error| wrong(error.to_string()))
}
