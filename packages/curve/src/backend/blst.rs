//! Native backend over blst's C and assembly code.
//!
//! blst's safe Rust types cover signatures only, so the group operations go through its C interface.
//! Every `unsafe` block here relies on the same three facts, and on nothing else:
//! 1. all arguments are references or slices of live, initialised, properly aligned values of the exact C
//!    types (the structs are plain integers, every bit pattern is a valid value);
//! 2. outputs are separate local values, or the C function is documented to allow in-place use;
//! 3. lengths passed beside a pointer are the lengths of the slice that the pointer came from.
//!
//! Bulk functions take an array of pointers in which a null entry means "the next element follows the
//! previous one in memory", hence the pairs `[first, null]`.
#![allow(unsafe_code)]

use core::ptr;

use blst::{
    BLST_ERROR, blst_fp12, blst_fr, blst_p1, blst_p1_affine, blst_p2, blst_p2_affine, blst_scalar, limb_t,
};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::{AffineOf, PairingEngine, SourceGroup, TARGET_LEN};

/// Marker for blst's first source group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlstG1;
/// Marker for blst's second source group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlstG2;
/// Marker for the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blst;

/// Bits of a scalar that multiplication walks through; fixed, so that time does not tell the scalar.
const SCALAR_BITS: usize = 255;

macro_rules! source_group {
    (
        $marker:ident, $name:literal, $len:literal, $affine:ident, $jacobian:ident, $limbs:expr,
        generator: $generator:ident, is_inf: $is_inf:ident, uncompress: $uncompress:ident,
        in_group: $in_group:ident, compress: $compress:ident, from_affine: $from_affine:ident,
        add: $add:ident, add_affine: $add_affine:ident, cneg: $cneg:ident, to_affine: $to_affine:ident,
        mult: $mult:ident, to_affines: $to_affines:ident, msm: $msm:ident, scratch: $scratch:ident
    ) => {
        impl SourceGroup for $marker {
            type Encoded = [u8; $len];
            type Affine = $affine;
            type Jacobian = $jacobian;

            const LEN: usize = $len;
            const NAME: &'static str = $name;

            fn generator() -> $affine {
                // SAFETY: the function returns a pointer to a constant of the library.
                unsafe { *blst::$generator() }
            }

            fn identity() -> $affine {
                $affine::default()
            }

            fn is_identity(point: &$affine) -> bool {
                // SAFETY: facts 1.
                unsafe { blst::$is_inf(point) }
            }

            fn is_equal(a: &$affine, b: &$affine) -> bool {
                a == b
            }

            fn uncompress(bytes: &[u8; $len]) -> Option<$affine> {
                let mut out = $affine::default();
                // SAFETY: facts 1 and 2; the C function reads exactly the compressed length.
                let code = unsafe { blst::$uncompress(&mut out, bytes.as_ptr()) };
                // blst already knows that the points with x = 0 are outside the subgroup and says so here; they
                // are on the curve, which is all that this function answers.
                let on_curve = matches!(code, BLST_ERROR::BLST_SUCCESS | BLST_ERROR::BLST_POINT_NOT_IN_GROUP);
                on_curve.then_some(out)
            }

            fn in_subgroup(point: &$affine) -> bool {
                // SAFETY: facts 1.
                unsafe { blst::$in_group(point) }
            }

            fn compress(point: &$affine) -> [u8; $len] {
                let mut out = [0; $len];
                // SAFETY: facts 1 and 2; the C function writes exactly the compressed length.
                unsafe { blst::$compress(out.as_mut_ptr(), point) };
                out
            }

            fn to_jacobian(point: &$affine) -> $jacobian {
                let mut out = $jacobian::default();
                // SAFETY: facts 1 and 2.
                unsafe { blst::$from_affine(&mut out, point) };
                out
            }

            fn add(a: &$jacobian, b: &$jacobian) -> $jacobian {
                let mut out = $jacobian::default();
                // SAFETY: facts 1 and 2.
                unsafe { blst::$add(&mut out, a, b) };
                out
            }

            fn add_affine(a: &$jacobian, b: &$affine) -> $jacobian {
                let mut out = $jacobian::default();
                // SAFETY: facts 1 and 2.
                unsafe { blst::$add_affine(&mut out, a, b) };
                out
            }

            fn neg(point: &$affine) -> $affine {
                let mut value = Self::to_jacobian(point);
                let mut out = $affine::default();
                // SAFETY: facts 1 and 2; negation is in place. Z is 1, so the way back needs no inversion.
                unsafe {
                    blst::$cneg(&mut value, true);
                    blst::$to_affine(&mut out, &value);
                }
                out
            }

            fn mul(point: &$affine, scalar: &[u8; 32]) -> $jacobian {
                let base = Self::to_jacobian(point);
                let mut out = $jacobian::default();
                // SAFETY: facts 1 and 2; 255 bits are read from 32 bytes.
                unsafe { blst::$mult(&mut out, &base, scalar.as_ptr(), SCALAR_BITS) };
                out
            }

            fn normalize(points: &[$jacobian]) -> Vec<$affine> {
                let mut out = vec![$affine::default(); points.len()];
                if !points.is_empty() {
                    let inputs = [points.as_ptr(), ptr::null()];
                    // SAFETY: facts 1 to 3; `out` has as many elements as `points`.
                    unsafe { blst::$to_affines(out.as_mut_ptr(), inputs.as_ptr(), points.len()) };
                }
                out
            }

            fn msm(points: &[$affine], weights: &[u128]) -> $jacobian {
                let count = points.len().min(weights.len());
                let mut out = $jacobian::default();
                if count == 0 {
                    return out;
                }
                let bytes: Vec<[u8; 16]> = weights.iter().map(|weight| weight.to_le_bytes()).collect();
                let inputs = [points.as_ptr(), ptr::null()];
                let scalars = [bytes.as_ptr().cast::<u8>(), ptr::null()];
                // SAFETY: the size function has no arguments but a count; then facts 1 to 3: every scalar
                // takes (128 + 7) / 8 = 16 consecutive bytes, and the scratch space has the asked size.
                unsafe {
                    let words = blst::$scratch(count).div_ceil(size_of::<limb_t>());
                    let mut scratch: Vec<limb_t> = vec![0; words];
                    blst::$msm(&mut out, inputs.as_ptr(), count, scalars.as_ptr(), 128, scratch.as_mut_ptr());
                }
                out
            }

            fn wipe(point: &mut $affine) {
                $limbs(point);
            }
        }
    };
}

