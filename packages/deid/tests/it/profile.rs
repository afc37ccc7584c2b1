//! What the profile does to attributes.

use bithive_deid::{Action, DateOption, Error, Options, Profile, Warning, read, write};
use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::mem::InMemElement;
use proptest::prelude::*;

use crate::common::{
    NAME, NUMBER, OTHER_PATIENT_IDS, file, has, items, number, small, subject, text, through,
};

fn with(elements: Vec<InMemElement>) -> bithive_deid::Object {
    let mut object = small();
    for element in elements {
        object.put(element);
    }
    object
}

fn options(options: Options) -> Profile {
    Profile { options, ..Profile::default() }
}

fn string(object: &bithive_deid::Object, tag: Tag) -> Option<String> {
    object.get(tag).map(|element| element.to_str().unwrap().trim_matches([' ', '\0']).to_owned())
}

#[test]
fn nothing_of_the_patient_is_left_at_any_depth() {
    let mut item = vec![text(tags::PATIENT_NAME, VR::PN, NAME), text(tags::TEXT_VALUE, VR::UT, NAME)];
    for _ in 0..20 {
        item =
            vec![items(tags::REFERENCED_IMAGE_SEQUENCE, vec![item]), text(OTHER_PATIENT_IDS, VR::LO, NUMBER)];
    }
    item.push(text(Tag(0x0009, 0x0010), VR::LO, "MUSTERMANN PRIVATE"));
    item.push(DataElement::new(Tag(0x6000, 0x3000), VR::OW, PrimitiveValue::from(NAME.as_bytes().to_vec())));
    let object = with(item);
    let (found, bytes, report) = through(&object, &Profile::default());
    for value in ["Mustermann", "Erika", NUMBER, "1.2.3.4"] {
        assert!(!has(&bytes, value), "{value}");
    }
    assert!(found.iter().all(|element| element.header().tag.group() % 2 == 0));
    assert!(
        report
            .changes()
            .any(|change| change.attribute.ends_with(">(0010,0010)") && change.action == Action::Emptied)
    );
    // The report has no value either.
    let report = format!("{report:?}");
    assert!(!has(report.as_bytes(), "Mustermann") && !has(report.as_bytes(), NUMBER));
}

#[test]
fn private_groups_curves_and_overlays_go_as_a_whole() {
    let object = with(vec![
        text(Tag(0x0009, 0x0010), VR::LO, "ACME"),
        text(Tag(0x0009, 0x1001), VR::UN, NAME),
        items(Tag(0x0011, 0x1001), vec![vec![text(tags::PATIENT_NAME, VR::PN, NAME)]]),
        number(Tag(0x5004, 0x0005), 3),
        text(Tag(0x6002, 0x0022), VR::LO, NAME),
        number(Tag(0x601E, 0x0010), 2),
        text(Tag(0x0018, 0xFFFE), VR::LO, NAME),
    ]);
    let (found, bytes, _) = through(&object, &Profile::default());
    assert!(!has(&bytes, "Mustermann"));
    let left = found.iter().map(|element| element.header().tag).find(|tag| {
        tag.group() % 2 == 1 || matches!(tag.group() >> 8, 0x50 | 0x60) || *tag == Tag(0x0018, 0xFFFE)
    });
    assert_eq!(left, None);
}

#[test]
fn a_name_in_an_attribute_of_unknown_vr_goes() {
    let bytes = |value: &str| PrimitiveValue::from(value.as_bytes().to_vec());
    let sequence = b"\xFE\xFF\x00\xE0\x18\0\0\0\x10\0\x10\0\x10\0\0\0Mustermann^Erika".to_vec();
    let object = with(vec![
        DataElement::new(tags::PATIENT_NAME, VR::UN, bytes(NAME)),
        DataElement::new(tags::NAMES_OF_INTENDED_RECIPIENTS_OF_RESULTS, VR::UN, bytes(NAME)),
        DataElement::new(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, VR::UN, PrimitiveValue::from(sequence)),
        DataElement::new(tags::CONVOLUTION_KERNEL, VR::UN, bytes("B30f")),
    ]);
    let (found, bytes, _) = through(&object, &Profile::default());
    assert!(!has(&bytes, "Mustermann"));
    // What is known and harmless stays, in its own VR.
    assert_eq!(string(&found, tags::CONVOLUTION_KERNEL).as_deref(), Some("B30f"));
    assert!(found.get(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).unwrap().items().is_some());
}

