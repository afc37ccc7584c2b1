//! What must never happen, shown to be fatal or refused: a scalar used twice, and points that are none.

use crate::common::{CONTEXT, Group, rng};
use bithive_curve::{DecodeError, G1, G2, Gt, Scalar, multi_pairing};
use bithive_dgkbe::crs::{CrsError, UnverifiedCrs};
use bithive_dgkbe::format::FormatError;
use bithive_dgkbe::kem::{Header, HeaderError};
use bithive_dgkbe::keys::{KeyError, SecretKey, UnverifiedPublicKey, column, verify_file};

const HEADER: usize = 6 + 4 + 32 + 48;

/// K_S from public values.
fn set_key(group: &Group, set: &[u16]) -> G1 {
    let terms = set.iter().map(|slot| *group.pair(*slot).public.commitment() + *group.crs.a(*slot).unwrap());
    G1::sum(&terms.collect::<Vec<_>>())
}

/// What the owner of slot `i` computes as Z for `set`, of which it counts itself a member.
fn open_by_hand(group: &Group, i: u16, set: &[u16], c1: G1, c2: G1) -> Gt {
    let e = group.crs.slots() + 1 - i;
    let mut sum = G2::decode(&group.pair(i).secret.encode()[42..138]).unwrap();
    for peer in group.peers(i).iter().filter(|peer| set.contains(&peer.slot)) {
        sum = sum + peer.element + *group.crs.b(e + peer.slot).unwrap();
    }
    multi_pairing(&[(c2, *group.crs.b(e).unwrap()), (-c1, sum)])
}

#[test]
fn a_reused_scalar_would_let_a_removed_member_decrypt() {
    let group = Group::new(5, 1);
    let s = Scalar::from(0xbeefu64);
    let c1 = G1::generator() * &s;
    let (before, after) = ([1, 2, 3], [1, 2]);
    let (c2_before, c2_after) = (set_key(&group, &before) * &s, set_key(&group, &after) * &s);
    let of_member = open_by_hand(&group, 1, &after, c1, c2_after);
    // Slot 3 was removed; what it got before is what the members get now.
    assert_eq!(open_by_hand(&group, 3, &before, c1, c2_before), of_member);
    assert_eq!(group.crs.omega().pow(&s), of_member);
    // A header of the same scalar shows itself by its C1: with another one, nothing that slot 3 knows fits.
    let other = Scalar::from(0xbef0u64);
    let (c1_other, c2_other) = (G1::generator() * &other, set_key(&group, &after) * &other);
    let fresh = open_by_hand(&group, 1, &after, c1_other, c2_other);
    assert_ne!(open_by_hand(&group, 3, &before, c1, c2_before), fresh);
    assert_ne!(open_by_hand(&group, 3, &before, c1_other, c2_other), fresh);
}

#[test]
fn the_api_takes_a_fresh_scalar_for_every_set() {
    let mut group = Group::new(5, 2);
    let mut seen: Vec<(Vec<u8>, Gt)> = Vec::new();
    for slots in [&[1, 2, 3][..], &[1, 2], &[1, 2, 3], &[1, 2, 4, 5], &[1]] {
        let set = group.set(slots.iter().copied());
        group.sender.update(&set).unwrap();
        // Twice from the same random bytes, and so with the same m for every set.
        let (header, _) = group.sender.encapsulate(&set, CONTEXT, &mut group.rng).unwrap();
        let (stuck, _) = group.sender.encapsulate(&set, CONTEXT, &mut rng(7)).unwrap();
        for header in [header.encode(), stuck.encode()] {
            let (c1, c2) = (G1::decode(&header[..48]).unwrap(), G1::decode(&header[48..96]).unwrap());
            let z = open_by_hand(&group, 1, slots, c1, c2);
            let repeats = seen.iter().any(|(c1, earlier)| c1[..] == header[..48] || *earlier == z);
            // The third set is the first again: only there does a stuck generator repeat itself.
            assert_eq!(repeats, seen.len() == 5, "{slots:?}");
            seen.push((header[..48].to_vec(), z));
        }
    }
    assert_eq!(seen.len(), 10);
}

