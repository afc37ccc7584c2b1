//! Both backends, side by side: the same bytes for every operation, the same refusals for every input.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::arkworks::Arkworks;
use super::blst::Blst;
use super::{PairingEngine, SourceGroup};
use crate::gt::TargetElement;
use crate::hash::hash_with;
use crate::point::{Point, Sum};
use crate::{DecodeError, Scalar};

/// Everything that one backend computes, by name.
type Transcript = Vec<(String, Vec<u8>)>;

fn group_operations<C: SourceGroup>(rng: &mut ChaCha20Rng, out: &mut Transcript) {
    let mut note = |name: &str, point: Point<C>| out.push((name.into(), point.encode().as_ref().to_vec()));
    let generator = Point::<C>::generator();
    let scalars: Vec<Scalar> = (0..40).map(|_| Scalar::random(rng)).collect();
    let mut points = Point::mul_all(&[generator; 40], &scalars[0]);
    points = Point::mul_each(&points, &scalars);
    // The cases that incomplete formulas get wrong: identity, duplicate, negative.
    points[3] = Point::identity();
    points[5] = points[4];
    points[7] = -points[6];
    let weights: Vec<u128> =
        (0..40).map(|i| if i == 9 { 0 } else { u128::from(rng.next_u64()) << (i + 20) }).collect();

    for (i, point) in points.iter().enumerate() {
        note(&format!("point {i}"), *point);
    }
    note("identity", Point::identity());
    note("generator", generator);
    note("a + b", points[0] + points[1]);
    note("a + a", points[4] + points[5]);
    note("a - a", points[4] - points[5]);
    note("a + 0", points[0] + points[3]);
    note("-a", -points[0]);
    note("-0", -Point::<C>::identity());
    note("0 * a", points[0] * &Scalar::zero());
    note("(r-1) * a", points[0] * &Scalar::one().neg());
    note("x * 0", Point::<C>::identity() * &scalars[0]);
    note("sum", Point::sum(&points));
    for count in [0, 1, 2, 33, 40] {
        note(&format!("msm {count}"), Point::msm(&points[..count], &weights[..count]));
    }
    let slow = points.iter().zip(&weights).map(|(p, w)| *p * &Scalar::from(*w));
    let slow = slow.fold(Point::identity(), |sum, p| sum + p);
    assert_eq!(slow, Point::msm(&points, &weights), "msm is the sum of products");
    let many: Vec<_> = points.iter().cycle().take(1100).copied().collect();
    let many_weights: Vec<_> = weights.iter().cycle().take(1100).copied().collect();
    note("msm over several chunks", Point::msm(&many, &many_weights));
    let mut sum = Sum::<C>::new();
    sum.add(&points[0]);
    sum.add(&points[1]);
    sum.sub(&points[0]);
    assert_eq!(sum.finish(), points[1]);
    for (i, p) in Point::add_each(&points[..10], &points[1..11]).into_iter().enumerate() {
        note(&format!("add_each {i}"), p);
        assert_eq!(p, points[i] + points[i + 1]);
    }
    for point in &points {
        assert_eq!(Point::<C>::decode(point.encode().as_ref()).unwrap(), *point);
    }
    let mut wiped = points[0];
    zeroize::Zeroize::zeroize(&mut wiped);
    assert!(wiped != points[0]);
}

