//! One part of a file proven by its digest, and what is wrong with a key found.

use std::io::Cursor;
use std::sync::OnceLock;

use crate::common::{Group, rng};
use bithive_curve::{DecodeError, G1, G2};
use bithive_dgkbe::keys::{KeyError, column_range, encoded_len};
use bithive_dgkbe::opening::{
    Fault, KeyFile, Opened, OpeningError, Part, crs_header, crs_header_range, extract, first_fault,
    open_crs_header, open_power, power_range,
};
use bithive_dgkbe::{Crs, SlotError};
use proptest::prelude::*;

/// Enough for keys of more than one chunk.
const SLOTS: u16 = 24;
const SLOT: u16 = 5;
const GAP: u16 = SLOTS + 1 - SLOT;

struct Case {
    group: &'static Group,
    commitment: [u8; 48],
    file: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        static GROUP: OnceLock<Group> = OnceLock::new();
        let group = GROUP.get_or_init(|| Group::new(SLOTS, 1));
        let key = &group.pair(SLOT).public;
        let (commitment, file) = (key.commitment().encode(), key.encode());
        Self { group, commitment, file }
    }

    fn crs(&self) -> &Crs {
        &self.group.crs
    }

    fn expected(&self) -> KeyFile<'_> {
        KeyFile { slots: SLOTS, slot: SLOT, crs_digest: self.crs().digest(), commitment: &self.commitment }
    }

    /// Opens `part` of the file as it now is.
    fn open(&self, part: Part) -> Opened {
        let (digest, slice) = extract(Cursor::new(&self.file), self.expected().range(part).unwrap()).unwrap();
        assert_eq!(digest, *blake3::hash(&self.file).as_bytes());
        self.expected().open(part, &digest, &slice).unwrap()
    }

    fn fault(&self) -> Option<Fault> {
        first_fault(self.crs(), SLOT, &self.commitment, &self.file, &mut rng(3)).unwrap()
    }

    fn put(&mut self, index: u16, element: &[u8; 96]) {
        self.file[column_range(SLOTS, SLOT, index).unwrap()].copy_from_slice(element);
    }
}

fn indices() -> impl Iterator<Item = u16> {
    (1..=SLOTS).filter(|index| *index != GAP)
}

/// A point of the curve over Fp2 outside G2: the first small x that decodes only without the subgroup check.
fn off_subgroup() -> [u8; 96] {
    let mut bytes = [0; 96];
    bytes[0] = 0x80;
    for x in 0u8..=255 {
        bytes[95] = x;
        if matches!(G2::decode(&bytes), Err(DecodeError::NotInSubgroup { .. })) {
            return bytes;
        }
    }
    panic!("no point with a small x");
}

#[test]
fn layouts_are_those_of_the_encoders() {
    let case = Case::new();
    assert_eq!(case.expected().length(), encoded_len(SLOTS) as u64);
    assert!(case.file.starts_with(&case.expected().header()));
    for index in 0..=SLOTS + 1 {
        let range = case.expected().range(Part::Element(index)).ok();
        let range = range.map(|range| range.start as usize..range.end as usize);
        assert_eq!(range, column_range(SLOTS, SLOT, index).ok());
    }
    let crs = case.crs().encode();
    assert_eq!(crs[..8], crs_header(SLOTS));
    for index in 1..=SLOTS {
        let range = power_range(SLOTS, index).unwrap();
        assert_eq!(crs[range.start as usize..range.end as usize], case.crs().b(index).unwrap().encode());
    }
}

#[test]
fn every_part_of_a_sound_key_opens_as_it_is() {
    let case = Case::new();
    assert_eq!(case.open(Part::Header), Opened::Sound);
    assert_eq!(case.open(Part::End), Opened::Sound);
    let key = &case.group.pair(SLOT).public;
    for index in indices() {
        let element = key.element(index).unwrap().encode();
        assert_eq!(case.open(Part::Element(index)), Opened::Element(element));
    }
    assert_eq!(case.fault(), None);
}

#[test]
fn every_power_opens_under_the_digest_of_the_reference_string() {
    let case = Case::new();
    let (crs, digest) = (case.crs().encode(), case.crs().digest());
    for index in 1..=SLOTS {
        let (root, slice) = extract(Cursor::new(&crs), power_range(SLOTS, index).unwrap()).unwrap();
        assert_eq!(root, *digest);
        let power = open_power(SLOTS, index, digest, &slice).unwrap();
        assert_eq!(power, case.crs().b(index).unwrap().encode());
        // A slice of one power is no opening of another.
        let other = index % SLOTS + 1;
        assert!(open_power(SLOTS, other, digest, &slice) != Ok(power));
    }
    let (_, slice) = extract(Cursor::new(&crs), crs_header_range()).unwrap();
    assert_eq!(open_crs_header(SLOTS, digest, &slice), Ok(()));
    let other = open_crs_header(SLOTS + 1, digest, &slice);
    assert_eq!(other, Err(OpeningError::ReferenceString { slots: SLOTS + 1 }));
}

#[test]
fn a_reference_string_that_ends_early_opens_no_power() {
    let short = crs_header(SLOTS);
    let (digest, slice) = extract(Cursor::new(short), power_range(SLOTS, 3).unwrap()).unwrap();
    let error = open_power(SLOTS, 3, &digest, &slice);
    assert_eq!(error, Err(OpeningError::ReferenceString { slots: SLOTS }));
}

