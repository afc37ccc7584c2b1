//! Which pictures are refused, and what is left of the others.

use bithive_deid::{Boxes, Error, Object, Profile, Warning};
use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;

use crate::common::{boxes, ct, has, number, refused, small, subject, text, through, words};

#[test]
fn kinds_of_pictures_with_text_are_refused_whatever_the_object_says() {
    for modality in ["US", "XA", "RF", "ES", "XC", "OP", "GM", "SM", "OT", "", "SC"] {
        let mut object = small();
        object.put(text(tags::MODALITY, VR::CS, modality));
        object.put(text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO"));
        assert!(matches!(refused(&object), Error::BurnedIn { .. }), "{modality}");
    }
    // A CT's protocol page, as a secondary capture.
    let mut object = small();
    object.put(text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.7"));
    assert!(matches!(refused(&object), Error::BurnedIn { why: "a secondary capture" }));
    let mut object = small();
    object.put(text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "PALETTE COLOR"));
    assert!(matches!(refused(&object), Error::BurnedIn { why: "a colour picture" }));
    let mut object = small();
    object.put(text(tags::BURNED_IN_ANNOTATION, VR::CS, "YES"));
    assert!(matches!(refused(&object), Error::BurnedIn { .. }));
}

#[test]
fn boxes_are_blanked_in_every_frame() {
    let mut object = ct(4, 2, vec![9; 16]);
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "2"));
    object.put(text(tags::MODALITY, VR::CS, "US"));
    let profile = boxes(r#"[{"modality":"us","rows":2,"columns":4,"boxes":[[1,0,2,1],[3,1,1,1]]}]"#);
    let (found, _, report) = through(&object, &profile);
    let frame = [9, 0, 0, 9, 9, 9, 9, 0];
    assert_eq!(
        found.element(tags::PIXEL_DATA).unwrap().value().to_multi_int::<u16>().unwrap(),
        [frame, frame].concat()
    );
    assert_eq!(report.blanked.len(), 2);
    assert_eq!(found.element(tags::BURNED_IN_ANNOTATION).unwrap().to_str().unwrap().trim(), "NO");
    // Of another size, it is another kind of image.
    let other = boxes(r#"[{"modality":"US","rows":3,"columns":4,"boxes":[]}]"#);
    assert!(matches!(other.apply(&mut object.clone(), &subject()), Err(Error::BurnedIn { .. })));
    // A person has looked: nothing is blanked.
    let looked = boxes(r#"[{"modality":"US","rows":2,"columns":4,"boxes":[]}]"#);
    let (found, _, report) = through(&object, &looked);
    assert_eq!(found.element(tags::PIXEL_DATA).unwrap().value().to_multi_int::<u16>().unwrap(), [9; 16]);
    assert!(report.blanked.is_empty());
}

#[test]
fn colour_planes_and_pixels_are_blanked_alike() {
    for (planar, left) in [(0, [1, 2, 3, 0, 0, 0]), (1, [1, 0, 3, 0, 5, 0])] {
        let mut object = ct(2, 1, Vec::new());
        object.put(text(tags::MODALITY, VR::CS, "US"));
        object.put(text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"));
        for (tag, value) in [
            (tags::SAMPLES_PER_PIXEL, 3),
            (tags::BITS_ALLOCATED, 8),
            (tags::BITS_STORED, 8),
            (tags::HIGH_BIT, 7),
            (tags::PLANAR_CONFIGURATION, planar),
        ] {
            object.put(number(tag, value));
        }
        object.put(DataElement::new(
            tags::PIXEL_DATA,
            VR::OB,
            PrimitiveValue::from(vec![1_u8, 2, 3, 4, 5, 6]),
        ));
        let profile = boxes(r#"[{"modality":"US","rows":1,"columns":2,"boxes":[[1,0,1,1]]}]"#);
        let (found, _, _) = through(&object, &profile);
        assert_eq!(&found.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap()[..], left, "{planar}");
    }
}

#[test]
fn lists_of_boxes_are_checked() {
    for wrong in [
        r#"[{"modality":"","rows":2,"columns":4,"boxes":[]}]"#,
        r#"[{"modality":"US","rows":0,"columns":4,"boxes":[]}]"#,
        r#"[{"modality":"US","rows":2,"columns":4,"boxes":[[0,0,5,1]]}]"#,
        r#"[{"modality":"US","rows":2,"columns":4,"boxes":[[4294967295,0,2,1]]}]"#,
        r#"[{"modality":"US","rows":2,"columns":4,"boxes":[[0,0,0,1]]}]"#,
    ] {
        let boxes: Boxes = serde_json::from_str(wrong).unwrap();
        assert!(matches!(boxes.check(), Err(Error::Boxes { entry: 1, .. })), "{wrong}");
    }
    assert!(
        serde_json::from_str::<Boxes>(r#"[{"modality":"US","rows":2,"columns":4,"boxes":[],"typo":1}]"#)
            .is_err()
    );
}

#[test]
fn overlays_in_unused_bits_and_bytes_behind_the_pixels_go() {
    let mut object = ct(2, 2, vec![0xF001, 0x0002, 0x8003, 0x0004]);
    let (found, _, report) = through(&object, &Profile::default());
    let pixels =
        |object: &Object| object.element(tags::PIXEL_DATA).unwrap().value().to_multi_int::<u16>().unwrap();
    assert_eq!(pixels(&found), [1, 2, 3, 4]);
    assert_eq!(report.warnings, [Warning::UnusedBits]);
    // A sign that is extended is none.
    object.put(number(tags::PIXEL_REPRESENTATION, 1));
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, words(&[0xFFFF, 0xF800, 0x0001, 0x07FF])));
    let (found, _, report) = through(&object, &Profile::default());
    assert_eq!((pixels(&found), report.warnings), (vec![0xFFFF, 0xF800, 1, 0x7FF], vec![]));
    let name: Vec<u16> =
        b"Mustermann".as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let object = ct(2, 2, [&[1, 2, 3, 4][..], &name].concat());
    let (found, bytes, report) = through(&object, &Profile::default());
    assert!(!has(&bytes, "Mustermann") && pixels(&found) == [1, 2, 3, 4]);
    assert_eq!(report.warnings, [Warning::Trailing]);
}
