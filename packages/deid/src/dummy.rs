//! Values without meaning, in the form that each VR asks for.

use dicom_core::header::Tag;
use dicom_core::smallvec::SmallVec;
use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, VR, dicom_value};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

/// What stands for a text that was removed.
pub(crate) const REMOVED: &str = "REMOVED";

/// An element with no value.
pub(crate) fn empty(tag: Tag, vr: VR) -> InMemElement {
    if vr == VR::SQ {
        return sequence(tag, SmallVec::new());
    }
    DataElement::new(tag, vr, PrimitiveValue::Empty)
}

/// An element with a value that says nothing.
pub(crate) fn dummy(tag: Tag, vr: VR) -> InMemElement {
    let value = match vr {
        VR::SQ => return sequence(tag, [item(tag)].into_iter().collect()),
        VR::DA => PrimitiveValue::from("19000101"),
        VR::TM => PrimitiveValue::from("000000"),
        VR::DT => PrimitiveValue::from("19000101000000"),
        VR::AS => PrimitiveValue::from("000Y"),
        VR::DS | VR::IS => PrimitiveValue::from("0"),
        VR::UI => PrimitiveValue::from("2.25.0"),
        VR::UR => PrimitiveValue::from("urn:removed"),
        VR::US => dicom_value!(U16, [0]),
        VR::SS => dicom_value!(I16, [0]),
        VR::UL => dicom_value!(U32, [0]),
        VR::SL => dicom_value!(I32, [0]),
        VR::FL => dicom_value!(F32, [0.0]),
        VR::FD => dicom_value!(F64, [0.0]),
        VR::OB | VR::UN => dicom_value!(U8, [0, 0]),
        VR::AE | VR::CS | VR::LO | VR::LT | VR::PN | VR::SH | VR::ST | VR::UC | VR::UT => {
            PrimitiveValue::from(REMOVED)
        }
        _ => PrimitiveValue::Empty,
    };
    DataElement::new(tag, vr, value)
}

pub(crate) fn sequence(tag: Tag, items: SmallVec<[InMemDicomObject; 2]>) -> InMemElement {
    let value = DataSetSequence::new(items, Length::UNDEFINED);
    DataElement::new_with_len(tag, VR::SQ, Length::UNDEFINED, Value::Sequence(value))
}

/// A code (PS3.3 section 8), each part in its VR.
pub(crate) fn code(value: &str, scheme: &str, meaning: &str) -> InMemDicomObject {
    InMemDicomObject::from_element_iter([
        DataElement::new(tags::CODE_VALUE, VR::SH, PrimitiveValue::from(value)),
        DataElement::new(tags::CODING_SCHEME_DESIGNATOR, VR::SH, PrimitiveValue::from(scheme)),
        DataElement::new(tags::CODE_MEANING, VR::LO, PrimitiveValue::from(meaning)),
    ])
}

/// The one item of a sequence that must not be empty.
fn item(tag: Tag) -> InMemDicomObject {
    match tag {
        // A tree of content has at least a text: "Comment" of the DICOM Controlled Terminology.
        tags::CONTENT_SEQUENCE => InMemDicomObject::from_element_iter([
            DataElement::new(tags::RELATIONSHIP_TYPE, VR::CS, PrimitiveValue::from("CONTAINS")),
            DataElement::new(tags::VALUE_TYPE, VR::CS, PrimitiveValue::from("TEXT")),
            sequence(
                tags::CONCEPT_NAME_CODE_SEQUENCE,
                [code("121106", "DCM", "Comment")].into_iter().collect(),
            ),
            DataElement::new(tags::TEXT_VALUE, VR::UT, PrimitiveValue::from(REMOVED)),
        ]),
        _ => code(REMOVED, "99BITHIVE", REMOVED),
    }
}
