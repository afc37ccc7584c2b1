//! Key pairs, their files, and how others check them.

use crate::common::{Group, crs, rng};
use bithive_curve::{DecodeError, G1, G2, Scalar};
use bithive_dgkbe::format::FormatError;
use bithive_dgkbe::keys::{
    KeyError, SecretKey, UnverifiedPublicKey, column, column_range, encoded_len, verify_column,
    verify_element, verify_many,
};
use bithive_dgkbe::{KeyPair, SlotError};

const SLOTS: u16 = 6;
/// Where the elements of an encoded public key begin.
const HEADER: usize = 6 + 4 + 32 + 48;

fn replace(bytes: &mut [u8], offset: usize, with: &[u8]) {
    bytes[offset..offset + with.len()].copy_from_slice(with);
}

#[test]
fn a_generated_key_survives_encoding_and_verifies() {
    let group = Group::new(SLOTS, 1);
    for pair in &group.pairs {
        let bytes = pair.public.encode();
        assert_eq!(bytes.len(), encoded_len(SLOTS));
        assert_eq!(blake3::hash(&bytes).as_bytes(), pair.public.digest());
        let decoded = UnverifiedPublicKey::decode(&group.crs, &bytes).unwrap();
        let verified = decoded.verify(&group.crs, &mut rng(2)).unwrap();
        assert_eq!(verified.encode(), bytes);
        assert_eq!(verified.digest(), pair.public.digest());
    }
}

#[test]
fn every_element_verifies_alone_and_reads_by_offset() {
    let group = Group::new(SLOTS, 1);
    for pair in &group.pairs {
        let (key, bytes) = (&pair.public, pair.public.encode());
        let gap = SLOTS + 1 - key.slot();
        for index in 0..=SLOTS + 1 {
            let read = column(&group.crs, key.slot(), index, &bytes);
            if index == 0 || index > SLOTS || index == gap {
                let error = KeyError::Index { slot: key.slot(), index, slots: SLOTS, gap };
                assert_eq!(key.element(index).err(), Some(error.clone()));
                assert_eq!(read.err(), Some(error));
                continue;
            }
            let element = key.element(index).unwrap();
            assert_eq!(read.unwrap(), (*key.commitment(), *element));
            verify_element(&group.crs, key.slot(), key.commitment(), index, element).unwrap();
            let range = column_range(SLOTS, key.slot(), index).unwrap();
            assert_eq!(bytes[range], element.encode());
        }
    }
}

#[test]
fn one_malformed_element_is_caught_in_bulk_and_alone() {
    let group = Group::new(SLOTS, 1);
    let key = &group.pair(3).public;
    for index in (1..=SLOTS).filter(|index| *index != 4) {
        let mut bytes = key.encode();
        let wrong = *key.element(index).unwrap() + G2::generator();
        replace(&mut bytes, column_range(SLOTS, 3, index).unwrap().start, &wrong.encode());
        let decoded = UnverifiedPublicKey::decode(&group.crs, &bytes).unwrap();
        let malformed = KeyError::Malformed { slots: vec![3] };
        assert_eq!(decoded.verify(&group.crs, &mut rng(2)).err(), Some(malformed.clone()));
        let alone = verify_element(&group.crs, 3, key.commitment(), index, &wrong);
        assert_eq!(alone.err(), Some(malformed));
    }
}

#[test]
fn swapped_elements_are_malformed() {
    let group = Group::new(SLOTS, 1);
    let mut bytes = group.pair(1).public.encode();
    let (first, second) = bytes[HEADER..].split_at_mut(96);
    first.swap_with_slice(&mut second[..96]);
    let decoded = UnverifiedPublicKey::decode(&group.crs, &bytes).unwrap();
    assert!(decoded.verify(&group.crs, &mut rng(2)).is_err());
}

#[test]
fn a_batch_names_exactly_the_malformed_keys() {
    let group = Group::new(SLOTS, 1);
    let decode = |broken: &[u16]| -> Vec<UnverifiedPublicKey> {
        let keys = group.pairs.iter().map(|pair| {
            let mut bytes = pair.public.encode();
            if broken.contains(&pair.public.slot()) {
                replace(&mut bytes, HEADER, &(G2::generator() * &Scalar::from(9u64)).encode());
            }
            UnverifiedPublicKey::decode(&group.crs, &bytes).unwrap()
        });
        keys.collect()
    };
    assert_eq!(verify_many(&group.crs, decode(&[]), &mut rng(2)).unwrap().len(), 6);
    assert_eq!(verify_many(&group.crs, vec![], &mut rng(2)).unwrap().len(), 0);
    let error = verify_many(&group.crs, decode(&[2, 5]), &mut rng(2)).err();
    assert_eq!(error, Some(KeyError::Malformed { slots: vec![2, 5] }));
}

#[test]
fn errors_that_cancel_in_a_plain_sum_are_caught() {
    let group = Group::new(SLOTS, 1);
    let key = &group.pair(1).public;
    let mut bytes = key.encode();
    replace(&mut bytes, HEADER, &(*key.element(1).unwrap() + G2::generator()).encode());
    replace(&mut bytes, HEADER + 96, &(*key.element(2).unwrap() - G2::generator()).encode());
    let decoded = UnverifiedPublicKey::decode(&group.crs, &bytes).unwrap();
    assert!(decoded.verify(&group.crs, &mut rng(2)).is_err());
}

