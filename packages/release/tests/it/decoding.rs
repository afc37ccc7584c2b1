//! What is read is what was written, and nothing else is read.

use bithive_curve::{G1, G2};
use bithive_release::ceremony::{Card, Ceremony, Deal, Secret};
use bithive_release::{Committee, DecodeError, MemberKey, Request, Share, Wrap};

use crate::common::{answer, members, rng, wrapped};

/// Name and bytes of an encoding, and what reads it and writes it again.
type Encoding = (&'static str, Vec<u8>, fn(&[u8]) -> Result<Vec<u8>, DecodeError>);

/// The encodings of everything.
fn encodings() -> [Encoding; 8] {
    let members = members(3, 2);
    let (_, label, wrap) = wrapped(&members, 1);
    let share = answer(&members[0], &wrap, &label).1;
    let secrets = [0, 1].map(|seed| Secret::generate(&mut rng(seed)));
    let cards = [0u8, 1].map(|index| secrets[usize::from(index)].card([index; 32], &mut rng(3)));
    let deal = Ceremony::new(cards.to_vec(), 2).unwrap().deal(&secrets[0], &mut rng(4)).unwrap();
    [
        ("committee", members[0].committee().encode(), |bytes| Ok(Committee::decode(bytes)?.encode())),
        ("member", members[0].encode().to_vec(), |bytes| Ok(MemberKey::decode(bytes)?.encode().to_vec())),
        ("wrap", wrap.encode(), |bytes| Ok(Wrap::decode(bytes)?.encode())),
        ("share", share.encode(), |bytes| Ok(Share::decode(bytes)?.encode())),
        ("card", cards[0].encode(), |bytes| Ok(Card::decode(bytes)?.encode())),
        ("deal", deal.encode(), |bytes| Ok(Deal::decode(bytes)?.encode())),
        ("request", Request { committee: [1; 32], content: [2; 32] }.encode(), |bytes| {
            Ok(Request::decode(bytes)?.encode())
        }),
        ("secret", secrets[0].encode().to_vec(), |bytes| Ok(Secret::decode(bytes)?.encode().to_vec())),
    ]
}

#[test]
fn everything_reads_back_and_every_other_length_is_refused() {
    for (name, bytes, read) in encodings() {
        assert_eq!(read(&bytes).as_ref(), Ok(&bytes), "{name}");
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "{name} of {length} bytes");
        }
        assert!(read(&[&bytes[..], &[0]].concat()).is_err(), "{name} with a byte more");
    }
}

#[test]
fn another_version_is_refused() {
    for (name, mut bytes, read) in encodings() {
        if ["wrap", "share"].contains(&name) {
            continue;
        }
        bytes[0] = 2;
        assert!(matches!(read(&bytes), Err(DecodeError::Version { found: 2, expected: 1, .. })), "{name}");
    }
}

/// A point of the curve that is not in the subgroup of order r.
fn outside_the_subgroup() -> [u8; 48] {
    let candidates = (1..=u8::MAX).map(|x| {
        let mut bytes = [0; 48];
        (bytes[0], bytes[47]) = (0x80, x);
        bytes
    });
    let not_in_it =
        |bytes: &[u8; 48]| matches!(G1::decode(bytes), Err(bithive_curve::DecodeError::NotInSubgroup { .. }));
    candidates.into_iter().find(not_in_it).unwrap()
}

#[test]
fn the_identity_and_points_outside_the_subgroup_are_refused_everywhere() {
    // Where each encoding has its points.
    let places: [(&str, &[usize]); 6] = [
        ("committee", &[3 + 32, 3 + 80 + 32, 3 + 160 + 32]),
        ("member", &[34 + 3 + 32]),
        ("wrap", &[32]),
        ("share", &[1]),
        ("card", &[33]),
        ("deal", &[36, 36 + 48]),
    ];
    let encodings = encodings();
    for (name, places) in places {
        let (_, bytes, read) = encodings.iter().find(|(other, ..)| *other == name).unwrap();
        for place in places {
            for point in [G1::identity().encode(), outside_the_subgroup(), [0xff; 48], [0; 48]] {
                let mut changed = bytes.clone();
                changed[*place..*place + 48].copy_from_slice(&point);
                assert!(matches!(read(&changed), Err(DecodeError::Element { .. })), "{name} at {place}");
            }
        }
    }
    let (_, mut wrap, read) = encodings.into_iter().find(|(name, ..)| *name == "wrap").unwrap();
    wrap[32 + 48 + 32..].copy_from_slice(&G2::identity().encode());
    assert!(matches!(read(&wrap), Err(DecodeError::Element { .. })));
}

#[test]
fn keys_that_do_not_belong_together_are_no_committee() {
    let members = members(3, 2);
    let bytes = members[0].committee().encode();
    let refused = |bytes: &[u8]| matches!(Committee::decode(bytes), Err(DecodeError::Invalid { .. }));
    let mut exchanged = bytes.clone();
    exchanged.copy_within(3 + 32..3 + 80, 3 + 80 + 32);
    assert!(refused(&exchanged), "two members with one key");
    let mut same_endpoint = bytes.clone();
    same_endpoint.copy_within(3..3 + 32, 3 + 80);
    assert!(refused(&same_endpoint));
    // Of any two points there is a line: with as many needed as there are, all are of one polynomial.
    let mut other_threshold = bytes.clone();
    other_threshold[1] = 3;
    let read = Committee::decode(&other_threshold).unwrap();
    assert_ne!(read.id(), members[0].committee().id());
    for threshold in [0, 1, 4] {
        other_threshold[1] = threshold;
        assert!(refused(&other_threshold), "{threshold}");
    }
    // Another member's share.
    let mut share = members[0].encode().to_vec();
    share[1] = 2;
    assert!(matches!(MemberKey::decode(&share), Err(DecodeError::Invalid { field: "share", .. })));
    share[1] = 0;
    assert!(MemberKey::decode(&share).is_err());
}