#[test]
fn a_name_where_a_number_or_a_code_belongs_goes() {
    let object = with(vec![
        text(tags::SLICE_THICKNESS, VR::DS, "Erika"),
        text(tags::SPACING_BETWEEN_SLICES, VR::DS, "2.5"),
        text(tags::SCAN_OPTIONS, VR::CS, "Mustermann, Erika"),
        text(tags::PATIENT_POSITION, VR::LT, NAME),
        text(tags::CONVOLUTION_KERNEL, VR::SH, "for Erika"),
        text(tags::MANUFACTURER, VR::LO, "ACME"),
        text(tags::KVP, VR::PN, NAME),
    ]);
    let (found, bytes, _) = through(&object, &Profile::default());
    assert!(!has(&bytes, "Mustermann") && !has(&bytes, "Erika"));
    assert_eq!(string(&found, tags::SPACING_BETWEEN_SLICES).as_deref(), Some("2.5"));
    assert_eq!(string(&found, tags::MANUFACTURER).as_deref(), Some("ACME"));
}

#[test]
fn uids_are_replaced_alike_and_those_of_the_standard_stay() {
    let reference = |uid| {
        vec![
            text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.2"),
            text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, uid),
        ]
    };
    let object =
        with(vec![items(tags::REFERENCED_IMAGE_SEQUENCE, vec![reference("1.2.3.4"), reference("1.2.3.5")])]);
    let (found, _, _) = through(&object, &Profile::default());
    let references = found.get(tags::REFERENCED_IMAGE_SEQUENCE).unwrap().items().unwrap();
    let uid = |index: usize| {
        references[index].element(tags::REFERENCED_SOP_INSTANCE_UID).unwrap().to_str().unwrap()
    };
    let own = string(&found, tags::SOP_INSTANCE_UID).unwrap();
    assert_eq!(own, subject().uid("1.2.3.4"));
    assert_eq!(uid(0).trim_end_matches('\0'), own);
    assert_ne!(uid(0), uid(1));
    assert_eq!(found.meta().media_storage_sop_instance_uid(), own);
    assert_eq!(string(&found, tags::SOP_CLASS_UID).as_deref(), Some("1.2.840.10008.5.1.4.1.1.2"));
    let kept = through(&object, &options(Options { uids: true, ..Options::default() })).0;
    assert_eq!(string(&kept, tags::SOP_INSTANCE_UID).as_deref(), Some("1.2.3.4"));
    assert_eq!(kept.meta().media_storage_sop_instance_uid(), "1.2.3.4");
}