/// Bytes that are no point of the subgroup, each with the error for its kind.
fn bad_points(kind: &'static str, length: usize) -> Vec<(Vec<u8>, DecodeError)> {
    let point = |first: u8, last: u8| {
        let mut bytes = vec![0; length];
        (bytes[0], bytes[length - 1]) = (first, last);
        bytes
    };
    let mut above_modulus = vec![0xff; length];
    above_modulus[0] = 0x9f;
    // The generator without its compression bit.
    let mut uncompressed = match kind {
        "G1" => G1::generator().encode().to_vec(),
        _ => G2::generator().encode().to_vec(),
    };
    uncompressed[0] &= 0x7f;
    let mut all = vec![
        (point(0xc0, 0), DecodeError::Identity { kind }),
        (uncompressed, DecodeError::NotCompressed { kind }),
    ];
    let not_canonical = |bytes: Vec<u8>| match (G1::decode(&bytes).err(), G2::decode(&bytes).err()) {
        (Some(error @ DecodeError::NotCanonical { kind: "G1", .. }), _) if kind == "G1" => (bytes, error),
        (_, Some(error @ DecodeError::NotCanonical { kind: "G2", .. })) if kind == "G2" => (bytes, error),
        other => panic!("{bytes:?}: {other:?}"),
    };
    all.extend([above_modulus, point(0xc0, 1), point(0xe0, 0)].map(not_canonical));
    // On the curve, of another order: found by trying x = 0, 1, 2, ...
    let outside = (0..=255).map(|x| point(0x80, x)).find(|bytes| match kind {
        "G1" => G1::decode(bytes) == Err(DecodeError::NotInSubgroup { kind }),
        _ => G2::decode(bytes) == Err(DecodeError::NotInSubgroup { kind }),
    });
    all.push((outside.unwrap(), DecodeError::NotInSubgroup { kind }));
    all
}

fn with(bytes: &[u8], offset: usize, point: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[offset..offset + point.len()].copy_from_slice(point);
    bytes
}

#[test]
fn no_field_of_a_header_takes_a_point_that_is_none() {
    let mut group = Group::new(3, 3);
    let set = group.set([1, 2]);
    group.sender.update(&set).unwrap();
    let good = group.sender.encapsulate(&set, CONTEXT, &mut group.rng).unwrap().0.encode();
    for (point, source) in bad_points("G1", 48) {
        for (field, offset) in [("C1", 0), ("C2", 48)] {
            let error = Header::decode(&with(&good, offset, &point)).err();
            assert_eq!(error, Some(HeaderError::Point { field, source: source.clone() }));
        }
    }
}

#[test]
fn no_field_of_a_key_takes_a_point_that_is_none() {
    let group = Group::new(3, 4);
    let (file, secret) = (group.pair(1).public.encode(), group.pair(1).secret.encode());
    let errors = |bytes: &[u8]| {
        let decoded = UnverifiedPublicKey::decode(&group.crs, bytes).err();
        assert_eq!(verify_file(&group.crs, bytes, &mut rng(1)).err(), decoded);
        decoded
    };
    for (point, source) in bad_points("G1", 48) {
        assert_eq!(errors(&with(&file, 42, &point)), Some(KeyError::Point(source)));
    }
    for (point, source) in bad_points("G2", 96) {
        let named = FormatError::Element { kind: "public key", field: "H", index: 1, source: source.clone() };
        let bytes = with(&file, HEADER + 96, &point);
        assert_eq!(errors(&bytes), Some(KeyError::Format(named)));
        assert_eq!(column(&group.crs, 1, 2, &bytes).err(), Some(KeyError::Point(source.clone())));
        let secret = SecretKey::decode(&group.crs, &with(&secret, 42, &point)).err();
        assert_eq!(secret, Some(KeyError::Point(source)));
    }
}

#[test]
fn no_element_of_a_reference_string_takes_a_point_that_is_none() {
    let group = Group::new(3, 5);
    let bytes = group.crs.encode();
    let kind = "common reference string";
    let g2 = 8 + 7 * 48;
    for (field, offset, points) in [("A", 8, bad_points("G1", 48)), ("B", g2, bad_points("G2", 96))] {
        for (point, source) in points {
            let bad = with(&bytes, offset + 2 * point.len(), &point);
            let named = FormatError::Element { kind, field, index: 2, source };
            assert_eq!(UnverifiedCrs::decode(&bad).err(), Some(CrsError::Format(named)));
        }
    }
}
