//! Files that a decoder must survive: each is refused with a reason, on the stack of a small thread.

use std::io::Write as _;

use bithive_deid::{Error, limits, read, write};
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use crate::common::{number, small, through};

/// The bytes before a data set: preamble and meta information of this transfer syntax.
fn header(transfer_syntax: &str) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend_from_slice(b"DICM");
    for (element, value) in [(0x0002, uids::CT_IMAGE_STORAGE), (0x0003, "1.2.3.4"), (0x0010, transfer_syntax)]
    {
        let mut value = value.as_bytes().to_vec();
        if value.len() % 2 == 1 {
            value.push(0);
        }
        bytes.extend_from_slice(&[2, 0]);
        bytes.extend_from_slice(&u16::to_le_bytes(element));
        bytes.extend_from_slice(b"UI");
        bytes.extend_from_slice(&u16::try_from(value.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&value);
    }
    bytes
}

fn explicit(data: &[u8]) -> Vec<u8> {
    [&header(uids::EXPLICIT_VR_LITTLE_ENDIAN)[..], data].concat()
}

/// Reads on a stack of 256 KiB.
fn refused(bytes: Vec<u8>) -> Error {
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread.spawn(move || read(&bytes).err()).unwrap().join().unwrap().expect("it is refused")
}

#[test]
fn a_sequence_of_depth_10_000_is_refused_on_a_small_stack() {
    let mut open = Vec::new();
    for _ in 0..10_000 {
        // (0040,A730) SQ of undefined length, and an item of undefined length.
        open.extend_from_slice(b"\x40\x00\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF");
    }
    assert_eq!(refused(explicit(&open)), Error::TooDeep);
    // The same in implicit VR, and with values of VR UN.
    let implicit = open.as_chunks::<20>().0.iter().flat_map(|level| [&level[..4], &level[8..]].concat());
    let bytes = [header(uids::IMPLICIT_VR_LITTLE_ENDIAN), implicit.collect()].concat();
    assert_eq!(refused(bytes), Error::TooDeep);
    let unknown: Vec<u8> =
        open.chunks(20).flat_map(|level| [&level[..4], b"UN", &level[6..]].concat()).collect();
    assert!(matches!(refused(explicit(&unknown)), Error::TooDeep | Error::DataSet { .. }));
}

#[test]
fn as_many_levels_as_allowed_are_read() {
    let mut data = Vec::new();
    for _ in 0..limits::MAX_DEPTH {
        data.extend_from_slice(b"\x40\x00\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF");
    }
    for _ in 0..limits::MAX_DEPTH {
        data.extend_from_slice(b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
    }
    assert!(read(&explicit(&data)).is_ok());
}

#[test]
fn a_length_that_no_byte_backs_takes_no_memory() {
    let header = |vr: &[u8; 2]| [b"\x10\x00\x10\x00", &vr[..], b"\0\0\xFE\xFF\xFF\xFF"].concat();
    for vr in [b"OB", b"OW", b"UT", b"UN", b"OF"] {
        let found = refused(explicit(&header(vr)));
        assert!(matches!(found, Error::Length { length: 0xFFFF_FFFE, left: 0, .. }), "{found:?}");
    }
    // An item of compressed pixels.
    let item = b"\xE0\x7F\x10\x00OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFE\xFF\xFF\xFF";
    assert!(matches!(refused(explicit(item)), Error::Length { length: 0xFFFF_FFFE, .. }));
    // The meta information.
    let mut meta = vec![0; 128];
    meta.extend_from_slice(b"DICM\x02\x00\x01\x00OB\0\0\xFE\xFF\xFF\xFF");
    assert!(matches!(refused(meta), Error::Length { tag: Tag(2, 1), .. }));
}

#[test]
fn a_deflate_bomb_is_not_inflated() {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let bytes = [header(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN), bomb].concat();
    assert!(matches!(refused(bytes), Error::Inflation { .. }));
}

#[test]
fn a_deflated_file_is_read_and_written_without_compression() {
    let object = small();
    let mut data = Vec::new();
    object.write_dataset(&mut data).unwrap();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&data).unwrap();
    let bytes = [header(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN), encoder.finish().unwrap()].concat();
    let found = read(&bytes).unwrap();
    assert_eq!(found.meta().transfer_syntax(), uids::EXPLICIT_VR_LITTLE_ENDIAN);
    assert_eq!(found.element(tags::PIXEL_DATA).unwrap(), object.element(tags::PIXEL_DATA).unwrap());
}

