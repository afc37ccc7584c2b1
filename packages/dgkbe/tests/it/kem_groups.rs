//! One message to several groups: who gets the key, and what it is bound to.

use std::collections::BTreeSet;

use crate::common::{CONTEXT, Network, rng};
use bithive_curve::{G1, G2};
use bithive_dgkbe::kem::{Context, HeaderError, KemError, Peer, ReceiverGroup, SenderGroups, SharedKey};
use bithive_dgkbe::keys::KeyError;
use bithive_dgkbe::{GroupedSet, Groups, KeyPair, SlotError};
use proptest::prelude::*;
use subtle::ConstantTimeEq;

fn same(a: &SharedKey, b: &SharedKey) -> bool {
    a.ct_eq(b).into()
}

fn encapsulate(network: &mut Network, sender: &mut SenderGroups, set: &GroupedSet) -> (Vec<u8>, SharedKey) {
    sender.update(set).unwrap();
    sender.encapsulate(set, CONTEXT, &mut network.rng).unwrap()
}

fn decapsulate(
    receiver: &mut ReceiverGroup,
    set: &GroupedSet,
    headers: &[u8],
) -> Result<SharedKey, KemError> {
    receiver.update(set).unwrap();
    receiver.decapsulate(set, CONTEXT, headers)
}

#[test]
fn exactly_the_members_of_all_groups_get_the_key_by_a_header_for_each_group() {
    let mut network = Network::new(3, 3, 1);
    let mut sender = network.sender();
    let mut receivers: Vec<_> = (1..=9).map(|slot| network.receiver(slot)).collect();
    for (slots, headers) in [
        (&[1, 2][..], 1),
        (&[5], 1),
        (&[3, 4], 2),
        (&[1, 9], 2),
        (&[1, 5, 6, 7], 3),
        (&[1, 2, 3, 4, 5, 6, 7, 8, 9], 3),
    ] {
        let set = network.set(slots.iter().copied());
        let (bytes, key) = encapsulate(&mut network, &mut sender, &set);
        assert_eq!(bytes.len(), 128 * headers);
        for receiver in &mut receivers {
            let slot = receiver.slot();
            match decapsulate(receiver, &set, &bytes) {
                Ok(got) => assert!(set.contains(slot) && same(&got, &key), "slot {slot} of {slots:?}"),
                Err(error) => {
                    assert!(!set.contains(slot));
                    assert_eq!(error, KemError::NotAddressed { slot });
                }
            }
        }
    }
}

#[test]
fn a_receiver_needs_no_key_of_another_group() {
    let mut network = Network::new(3, 3, 2);
    let mut sender = network.sender();
    let set = network.set([1, 4, 6, 8]);
    let (headers, key) = encapsulate(&mut network, &mut sender, &set);
    let mut receiver = network.alone(6);
    assert_eq!(receiver.peers_in(&set).collect::<Vec<_>>(), [4]);
    assert_eq!(receiver.update(&set), Err(KemError::UnknownSlot { slot: 4 }));
    let peer = network.peer(&receiver, 4);
    receiver.put(&[peer], &mut network.rng).unwrap();
    assert!(same(&decapsulate(&mut receiver, &set, &headers).unwrap(), &key));

    let other = Peer { slot: 8, ..peer };
    let error = receiver.put(&[other], &mut network.rng);
    assert_eq!(error, Err(KemError::OtherGroup { slot: 8, group: 1 }));
    let nowhere = Peer { slot: 10, ..peer };
    let error = receiver.put(&[nowhere], &mut network.rng);
    assert_eq!(error, Err(KemError::Slot(SlotError::OutOfRange { slot: 10, capacity: 9 })));
}

