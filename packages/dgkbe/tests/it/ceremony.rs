//! The common reference string and the ceremony that makes it.

use crate::common::rng;
use bithive_curve::{DecodeError, G1, G2, Scalar, pairing};
use bithive_dgkbe::crs::ceremony::{Transcript, local_ceremony};
use bithive_dgkbe::crs::{CrsError, UnverifiedCrs};
use bithive_dgkbe::format::FormatError;
use bithive_dgkbe::{Crs, Progress};

const SLOTS: u16 = 5;
const HEADER: usize = 8;
/// Bytes of one contribution: new A_1, commitment, response.
const STEP: usize = 48 + 48 + 32;

/// The encoding of the powers of a number that the test knows, with the given indices in G2.
fn powers(secret: &Scalar, slots: u16, g2: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let powers = secret.powers(2 * usize::from(slots) + 2);
    let mut bytes = [b"BHCRS".as_slice(), &[1], &slots.to_be_bytes()].concat();
    for power in &powers[..=2 * usize::from(slots)] {
        bytes.extend_from_slice(&(G1::generator() * power).encode());
    }
    for index in g2 {
        bytes.extend_from_slice(&(G2::generator() * &powers[index]).encode());
    }
    bytes
}

fn without_hole(slots: usize) -> impl Iterator<Item = usize> {
    (1..=2 * slots).filter(move |index| *index != slots + 1)
}

fn verify(bytes: &[u8]) -> Result<Crs, CrsError> {
    UnverifiedCrs::decode(bytes)?.verify(&mut rng(0))
}

#[test]
fn a_ceremony_gives_powers_of_one_secret() {
    let transcript = local_ceremony(SLOTS, 3, &mut rng(1)).unwrap();
    let crs = transcript.verify(&mut rng(2)).unwrap();
    for i in 0..2 * SLOTS {
        let step = pairing(crs.a(i).unwrap(), crs.b(1).unwrap());
        assert_eq!(step, pairing(crs.a(i + 1).unwrap(), &G2::generator()));
    }
    assert_eq!(*crs.omega(), pairing(crs.a(SLOTS + 1).unwrap(), &G2::generator()));
    assert!(crs.b(SLOTS + 1).is_none() && crs.b(0).is_none() && crs.b(2 * SLOTS + 1).is_none());
    assert!(crs.a(2 * SLOTS + 1).is_none());
}

#[test]
fn a_string_survives_encoding_and_is_known_by_its_digest() {
    let crs = local_ceremony(SLOTS, 1, &mut rng(1)).unwrap().verify(&mut rng(2)).unwrap();
    let bytes = crs.encode();
    assert_eq!(blake3::hash(&bytes).as_bytes(), crs.digest());
    assert_eq!(verify(&bytes).unwrap().digest(), crs.digest());
    let known = UnverifiedCrs::decode(&bytes).unwrap().trust(crs.digest()).unwrap();
    assert_eq!(known.omega(), crs.omega());
    assert_eq!(UnverifiedCrs::decode(&bytes).unwrap().trust(&[0; 32]).err(), Some(CrsError::Digest));
}

#[test]
fn known_powers_verify() {
    let bytes = powers(&Scalar::from(7u64), SLOTS, without_hole(5));
    assert!(verify(&bytes).is_ok());
}

#[test]
fn the_forbidden_power_is_refused_in_any_place() {
    let secret = Scalar::random(&mut rng(3));
    let length = |extra| {
        let expected = HEADER + 11 * 48 + 9 * 96;
        Some(CrsError::Format(FormatError::Length {
            kind: "common reference string",
            expected,
            actual: expected + extra,
        }))
    };
    assert_eq!(verify(&powers(&secret, SLOTS, 1..=10)).err(), length(96), "in its own place");
    let appended = without_hole(5).chain([6]);
    assert_eq!(verify(&powers(&secret, SLOTS, appended)).err(), length(96), "at the end");
    for place in 0..9 {
        let mut indices: Vec<usize> = without_hole(5).collect();
        indices[place] = 6;
        assert_eq!(verify(&powers(&secret, SLOTS, indices)).err(), Some(CrsError::NotPowers), "{place}");
    }
}

#[test]
fn a_secret_of_small_order_is_refused() {
    let minus_one = Scalar::one().neg();
    let error = |secret| verify(&powers(&secret, SLOTS, without_hole(5))).err();
    assert_eq!(error(Scalar::one()), Some(CrsError::SmallOrder { index: 1 }));
    assert_eq!(error(minus_one), Some(CrsError::SmallOrder { index: 2 }));
}

