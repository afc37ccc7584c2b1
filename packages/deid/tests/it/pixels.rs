//! Which pictures are refused, and what is left of the others.

use bithive_deid::{Boxes, Error, Object, Profile, Warning};
use dicom_core::smallvec::SmallVec;
use dicom_core::value::{PixelFragmentSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, VR};
use dicom_dictionary_std::{tags, uids};

use crate::common::{ct, has, number, small, subject, text, through, words};

fn refused(object: &Object) -> Error {
    let mut object = object.clone();
    // As text: an undefined length is not equal to itself (dicom_core::Length).
    let before = format!("{object:?}");
    let error = Profile::default().apply(&mut object, &subject()).unwrap_err();
    assert!(format!("{object:?}") == before, "a refused object stays as it is");
    error
}

fn boxes(json: &str) -> Profile {
    let boxes: Boxes = serde_json::from_str(json).unwrap();
    boxes.check().unwrap();
    Profile { boxes, ..Profile::default() }
}

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

fn compressed(frames: &str, offsets: &[u32], fragments: &[&[u8]], syntax: &str) -> Object {
    let mut object = ct(2, 1, Vec::new());
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, frames));
    for (tag, value) in [(tags::BITS_ALLOCATED, 8), (tags::BITS_STORED, 8), (tags::HIGH_BIT, 7)] {
        object.put(number(tag, value));
    }
    let fragments: SmallVec<[Vec<u8>; 2]> = fragments.iter().map(|bytes| bytes.to_vec()).collect();
    let value =
        PixelFragmentSequence::new(offsets.iter().copied().collect::<SmallVec<[u32; 2]>>(), fragments);
    object.put(DataElement::new_with_len(
        tags::PIXEL_DATA,
        VR::OB,
        Length::UNDEFINED,
        Value::PixelSequence(value),
    ));
    object.meta_mut().transfer_syntax = syntax.to_owned();
    object
}

/// A frame of two pixels in run lengths: a header of 64 bytes with one segment, a literal run of two.
fn run_lengths(pixels: [u8; 2]) -> Vec<u8> {
    let mut frame = vec![0; 64];
    frame[0] = 1;
    frame[4] = 64;
    frame.extend_from_slice(&[1, pixels[0], pixels[1], 0]);
    frame
}

#[test]
fn frames_and_offsets_that_disagree_are_refused() {
    let frame = run_lengths([1, 2]);
    let size = u32::try_from(frame.len()).unwrap() + 8;
    let of = |frames, offsets: &[u32], fragments: &[&[u8]]| {
        compressed(frames, offsets, fragments, uids::RLE_LOSSLESS)
    };
    for wrong in [
        of("3", &[], &[&frame, &frame]),
        of("2", &[0], &[&frame, &frame]),
        of("2", &[0, size + 2], &[&frame, &frame]),
        of("2", &[2, size], &[&frame, &frame]),
        of("2", &[0, size, 2 * size], &[&frame, &frame]),
    ] {
        assert!(matches!(refused(&wrong), Error::Frames { .. }));
    }
    for right in [of("2", &[0, size], &[&frame, &frame]), of("2", &[], &[&frame, &frame])] {
        through(&right, &Profile::default());
    }
    // Run lengths of a frame are one fragment (PS3.5 A.4.2).
    assert!(matches!(refused(&of("1", &[], &[&frame[..40], &frame[40..]])), Error::Decode { .. }));
}

#[test]
fn compressed_pixels_are_blanked_without_compression() {
    let mut object = compressed("2", &[], &[&run_lengths([1, 2]), &run_lengths([3, 4])], uids::RLE_LOSSLESS);
    object.put(text(tags::MODALITY, VR::CS, "US"));
    let profile = boxes(r#"[{"modality":"US","rows":1,"columns":2,"boxes":[[0,0,1,1]]}]"#);
    let (found, _, _) = through(&object, &profile);
    assert_eq!(found.meta().transfer_syntax(), uids::EXPLICIT_VR_LITTLE_ENDIAN);
    assert_eq!(&found.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap()[..], [0, 2, 0, 4]);
}

#[test]
fn a_compressed_frame_of_another_size_is_not_decoded() {
    // A JPEG that announces 65535 x 65535 pixels.
    let mut jpeg = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0];
    jpeg.extend_from_slice(&[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0xD9, 0]);
    let object = compressed("1", &[], &[&jpeg], uids::JPEG_BASELINE8_BIT);
    assert_eq!(refused(&object), Error::FrameSize);
    // Run lengths that would become 2 GiB.
    let mut object = compressed("1", &[], &[&run_lengths([1, 2])], uids::RLE_LOSSLESS);
    object.put(number(tags::ROWS, 32_768));
    object.put(number(tags::COLUMNS, 32_768));
    assert!(matches!(refused(&object), Error::Inflation { .. }));
    // Bytes that are no JPEG.
    let object = compressed("1", &[], &[b"Mustermann"], uids::JPEG_BASELINE8_BIT);
    assert!(matches!(refused(&object), Error::Decode { .. }));
}
