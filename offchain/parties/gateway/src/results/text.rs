//! Classes of images as a Basic Text SR (PS3.3 A.35.1): a sentence for each image, and the image that it follows from.

use std::collections::BTreeMap;

use bithive_dicomnet::Uid;
use bithive_tensor::Answered as Said;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;

use super::answered::{Answered, ascii};
use super::header::{begin, file, items, reference, text};
use crate::arrival::About;
use crate::images::{NoImages, arrived_object};
use crate::spool::Spool;

/// Codes: value, scheme, meaning.
type Code = (&'static str, &'static str, &'static str);
const REPORT: Code = ("18748-4", "LN", "Diagnostic imaging study");
const FINDING: Code = ("121071", "DCM", "Finding");
const COMMENT: Code = ("121106", "DCM", "Comment");

fn code((value, scheme, meaning): Code) -> Vec<InMemDicomObject> {
    vec![InMemDicomObject::from_element_iter([
        text(tags::CODE_VALUE, VR::SH, value),
        text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme),
        text(tags::CODE_MEANING, VR::LO, meaning),
    ])]
}

fn sentence(concept: Code, words: &str) -> InMemDicomObject {
    InMemDicomObject::from_element_iter([
        text(tags::RELATIONSHIP_TYPE, VR::CS, "CONTAINS"),
        text(tags::VALUE_TYPE, VR::CS, "TEXT"),
        items(tags::CONCEPT_NAME_CODE_SEQUENCE, code(concept)),
        text(tags::TEXT_VALUE, VR::UT, ascii(words)),
    ])
}

/// The report of a job.
pub(super) fn object(spool: &Spool, answered: &Answered<'_>) -> Result<Vec<u8>, NoImages> {
    let missing = || NoImages::Study("the result has other images than were asked about".into());
    let first = answered.part.images.first().ok_or_else(missing)?;
    let source = arrived_object(spool, &first.instance)?;
    let mut content = vec![sentence(COMMENT, &answered.words())];
    let mut evidence: BTreeMap<Uid, Vec<About>> = BTreeMap::new();
    for (number, said) in answered.answers.answers.iter().enumerate() {
        let Said::Image { class, chances, .. } = said else { continue };
        let from = answered.part.images.get(number).ok_or_else(missing)?;
        let about = spool.about(&from.instance).ok_or_else(missing)?;
        let most = chances.iter().copied().fold(0.0_f32, f32::max);
        let words = format!("Image {}: {class}, chance {most:.4}", number.saturating_add(1));
        let mut item = sentence(FINDING, &words);
        let frame = (from.frame > 1).then_some(from.frame);
        let image = InMemDicomObject::from_element_iter([
            text(tags::RELATIONSHIP_TYPE, VR::CS, "INFERRED FROM"),
            text(tags::VALUE_TYPE, VR::CS, "IMAGE"),
            items(tags::REFERENCED_SOP_SEQUENCE, vec![reference(&about.class, &about.instance, frame)]),
        ]);
        item.put(items(tags::CONTENT_SEQUENCE, vec![image]));
        content.push(item);
        let known = evidence.entry(about.series.clone()).or_default();
        if known.iter().all(|one| one.instance != about.instance) {
            known.push(about);
        }
    }
    let series = evidence.into_iter().map(|(uid, objects)| {
        let objects = objects.iter().map(|about| reference(&about.class, &about.instance, None)).collect();
        InMemDicomObject::from_element_iter([
            text(tags::SERIES_INSTANCE_UID, VR::UI, uid.as_str()),
            items(tags::REFERENCED_SOP_SEQUENCE, objects),
        ])
    });
    let study = crate::arrival::text(&source, tags::STUDY_INSTANCE_UID);
    let study = InMemDicomObject::from_element_iter([
        text(tags::STUDY_INSTANCE_UID, VR::UI, study),
        items(tags::REFERENCED_SERIES_SEQUENCE, series.collect()),
    ]);
    let mut object = begin(spool, &source, answered, (uids::BASIC_TEXT_SR_STORAGE, "SR"), 0);
    for element in [
        DataElement::empty(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, VR::SQ),
        DataElement::empty(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, VR::SQ),
        items(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, vec![study]),
        text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE"),
        text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED"),
        text(tags::PRELIMINARY_FLAG, VR::CS, "PRELIMINARY"),
        text(tags::VALUE_TYPE, VR::CS, "CONTAINER"),
        items(tags::CONCEPT_NAME_CODE_SEQUENCE, code(REPORT)),
        text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE"),
        items(tags::CONTENT_SEQUENCE, content),
    ] {
        object.put(element);
    }
    file(object)
}
