//! Sets over several groups and their one valid encoding.

use std::collections::BTreeSet;

use bithive_dgkbe::groups::Place;
use bithive_dgkbe::{GroupedSet, Groups, MAX_GROUPS, MAX_SLOTS, SlotError, SlotSet};
use proptest::prelude::*;

fn groups(count: u16, size: u16) -> Groups {
    Groups::new(count, size).unwrap()
}

fn set(groups: Groups, slots: &[u16]) -> GroupedSet {
    GroupedSet::from_slots(groups, slots.iter().copied()).unwrap()
}

#[test]
fn slots_are_numbered_group_after_group() {
    let four = groups(4, 64);
    assert_eq!(four.slots(), 256);
    for (slot, group, within) in [(1, 0, 1), (64, 0, 64), (65, 1, 1), (200, 3, 8), (256, 3, 64)] {
        assert_eq!(four.place(slot), Ok(Place { group, slot: within }));
    }
    for slot in [0, 257, u16::MAX] {
        assert_eq!(four.place(slot), Err(SlotError::OutOfRange { slot, capacity: 256 }));
    }
}

#[test]
fn groups_are_as_many_as_a_slot_number_of_16_bits_can_name() {
    for (count, size) in [(1, 1), (15, MAX_SLOTS), (63, 1024), (1023, 64), (MAX_GROUPS, 63)] {
        assert_eq!(groups(count, size).slots(), count * size);
    }
    for (count, size) in
        [(0, 4), (4, 0), (16, MAX_SLOTS), (64, 1024), (MAX_GROUPS + 1, 2), (1, MAX_SLOTS + 1)]
    {
        assert_eq!(Groups::new(count, size), Err(SlotError::Groups { count, size }));
    }
}

#[test]
fn one_group_has_the_encoding_of_its_slots() {
    let one = groups(1, 100);
    for slots in [&[][..], &[7], &[1, 2, 50, 100]] {
        let plain = SlotSet::from_slots(100, slots.iter().copied()).unwrap().encode();
        assert_eq!(set(one, slots).encode(), plain);
        assert_eq!(GroupedSet::decode(&plain, one).unwrap(), set(one, slots));
    }
}

#[test]
fn groups_that_are_not_touched_take_no_bytes() {
    let slots = [64 * 100 + 3, 64 * 100 + 9, 64 * 900 + 1];
    let expected = [1, 2, 2, 100, 0, 2, 3, 6, 0xa0, 0x06, 0, 1, 1];
    assert_eq!(set(groups(1000, 64), &slots).encode(), expected);
    assert_eq!(set(groups(1023, 64), &slots).encode(), expected);
    assert_eq!(set(groups(1023, 64), &[]).encode(), [1, 2, 0]);
    // A whole group is a bitmap of its own slots, whatever the number of others.
    let whole: Vec<u16> = (4096..=8190).collect();
    assert_eq!(set(groups(15, 4095), &whole).encode().len(), 3 + 1 + 1 + 512);
}