#[test]
fn any_change_of_any_header_changes_everybodys_key() {
    let mut network = Network::new(3, 2, 3);
    let mut sender = network.sender();
    let set = network.set([1, 3, 5]);
    let (headers, key) = encapsulate(&mut network, &mut sender, &set);
    let (other, _) = encapsulate(&mut network, &mut sender, &set);
    let mut receivers: Vec<_> = [1, 3, 5].map(|slot| network.receiver(slot)).into();
    for changed in 0..3 {
        let own = changed * 128..changed * 128 + 128;
        // C3 of that group flipped; its whole header from another message; and, for the others, no points at all.
        let mut flipped = headers.clone();
        flipped[changed * 128 + 100] ^= 1;
        let mut mixed = headers.clone();
        mixed[own.clone()].copy_from_slice(&other[own.clone()]);
        let mut garbage = headers.clone();
        garbage[own].fill(7);
        for (group, receiver) in receivers.iter_mut().enumerate() {
            let keys = [&flipped, &mixed].map(|bytes| decapsulate(receiver, &set, bytes).unwrap());
            assert!(!same(&keys[0], &key) && !same(&keys[1], &key) && !same(&keys[0], &keys[1]));
            match decapsulate(receiver, &set, &garbage) {
                Ok(got) => assert!(group != changed && !same(&got, &key)),
                Err(error) => {
                    assert_eq!(group, changed);
                    assert!(matches!(error, KemError::Header(HeaderError::Point { field: "C1", .. })));
                }
            }
            assert!(same(&decapsulate(receiver, &set, &headers).unwrap(), &key));
        }
    }
}

#[test]
fn rejected_keys_differ_from_receiver_to_receiver() {
    let mut network = Network::new(2, 2, 4);
    let mut sender = network.sender();
    let set = network.set([1, 2, 3]);
    let (mut headers, key) = encapsulate(&mut network, &mut sender, &set);
    headers[96] ^= 1;
    headers[128 + 96] ^= 1;
    let mut keys: Vec<SharedKey> = vec![key];
    for slot in [1, 2, 3] {
        let mut receiver = network.receiver(slot);
        let got = decapsulate(&mut receiver, &set, &headers).unwrap();
        assert!(keys.iter().all(|key| !same(key, &got)), "slot {slot}");
        assert!(same(&got, &decapsulate(&mut receiver, &set, &headers).unwrap()));
        keys.push(got);
    }
}

#[test]
fn a_header_serves_its_own_group_set_and_context_only() {
    let mut network = Network::new(2, 2, 5);
    let mut sender = network.sender();
    let set = network.set([1, 3]);
    let (headers, key) = encapsulate(&mut network, &mut sender, &set);
    let mut receiver = network.receiver(1);

    // The member of group 0 is the same, and so is its sum; the set is not.
    for changed in [network.set([1]), network.set([1, 4]), network.set([1, 3, 4])] {
        let count = changed.touched().len();
        let got = decapsulate(&mut receiver, &changed, &headers[..128 * count]).unwrap();
        assert!(!same(&got, &key), "{changed:?}");
    }
    receiver.update(&set).unwrap();
    let got = receiver.decapsulate(&set, Context(b"another"), &headers).unwrap();
    assert!(!same(&got, &key));
    let swapped = [&headers[128..], &headers[..128]].concat();
    assert!(!same(&receiver.decapsulate(&set, CONTEXT, &swapped).unwrap(), &key));
}

#[test]
fn one_header_more_or_less_is_an_error() {
    let mut network = Network::new(2, 2, 6);
    let mut sender = network.sender();
    let set = network.set([1, 3]);
    let (headers, _) = encapsulate(&mut network, &mut sender, &set);
    let mut receiver = network.receiver(1);
    let longer = [headers.as_slice(), &headers[..128]].concat();
    for bytes in [&headers[..0], &headers[..128], &headers[..255], &longer] {
        let count = HeaderError::Count { groups: 2, expected: 256, actual: bytes.len() };
        assert_eq!(decapsulate(&mut receiver, &set, bytes).err(), Some(KemError::Header(count)));
    }
}

#[test]
fn a_copy_of_a_key_in_another_group_opens_that_groups_messages_only() {
    let mut network = Network::new(2, 2, 7);
    // Slot 3 has registered what slot 1 published: only the owner of slot 1 has the secret.
    let mut sender = network.sender();
    sender.put(&[(3, *network.pair(1).public.commitment())]).unwrap();
    let set = network.set([2, 3]);
    let (headers, key) = encapsulate(&mut network, &mut sender, &set);
    let mut owner = network.receiver(1);
    assert_eq!(decapsulate(&mut owner, &set, &headers).err(), Some(KemError::NotAddressed { slot: 1 }));
    let (secret, commitment) = (network.pair(1).secret.clone(), *network.pair(1).public.commitment());
    let mut there =
        ReceiverGroup::new(network.crs.clone(), network.groups, 3, secret.clone(), &commitment).unwrap();
    assert!(same(&decapsulate(&mut there, &set, &headers).unwrap(), &key));
    let pretended = network.set([1, 2, 3]);
    assert!(!same(&decapsulate(&mut owner, &pretended, &headers).unwrap(), &key));

    let place = ReceiverGroup::new(network.crs.clone(), network.groups, 4, secret, &commitment).err();
    assert_eq!(place, Some(KemError::Key(KeyError::WrongSlot { expected: 2, actual: 1 })));
}