#[test]
fn another_generator_is_refused() {
    let mut bytes = powers(&Scalar::from(7u64), SLOTS, without_hole(5));
    let other = (G1::generator() * &Scalar::from(3u64)).encode();
    bytes[HEADER..HEADER + 48].copy_from_slice(&other);
    assert_eq!(verify(&bytes).err(), Some(CrsError::Generator));
}

#[test]
fn every_single_wrong_element_is_caught() {
    let good = powers(&Scalar::from(7u64), SLOTS, without_hole(5));
    let (g1, g2) = (G1::generator() * &Scalar::from(5u64), G2::generator() * &Scalar::from(5u64));
    for i in 1..=10 {
        let mut bytes = good.clone();
        bytes[HEADER + i * 48..][..48].copy_from_slice(&g1.encode());
        assert_eq!(verify(&bytes).err(), Some(CrsError::NotPowers), "A_{i}");
    }
    for position in 0..9 {
        let mut bytes = good.clone();
        bytes[HEADER + 11 * 48 + position * 96..][..96].copy_from_slice(&g2.encode());
        assert_eq!(verify(&bytes).err(), Some(CrsError::NotPowers), "position {position} of G2");
    }
}

#[test]
fn invalid_points_are_named() {
    let mut bytes = powers(&Scalar::from(7u64), SLOTS, without_hole(5));
    bytes[HEADER + 11 * 48 + 2 * 96..][..96].copy_from_slice(&G2::identity().encode());
    let error = FormatError::Element {
        kind: "common reference string",
        field: "B",
        index: 2,
        source: DecodeError::Identity { kind: "G2" },
    };
    assert_eq!(verify(&bytes).err(), Some(CrsError::Format(error)));
}

#[test]
fn bytes_that_are_not_a_string_are_refused() {
    let kind = "common reference string";
    let good = powers(&Scalar::from(7u64), SLOTS, without_hole(5));
    assert_eq!(verify(b"BHKEY\x01").err(), Some(FormatError::Magic { kind }.into()));
    let mut version = good.clone();
    version[5] = 9;
    assert_eq!(verify(&version).err(), Some(FormatError::Version { kind, actual: 9 }.into()));
    for slots in [0u16, 1, 4097] {
        let mut bytes = good.clone();
        bytes[6..8].copy_from_slice(&slots.to_be_bytes());
        assert_eq!(verify(&bytes).err(), Some(CrsError::Slots { slots }));
    }
    for end in [0, 5, 6, 7, good.len() - 1] {
        assert!(matches!(verify(&good[..end]).err(), Some(CrsError::Format(_))), "{end}");
    }
}

#[test]
fn a_ceremony_without_contribution_is_refused() {
    assert_eq!(local_ceremony(SLOTS, 0, &mut rng(1)).err(), Some(CrsError::NoContribution));
    let fresh = Transcript::new(SLOTS).unwrap();
    assert_eq!(fresh.verify(&mut rng(1)).err(), Some(CrsError::NoContribution));
    assert_eq!(Transcript::new(1).err(), Some(CrsError::Slots { slots: 1 }));
}

#[test]
fn a_transcript_survives_encoding_and_goes_on() {
    let mut transcript = local_ceremony(SLOTS, 2, &mut rng(1)).unwrap();
    let seen = transcript.hash();
    transcript = Transcript::decode(&transcript.encode().unwrap()).unwrap();
    assert_eq!(transcript.hash(), seen);
    transcript.contribute(&mut rng(9));
    assert_eq!(transcript.contributions(), 3);
    assert!(transcript.verify(&mut rng(2)).is_ok());
    assert!(transcript.includes(&seen));
    let other = local_ceremony(SLOTS, 3, &mut rng(5)).unwrap();
    assert!(!other.includes(&seen));
}

/// Rearrange the contributions of a ceremony of three.
fn rearranged(order: &[usize]) -> Result<Crs, CrsError> {
    let bytes = local_ceremony(SLOTS, 3, &mut rng(1)).unwrap().encode().unwrap();
    let (head, crs) = (&bytes[..8], &bytes[8 + 3 * STEP..]);
    let mut out = head[..6].to_vec();
    out.extend_from_slice(&(order.len() as u16).to_be_bytes());
    order.iter().for_each(|i| out.extend_from_slice(&bytes[8 + i * STEP..][..STEP]));
    out.extend_from_slice(crs);
    Transcript::decode(&out)?.verify(&mut rng(2))
}

