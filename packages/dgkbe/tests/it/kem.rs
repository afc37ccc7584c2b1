//! Who gets the key, and who does not.

use crate::common::{CONTEXT, Group};
use bithive_curve::{DecodeError, G1, G2, Gt, Scalar, multi_pairing};
use bithive_dgkbe::kem::{Context, HeaderError, KemError, Peer, ReceiverCache, SenderCache, SharedKey};
use bithive_dgkbe::keys::KeyError;
use bithive_dgkbe::{Header, KeyPair, SlotError, SlotSet};
use proptest::prelude::*;
use subtle::ConstantTimeEq;

fn same(a: &SharedKey, b: &SharedKey) -> bool {
    a.ct_eq(b).into()
}

fn encapsulate(group: &mut Group, set: &SlotSet) -> (Header, SharedKey) {
    group.sender.update(set).unwrap();
    group.sender.encapsulate(set, CONTEXT, &mut group.rng).unwrap()
}

fn decapsulate(cache: &mut ReceiverCache, set: &SlotSet, header: &Header) -> Result<SharedKey, KemError> {
    cache.update(set).unwrap();
    cache.decapsulate(set, CONTEXT, header)
}

#[test]
fn exactly_the_members_get_the_key() {
    let mut group = Group::new(6, 1);
    let mut receivers: Vec<_> = (1..=6).map(|slot| group.receiver(slot)).collect();
    for bits in 1u16..64 {
        let set = group.set((1..=6).filter(|slot| bits >> (slot - 1) & 1 == 1));
        let (header, key) = encapsulate(&mut group, &set);
        for receiver in &mut receivers {
            let slot = receiver.slot();
            match decapsulate(receiver, &set, &header) {
                Ok(got) => assert!(set.contains(slot) && same(&got, &key), "slot {slot} of {bits:b}"),
                Err(error) => {
                    assert!(!set.contains(slot));
                    assert_eq!(error, KemError::NotAddressed { slot });
                }
            }
        }
    }
}

#[test]
fn a_revoked_slot_cannot_decrypt_with_its_old_cache_or_a_recomputed_one() {
    let mut group = Group::new(6, 2);
    let (before, after) = (group.set([1, 2, 3, 4]), group.set([1, 2, 4, 6]));
    let mut revoked = group.receiver(3);
    let (header, key) = encapsulate(&mut group, &before);
    assert!(same(&decapsulate(&mut revoked, &before, &header).unwrap(), &key), "it was a member");

    let (header, key) = encapsulate(&mut group, &after);
    let old_cache = revoked.decapsulate(&before, CONTEXT, &header).unwrap();
    assert!(!same(&old_cache, &key));
    for pretended in [group.set([1, 2, 3, 4, 6]), group.set([3]), SlotSet::full(6).unwrap()] {
        assert!(!same(&decapsulate(&mut revoked, &pretended, &header).unwrap(), &key));
    }
    assert_eq!(decapsulate(&mut revoked, &after, &header).err(), Some(KemError::NotAddressed { slot: 3 }));
}

/// The header's value Z as slot `i` computes it when it counts the keys of `others` as its helpers: what a
/// program that ignores the rules of this crate can do.
fn open_by_hand(group: &Group, i: u16, others: &[u16], own: bool, header: &Header) -> Gt {
    let e = group.crs.slots() + 1 - i;
    let mut sum = G2::identity();
    for peer in group.peers(i).iter().filter(|peer| others.contains(&peer.slot)) {
        sum = sum + peer.element + *group.crs.b(e + peer.slot).unwrap();
    }
    if own {
        sum = sum + G2::decode(&group.pair(i).secret.encode()[42..42 + 96]).unwrap();
    }
    let bytes = header.encode();
    let (c1, c2) = (G1::decode(&bytes[..48]).unwrap(), G1::decode(&bytes[48..96]).unwrap());
    multi_pairing(&[(c2, *group.crs.b(e).unwrap()), (-c1, sum)])
}

#[test]
fn a_revoked_slot_does_not_reach_the_encapsulated_value_by_hand() {
    let mut group = Group::new(6, 3);
    let set = group.set([1, 2, 4, 6]);
    let (header, _) = encapsulate(&mut group, &set);
    let z = open_by_hand(&group, 1, &[2, 4, 6], true, &header);
    assert_eq!(z, open_by_hand(&group, 4, &[1, 2, 6], true, &header), "members agree");
    for own in [true, false] {
        for others in [&[1, 2, 4, 6][..], &[1, 2, 4], &[]] {
            assert_ne!(z, open_by_hand(&group, 3, others, own, &header));
        }
    }
}

#[test]
fn a_differential_update_equals_a_fresh_cache() {
    let mut group = Group::new(8, 4);
    let mut receiver = group.receiver(2);
    let steps: [&[u16]; 4] = [&[1, 2, 3], &[2, 3, 4, 8], &[1, 2, 3, 4, 5, 6, 7, 8], &[2]];
    let costs = [3, 3, 4, 7];
    for (slots, cost) in steps.iter().zip(costs) {
        let set = group.set(slots.iter().copied());
        assert_eq!(receiver.update(&set), Ok(cost));
        assert_eq!(group.sender.update(&set), Ok(cost));
        let (header, key) = group.sender.encapsulate(&set, CONTEXT, &mut group.rng).unwrap();
        assert!(same(&receiver.decapsulate(&set, CONTEXT, &header).unwrap(), &key));
        let mut fresh = group.receiver(2);
        assert!(same(&decapsulate(&mut fresh, &set, &header).unwrap(), &key));
    }
}

