//! Sets of slots and their one valid encoding.

use std::collections::BTreeSet;

use bithive_dgkbe::{MAX_SLOTS, SlotError, SlotSet};
use proptest::prelude::*;

fn set(capacity: u16, slots: &[u16]) -> SlotSet {
    SlotSet::from_slots(capacity, slots.iter().copied()).unwrap()
}

#[test]
fn a_sparse_set_is_a_list_and_a_dense_set_a_bitmap() {
    let sparse = set(1024, &[1, 2, 600]);
    assert_eq!(sparse.encode(), [1, 0, 3, 1, 1, 0xd6, 0x04]);
    let dense = SlotSet::full(1024).unwrap();
    assert_eq!(dense.encode().len(), 2 + 128);
    assert_eq!(&dense.encode()[..4], [1, 1, 0xff, 0xff]);
    assert!(SlotSet::full(MAX_SLOTS).unwrap().encode().len() <= 514);
}

#[test]
fn equally_long_forms_give_the_list() {
    // Eight slots: the bitmap takes 3 bytes, and so does the list of no slot; the list of two takes 5.
    assert_eq!(set(8, &[]).encode(), [1, 0, 0]);
    assert_eq!(set(8, &[3]).encode(), [1, 1, 4]);
    assert_eq!(set(16, &[3]).encode(), [1, 0, 1, 3]);
}

#[test]
fn slots_outside_the_group_are_named_with_the_bound() {
    let refused = |slot| Err(SlotError::OutOfRange { slot, capacity: 10 });
    assert_eq!(SlotSet::from_slots(10, [1, 11]), refused(11));
    assert_eq!(SlotSet::from_slots(10, [0]), refused(0));
    assert_eq!(SlotSet::decode(&[1, 0, 1, 11], 10), refused(11));
    assert_eq!(SlotSet::decode(&[1, 0, 2, 0, 1], 10), refused(0));
    // Bit 10 of the bitmap is slot 11.
    assert_eq!(SlotSet::decode(&[1, 1, 0xff, 0x07], 10), refused(11));
    assert_eq!(SlotSet::decode(&[1, 0, 1, 0xff, 0x7f], 10), refused(16383));
}

#[test]
fn a_slot_listed_twice_is_named() {
    assert_eq!(SlotSet::from_slots(10, [4, 2, 4]), Err(SlotError::Duplicate { slot: 4 }));
    assert_eq!(SlotSet::decode(&[1, 0, 2, 4, 0], 100), Err(SlotError::Duplicate { slot: 4 }));
}

#[test]
fn a_group_has_between_1_and_4096_slots() {
    assert_eq!(SlotSet::empty(0), Err(SlotError::Capacity { capacity: 0 }));
    assert_eq!(SlotSet::decode(&[1, 0, 0], 4097), Err(SlotError::Capacity { capacity: 4097 }));
    assert_eq!(SlotSet::full(4096).unwrap().len(), 4096);
}

#[test]
fn bytes_of_another_version_or_form_are_refused() {
    assert_eq!(SlotSet::decode(&[2, 0, 0], 10), Err(SlotError::Version { actual: 2 }));
    assert_eq!(
        SlotSet::decode(&[1, 2, 0], 10),
        Err(SlotError::Form { expected: "0 (list) or 1 (bitmap)", actual: 2 })
    );
}

#[test]
fn every_cut_and_every_extension_is_refused() {
    for set in [set(1000, &[5, 700, 701]), SlotSet::full(1000).unwrap()] {
        let bytes = set.encode();
        for end in 0..bytes.len() {
            assert_eq!(SlotSet::decode(&bytes[..end], 1000), Err(SlotError::Truncated));
        }
        let longer = [bytes.as_slice(), &[1, 1]].concat();
        assert_eq!(SlotSet::decode(&longer, 1000), Err(SlotError::Trailing { extra: 2 }));
    }
}

