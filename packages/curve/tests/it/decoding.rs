//! The doors through which bytes become curve elements.

use bithive_curve::{DecodeError, G1, G2, Gt, Scalar, multi_pairing, pairing, pairing_product_is_one};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// x = p for G1: one more than the largest coordinate.
const MODULUS: &str =
    "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
const ORDER: &str = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

#[test]
fn generators_have_their_standard_encodings() {
    assert_eq!(
        hex::encode(G1::generator().encode()),
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
    );
    assert!(
        hex::encode(G2::generator().encode()).starts_with("93e02b6052719f607dacd3a088274f65596bd0d09920b61a")
    );
}

#[test]
fn the_identity_decodes_only_where_it_is_allowed() {
    let bytes = G1::identity().encode();
    assert!(G1::decode(&bytes).unwrap().is_identity());
    assert_eq!(G1::decode_nonidentity(&bytes), Err(DecodeError::Identity { kind: "G1" }));
    let bytes = G2::identity().encode();
    assert_eq!(G2::decode_nonidentity(&bytes), Err(DecodeError::Identity { kind: "G2" }));
}

#[test]
fn a_coordinate_equal_to_the_modulus_is_not_canonical() {
    let bytes = hex::decode(MODULUS).unwrap();
    assert!(matches!(G1::decode(&bytes), Err(DecodeError::NotCanonical { kind: "G1", .. })));
    let mut second = G2::generator().encode();
    second[48..].copy_from_slice(&bytes);
    second[48] &= 0x1f;
    assert!(matches!(G2::decode(&second), Err(DecodeError::NotCanonical { kind: "G2", .. })));
}

#[test]
fn many_points_decode_or_name_the_first_bad_one() {
    let points = G2::mul_each(&[G2::generator(); 5], &Scalar::from(3u64).powers(5));
    let mut bytes: Vec<u8> = points.iter().flat_map(G2::encode).collect();
    assert_eq!(G2::decode_many(&bytes).unwrap(), points);
    bytes[2 * 96] &= 0x7f;
    assert_eq!(G2::decode_many(&bytes), Err((2, DecodeError::NotCompressed { kind: "G2" })));
    bytes.truncate(96 + 10);
    assert_eq!(
        G2::decode_many(&bytes),
        Err((1, DecodeError::Length { kind: "G2", expected: 96, actual: 10 }))
    );
}

#[test]
fn scalars_at_or_above_the_order_are_refused() {
    let order = hex::decode(ORDER).unwrap();
    assert!(matches!(Scalar::decode(&order), Err(DecodeError::NotCanonical { .. })));
    assert!(matches!(Scalar::decode(&[0xff; 32]), Err(DecodeError::NotCanonical { .. })));
    assert!(matches!(Scalar::decode(&order[1..]), Err(DecodeError::Length { expected: 32, actual: 31, .. })));
    let mut largest = order;
    largest[31] = 0;
    assert_eq!(Scalar::decode(&largest).unwrap(), Scalar::one().neg());
}

#[test]
fn scalars_form_a_field() {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let (a, b) = (Scalar::random(&mut rng), Scalar::random(&mut rng));
    assert_eq!(a.add(&b).sub(&b), a);
    assert_eq!(a.mul(&a.invert().unwrap()), Scalar::one());
    assert_eq!(Scalar::zero().invert(), None);
    assert_eq!(Scalar::decode(a.encode().as_slice()).unwrap(), a);
    assert_eq!(Scalar::from(5u64).powers(4)[3], Scalar::from(125u64));
    assert_ne!(Scalar::hash(&[b"a"], b"tag"), Scalar::hash(&[b"a"], b"other tag"));
}

#[test]
fn no_secret_shows_in_debug_output() {
    let scalar = Scalar::from(0x1234_5678_u64);
    assert_eq!(format!("{scalar:?} {:?}", G2::generator() * &scalar), "Scalar(secret) G2");
}

#[test]
fn pairing_products_cancel() {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let (a, b) = (Scalar::random(&mut rng), Scalar::random(&mut rng));
    let (p, q) = (G1::generator() * &a, G2::generator() * &b);
    assert!(pairing_product_is_one(&[(p, q), (-(G1::generator() * &b), G2::generator() * &a)]));
    assert!(!pairing_product_is_one(&[(p, q), (G1::generator(), G2::generator())]));
    assert_eq!(multi_pairing(&[(p, q), (p, q)]), pairing(&p, &q).pow(&Scalar::from(2u64)));
    assert_eq!(Gt::one().encode().iter().filter(|byte| **byte != 0).count(), 1);
}
