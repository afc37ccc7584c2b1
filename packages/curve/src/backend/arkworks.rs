//! Pure-Rust backend over arkworks, for wasm32. Its arithmetic is not constant-time.

use ark_bls12_381::{Bls12_381, Fq, Fq2, Fq12, Fr, G1Affine, G1Projective, G2Affine, G2Projective, g2};
use ark_ec::hashing::curve_maps::wb::WBMap;
use ark_ec::hashing::map_to_curve_hasher::MapToCurve;
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, BigInteger, CyclotomicMultSubgroup, Field, One, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use zeroize::Zeroize;

use super::{AffineOf, PairingEngine, SourceGroup, TARGET_LEN};
use crate::expand::expand_message_xmd;

/// Marker for arkworks' first source group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArkG1;
/// Marker for arkworks' second source group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArkG2;
/// Marker for the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arkworks;

macro_rules! source_group {
    ($marker:ident, $name:literal, $len:literal, $affine:ident, $projective:ident) => {
        impl SourceGroup for $marker {
            type Encoded = [u8; $len];
            type Affine = $affine;
            type Jacobian = $projective;

            const LEN: usize = $len;
            const NAME: &'static str = $name;

            fn generator() -> $affine {
                $affine::generator()
            }

            fn identity() -> $affine {
                $affine::zero()
            }

            fn is_identity(point: &$affine) -> bool {
                point.is_zero()
            }

            fn is_equal(a: &$affine, b: &$affine) -> bool {
                a == b
            }

            fn uncompress(bytes: &[u8; $len]) -> Option<$affine> {
                $affine::deserialize_with_mode(bytes.as_slice(), Compress::Yes, Validate::No).ok()
            }

            fn in_subgroup(point: &$affine) -> bool {
                point.is_in_correct_subgroup_assuming_on_curve()
            }

            fn compress(point: &$affine) -> [u8; $len] {
                let mut out = [0; $len];
                // Writing to a buffer of the type's own fixed length cannot fail; were it to, the result is
                // an encoding that no decoder accepts.
                if point.serialize_compressed(out.as_mut_slice()).is_err() {
                    out = [0; $len];
                }
                out
            }

            fn to_jacobian(point: &$affine) -> $projective {
                point.into_group()
            }

            fn add(a: &$projective, b: &$projective) -> $projective {
                *a + b
            }

            fn add_affine(a: &$projective, b: &$affine) -> $projective {
                *a + b
            }

            fn neg(point: &$affine) -> $affine {
                -*point
            }

            fn mul(point: &$affine, scalar: &[u8; 32]) -> $projective {
                *point * to_fr(scalar)
            }

            fn normalize(points: &[$projective]) -> Vec<$affine> {
                $projective::normalize_batch(points)
            }

            fn msm(points: &[$affine], weights: &[u128]) -> $projective {
                let scalars: Vec<Fr> = weights.iter().copied().map(Fr::from).collect();
                <$projective as VariableBaseMSM>::msm_unchecked(points, &scalars)
            }

            fn wipe(point: &mut $affine) {
                point.zeroize();
            }
        }
    };
}

source_group!(ArkG1, "G1", 48, G1Affine, G1Projective);
source_group!(ArkG2, "G2", 96, G2Affine, G2Projective);

fn to_fr(scalar: &[u8; 32]) -> Fr {
    Fr::from_le_bytes_mod_order(scalar)
}

fn from_fr(value: Fr) -> [u8; 32] {
    let mut out = [0; 32];
    for (bytes, limb) in out.chunks_exact_mut(8).zip(value.into_bigint().0) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    out
}

fn coordinates(value: &Fq12) -> [Fq; 12] {
    let (low, high) = (&value.c0, &value.c1);
    [
        low.c0.c0, low.c0.c1, high.c0.c0, high.c0.c1, low.c1.c0, low.c1.c1, high.c1.c0, high.c1.c1,
        low.c2.c0, low.c2.c1, high.c2.c0, high.c2.c1,
    ]
}

/// One of the two field elements of hash_to_field, mapped to the curve and not yet to the subgroup.
fn map_to_g2(uniform: &[u8; 128]) -> G2Affine {
    let (real, imaginary) = uniform.split_at(64);
    let element = Fq2::new(Fq::from_be_bytes_mod_order(real), Fq::from_be_bytes_mod_order(imaginary));
    // The map is defined for every element. Were it to fail, the identity stands for a hash that no signature fits: signatures
    // and keys that are the identity are refused.
    WBMap::<g2::Config>::map_to_curve(element).unwrap_or_else(|_| G2Affine::zero())
}

impl PairingEngine for Arkworks {
    type G1 = ArkG1;
    type G2 = ArkG2;
    type Target = Fq12;
    type Miller = Fq12;

    fn hash_to_g2(message: &[u8], tag: &[u8]) -> G2Affine {
        let uniform = expand_message_xmd::<256>(&[message], tag);
        let mapped = uniform.as_chunks::<128>().0.iter().map(map_to_g2);
        mapped.fold(G2Projective::ZERO, |sum, point| sum + point).into_affine().clear_cofactor()
    }

    fn miller(g1: &[AffineOf<ArkG1>], g2: &[AffineOf<ArkG2>]) -> Fq12 {
        Bls12_381::multi_miller_loop(g1, g2).0
    }

    fn miller_mul(a: &Fq12, b: &Fq12) -> Fq12 {
        *a * b
    }

    fn final_exponentiation(value: &Fq12) -> Fq12 {
        // None only for the input 0, which a Miller loop never gives; 0 equals no element of the group.
        Bls12_381::final_exponentiation(MillerLoopOutput(*value)).map_or(Fq12::ZERO, |output| output.0)
    }

    fn one() -> Fq12 {
        Fq12::one()
    }

    fn is_equal(a: &Fq12, b: &Fq12) -> bool {
        a == b
    }

    fn mul(a: &Fq12, b: &Fq12) -> Fq12 {
        *a * b
    }

    fn square(a: &Fq12) -> Fq12 {
        a.cyclotomic_square()
    }

    fn invert(a: &Fq12) -> Fq12 {
        let mut out = *a;
        out.conjugate_in_place();
        out
    }

    fn select(table: &[Fq12; 16], index: u8) -> Fq12 {
        table.get(usize::from(index)).copied().unwrap_or_else(Fq12::one)
    }

    fn encode(a: &Fq12) -> [u8; TARGET_LEN] {
        let mut out = [0; TARGET_LEN];
        for (bytes, coordinate) in out.chunks_exact_mut(48).zip(coordinates(a)) {
            bytes.copy_from_slice(&coordinate.into_bigint().to_bytes_be());
        }
        out
    }

    fn wipe(a: &mut Fq12) {
        a.zeroize();
    }

    fn scalar_add(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
        from_fr(to_fr(a) + to_fr(b))
    }

    fn scalar_sub(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
        from_fr(to_fr(a) - to_fr(b))
    }

    fn scalar_mul(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
        from_fr(to_fr(a) * to_fr(b))
    }

    fn scalar_invert(a: &[u8; 32]) -> [u8; 32] {
        from_fr(to_fr(a).inverse().unwrap_or(Fr::ZERO))
    }

    fn scalar_reduce(wide: &[u8]) -> [u8; 32] {
        from_fr(Fr::from_be_bytes_mod_order(wide))
    }
}