#[test]
fn the_longer_form_and_longer_varints_are_not_canonical() {
    let not_canonical = |bytes: &[u8], capacity| {
        assert!(matches!(SlotSet::decode(bytes, capacity), Err(SlotError::NotCanonical { .. })), "{bytes:?}");
    };
    not_canonical(&[1, 0, 1, 3], 8); // the bitmap is shorter
    not_canonical(&[1, 1, 4, 0], 16); // both are equally long
    not_canonical(&[1, 0, 0x81, 0, 3], 100); // count in two bytes
    not_canonical(&[1, 0, 1, 0x83, 0], 100); // slot in two bytes
    not_canonical(&[1, 0, 1, 0x83, 0x80, 0], 100); // slot in three bytes
    not_canonical(&[1, 0, 101, 1], 100); // more slots than the group has
}

#[test]
fn the_empty_set_decodes_only_where_it_makes_sense() {
    assert!(SlotSet::decode(&[1, 0, 0], 10).unwrap().is_empty());
    assert_eq!(SlotSet::decode_nonempty(&[1, 0, 0], 10), Err(SlotError::Empty));
    assert_eq!(SlotSet::decode_nonempty(&[1, 0, 1, 9], 10).unwrap(), set(10, &[9]));
}

#[test]
fn members_come_and_go_once() {
    let mut set = set(70, &[1, 70]);
    assert_eq!(set.insert(70), Err(SlotError::Duplicate { slot: 70 }));
    assert_eq!(set.remove(2), Err(SlotError::Absent { slot: 2 }));
    assert_eq!(set.remove(71), Err(SlotError::OutOfRange { slot: 71, capacity: 70 }));
    set.insert(65).unwrap();
    set.remove(1).unwrap();
    assert_eq!(set.iter().collect::<Vec<_>>(), [65, 70]);
    assert!(set.contains(65) && !set.contains(1) && !set.contains(0) && !set.contains(71));
}

#[test]
fn sets_of_different_groups_do_not_combine() {
    let error = SlotError::CapacityMismatch { left: 10, right: 11 };
    assert_eq!(set(10, &[1]).symmetric_difference(&set(11, &[1])), Err(error));
    assert_ne!(set(10, &[1]).digest(), set(11, &[1]).digest());
}

proptest! {
    #[test]
    fn sets_survive_encoding(
        (capacity, slots) in (1u16..=MAX_SLOTS).prop_flat_map(|capacity| {
            (Just(capacity), prop::collection::btree_set(1..=capacity, 0..=usize::from(capacity).min(600)))
        })
    ) {
        let set = SlotSet::from_slots(capacity, slots.iter().copied()).unwrap();
        let bytes = set.encode();
        prop_assert!(bytes.len() <= 2 + usize::from(capacity.div_ceil(8)));
        prop_assert_eq!(&SlotSet::decode(&bytes, capacity).unwrap(), &set);
        prop_assert_eq!(set.iter().collect::<BTreeSet<_>>(), slots.clone());
        prop_assert_eq!(set.len(), slots.len());
    }

    #[test]
    fn whatever_decodes_encodes_to_the_same_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..40), form in 0u8..2, capacity in 1u16..200,
    ) {
        let bytes = [&[1, form], bytes.as_slice()].concat();
        if let Ok(set) = SlotSet::decode(&bytes, capacity) {
            prop_assert_eq!(set.encode(), bytes);
        }
    }

    #[test]
    fn the_difference_is_what_is_in_exactly_one(
        a in prop::collection::btree_set(1u16..=100, 0..50), b in prop::collection::btree_set(1u16..=100, 0..50),
    ) {
        let of = |slots: &BTreeSet<u16>| SlotSet::from_slots(100, slots.iter().copied()).unwrap();
        let difference = of(&a).symmetric_difference(&of(&b)).unwrap();
        let expected: Vec<u16> = a.symmetric_difference(&b).copied().collect();
        prop_assert_eq!(difference.iter().collect::<Vec<_>>(), expected);
        prop_assert_eq!(of(&a).digest() == of(&b).digest(), a == b);
    }
}