#[test]
fn a_column_check_names_exactly_the_malformed_elements() {
    let mut group = Group::new(SLOTS, 1);
    let mut peers: Vec<_> =
        group.peers(2).into_iter().map(|peer| (peer.slot, peer.commitment, peer.element)).collect();
    verify_column(&group.crs, 5, &peers, &mut group.rng).unwrap();
    peers[1].2 = peers[1].2 + G2::generator();
    peers[3].2 = peers[3].2 - G2::generator();
    let error = verify_column(&group.crs, 5, &peers, &mut group.rng).err();
    assert_eq!(error, Some(KeyError::Malformed { slots: vec![3, 5] }));
}

#[test]
fn a_key_of_another_ceremony_or_group_is_refused() {
    let group = Group::new(SLOTS, 1);
    let (other, larger) = (crs(SLOTS, &mut rng(8)), crs(SLOTS + 1, &mut rng(8)));
    let bytes = group.pair(1).public.encode();
    assert_eq!(UnverifiedPublicKey::decode(&other, &bytes).err(), Some(KeyError::OtherCrs));
    let size = KeyError::GroupSize { expected: SLOTS + 1, actual: SLOTS };
    assert_eq!(UnverifiedPublicKey::decode(&larger, &bytes).err(), Some(size.clone()));
    let secret = group.pair(1).secret.encode();
    assert_eq!(SecretKey::decode(&other, &secret).err(), Some(KeyError::OtherCrs));
    assert_eq!(SecretKey::decode(&larger, &secret).err(), Some(size));
    let decoded = UnverifiedPublicKey::decode(&group.crs, &bytes).unwrap();
    assert_eq!(verify_many(&other, vec![decoded], &mut rng(2)).err(), Some(KeyError::OtherCrs));
}

#[test]
fn invalid_files_are_refused_with_the_reason() {
    let group = Group::new(SLOTS, 1);
    let good = group.pair(1).public.encode();
    let error = |bytes: &[u8]| UnverifiedPublicKey::decode(&group.crs, bytes).err().unwrap();
    let kind = "public key";
    assert_eq!(error(b"BHCRS\x01"), FormatError::Magic { kind }.into());
    for end in [0, 6, 10, HEADER, good.len() - 1] {
        assert!(matches!(error(&good[..end]), KeyError::Format(_)), "{end}");
    }
    assert!(matches!(error(&[good.as_slice(), &[0]].concat()), KeyError::Format(FormatError::Length { .. })));

    let mut slot = good.clone();
    replace(&mut slot, 8, &7u16.to_be_bytes());
    assert_eq!(error(&slot), KeyError::Slot(SlotError::OutOfRange { slot: 7, capacity: SLOTS }));
    let mut commitment = good.clone();
    replace(&mut commitment, 42, &G1::identity().encode());
    assert_eq!(error(&commitment), KeyError::Point(DecodeError::Identity { kind: "G1" }));
    let mut element = good.clone();
    replace(&mut element, HEADER + 2 * 96, &G2::identity().encode());
    let source = DecodeError::Identity { kind: "G2" };
    assert_eq!(error(&element), FormatError::Element { kind, field: "H", index: 2, source }.into());
    let other_slot = column(&group.crs, 2, 1, &good).err();
    assert_eq!(other_slot, Some(KeyError::WrongSlot { expected: 2, actual: 1 }));
}

#[test]
fn slots_outside_the_group_get_no_key() {
    let crs = crs(SLOTS, &mut rng(1));
    for slot in [0, SLOTS + 1] {
        let error = KeyPair::generate(&crs, slot, &mut rng(2)).err();
        assert_eq!(error, Some(KeyError::Slot(SlotError::OutOfRange { slot, capacity: SLOTS })));
        assert!(column_range(SLOTS, slot, 1).is_err());
    }
}

#[test]
fn a_secret_key_survives_encoding_and_belongs_to_one_commitment() {
    let group = Group::new(SLOTS, 1);
    let pair = group.pair(4);
    let bytes = pair.secret.encode();
    let decoded = SecretKey::decode(&group.crs, &bytes).unwrap();
    assert_eq!(decoded.encode(), bytes);
    decoded.check(&group.crs, pair.public.commitment()).unwrap();
    let other = group.pair(5).public.commitment();
    assert_eq!(decoded.check(&group.crs, other), Err(KeyError::Mismatch { slot: 4 }));
    assert!(SecretKey::decode(&group.crs, &bytes[1..]).is_err());
    assert!(SecretKey::decode(&group.crs, &bytes[..bytes.len() - 1]).is_err());
    assert_eq!(format!("{decoded:?}"), "SecretKey(slot 4 of 6)");
}

#[test]
fn the_secret_element_is_not_in_the_public_file() {
    let group = Group::new(SLOTS, 1);
    let pair = group.pair(2);
    let secret = &pair.secret.encode()[42..42 + 96];
    assert!(!pair.public.encode().windows(96).any(|window| window == secret));
}