#[test]
fn an_instance_that_hides_behind_a_prefix_of_the_standard_is_replaced() {
    let object = with(vec![text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.840.10008.4711")]);
    let (found, bytes, _) = through(&object, &Profile::default());
    assert!(!has(&bytes, "1.2.840.10008.4711"));
    assert!(string(&found, tags::SOP_INSTANCE_UID).unwrap().starts_with("2.25."));
}

#[test]
fn dates_go_move_or_stay() {
    let object = with(vec![
        text(tags::STUDY_DATE, VR::DA, "20240301"),
        text(tags::STUDY_TIME, VR::TM, "120000"),
        text(tags::ACQUISITION_DATE_TIME, VR::DT, "20240302120000.5"),
        text(tags::PATIENT_BIRTH_DATE, VR::DA, "19600615"),
        text(tags::SERIES_DATE, VR::DA, "no date"),
    ]);
    let of = |dates| through(&object, &options(Options { dates, ..Options::default() })).0;
    let removed = of(DateOption::Remove);
    assert_eq!(string(&removed, tags::STUDY_DATE).as_deref(), Some(""));
    let kept = of(DateOption::Keep);
    assert_eq!(string(&kept, tags::STUDY_DATE).as_deref(), Some("20240301"));
    assert_eq!(
        string(&kept, tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED).as_deref(),
        Some("UNMODIFIED")
    );
    let moved = of(DateOption::Shift);
    let day = |text: String| dicom_core::chrono::NaiveDate::parse_from_str(&text[..8], "%Y%m%d").unwrap();
    let study = day(string(&moved, tags::STUDY_DATE).unwrap());
    assert_eq!((study - day("20240301".into())).num_days(), subject().shift());
    // Intervals stay, and so does the time of day.
    assert_eq!((day(string(&moved, tags::ACQUISITION_DATE_TIME).unwrap()) - study).num_days(), 1);
    assert!(string(&moved, tags::ACQUISITION_DATE_TIME).unwrap().ends_with("120000.5"));
    assert_eq!(string(&moved, tags::STUDY_TIME).as_deref(), Some("120000"));
    for (name, object) in [("removed", removed), ("kept", kept), ("moved", moved)] {
        assert_eq!(string(&object, tags::PATIENT_BIRTH_DATE).as_deref(), Some(""), "{name}");
        assert!(string(&object, tags::SERIES_DATE).is_none_or(|date| date != "no date"), "{name}");
    }
}

#[test]
fn characteristics_stay_on_request_and_great_ages_are_capped() {
    let of = |age: &str, patient| {
        let object = with(vec![text(tags::PATIENT_AGE, VR::AS, age), text(tags::PATIENT_SEX, VR::CS, "F")]);
        let found = through(&object, &options(Options { patient, ..Options::default() })).0;
        (string(&found, tags::PATIENT_AGE), string(&found, tags::PATIENT_SEX))
    };
    assert_eq!(of("064Y", false), (None, Some(String::new())));
    assert_eq!(of("064Y", true), (Some("064Y".into()), Some("F".into())));
    assert_eq!(of("093Y", true).0.as_deref(), Some("090Y"));
    assert_eq!(of("Erik", true).0, None);
}

#[test]
fn devices_and_institutions_stay_on_request() {
    let object = with(vec![
        text(tags::STATION_NAME, VR::SH, "CT2"),
        text(tags::INSTITUTION_NAME, VR::LO, "St. Erika"),
        text(tags::INSTITUTIONAL_DEPARTMENT_NAME, VR::LO, "Radiology"),
    ]);
    let of = |device, institution| {
        through(&object, &options(Options { device, institution, ..Options::default() })).0
    };
    let none = of(false, false);
    assert_ne!(string(&none, tags::STATION_NAME).as_deref(), Some("CT2"));
    assert_eq!(string(&none, tags::INSTITUTIONAL_DEPARTMENT_NAME), None);
    assert_eq!(string(&of(true, false), tags::STATION_NAME).as_deref(), Some("CT2"));
    let kept = of(false, true);
    assert_eq!(string(&kept, tags::INSTITUTIONAL_DEPARTMENT_NAME).as_deref(), Some("Radiology"));
    // A text that has the patient's name goes even where the option keeps it.
    assert!(string(&kept, tags::INSTITUTION_NAME).is_none_or(|name| name != "St. Erika"));
}

fn report() -> bithive_deid::Object {
    let code = |value: &str, scheme: &str, meaning: &str| {
        vec![
            text(tags::CODE_VALUE, VR::SH, value),
            text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme),
            text(tags::CODE_MEANING, VR::LO, meaning),
        ]
    };
    let value = |kind: &str, more: InMemElement| {
        vec![
            text(tags::VALUE_TYPE, VR::CS, kind),
            items(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![code("121071", "DCM", "Finding")]),
            more,
        ]
    };
    let measured =
        items(tags::MEASURED_VALUE_SEQUENCE, vec![vec![text(tags::NUMERIC_VALUE, VR::DS, "12.5")]]);
    let content = vec![
        value("TEXT", text(tags::TEXT_VALUE, VR::UT, "Mrs. Mustermann has a nodule")),
        value("PNAME", text(tags::PERSON_NAME, VR::PN, NAME)),
        value("NUM", measured),
        value("CODE", items(tags::CONCEPT_CODE_SEQUENCE, vec![code("27925004", "SCT", "Nodule")])),
        value("CODE", items(tags::CONCEPT_CODE_SEQUENCE, vec![code("E1", "99WARD", "Erika's bed")])),
    ];
    file(vec![
        text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.88.11"),
        text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3.4"),
        text(tags::MODALITY, VR::CS, "SR"),
        text(tags::PATIENT_NAME, VR::PN, "Mustermann^Erika"),
        text(tags::VALUE_TYPE, VR::CS, "CONTAINER"),
        items(tags::CONTENT_SEQUENCE, content),
    ])
}

#[test]
fn reports_lose_their_content_or_keep_what_is_public_of_it() {
    let (_, bytes, report_of) = through(&report(), &Profile::default());
    assert!(!has(&bytes, "Mustermann") && !has(&bytes, "nodule") && !has(&bytes, "27925004"));
    assert!(report_of.warnings.contains(&Warning::NoPatient));
    let profile = options(Options { clean_structured_content: true, ..Options::default() });
    let (found, bytes, _) = through(&report(), &profile);
    assert!(!has(&bytes, "Mustermann") && !has(&bytes, "Erika") && !has(&bytes, "99WARD's"));
    assert!(has(&bytes, "27925004") && has(&bytes, "12.5"));
    assert_eq!(found.get(tags::CONTENT_SEQUENCE).unwrap().items().unwrap().len(), 5);
}

#[test]
fn what_was_done_is_stated_in_the_object() {
    let (found, _, _) =
        through(&small(), &options(Options { dates: DateOption::Shift, ..Options::default() }));
    assert_eq!(string(&found, tags::PATIENT_IDENTITY_REMOVED).as_deref(), Some("YES"));
    assert!(string(&found, tags::DEIDENTIFICATION_METHOD).unwrap().contains("2026c"));
    let codes: Vec<_> = found
        .get(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE)
        .unwrap()
        .items()
        .unwrap()
        .iter()
        .map(|item| item.element(tags::CODE_VALUE).unwrap().to_str().unwrap().trim().to_owned())
        .collect();
    assert_eq!(codes, ["113100", "113107"]);
    // Subjects stay together by a pseudonym.
    assert_eq!(string(&found, tags::PATIENT_ID).unwrap(), subject().pseudonym());
}

#[test]
fn a_second_run_changes_no_meaning() {
    let (once, _, _) = through(&report(), &Profile::default());
    let (twice, _, _) = through(&once, &Profile::default());
    let tags =
        |object: &bithive_deid::Object| object.iter().map(|element| element.header().tag).collect::<Vec<_>>();
    assert_eq!(tags(&once), tags(&twice));
}

#[test]
fn documents_and_indices_are_refused_and_stay_as_they_are() {
    for element in [
        DataElement::new(tags::ENCAPSULATED_DOCUMENT, VR::OB, PrimitiveValue::from(b"%PDF".to_vec())),
        items(tags::DIRECTORY_RECORD_SEQUENCE, vec![]),
    ] {
        let mut object = with(vec![element]);
        // As text: an undefined length is not equal to itself (dicom_core::Length).
        let before = format!("{object:?}");
        assert_eq!(Profile::default().apply(&mut object, &subject()).err(), Some(Error::Document));
        assert!(format!("{object:?}") == before);
    }
}

#[test]
fn heads_are_said_to_show_a_face() {
    let of = |part: &str| {
        let object = with(vec![text(tags::BODY_PART_EXAMINED, VR::CS, part)]);
        through(&object, &Profile::default()).2.warnings
    };
    assert_eq!(of("HEAD"), [Warning::Face]);
    assert_eq!(of("WHOLE BODY"), [Warning::Face]);
    assert_eq!(of(""), [Warning::MaybeFace]);
    assert_eq!(of("KNEE"), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any attribute of the standard or none, of any VR of text, with the name in it.
    #[test]
    fn a_name_is_left_in_no_attribute(group in any::<u16>(), element in any::<u16>(), kind in 0_usize..12, nested in any::<bool>()) {
        const KINDS: [VR; 12] =
            [VR::PN, VR::LO, VR::SH, VR::LT, VR::ST, VR::UT, VR::UC, VR::AE, VR::CS, VR::UN, VR::DS, VR::UR];
        // Groups of files and messages are not part of a data set.
        prop_assume!((8..0xFFFE).contains(&group) && element != 0);
        let value = text(Tag(group, element), KINDS[kind], "MUSTERMANN");
        let value = if nested { items(tags::REFERENCED_IMAGE_SEQUENCE, vec![vec![value]]) } else { value };
        let object = with(vec![value]);
        if let Ok(bytes) = write(&object) && let Ok(mut object) = read(&bytes) && Profile::default().apply(&mut object, &subject()).is_ok() {
            let bytes = write(&object).unwrap();
            prop_assert!(!has(&bytes, "MUSTERMANN"));
        }
    }

    /// Every attribute of the table, too.
    #[test]
    fn a_name_is_left_in_no_listed_attribute(index in any::<prop::sample::Index>(), kind in 0_usize..6) {
        const KINDS: [VR; 6] = [VR::PN, VR::LO, VR::SH, VR::UT, VR::UN, VR::UI];
        let hex = |digits: &str| u16::from_str_radix(digits, 16).ok();
        let listed: Vec<Tag> = include_str!("../../data/attributes.tsv")
            .lines()
            .filter_map(|line| Some(Tag(hex(line.get(..4)?)?, hex(line.get(4..8)?)?)))
            .filter(|tag| tag.group() >= 8 && *tag != tags::ENCAPSULATED_DOCUMENT)
            .collect();
        let object = with(vec![text(*index.get(&listed), KINDS[kind], "MUSTERMANN")]);
        let mut object = object;
        if Profile::default().apply(&mut object, &subject()).is_ok() {
            let bytes = write(&object).unwrap();
            prop_assert!(!has(&bytes, "MUSTERMANN"));
        }
    }
}

#[test]
fn a_picture_in_a_sequence_goes() {
    let icon = vec![DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::from(b"Erika!".to_vec()))];
    let (_, bytes, _) =
        through(&with(vec![items(tags::REFERENCED_IMAGE_SEQUENCE, vec![icon])]), &Profile::default());
    assert!(!has(&bytes, "Erika"));
}
