//! BLS12-381: hashing to both groups, decoding with both backends, and signatures by both verifiers.

use bithive_attest::bls::{self, BlsError};
use bithive_attest::host::{self, HostError};
use bithive_curve::backend::{PairingEngine, SourceGroup, arkworks::Arkworks, blst::Blst};
use bithive_curve::point::Point;
use bithive_vectors::{Case, cases};
use blst::{min_pk, min_sig};
use cosmwasm_std::testing::MockApi;
use cosmwasm_std::{Api, HashFunction};

/// With it, a signature is the message's hash.
const ONE: [u8; 32] = {
    let mut one = [0; 32];
    one[31] = 1;
    one
};
/// Flags of cases whose key or signature is no point that may be used.
const MALFORMED: [&str; 8] = [
    "FieldBoundary",
    "IdentityPoint",
    "InvalidEncoding",
    "InvalidFlags",
    "InvalidSignature",
    "NotInSubgroup",
    "NotOnCurve",
    "TruncatedSignature",
];

fn signatures() -> Vec<Case> {
    let cases = cases(include_str!("../../bls_signatures.json"));
    assert_eq!(cases.len(), 114);
    cases
}

fn is_malformed(case: &Case) -> bool {
    MALFORMED.iter().any(|flag| case.is(flag))
}

/// Natively and by the host functions of a chain; `None` stands for what the host cannot tell apart.
fn verified(case: &Case) -> [Result<(), Option<BlsError>>; 2] {
    let (key, message, signature) = (case.bytes("key"), case.bytes("msg"), case.bytes("sig"));
    let api = MockApi::default();
    let host = host::check_g1(&api, "BLS key", &key)
        .and_then(|key| host::verify_statement(&api, &key, &[], &message, &signature))
        .map_err(|error| matches!(error, HostError::Mismatch(_)).then_some(BlsError::Mismatch));
    [bls::verify(&key, &message, &signature).map_err(Some), host]
}

/// The suite of this crate's signatures, with messages and keys of others.
#[test]
fn signatures_with_possession_are_wycheproofs() {
    let mut counts = [0; 2];
    for case in signatures().iter().filter(|case| case.text("suite").ends_with("_POP_")) {
        for result in verified(case) {
            assert_eq!(result.is_ok(), case.is_valid(), "{case:?}: {result:?}");
        }
        counts[usize::from(!case.is_valid())] += 1;
    }
    assert_eq!(counts, [13, 13]);
}

/// Cases of the suite without possession: its valid signatures are well-formed and hold for nothing here, and what is
/// malformed is refused as that, before any pairing.
#[test]
fn signatures_of_another_suite_do_not_hold_and_malformed_points_are_told() {
    let mut counts = [0; 2];
    for case in signatures().iter().filter(|case| case.text("suite").ends_with("_NUL_")) {
        let malformed = is_malformed(case);
        for result in verified(case) {
            let error = result.unwrap_err();
            assert_eq!(error != Some(BlsError::Mismatch), malformed, "{case:?}: {error:?}");
        }
        counts[usize::from(malformed)] += 1;
    }
    assert_eq!(counts, [39, 49]);
}

fn decodes<C: SourceGroup>(bytes: &[u8]) -> bool {
    Point::<C>::decode(bytes).is_ok_and(|point| !point.is_identity())
}

/// What `attest` takes for a key and a signature is what `curve` decodes, on both backends.
#[test]
fn both_backends_decode_the_points_of_valid_cases_and_no_others() {
    for case in signatures() {
        let (key, signature) = (case.bytes("key"), case.bytes("sig"));
        let native = [
            decodes::<<Blst as PairingEngine>::G1>(&key),
            decodes::<<Blst as PairingEngine>::G2>(&signature),
        ];
        let browser = [
            decodes::<<Arkworks as PairingEngine>::G1>(&key),
            decodes::<<Arkworks as PairingEngine>::G2>(&signature),
        ];
        assert_eq!(native, browser, "{case:?}");
        let refused = matches!(verified(&case)[0], Err(Some(BlsError::PublicKey | BlsError::Signature)));
        assert_eq!(native == [true; 2], !refused, "{case:?}");
    }
}

/// Of Wycheproof, five of them in RFC 9380, appendix J.10.1, by the call that signs and by the host function.
#[test]
fn messages_hash_to_g2_as_published() {
    let cases = cases(include_str!("../../hash_to_g2.json"));
    assert_eq!(cases.len(), 34);
    let one = min_pk::SecretKey::from_bytes(&ONE).unwrap();
    for case in cases {
        let (message, tag, expected) =
            (case.bytes("msg"), case.text("dst").as_bytes(), case.bytes("expected"));
        assert_eq!(one.sign(&message, tag, &[]).compress().as_slice(), expected, "{case:?}");
        let host = MockApi::default().bls12_381_hash_to_g2(HashFunction::Sha256, &message, tag).unwrap();
        assert_eq!(host.as_slice(), expected, "{case:?}");
    }
}

/// RFC 9380, appendix J.9.1: what rounds of drand are hashed with.
#[test]
fn messages_hash_to_g1_as_in_rfc_9380() {
    let cases = cases(include_str!("../../hash_to_g1.json"));
    assert_eq!(cases.len(), 5);
    let one = min_sig::SecretKey::from_bytes(&ONE).unwrap();
    for case in cases {
        let (message, tag) = (case.text("msg").as_bytes(), case.text("dst").as_bytes());
        let point = one.sign(message, tag, &[]);
        let expected = ["x", "y"].map(|field| hex::decode(&case.text(field)[2..]).unwrap()).concat();
        assert_eq!(point.serialize().as_slice(), expected, "{case:?}");
        let host = MockApi::default().bls12_381_hash_to_g1(HashFunction::Sha256, message, tag).unwrap();
        assert_eq!(host, point.compress(), "{case:?}");
    }
}