#[test]
fn only_groups_that_are_touched_cost_additions() {
    let network = Network::new(3, 3, 8);
    let mut sender = network.sender();
    let steps: [(&[u16], usize); 5] =
        [(&[1, 2, 4], 3), (&[1, 5], 3), (&[4], 2), (&[1, 4], 0), (&[1, 4, 7, 8, 9], 3)];
    for (slots, cost) in steps {
        assert_eq!(sender.update(&network.set(slots.iter().copied())), Ok(cost), "{slots:?}");
    }
}

#[test]
fn caches_for_another_set_of_any_group_are_an_error() {
    let mut network = Network::new(2, 3, 9);
    let (before, after) = (network.set([1, 4]), network.set([1, 4, 5]));
    let mut sender = network.sender();
    let (headers, _) = encapsulate(&mut network, &mut sender, &before);
    let stale = sender.encapsulate(&after, CONTEXT, &mut network.rng).err();
    assert_eq!(stale, Some(KemError::StaleCache));
    let mut receiver = network.receiver(4);
    receiver.update(&before).unwrap();
    let stale = receiver.decapsulate(&after, CONTEXT, &headers).err();
    assert_eq!(stale, Some(KemError::StaleCache));
    // A group that nothing is known of has no sums at all.
    let mut first_group = SenderGroups::new(network.crs.clone(), network.groups).unwrap();
    first_group.put(&[(1, *network.pair(1).public.commitment())]).unwrap();
    let stale = first_group.encapsulate(&before, CONTEXT, &mut network.rng).err();
    assert_eq!(stale, Some(KemError::StaleCache));
}

#[test]
fn an_unknown_slot_is_named_by_its_number_and_stops_the_update_of_all_groups() {
    let mut network = Network::new(2, 3, 10);
    let mut sender = SenderGroups::new(network.crs.clone(), network.groups).unwrap();
    let member = |slot| (slot, *network.pair(slot).public.commitment());
    sender.put(&[member(1), member(2), member(4)]).unwrap();
    let out_of_range = SlotError::OutOfRange { slot: 7, capacity: 6 };
    assert_eq!(sender.put(&[member(3), (7, G1::generator())]), Err(KemError::Slot(out_of_range)));
    let (known, unknown) = (network.set([1, 4]), network.set([1, 2, 3, 4]));
    sender.update(&known).unwrap();
    assert_eq!(sender.update(&network.set([2, 5])), Err(KemError::UnknownSlot { slot: 5 }));
    assert_eq!(sender.update(&unknown), Err(KemError::UnknownSlot { slot: 3 }));
    sender.encapsulate(&known, CONTEXT, &mut network.rng).unwrap();

    let empty = network.set([]);
    assert_eq!(sender.update(&empty), Ok(0));
    let nobody = sender.encapsulate(&empty, CONTEXT, &mut network.rng).err();
    assert_eq!(nobody, Some(KemError::EmptySet));
    let elsewhere = Groups::new(3, 3).unwrap();
    let set = GroupedSet::from_slots(elsewhere, [1]).unwrap();
    let mismatch = KemError::Slot(SlotError::GroupsMismatch { left: network.groups, right: elsewhere });
    assert_eq!(sender.update(&set), Err(mismatch.clone()));
    assert_eq!(network.alone(1).update(&set), Err(mismatch));
    let size = KeyError::GroupSize { expected: 3, actual: 4 };
    let error = SenderGroups::new(network.crs.clone(), Groups::new(2, 4).unwrap()).err();
    assert_eq!(error, Some(KemError::Key(size)));
}

