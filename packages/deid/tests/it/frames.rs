//! Frames of compressed pixels: their number, their tables, their sizes.

use bithive_deid::{Error, Object, Profile, to_tensor};
use dicom_core::header::Header as _;
use dicom_core::smallvec::SmallVec;
use dicom_core::value::{PixelFragmentSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, VR};
use dicom_dictionary_std::{tags, uids};

use crate::common::{boxes, ct, number, refused, text, through};

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

/// Two frames in two fragments with extended tables of these numbers.
fn extended(offsets: &[u64], lengths: &[u64]) -> Object {
    let frame = run_lengths([1, 2]);
    let mut object = compressed("2", &[], &[&frame, &frame], uids::RLE_LOSSLESS);
    for (tag, numbers) in
        [(tags::EXTENDED_OFFSET_TABLE, offsets), (tags::EXTENDED_OFFSET_TABLE_LENGTHS, lengths)]
    {
        object.put(DataElement::new(tag, VR::OV, PrimitiveValue::U64(numbers.iter().copied().collect())));
    }
    object
}

#[test]
fn extended_tables_that_disagree_with_the_frames_are_refused() {
    let size = run_lengths([1, 2]).len() as u64;
    let next = size + 8;
    for (offsets, lengths) in [
        (&[0, next + 2][..], &[size, size][..]),
        (&[2, next], &[size, size]),
        (&[0, next], &[size, size + 2]),
        (&[0, next], &[size - 2, size]),
        (&[0], &[size]),
        (&[0, next, 2 * next], &[size, size, size]),
        (&[0, next], &[size]),
        (&[0, next, 2 * next], &[size, size]),
        (&[0, u64::MAX], &[size, u64::MAX]),
        (&[], &[]),
    ] {
        let wrong = extended(offsets, lengths);
        assert!(matches!(refused(&wrong), Error::Frames { .. }), "{offsets:?} {lengths:?}");
        assert!(matches!(to_tensor(&wrong), Err(Error::Frames { .. })), "{offsets:?} {lengths:?}");
    }
    let mut alone = extended(&[0, next], &[size, size]);
    alone.remove_element(tags::EXTENDED_OFFSET_TABLE_LENGTHS);
    assert!(matches!(refused(&alone), Error::Frames { .. }));
    // Bytes that are no whole number.
    let mut cut = extended(&[0, next], &[size, size]);
    cut.put(DataElement::new(tags::EXTENDED_OFFSET_TABLE, VR::OV, PrimitiveValue::from(vec![0_u8; 12])));
    assert!(matches!(refused(&cut), Error::Frames { .. }));
    // A frame in two fragments has no place in such a table.
    let frame = run_lengths([1, 2]);
    let mut apart = compressed("1", &[], &[&frame[..40], &frame[40..]], uids::RLE_LOSSLESS);
    for (tag, number) in [(tags::EXTENDED_OFFSET_TABLE, 0), (tags::EXTENDED_OFFSET_TABLE_LENGTHS, size)] {
        apart.put(DataElement::new(tag, VR::OV, PrimitiveValue::U64([number].into_iter().collect())));
    }
    assert!(matches!(refused(&apart), Error::Frames { .. }));
}

#[test]
fn tables_of_frames_that_are_written_anew_go() {
    let size = run_lengths([1, 2]).len() as u64;
    // The length of a frame may leave out the byte that makes it even.
    for lengths in [[size, size], [size, size - 1]] {
        let mut object = extended(&[0, size + 8], &lengths);
        let total = PrimitiveValue::U64([2 * size].into_iter().collect());
        object.put(DataElement::new(tags::ENCAPSULATED_PIXEL_DATA_VALUE_TOTAL_LENGTH, VR::UV, total));
        let blanked = boxes(r#"[{"modality":"CT","rows":1,"columns":2,"boxes":[[0,0,1,1]]}]"#);
        for (profile, pixels) in [(Profile::default(), [1.0, 2.0]), (blanked, [0.0, 2.0])] {
            let (found, _, report) = through(&object, &profile);
            let group: Vec<_> = found.iter().map(|element| element.tag()).collect();
            assert_eq!(group.iter().filter(|tag| tag.group() == 0x7FE0).count(), 1, "{group:?}");
            let gone: Vec<_> = report.changes().map(|change| change.attribute).collect();
            assert!(gone.contains(&"(7FE0,0001)".to_owned()) && gone.contains(&"(7FE0,0003)".to_owned()));
            let tensors = to_tensor(&found).unwrap();
            assert_eq!(tensors[0].images().next().unwrap(), pixels);
        }
    }
    // Without compression there is nothing that they could point to.
    let mut object = ct(2, 2, vec![1, 2, 3, 4]);
    let offset = PrimitiveValue::U64([0].into_iter().collect());
    object.put(DataElement::new(tags::EXTENDED_OFFSET_TABLE, VR::OV, offset));
    let (found, ..) = through(&object, &Profile::default());
    assert!(found.get(tags::EXTENDED_OFFSET_TABLE).is_none());
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
