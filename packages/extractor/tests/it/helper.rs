//! Helper data has one encoding, and changed helper data gives no key.

use crate::common::{CONTEXT, enrolled, flipped};
use bithive_extractor::{ExtractorError, HelperData, Profile};
use proptest::prelude::*;

const SALT: usize = 6;

#[test]
fn what_is_encoded_decodes_to_the_same() {
    for (profile, length) in Profile::ALL.into_iter().zip([164, 397, 163]) {
        let (reading, helper, key) = enrolled(profile, 1);
        let bytes = helper.encode();
        assert_eq!((bytes.len(), profile.helper_bytes()), (length, length));
        let decoded = HelperData::decode(&bytes).unwrap();
        assert_eq!(decoded, helper);
        assert!(decoded.reproduce(&reading, CONTEXT).is_ok_and(|found| found == key));
    }
}

#[test]
fn other_lengths_versions_and_profiles_are_refused() {
    let (_, helper, _) = enrolled(Profile::Puf1016, 1);
    let bytes = helper.encode();
    for length in 0..bytes.len() {
        assert!(matches!(HelperData::decode(&bytes[..length]), Err(ExtractorError::MalformedHelperData(_))));
    }
    let longer = [&bytes[..], &[0]].concat();
    let refused = |bytes: &[u8]| HelperData::decode(bytes).unwrap_err().to_string();
    assert!(refused(&longer).contains("length"));
    for (position, value, named) in
        [(0, b'b', "BHFE"), (4, 2, "version 1"), (5, 0, "profile"), (5, 2, "length")]
    {
        let mut changed = bytes.clone();
        changed[position] = value;
        assert!(refused(&changed).contains(named), "{}", refused(&changed));
    }
}

#[test]
fn bits_after_the_end_of_the_sketch_are_refused() {
    for profile in Profile::ALL {
        let bytes = enrolled(profile, 1).1.encode();
        for spare in profile.leakage_bits()..profile.leakage_bits().next_multiple_of(8) {
            let mut changed = bytes.clone();
            changed[70 + spare as usize / 8] ^= 1 << (spare % 8);
            assert!(HelperData::decode(&changed).unwrap_err().to_string().contains("bits after the end"));
        }
    }
}

#[test]
fn a_bit_flipped_anywhere_in_salt_tag_or_sketch_gives_no_key() {
    let (reading, helper, _) = enrolled(Profile::Puf1016, 1);
    let bytes = helper.encode();
    let bits = 70 * 8 + Profile::Puf1016.leakage_bits() as usize;
    for bit in (SALT * 8..bits).step_by(5) {
        let changed = HelperData::decode(&flipped(&bytes, &[bit])).unwrap();
        assert_eq!(
            changed.reproduce(&reading, CONTEXT).err(),
            Some(ExtractorError::NotReproduced),
            "bit {bit}"
        );
    }
}

/// The attack that the tag is there for: the sketch of the reading with chosen bits flipped is the sketch plus that
/// of the flips, so the decoder accepts it and finds another reading.
#[test]
fn a_sketch_shifted_by_a_chosen_error_gives_no_key() {
    for profile in Profile::ALL {
        let (reading, helper, _) = enrolled(profile, 1);
        let shifted_reading = flipped(&reading, &[5]);
        let (shifted, _) = bithive_extractor::enroll(
            profile,
            crate::common::fresh(),
            &shifted_reading,
            CONTEXT,
            &mut crate::common::rng(2),
        )
        .unwrap();
        let sketch = &shifted.encode()[70..];
        let forged = HelperData::decode(&[&helper.encode()[..70], sketch].concat()).unwrap();
        for read in [&reading, &shifted_reading] {
            assert_eq!(forged.reproduce(read, CONTEXT).err(), Some(ExtractorError::NotReproduced));
        }
    }
}

#[test]
fn parts_of_two_enrolments_do_not_mix() {
    let (reading, one, _) = enrolled(Profile::Puf1016, 1);
    let (_, two, _) = enrolled(Profile::Puf1016, 2);
    let (one, two) = (one.encode(), two.encode());
    for range in [6..38, 38..70, 70..one.len()] {
        let mut mixed = one.clone();
        mixed[range.clone()].copy_from_slice(&two[range]);
        let mixed = HelperData::decode(&mixed).unwrap();
        assert_eq!(mixed.reproduce(&reading, CONTEXT).err(), Some(ExtractorError::NotReproduced));
    }
}

proptest! {
    #[test]
    fn bytes_that_decode_are_the_encoding_of_what_they_decode_to(
        id in 0_u8..=4,
        change in any::<u8>(),
        rest in prop::collection::vec(any::<u8>(), 388..=392),
        cut in 0_usize..=392,
    ) {
        // Lengths around those of all profiles.
        let length = [158, 391, 157][usize::from(change) % 3].min(rest.len()).saturating_sub(cut / 391);
        let bytes = [b"BHFE\x01", &[id][..], &rest[..length]].concat();
        if let Ok(helper) = HelperData::decode(&bytes) {
            prop_assert_eq!(helper.encode(), bytes);
        }
    }
}