#[test]
fn a_cache_for_another_set_is_an_error() {
    let mut group = Group::new(4, 5);
    let (one, two) = (group.set([1, 2]), group.set([1, 2, 3]));
    let (header, _) = encapsulate(&mut group, &one);
    let stale = group.sender.encapsulate(&two, CONTEXT, &mut group.rng).err();
    assert_eq!(stale, Some(KemError::StaleCache));
    let mut receiver = group.receiver(1);
    receiver.update(&one).unwrap();
    assert_eq!(receiver.decapsulate(&two, CONTEXT, &header).err(), Some(KemError::StaleCache));
    let empty = SlotSet::empty(4).unwrap();
    group.sender.update(&empty).unwrap();
    let nobody = group.sender.encapsulate(&empty, CONTEXT, &mut group.rng).err();
    assert_eq!(nobody, Some(KemError::EmptySet));
    let other_group = SlotSet::full(5).unwrap();
    let mismatch = KemError::Slot(SlotError::CapacityMismatch { left: 4, right: 5 });
    assert_eq!(group.sender.update(&other_group), Err(mismatch));
}

#[test]
fn an_unknown_slot_stops_an_update_before_it_changes_anything() {
    let mut group = Group::new(4, 6);
    let mut sender = SenderCache::new(group.crs.clone()).unwrap();
    let member = |slot| (slot, *group.pair(slot).public.commitment());
    sender.put(&[member(1), member(2)]).unwrap();
    sender.update(&group.set([1])).unwrap();
    assert_eq!(sender.update(&group.set([1, 2, 3])), Err(KemError::UnknownSlot { slot: 3 }));
    assert_eq!(sender.set(), &group.set([1]));
    let out_of_range = Err(KemError::Slot(SlotError::OutOfRange { slot: 5, capacity: 4 }));
    assert_eq!(sender.put(&[member(3), (5, G1::generator())]), out_of_range);
    assert_eq!(sender.update(&group.set([3])), Err(KemError::UnknownSlot { slot: 3 }));

    let set = group.set([1]);
    let (header, key) = sender.encapsulate(&set, CONTEXT, &mut group.rng).unwrap();
    let mut receiver = group.receiver(1);
    assert!(same(&decapsulate(&mut receiver, &set, &header).unwrap(), &key));
}

#[test]
fn a_new_owner_of_a_slot_in_the_set_counts_at_once() {
    let mut group = Group::new(4, 7);
    let set = group.set([1, 2, 3]);
    group.sender.update(&set).unwrap();
    let mut receiver = group.receiver(1);
    receiver.update(&set).unwrap();
    let mut old_owner = group.receiver(2);
    old_owner.update(&set).unwrap();

    let new = KeyPair::generate(&group.crs, 2, &mut group.rng).unwrap();
    group.sender.put(&[(2, *new.public.commitment())]).unwrap();
    let element = *new.public.element(receiver.column_index()).unwrap();
    let peer = Peer { slot: 2, commitment: *new.public.commitment(), element };
    receiver.put(&[peer], &mut group.rng).unwrap();

    let (header, key) = group.sender.encapsulate(&set, CONTEXT, &mut group.rng).unwrap();
    assert!(same(&receiver.decapsulate(&set, CONTEXT, &header).unwrap(), &key));
    assert!(!same(&old_owner.decapsulate(&set, CONTEXT, &header).unwrap(), &key));
}

#[test]
fn a_receiver_refuses_malformed_peers_and_stays_as_it_was() {
    let mut group = Group::new(4, 8);
    let set = SlotSet::full(4).unwrap();
    let mut receiver = group.receiver(1);
    receiver.update(&set).unwrap();
    let mut peers = group.peers(1);
    peers[1].element = peers[1].element + G2::generator();
    let error = receiver.put(&peers, &mut group.rng).err();
    assert_eq!(error, Some(KemError::Key(KeyError::Malformed { slots: vec![3] })));
    let own = Peer { slot: 1, commitment: G1::generator(), element: G2::generator() };
    let error = receiver.put(&[own], &mut group.rng).err();
    assert!(matches!(error, Some(KemError::Key(KeyError::Index { slot: 1, index: 4, .. }))));

    let (header, key) = encapsulate(&mut group, &set);
    assert!(same(&receiver.decapsulate(&set, CONTEXT, &header).unwrap(), &key));
}

#[test]
fn a_receiver_needs_the_secret_of_its_own_commitment() {
    let group = Group::new(4, 9);
    let secret = group.pair(1).secret.clone();
    let other = group.pair(2).public.commitment();
    let error = ReceiverCache::new(group.crs.clone(), secret, other).err();
    assert_eq!(error, Some(KemError::Key(KeyError::Mismatch { slot: 1 })));
}