source_group!(
    BlstG1, "G1", 48, blst_p1_affine, blst_p1,
    |point: &mut blst_p1_affine| {
        point.x.l.zeroize();
        point.y.l.zeroize();
    },
    generator: blst_p1_affine_generator, is_inf: blst_p1_affine_is_inf, uncompress: blst_p1_uncompress,
    in_group: blst_p1_affine_in_g1, compress: blst_p1_affine_compress, from_affine: blst_p1_from_affine,
    add: blst_p1_add_or_double, add_affine: blst_p1_add_or_double_affine, cneg: blst_p1_cneg,
    to_affine: blst_p1_to_affine, mult: blst_p1_mult, to_affines: blst_p1s_to_affine,
    msm: blst_p1s_mult_pippenger, scratch: blst_p1s_mult_pippenger_scratch_sizeof
);

source_group!(
    BlstG2, "G2", 96, blst_p2_affine, blst_p2,
    |point: &mut blst_p2_affine| {
        for part in point.x.fp.iter_mut().chain(point.y.fp.iter_mut()) {
            part.l.zeroize();
        }
    },
    generator: blst_p2_affine_generator, is_inf: blst_p2_affine_is_inf, uncompress: blst_p2_uncompress,
    in_group: blst_p2_affine_in_g2, compress: blst_p2_affine_compress, from_affine: blst_p2_from_affine,
    add: blst_p2_add_or_double, add_affine: blst_p2_add_or_double_affine, cneg: blst_p2_cneg,
    to_affine: blst_p2_to_affine, mult: blst_p2_mult, to_affines: blst_p2s_to_affine,
    msm: blst_p2s_mult_pippenger, scratch: blst_p2s_mult_pippenger_scratch_sizeof
);

fn limbs(value: &blst_fp12) -> impl Iterator<Item = &u64> {
    value.fp6.iter().flat_map(|six| &six.fp2).flat_map(|two| &two.fp).flat_map(|one| &one.l)
}

fn limbs_mut(value: &mut blst_fp12) -> impl Iterator<Item = &mut u64> {
    value.fp6.iter_mut().flat_map(|six| &mut six.fp2).flat_map(|two| &mut two.fp).flat_map(|one| &mut one.l)
}

fn to_fr(scalar: &[u8; 32]) -> blst_fr {
    let (mut bytes, mut out) = (blst_scalar::default(), blst_fr::default());
    // SAFETY: facts 1 and 2; the scalar is canonical by the trait's contract.
    unsafe {
        blst::blst_scalar_from_lendian(&mut bytes, scalar.as_ptr());
        blst::blst_fr_from_scalar(&mut out, &bytes);
    }
    out
}

fn from_fr(value: &blst_fr) -> [u8; 32] {
    let (mut bytes, mut out) = (blst_scalar::default(), [0; 32]);
    // SAFETY: facts 1 and 2.
    unsafe {
        blst::blst_scalar_from_fr(&mut bytes, value);
        blst::blst_lendian_from_scalar(out.as_mut_ptr(), &bytes);
    }
    out
}