#[test]
fn every_changed_byte_of_the_header_is_a_fault_of_the_header() {
    let mut case = Case::new();
    for byte in 0..90 {
        case.file[byte] ^= 1;
        assert_eq!(case.open(Part::Header), Opened::Malformed(Fault::Header), "byte {byte}");
        assert_eq!(case.fault(), Some(Fault::Header));
        case.file[byte] ^= 1;
    }
    assert_eq!(case.open(Part::Header), Opened::Sound);
}

#[test]
fn a_file_of_another_length_is_a_fault_of_the_length() {
    let whole = Case::new().file;
    let lengths = [0, 1, 89, 90, 1023, 1024, 1025, whole.len() - 1, whole.len() + 1, whole.len() + 5_000];
    for length in lengths {
        let mut case = Case::new();
        case.file.resize(length, 7);
        assert_eq!(case.open(Part::End), Opened::Malformed(Fault::Length), "{length} bytes");
        assert_eq!(case.fault(), Some(Fault::Length));
        if length < whole.len() {
            assert_eq!(case.open(Part::Element(SLOTS)), Opened::Malformed(Fault::Length));
        }
    }
}

#[test]
fn the_first_wrong_element_is_found_wherever_it_is() {
    for wrong in indices() {
        let mut case = Case::new();
        let element = *case.group.pair(SLOT).public.element(wrong).unwrap() + G2::generator();
        case.put(wrong, &element.encode());
        assert_eq!(case.fault(), Some(Fault::Equation { index: wrong }));
        assert_eq!(case.open(Part::Element(wrong)), Opened::Element(element.encode()));
        if wrong != SLOTS {
            let last = *case.group.pair(SLOT).public.element(SLOTS).unwrap() - G2::generator();
            case.put(SLOTS, &last.encode());
            assert_eq!(case.fault(), Some(Fault::Equation { index: wrong }), "the first of two");
        }
    }
}

#[test]
fn an_element_that_is_no_point_is_found_by_its_index() {
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    for element in [[0xff; 96], [0; 96], identity, off_subgroup()] {
        for index in [1, GAP - 1, GAP + 1, SLOTS] {
            let mut case = Case::new();
            case.put(index, &element);
            let fault = Fault::Point { index };
            assert_eq!(case.fault(), Some(fault));
            assert_eq!(fault.part(), Part::Element(index));
        }
    }
}

#[test]
fn a_slice_of_another_file_part_or_slot_opens_nothing() {
    let case = Case::new();
    let (digest, slice) =
        extract(Cursor::new(&case.file), case.expected().range(Part::Element(1)).unwrap()).unwrap();
    let open = |part, digest: &[u8; 32], slice: &[u8]| case.expected().open(part, digest, slice);
    for error in [
        open(Part::Element(SLOTS), &digest, &slice),
        open(Part::End, &digest, &slice),
        open(Part::Element(1), &[7; 32], &slice),
        open(Part::Element(1), &digest, &[&slice[..], &[0]].concat()),
        open(Part::Element(1), &digest, &[]),
        open(Part::Element(1), &digest, &u64::MAX.to_le_bytes()),
    ] {
        assert!(matches!(error, Err(OpeningError::Slice { file: "key", .. })), "{error:?}");
    }
    let absent = open(Part::Element(GAP), &digest, &slice);
    let expected = OpeningError::Index { slot: SLOT, index: GAP, slots: SLOTS, gap: GAP };
    assert_eq!(absent, Err(expected));
    let stranger = KeyFile { slot: SLOTS + 1, ..case.expected() }.range(Part::Header);
    let out_of_range = SlotError::OutOfRange { slot: SLOTS + 1, capacity: SLOTS };
    assert_eq!(stranger, Err(OpeningError::Slot(out_of_range.clone())));
    assert_eq!(power_range(SLOTS, SLOTS + 1), Err(OpeningError::Slot(out_of_range)));
    let commitment = G1::generator().encode();
    let audit = first_fault(case.crs(), 0, &commitment, &case.file, &mut rng(3));
    assert!(matches!(audit, Err(KeyError::Slot(_))), "{audit:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a disputer does to a slice, it opens what the file has at that place or nothing.
    #[test]
    fn a_changed_slice_never_opens_other_bytes(
        length in 0usize..6_000,
        index in 1u16..=SLOTS,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        claimed in prop::option::of(0u64..8_000),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let file: Vec<u8> = (0..length).map(|byte| (byte * 31 % 251) as u8).collect();
        let expected = KeyFile { slots: SLOTS, slot: 25 - 3, crs_digest: &[1; 32], commitment: &[2; 48] };
        let part = if index == 3 { Part::End } else { Part::Element(index) };
        let range = expected.range(part).unwrap();
        let (digest, mut slice) = extract(Cursor::new(&file), range.clone()).unwrap();
        let truth = expected.open(part, &digest, &slice).unwrap();
        for (place, byte) in edits {
            let place = place.index(slice.len());
            slice[place] = byte;
        }
        if let Some(claimed) = claimed {
            slice[..8].copy_from_slice(&claimed.to_le_bytes());
        }
        if let Some(cut) = cut {
            slice.truncate(cut.index(slice.len()));
        }
        if let Ok(opened) = expected.open(part, &digest, &slice) {
            prop_assert_eq!(opened, truth);
        }
    }
}