#[test]
fn every_encapsulation_is_fresh() {
    let mut group = Group::new(4, 10);
    let set = group.set([2, 3]);
    let headers: Vec<_> = (0..8).map(|_| encapsulate(&mut group, &set)).collect();
    for (i, (a, key_a)) in headers.iter().enumerate() {
        for (b, key_b) in &headers[..i] {
            assert_ne!(a.encode()[..48], b.encode()[..48], "C1 repeats, so s does");
            assert!(!same(key_a, key_b));
        }
    }
}

#[test]
fn a_changed_header_gives_a_key_that_nobody_else_has() {
    let mut group = Group::new(4, 11);
    let set = group.set([1, 2, 4]);
    let (header, key) = encapsulate(&mut group, &set);
    let (mut one, mut two) = (group.receiver(1), group.receiver(2));
    let bytes = header.encode();
    let double = |bytes: &[u8]| (G1::decode(bytes).unwrap() * &Scalar::from(2u64)).encode();
    let (mut c1, mut c2, mut both, mut c3) = (bytes, bytes, bytes, bytes);
    c1[..48].copy_from_slice(&double(&bytes[..48]));
    c2[48..96].copy_from_slice(&double(&bytes[48..96]));
    both[..48].copy_from_slice(&double(&bytes[..48]));
    both[48..96].copy_from_slice(&double(&bytes[48..96]));
    c3[100] ^= 1;
    for changed in [c1, c2, both, c3] {
        let header = Header::decode(&changed).unwrap();
        let first = decapsulate(&mut one, &set, &header).unwrap();
        let second = decapsulate(&mut two, &set, &header).unwrap();
        assert!(!same(&first, &key) && !same(&second, &key) && !same(&first, &second));
        let again = decapsulate(&mut one, &set, &header).unwrap();
        assert!(same(&first, &again), "rejection is a function of the header");
    }
}

#[test]
fn another_context_gives_another_key() {
    let mut group = Group::new(4, 12);
    let set = group.set([1, 2]);
    let (header, key) = encapsulate(&mut group, &set);
    let mut receiver = group.receiver(1);
    receiver.update(&set).unwrap();
    for context in [&b""[..], b"bithive-test-1/jobs/7/round 2", b"bithive-test-1/jobs/7/round 1 "] {
        assert!(!same(&receiver.decapsulate(&set, Context(context), &header).unwrap(), &key));
    }
}

#[test]
fn malformed_headers_are_refused_by_field() {
    let mut group = Group::new(4, 13);
    let set = group.set([1]);
    let good = encapsulate(&mut group, &set).0.encode();
    assert_eq!(Header::decode(&good).unwrap().encode(), good);
    for length in [0, 96, 127] {
        assert_eq!(Header::decode(&good[..length]).err(), Some(HeaderError::Length { actual: length }));
    }
    let mut identity = good;
    identity[..48].copy_from_slice(&G1::identity().encode());
    let source = DecodeError::Identity { kind: "G1" };
    assert_eq!(Header::decode(&identity).err(), Some(HeaderError::Point { field: "C1", source }));
    let mut outside = good;
    // x = 0 is on the curve, with order 3.
    outside[48..96].copy_from_slice(&[0; 48]);
    outside[48] = 0x80;
    let source = DecodeError::NotInSubgroup { kind: "G1" };
    assert_eq!(Header::decode(&outside).err(), Some(HeaderError::Point { field: "C2", source }));
}

#[test]
fn keys_that_cancel_are_refused() {
    let mut group = Group::new(4, 14);
    let set = group.set([1, 2]);
    let first = *group.pair(1).public.commitment();
    let cancelling = -(first + *group.crs.a(1).unwrap() + *group.crs.a(2).unwrap());
    group.sender.put(&[(2, cancelling)]).unwrap();
    group.sender.update(&set).unwrap();
    let error = group.sender.encapsulate(&set, CONTEXT, &mut group.rng).err();
    assert_eq!(error, Some(KemError::DegenerateSet));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn members_agree_and_others_do_not_over_random_groups(
        (slots, seed, walks) in (2u16..=16).prop_flat_map(|slots| {
            let set = prop::collection::btree_set(1..=slots, 1..=usize::from(slots));
            (Just(slots), any::<u64>(), prop::collection::vec(set, 1..4))
        })
    ) {
        let mut group = Group::new(slots, seed);
        let mut receivers: Vec<_> = (1..=slots).map(|slot| group.receiver(slot)).collect();
        for members in walks {
            let set = group.set(members.iter().copied());
            let (header, key) = encapsulate(&mut group, &set);
            for receiver in &mut receivers {
                let slot = receiver.slot();
                if set.contains(slot) {
                    prop_assert!(same(&decapsulate(receiver, &set, &header).unwrap(), &key));
                } else {
                    let mut pretended = set.clone();
                    pretended.insert(slot).unwrap();
                    prop_assert!(!same(&decapsulate(receiver, &pretended, &header).unwrap(), &key));
                }
            }
        }
    }
}