#[test]
fn whatever_is_not_the_canonical_encoding_is_refused() {
    let four = groups(4, 64);
    let decode = |bytes: &[u8]| GroupedSet::decode(bytes, four).unwrap_err();
    let good = [1, 2, 2, 0, 0, 2, 5, 1, 3, 0, 1, 8];
    assert_eq!(GroupedSet::decode(&good, four).unwrap(), set(four, &[5, 6, 200]));
    for end in 0..good.len() {
        assert_eq!(decode(&good[..end]), SlotError::Truncated, "{end}");
    }
    assert_eq!(decode(&[good.as_slice(), &[0]].concat()), SlotError::Trailing { extra: 1 });
    assert_eq!(decode(&[2, 2, 0]), SlotError::Version { actual: 2 });
    assert_eq!(decode(&[1, 0, 1, 5]), SlotError::Form { expected: "2 (groups)", actual: 0 });
    assert_eq!(decode(&[1, 2, 1, 4, 0, 1, 5]), SlotError::NoSuchGroup { group: 4, count: 4 });
    assert_eq!(decode(&[1, 2, 1, 3, 0, 1, 65]), SlotError::OutOfRange { slot: 65, capacity: 64 });
    assert_eq!(decode(&[1, 2, 1, 3, 0, 2, 5, 0]), SlotError::Duplicate { slot: 5 });
    for (bytes, what) in [
        (&[1, 2, 1, 3, 0, 0][..], "a group without a member"),
        (&[1, 2, 2, 1, 0, 1, 5, 0, 0, 1, 6], "a group twice"),
        (&[1, 2, 0x81, 0, 1, 0, 1, 5], "the count in two bytes"),
        (&[1, 2, 1, 0x81, 0, 0, 1, 5], "the group in two bytes"),
        (&[1, 2, 1, 1, 0, 1, 0x85, 0], "the slot in two bytes"),
        (&[1, 2, 1, 1, 1, 16, 0, 0, 0, 0, 0, 0, 0], "a bitmap where a list is shorter"),
    ] {
        assert!(matches!(decode(bytes), SlotError::NotCanonical { .. }), "{what}");
    }
    let one = GroupedSet::decode(&[1, 2, 1, 0, 0, 1, 5], groups(1, 64));
    assert_eq!(one, Err(SlotError::Form { expected: "0 (list) or 1 (bitmap)", actual: 2 }));
    assert_eq!(GroupedSet::decode_nonempty(&[1, 2, 0], four), Err(SlotError::Empty));
}

#[test]
fn equal_slots_of_differently_divided_networks_have_different_digests() {
    let digests: BTreeSet<[u8; 32]> = [groups(1, 64), groups(2, 64), groups(4, 64), groups(4, 32)]
        .map(|groups| set(groups, &[1, 2]).digest())
        .into();
    assert_eq!(digests.len(), 4);
}

#[test]
fn a_slot_is_added_once() {
    let mut set = set(groups(4, 64), &[65]);
    assert_eq!(set.insert(65), Err(SlotError::Duplicate { slot: 65 }));
    assert_eq!(set.insert(300), Err(SlotError::OutOfRange { slot: 300, capacity: 256 }));
    set.insert(1).unwrap();
    assert_eq!((set.iter().collect::<Vec<_>>(), set.touched().len()), (vec![1, 65], 2));
    assert!(set.contains(65) && !set.contains(66) && !set.contains(0) && !set.contains(257));
}

fn divided() -> impl Strategy<Value = (Groups, BTreeSet<u16>)> {
    (1u16..=64, 1u16..=500).prop_flat_map(|(count, size)| {
        let slots = prop::collection::btree_set(1..=count * size, 0..=usize::from(count * size).min(300));
        (Just(groups(count, size)), slots)
    })
}

proptest! {
    #[test]
    fn sets_survive_encoding_and_stay_within_their_bound((groups, slots) in divided()) {
        let set = GroupedSet::from_slots(groups, slots.iter().copied()).unwrap();
        let bytes = set.encode();
        prop_assert_eq!(&GroupedSet::decode(&bytes, groups).unwrap(), &set);
        prop_assert_eq!(set.iter().collect::<BTreeSet<_>>(), slots.clone());
        prop_assert_eq!((set.len(), set.is_empty()), (slots.len(), slots.is_empty()));
        let touched: BTreeSet<u16> = slots.iter().map(|slot| groups.place(*slot).unwrap().group).collect();
        prop_assert!(set.touched().map(|(group, _)| group).eq(touched.iter().copied()));
        // Two bytes for a group's number, one for its form, two for a count.
        let bitmaps = touched.len() * (3 + usize::from(groups.size().div_ceil(8)));
        prop_assert!(bytes.len() <= 4 + bitmaps.min(touched.len() * 5 + 2 * slots.len()));
    }

    #[test]
    fn whatever_decodes_encodes_to_the_same_bytes(
        bytes in prop::collection::vec(0u8..8, 0..30), count in 2u16..9, size in 1u16..40,
    ) {
        let bytes = [&[1, 2], bytes.as_slice()].concat();
        if let Ok(set) = GroupedSet::decode(&bytes, groups(count, size)) {
            prop_assert_eq!(set.encode(), bytes);
        }
    }
}