#[test]
fn contributions_hold_in_their_own_order_only() {
    assert!(rearranged(&[0, 1, 2]).is_ok());
    assert_eq!(rearranged(&[1, 0, 2]).err(), Some(CrsError::Proof { index: 0 }));
    assert_eq!(rearranged(&[0, 2, 1]).err(), Some(CrsError::Proof { index: 1 }));
}

#[test]
fn skipped_and_repeated_contributions_are_refused() {
    assert_eq!(rearranged(&[0, 2]).err(), Some(CrsError::Proof { index: 1 }));
    assert_eq!(rearranged(&[0, 1]).err(), Some(CrsError::LastContribution));
    assert_eq!(rearranged(&[0, 0, 1, 2]).err(), Some(CrsError::IdleContribution { index: 1 }));
    assert_eq!(rearranged(&[0, 1, 0, 2]).err(), Some(CrsError::Proof { index: 2 }));
}

#[test]
fn every_field_of_a_contribution_is_bound_by_its_proof() {
    let bytes = local_ceremony(SLOTS, 1, &mut rng(1)).unwrap().encode().unwrap();
    let other = (G1::generator() * &Scalar::from(5u64)).encode();
    for (offset, replacement) in
        [(8, other.as_slice()), (56, other.as_slice()), (104, Scalar::from(5u64).encode().as_slice())]
    {
        let mut changed = bytes.clone();
        changed[offset..offset + replacement.len()].copy_from_slice(replacement);
        let error = Transcript::decode(&changed).unwrap().verify(&mut rng(2)).err();
        assert_eq!(error, Some(CrsError::Proof { index: 0 }), "field at {offset}");
    }
}

#[test]
fn truncated_transcripts_are_refused() {
    let bytes = local_ceremony(SLOTS, 2, &mut rng(1)).unwrap().encode().unwrap();
    for end in [0, 5, 7, 8, 8 + STEP, 8 + 2 * STEP, bytes.len() - 1] {
        assert!(matches!(Transcript::decode(&bytes[..end]).err(), Some(CrsError::Format(_))), "{end}");
    }
}

/// A point of the curve outside G1: the first small x that is refused for this reason alone.
fn off_subgroup() -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0] = 0x80;
    for x in 0u8..=255 {
        bytes[47] = x;
        if matches!(G1::decode(&bytes), Err(DecodeError::NotInSubgroup { .. })) {
            return bytes;
        }
    }
    panic!("no point with a small x");
}

#[test]
fn points_of_a_contribution_that_are_the_identity_or_off_the_subgroup_are_named() {
    let bytes = local_ceremony(SLOTS, 2, &mut rng(1)).unwrap().encode().unwrap();
    for (point, source) in [
        (G1::identity().encode(), DecodeError::Identity { kind: "G1" }),
        (off_subgroup(), DecodeError::NotInSubgroup { kind: "G1" }),
    ] {
        for (field, offset) in [("new A_1", 0), ("commitment", 48)] {
            let mut changed = bytes.clone();
            changed[8 + STEP + offset..][..48].copy_from_slice(&point);
            let kind = "ceremony transcript";
            let error = FormatError::Element { kind, field, index: 1, source: source.clone() };
            assert_eq!(Transcript::decode(&changed).err(), Some(CrsError::Format(error)));
        }
    }
}

/// Steps that `work` reports: from none to all, never back, the number of all the same each time.
fn reported(work: impl FnOnce(&mut Progress<'_>)) -> Vec<(usize, usize)> {
    let mut reports = Vec::new();
    work(&mut |done, total| reports.push((done, total)));
    let total = reports[0].1;
    assert!(reports.iter().all(|report| report.1 == total) && reports.is_sorted());
    assert_eq!((reports[0].0, reports.last().unwrap().0), (0, total));
    reports
}

#[test]
fn whoever_watches_sees_steps_from_none_to_all() {
    // Of 300 slots, more than one chunk of points.
    let mut transcript = local_ceremony(300, 2, &mut rng(1)).unwrap();
    let contributing = reported(|progress| transcript.contribute_watched(&mut rng(2), progress));
    assert!(contributing.len() > 8 && contributing[0].1 == 4 * 300, "{contributing:?}");
    let verifying = reported(|progress| drop(transcript.verify_watched(&mut rng(3), progress).unwrap()));
    assert!(verifying.len() > 5 && verifying[0].1 == 3 + 4 * 300, "{verifying:?}");
    let bytes = transcript.encode().unwrap();
    let decoding = reported(|progress| drop(Transcript::decode_watched(&bytes, progress).unwrap()));
    assert!(decoding.len() > 11 && decoding[0].1 == bytes.len() - 16, "{decoding:?}");
}
