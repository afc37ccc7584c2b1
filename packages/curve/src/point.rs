//! Points of the two source groups.

use core::fmt;
use core::ops::{Add, Mul, Neg, Sub};

use zeroize::Zeroize;

use crate::backend::SourceGroup;
use crate::encoding::{DecodeError, check_form};
use crate::{Scalar, parallel};

/// A point of the subgroup of order r, in affine coordinates.
///
/// `+`, `-` and `*` give affine results and so cost an inversion each; sums of more than two points go
/// through [`Sum`].
#[derive(Clone, Copy)]
pub struct Point<C: SourceGroup>(pub(crate) C::Affine);

/// How many points one task of a parallel sum takes: below this, handing out work costs more than it saves.
const MSM_CHUNK: usize = 512;

impl<C: SourceGroup> Point<C> {
    /// Length of an encoded point in bytes.
    pub const LEN: usize = C::LEN;

    /// The standard generator.
    pub fn generator() -> Self {
        Self(C::generator())
    }

    /// The neutral element.
    pub fn identity() -> Self {
        Self(C::identity())
    }

    /// Whether this is the neutral element.
    pub fn is_identity(&self) -> bool {
        C::is_identity(&self.0)
    }

    /// The compressed encoding: 48 bytes of G1, 96 of G2.
    pub fn encode(&self) -> C::Encoded {
        C::compress(&self.0)
    }

    /// Decode a compressed point and check everything: length, canonical form, curve, subgroup.
    ///
    /// # Errors
    /// One [`DecodeError`] variant per check.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let kind = C::NAME;
        if bytes.len() != C::LEN {
            return Err(DecodeError::Length { kind, expected: C::LEN, actual: bytes.len() });
        }
        check_form(kind, bytes)?;
        let mut array = C::compress(&C::identity());
        array.as_mut().copy_from_slice(bytes);
        let point = C::uncompress(&array).ok_or(DecodeError::NotOnCurve { kind })?;
        if C::in_subgroup(&point) { Ok(Self(point)) } else { Err(DecodeError::NotInSubgroup { kind }) }
    }

    /// [`Self::decode`], refusing the identity too.
    ///
    /// # Errors
    /// As [`Self::decode`], and [`DecodeError::Identity`].
    pub fn decode_nonidentity(bytes: &[u8]) -> Result<Self, DecodeError> {
        let point = Self::decode(bytes)?;
        if point.is_identity() { Err(DecodeError::Identity { kind: C::NAME }) } else { Ok(point) }
    }

    /// Decode consecutive points, none of which may be the identity, in parallel where there are threads.
    ///
    /// Every point gets its own subgroup check: the cofactors have small prime factors, so a random
    /// combination of points can be in the subgroup when its terms are not.
    ///
    /// # Errors
    /// The first refused point's index with the reason, or [`DecodeError::Length`] at the index of a partial
    /// last point.
    pub fn decode_many(bytes: &[u8]) -> Result<Vec<Self>, (usize, DecodeError)> {
        let chunks: Vec<&[u8]> = bytes.chunks(C::LEN).collect();
        let decoded = parallel::map(&chunks, |chunk| Self::decode_nonidentity(chunk));
        decoded.into_iter().enumerate().map(|(index, point)| point.map_err(|error| (index, error))).collect()
    }

    /// `points[i] * scalars[i]` for as many as both slices have, in parallel, normalised together.
    pub fn mul_each(points: &[Self], scalars: &[Scalar]) -> Vec<Self> {
        let pairs: Vec<(&Self, &Scalar)> = points.iter().zip(scalars).collect();
        Self::normalize(&parallel::map(&pairs, |(point, scalar)| C::mul(&point.0, scalar.little_endian())))
    }

    /// All points times one scalar, in parallel, normalised together.
    pub fn mul_all(points: &[Self], scalar: &Scalar) -> Vec<Self> {
        Self::normalize(&parallel::map(points, |point| C::mul(&point.0, scalar.little_endian())))
    }

    /// `a[i] + b[i]` for as many as both slices have, normalised together.
    pub fn add_each(a: &[Self], b: &[Self]) -> Vec<Self> {
        let sums: Vec<_> = a.iter().zip(b).map(|(a, b)| C::add_affine(&C::to_jacobian(&a.0), &b.0)).collect();
        Self::normalize(&sums)
    }

    /// Sum of weight times point for as many as both slices have. Variable time: for public values only.
    pub fn msm(points: &[Self], weights: &[u128]) -> Self {
        let affine: Vec<C::Affine> = points.iter().map(|point| point.0).collect();
        let chunks: Vec<_> = affine.chunks(MSM_CHUNK).zip(weights.chunks(MSM_CHUNK)).collect();
        let parts = parallel::map(&chunks, |(points, weights)| {
            let count = points.len().min(weights.len());
            C::msm(&points[..count], &weights[..count])
        });
        let sum = parts.iter().fold(C::to_jacobian(&C::identity()), |sum, part| C::add(&sum, part));
        Sum::<C>(sum).finish()
    }

    /// Sum of points.
    pub fn sum<'a>(points: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Sum::new();
        points.into_iter().for_each(|point| sum.add(point));
        sum.finish()
    }

    fn normalize(points: &[C::Jacobian]) -> Vec<Self> {
        C::normalize(points).into_iter().map(Self).collect()
    }
}

impl<C: SourceGroup> Add for Point<C> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Sum::<C>(C::add_affine(&C::to_jacobian(&self.0), &other.0)).finish()
    }
}

impl<C: SourceGroup> Sub for Point<C> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl<C: SourceGroup> Neg for Point<C> {
    type Output = Self;

    fn neg(self) -> Self {
        Self(C::neg(&self.0))
    }
}

impl<C: SourceGroup> Mul<&Scalar> for Point<C> {
    type Output = Self;

    fn mul(self, scalar: &Scalar) -> Self {
        Sum::<C>(C::mul(&self.0, scalar.little_endian())).finish()
    }
}

impl<C: SourceGroup> PartialEq for Point<C> {
    fn eq(&self, other: &Self) -> bool {
        C::is_equal(&self.0, &other.0)
    }
}

impl<C: SourceGroup> Eq for Point<C> {}

impl<C: SourceGroup> Zeroize for Point<C> {
    fn zeroize(&mut self) {
        C::wipe(&mut self.0);
    }
}

/// Names the group and not the value: some points are secret keys.
impl<C: SourceGroup> fmt::Debug for Point<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(C::NAME)
    }
}

/// A running sum of points: one mixed addition per point, one inversion at the end.
#[derive(Clone, Copy)]
pub struct Sum<C: SourceGroup>(C::Jacobian);

impl<C: SourceGroup> Sum<C> {
    /// The empty sum.
    pub fn new() -> Self {
        Self(C::to_jacobian(&C::identity()))
    }

    /// Add a point.
    pub fn add(&mut self, point: &Point<C>) {
        self.0 = C::add_affine(&self.0, &point.0);
    }

    /// Subtract a point.
    pub fn sub(&mut self, point: &Point<C>) {
        self.0 = C::add_affine(&self.0, &C::neg(&point.0));
    }

    /// The sum so far.
    pub fn finish(&self) -> Point<C> {
        let affine = C::normalize(core::slice::from_ref(&self.0)).first().copied();
        Point(affine.unwrap_or_else(C::identity))
    }
}

impl<C: SourceGroup> Default for Sum<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: SourceGroup> fmt::Debug for Sum<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sum in {}", C::NAME)
    }
}