#[test]
fn a_header_of_4_gigapixels_is_refused_before_anything_is_decoded() {
    let mut object = small();
    object.put(number(tags::ROWS, 65_535));
    object.put(number(tags::COLUMNS, 65_535));
    let found = bithive_deid::Profile::default().apply(&mut object, &crate::common::subject());
    assert!(matches!(found, Err(Error::TooManySamples { found: 4_294_836_225 })), "{found:?}");
    assert!(matches!(bithive_deid::to_tensor(&object), Err(Error::TooManySamples { .. })));
    // Fewer pixels than announced.
    object.put(number(tags::ROWS, 3));
    object.put(number(tags::COLUMNS, 2));
    assert_eq!(bithive_deid::to_tensor(&object).err(), Some(Error::PixelLength { expected: 12, found: 8 }));
}

#[test]
fn a_file_cut_anywhere_is_refused_or_has_whole_elements() {
    let bytes = write(&small()).unwrap();
    for end in 0..bytes.len() {
        if let Ok(object) = read(&bytes[..end]) {
            assert!(object.iter().count() < small().iter().count(), "{end}");
        }
    }
}

#[test]
fn items_that_end_without_a_beginning_are_refused() {
    let delimiter = b"\xFE\xFF\x0D\xE0\0\0\0\0";
    assert!(matches!(refused(explicit(delimiter)), Error::DataSet { .. }));
    // An end of an item where the sequence expects an item, and a sequence after it.
    let sequence = b"\x40\x00\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\x00\xE0\0\0\0\0";
    assert!(matches!(refused(explicit(sequence)), Error::DataSet { .. }));
}

#[test]
fn names_in_iso_2022_are_read_and_leave_nothing() {
    // PS3.5 H.3: Yamada Tarou in three representations.
    let name = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B ";
    let mut data = b"\x08\x00\x05\x00CS\x10\x00\\ISO 2022 IR 87 \x10\x00\x10\x00PN".to_vec();
    data.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
    data.extend_from_slice(name);
    let (found, bytes, _) = through(&read(&explicit(&data)).unwrap(), &bithive_deid::Profile::default());
    assert!(!crate::common::has(&bytes, "Yamada") && !crate::common::has(&bytes, ";3ED"));
    assert_eq!(found.element(tags::SPECIFIC_CHARACTER_SET).unwrap().to_str().unwrap(), "ISO_IR 192");
}

#[test]
fn the_preamble_and_meta_information_are_written_anew() {
    let mut bytes = write(&small()).unwrap();
    bytes[..10].copy_from_slice(b"Mustermann");
    let private = b"\x02\x00\x16\x00AE\x0A\x00Mustermann";
    let at = 132 + 12;
    bytes.splice(at..at, private.iter().copied());
    let (_, cleaned, _) = through(&read(&bytes).unwrap(), &bithive_deid::Profile::default());
    assert!(!crate::common::has(&cleaned, "Mustermann"));
    assert!(cleaned[..128].iter().all(|byte| *byte == 0));
}

#[test]
fn other_files_are_no_dicom_files() {
    assert_eq!(refused(b"PK\x03\x04 something else".repeat(20)), Error::NotDicom);
    assert_eq!(refused(Vec::new()), Error::NotDicom);
    let unknown = header("1.2.3.4.5");
    assert!(matches!(refused(unknown), Error::TransferSyntax { .. }));
    let mut nameless = vec![0; 128];
    nameless.extend_from_slice(b"DICM");
    assert!(matches!(refused(nameless), Error::Meta { .. }));
}
