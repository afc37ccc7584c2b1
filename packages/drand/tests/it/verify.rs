//! Beacons: published rounds verify, and nothing else does; both verifiers say the same of every input.

use crate::common::{Published, check, vectors};
use bithive_drand::{Beacon, Chain, DrandError, QUICKNET, SIGNATURE_DST, message};
use proptest::prelude::*;

fn chain_of(public_key: &str) -> Chain {
    Chain { public_key: hex::decode(public_key).unwrap().try_into().unwrap(), ..QUICKNET }
}

#[test]
fn published_rounds_verify_and_give_the_published_randomness() {
    let vectors = vectors();
    assert!(vectors.rounds.len() >= 3);
    for published in vectors.rounds {
        let beacon = check(&QUICKNET, published.round, &published.signature()).unwrap();
        assert_eq!(beacon.round(), published.round);
        assert_eq!(beacon.signature().to_vec(), published.signature());
        assert_eq!(hex::encode(beacon.randomness()), published.randomness.unwrap());
        assert_eq!(hex::encode(message(published.round)), published.message.unwrap());
    }
}

#[test]
fn a_signature_is_of_one_round_only() {
    let rounds = vectors().rounds;
    for (published, other) in rounds.iter().zip(rounds.iter().cycle().skip(1)) {
        let round = other.round;
        let refused = Err(DrandError::Mismatch { round });
        assert_eq!(check(&QUICKNET, round, &published.signature()), refused);
    }
    let first = rounds[0].signature();
    assert_eq!(check(&QUICKNET, 0, &first), Err(DrandError::RoundZero));
    assert_eq!(check(&QUICKNET, u64::MAX, &first), Err(DrandError::Mismatch { round: u64::MAX }));
}

#[test]
fn another_networks_rounds_verify_for_its_own_key_only() {
    let other = vectors().other_chain;
    for Published { round, signature, .. } in &other.rounds {
        let signature = hex::decode(signature).unwrap();
        check(&chain_of(&other.public_key), *round, &signature).unwrap();
        assert_eq!(check(&QUICKNET, *round, &signature), Err(DrandError::Mismatch { round: *round }));
    }
    let published = &vectors().rounds[2];
    let refused = Err(DrandError::Mismatch { round: published.round });
    assert_eq!(check(&chain_of(&other.public_key), published.round, &published.signature()), refused);
}

#[test]
fn a_signature_under_another_tag_is_refused_even_for_its_own_key() {
    let other = vectors().other_domain;
    for Published { round, signature, .. } in &other.rounds {
        let refused = Err(DrandError::Mismatch { round: *round });
        assert_eq!(check(&chain_of(&other.public_key), *round, &hex::decode(signature).unwrap()), refused);
    }
}

#[test]
fn malformed_signatures_are_refused_as_points() {
    for case in vectors().malformed {
        let signature = hex::decode(&case.signature).unwrap();
        assert_eq!(check(&QUICKNET, case.round, &signature), Err(DrandError::Signature), "{}", case.about);
    }
}

#[test]
fn without_the_subgroup_check_a_round_would_have_two_signatures() {
    // Why the refusal above matters: with a second signature that verifies, the round has a second randomness.
    let malleated = hex::decode(&vectors().malformed[0].signature).unwrap();
    let key = blst::min_sig::PublicKey::key_validate(&QUICKNET.public_key).unwrap();
    let unchecked = blst::min_sig::Signature::uncompress(&malleated).unwrap();
    let outcome = unchecked.verify(false, &message(1000), SIGNATURE_DST, &[], &key, false);
    assert_eq!(outcome, blst::BLST_ERROR::BLST_SUCCESS);
    assert_eq!(check(&QUICKNET, 1000, &malleated), Err(DrandError::Signature));
}

#[test]
fn a_negated_signature_is_another_signature() {
    let published = &vectors().rounds[0];
    let mut negated = published.signature();
    negated[0] ^= 0x20;
    assert_eq!(check(&QUICKNET, 1, &negated), Err(DrandError::Mismatch { round: 1 }));
}

#[test]
fn signatures_of_another_length_are_named() {
    let signature = vectors().rounds[0].signature();
    for found in [0, 1, 47] {
        assert_eq!(check(&QUICKNET, 1, &signature[..found]), Err(DrandError::SignatureLength { found }));
    }
    let long = [signature, vec![0]].concat();
    assert_eq!(check(&QUICKNET, 1, &long), Err(DrandError::SignatureLength { found: 49 }));
}

#[test]
fn a_malformed_public_key_is_refused_as_one() {
    let signature = vectors().rounds[0].signature();
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    // A point of order 13 on the twist, and a key without the flag of compression.
    let small: [u8; 96] = hex::decode(concat!(
        "ae074268358ced055a27ab8de3bbdeb6d0c2949685103095e491dc537fc8ee474a73ce0b2826fae8eabfb3078a910b64",
        "157573f4c77585787c2c988585c1f6afe39f5b91aacb37509b42ec71fceb51a1576fda15dac1031f8d26785d6b139784",
    ))
    .unwrap()
    .try_into()
    .unwrap();
    let mut uncompressed = QUICKNET.public_key;
    uncompressed[0] &= 0x7f;
    for public_key in [identity, small, uncompressed, [0xff; 96]] {
        let chain = Chain { public_key, ..QUICKNET };
        assert_eq!(check(&chain, 1, &signature), Err(DrandError::PublicKey));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn one_flipped_bit_is_refused(which in 0usize..8, bit in 0usize..48 * 8) {
        let published = &vectors().rounds[which];
        let mut signature = published.signature();
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(check(&QUICKNET, published.round, &signature).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_verify(
        round in any::<u64>(),
        signature in proptest::collection::vec(any::<u8>(), 40..56),
    ) {
        let outcome: Result<Beacon, DrandError> = check(&QUICKNET, round, &signature);
        prop_assert!(outcome.is_err());
    }
}