fn everything<E: PairingEngine>(seed: u64) -> Transcript {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut out = Transcript::new();
    group_operations::<E::G1>(&mut rng, &mut out);
    group_operations::<E::G2>(&mut rng, &mut out);

    let (a, b) = (Scalar::random(&mut rng), Scalar::random(&mut rng));
    let (x, y) = (a.little_endian(), b.little_endian());
    for (name, value) in [
        ("scalar a + b", E::scalar_add(x, y)),
        ("scalar a - b", E::scalar_sub(x, y)),
        ("scalar a * b", E::scalar_mul(x, y)),
        ("scalar 1 / a", E::scalar_invert(x)),
        ("scalar 1 / 0", E::scalar_invert(&[0; 32])),
        ("scalar from 48 bytes", E::scalar_reduce(&[0xff; 48])),
        ("scalar from 64 bytes", E::scalar_reduce(&[0xff; 64])),
        ("scalar from zeros", E::scalar_reduce(&[0; 64])),
    ] {
        out.push((name.into(), value.to_vec()));
    }

    let (p, q) = (Point::<E::G1>::generator() * &a, Point::<E::G2>::generator() * &b);
    let mut note =
        |name: &str, value: TargetElement<E>| out.push((name.into(), value.encode().as_slice().to_vec()));
    let base = TargetElement::<E>::product(&[(Point::generator(), Point::generator())]);
    let value = TargetElement::<E>::product(&[(p, q)]);
    assert_eq!(value, base.pow(&a.mul(&b)), "bilinear");
    note("e(g1, g2)", base);
    note("e(p, q)", value);
    note("one", TargetElement::one());
    note("pow 0", value.pow(&Scalar::zero()));
    note("pow r-1", value.pow(&Scalar::one().neg()));
    assert_eq!(value.pow(&Scalar::one().neg()), value.invert());
    note("inverse", value.invert());
    note("product", value.mul(&base));
    note("no pairs", TargetElement::product(&[]));
    note("identity pairs", TargetElement::product(&[(Point::identity(), q), (p, Point::identity())]));
    assert!(TargetElement::<E>::product(&[(p, q), (-p, q), (p, Point::identity())]).is_one());
    let pairs: Vec<_> = (1..40u64).map(|i| (p * &Scalar::from(i), q * &Scalar::from(i * i + 1))).collect();
    note("39 pairs", TargetElement::product(&pairs));

    let long_tag = [b'x'; 300];
    for (i, tag) in [&b"tag"[..], b"another tag", &long_tag].into_iter().enumerate() {
        for length in [0, 1, 31, 64, 1000] {
            let mut message = vec![0; length];
            rng.fill_bytes(&mut message);
            let point = hash_with::<E>(&message, tag);
            assert!(E::G2::in_subgroup(&point.0) && !point.is_identity());
            out.push((format!("hash of {length} bytes under tag {i}"), point.encode().as_ref().to_vec()));
        }
    }
    out
}

#[test]
fn every_operation_gives_the_same_bytes_on_both_backends() {
    for seed in 0..3 {
        let (ours, theirs) = (everything::<Blst>(seed), everything::<Arkworks>(seed));
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(&theirs) {
            assert_eq!(a.0, b.0);
            assert_eq!(hex::encode(&a.1), hex::encode(&b.1), "{} (seed {seed})", a.0);
        }
    }
}

fn refusals<C: SourceGroup>(seed: u64) -> Vec<(String, Result<Vec<u8>, DecodeError>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let good = Point::<C>::generator().encode().as_ref().to_vec();
    let mut inputs = vec![vec![], good[1..].to_vec(), [good.as_slice(), &[0]].concat()];
    for first in 0..=255u8 {
        let mut bytes = good.clone();
        bytes[0] = first;
        inputs.push(bytes);
        let mut zeros = vec![0; C::LEN];
        zeros[0] = first;
        inputs.push(zeros.clone());
        zeros[C::LEN - 1] = 1;
        inputs.push(zeros);
    }
    for _ in 0..60 {
        // Random x below p: about half are on the curve, nearly none in the subgroup.
        let mut bytes = vec![0; C::LEN];
        rng.fill_bytes(&mut bytes);
        bytes[0] = 0x80 | bytes[0] & 0x2f;
        if C::LEN == 96 {
            bytes[48] &= 0x0f;
        }
        inputs.push(bytes);
    }
    let decode = |bytes: &Vec<u8>| Point::<C>::decode(bytes).map(|point| point.encode().as_ref().to_vec());
    inputs.iter().map(|bytes| (hex::encode(bytes), decode(bytes))).collect()
}

#[test]
fn both_backends_refuse_the_same_bytes_for_the_same_reason() {
    let g1 = refusals::<<Blst as PairingEngine>::G1>(1);
    let g2 = refusals::<<Blst as PairingEngine>::G2>(1);
    let same = |ours: &[(String, _)], theirs: Vec<(String, _)>| {
        ours.iter().zip(&theirs).for_each(|(a, b)| assert_eq!(a, b));
    };
    same(&g1, refusals::<<Arkworks as PairingEngine>::G1>(1));
    same(&g2, refusals::<<Arkworks as PairingEngine>::G2>(1));
    for results in [g1, g2] {
        let has =
            |wanted: fn(&DecodeError) -> bool| results.iter().flat_map(|r| r.1.as_ref().err()).any(wanted);
        assert!(has(|e| matches!(e, DecodeError::Length { .. })));
        assert!(has(|e| matches!(e, DecodeError::NotCompressed { .. })));
        assert!(has(|e| matches!(e, DecodeError::NotCanonical { .. })));
        assert!(has(|e| matches!(e, DecodeError::NotOnCurve { .. })));
        assert!(has(|e| matches!(e, DecodeError::NotInSubgroup { .. })));
        assert!(results.iter().any(|r| r.1.is_ok()));
    }
}