/// A C function of two field elements that writes a third.
type FrOperation = unsafe extern "C" fn(*mut blst_fr, *const blst_fr, *const blst_fr);

fn with_fr(operation: FrOperation, a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut out = blst_fr::default();
    // SAFETY: facts 1 and 2; `operation` is one of blst_fr_add, blst_fr_sub, blst_fr_mul.
    unsafe { operation(&mut out, &to_fr(a), &to_fr(b)) };
    from_fr(&out)
}

impl PairingEngine for Blst {
    type G1 = BlstG1;
    type G2 = BlstG2;
    type Target = blst_fp12;
    type Miller = blst_fp12;

    fn hash_to_g2(message: &[u8], tag: &[u8]) -> blst_p2_affine {
        let (mut point, mut out) = (blst_p2::default(), blst_p2_affine::default());
        // SAFETY: facts 1 to 3; there is no augmentation, and nothing is read for a length of 0.
        unsafe {
            blst::blst_hash_to_g2(
                &mut point,
                message.as_ptr(),
                message.len(),
                tag.as_ptr(),
                tag.len(),
                ptr::null(),
                0,
            );
            blst::blst_p2_to_affine(&mut out, &point);
        }
        out
    }

    fn miller(g1: &[AffineOf<BlstG1>], g2: &[AffineOf<BlstG2>]) -> blst_fp12 {
        let count = g1.len().min(g2.len());
        let mut out = blst_fp12::default();
        if count > 0 {
            let (q, p) = ([g2.as_ptr(), ptr::null()], [g1.as_ptr(), ptr::null()]);
            // SAFETY: facts 1 to 3. The crate's safe wrapper would hand two pairs to a global thread pool,
            // which costs more than it saves and blocks inside other pools.
            unsafe { blst::blst_miller_loop_n(&mut out, q.as_ptr(), p.as_ptr(), count) };
        }
        out
    }

    fn miller_mul(a: &blst_fp12, b: &blst_fp12) -> blst_fp12 {
        *a * *b
    }

    fn final_exponentiation(value: &blst_fp12) -> blst_fp12 {
        value.final_exp()
    }

    fn one() -> blst_fp12 {
        blst_fp12::default()
    }

    fn is_equal(a: &blst_fp12, b: &blst_fp12) -> bool {
        a == b
    }

    fn mul(a: &blst_fp12, b: &blst_fp12) -> blst_fp12 {
        *a * *b
    }

    fn square(a: &blst_fp12) -> blst_fp12 {
        let mut out = blst_fp12::default();
        // SAFETY: facts 1 and 2.
        unsafe { blst::blst_fp12_cyclotomic_sqr(&mut out, a) };
        out
    }

    fn invert(a: &blst_fp12) -> blst_fp12 {
        let mut out = *a;
        // SAFETY: fact 1; conjugation is in place.
        unsafe { blst::blst_fp12_conjugate(&mut out) };
        out
    }

    fn select(table: &[blst_fp12; 16], index: u8) -> blst_fp12 {
        let mut out = blst_fp12::default();
        for (entry, number) in table.iter().zip(0u8..) {
            let hit = number.ct_eq(&index);
            for (to, from) in limbs_mut(&mut out).zip(limbs(entry)) {
                to.conditional_assign(from, hit);
            }
        }
        out
    }

    fn encode(a: &blst_fp12) -> [u8; TARGET_LEN] {
        a.to_bendian()
    }

    fn wipe(a: &mut blst_fp12) {
        limbs_mut(a).for_each(Zeroize::zeroize);
    }

    fn scalar_add(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
        with_fr(blst::blst_fr_add, a, b)
    }

    fn scalar_sub(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
        with_fr(blst::blst_fr_sub, a, b)
    }

    fn scalar_mul(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
        with_fr(blst::blst_fr_mul, a, b)
    }

    fn scalar_invert(a: &[u8; 32]) -> [u8; 32] {
        let mut out = blst_fr::default();
        // SAFETY: facts 1 and 2; this variant is the constant-time one.
        unsafe { blst::blst_fr_inverse(&mut out, &to_fr(a)) };
        from_fr(&out)
    }

    fn scalar_reduce(wide: &[u8]) -> [u8; 32] {
        let (mut reduced, mut out) = (blst_scalar::default(), [0; 32]);
        // SAFETY: facts 1 to 3. The result says only whether the value is non-zero.
        unsafe {
            blst::blst_scalar_from_be_bytes(&mut reduced, wide.as_ptr(), wide.len());
            blst::blst_lendian_from_scalar(out.as_mut_ptr(), &reduced);
        }
        out
    }
}