#[test]
fn malformed_peers_are_named_by_their_number_and_change_nothing() {
    let mut network = Network::new(2, 3, 11);
    let mut sender = network.sender();
    let set = network.set([4, 5, 6]);
    let (headers, key) = encapsulate(&mut network, &mut sender, &set);
    let mut receiver = network.receiver(4);
    let mut peers = [5, 6].map(|slot| network.peer(&receiver, slot));
    peers[1].element = peers[1].element + G2::generator();
    let error = receiver.put(&peers, &mut network.rng);
    assert_eq!(error, Err(KemError::Key(KeyError::Malformed { slots: vec![6] })));
    assert!(same(&decapsulate(&mut receiver, &set, &headers).unwrap(), &key));
}

#[test]
fn a_new_owner_counts_at_once_and_the_old_one_is_out() {
    let mut network = Network::new(2, 2, 12);
    let (mut sender, mut old, mut receiver) = (network.sender(), network.receiver(3), network.receiver(4));
    let set = network.set([1, 3, 4]);
    sender.update(&set).unwrap();
    receiver.update(&set).unwrap();
    let new = KeyPair::generate(&network.crs, 1, &mut network.rng).unwrap();
    sender.put(&[(3, *new.public.commitment())]).unwrap();
    let element = *new.public.element(receiver.column_index()).unwrap();
    let peer = Peer { slot: 3, commitment: *new.public.commitment(), element };
    receiver.put(&[peer], &mut network.rng).unwrap();
    let (headers, key) = sender.encapsulate(&set, CONTEXT, &mut network.rng).unwrap();
    assert!(same(&receiver.decapsulate(&set, CONTEXT, &headers).unwrap(), &key));
    assert!(!same(&decapsulate(&mut old, &set, &headers).unwrap(), &key));
}

#[test]
fn no_scalar_repeats_even_when_the_random_bytes_do() {
    let network = Network::new(3, 3, 13);
    let mut sender = network.sender();
    let mut seen = BTreeSet::new();
    let mut headers_of = |slots: &[u16], context: Context<'_>| {
        let set = network.set(slots.iter().copied());
        sender.update(&set).unwrap();
        // A generator that is stuck: every message has the same m.
        let (headers, _) = sender.encapsulate(&set, context, &mut rng(1)).unwrap();
        headers
            .chunks(128)
            .for_each(|header| assert!(seen.insert(header[..48].to_vec()), "C1 repeats, so s does"));
        headers.len() / 128
    };
    let headers: usize = [&[1, 4][..], &[1, 5], &[1], &[1, 2, 3], &[1, 2], &[4, 7]]
        .into_iter()
        .map(|slots| headers_of(slots, CONTEXT) + headers_of(slots, Context(b"another job")))
        .sum();
    assert_eq!((headers, seen.len()), (18, 18));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn members_agree_and_others_do_not_over_random_groups(
        (count, size, seed, walks) in (1u16..=4, 2u16..=4).prop_flat_map(|(count, size)| {
            let set = prop::collection::btree_set(1..=count * size, 1..=usize::from(count * size));
            (Just(count), Just(size), any::<u64>(), prop::collection::vec(set, 1..4))
        })
    ) {
        let mut network = Network::new(count, size, seed);
        let mut sender = network.sender();
        let mut receivers: Vec<_> = (1..=count * size).map(|slot| network.receiver(slot)).collect();
        for members in walks {
            let set = network.set(members.iter().copied());
            let (headers, key) = encapsulate(&mut network, &mut sender, &set);
            prop_assert_eq!(headers.len(), 128 * set.touched().len());
            for receiver in &mut receivers {
                let slot = receiver.slot();
                if set.contains(slot) {
                    prop_assert!(same(&decapsulate(receiver, &set, &headers).unwrap(), &key));
                    continue;
                }
                let mut pretended = set.clone();
                pretended.insert(slot).unwrap();
                match decapsulate(receiver, &pretended, &headers) {
                    Ok(got) => prop_assert!(!same(&got, &key)),
                    // Its group has no header.
                    Err(error) => {
                        let headers = matches!(error, KemError::Header(HeaderError::Count { .. }));
                        prop_assert!(headers, "{}", error);
                    }
                }
            }
        }
    }
}
