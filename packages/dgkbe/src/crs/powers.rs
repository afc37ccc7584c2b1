//! The two lists of powers, as stored, updated and checked.

use std::io::Read;

use bithive_curve::backend::SourceGroup;
use bithive_curve::point::Point;
use bithive_curve::scalar::random_weights;
use bithive_curve::{G1, G1Sum, G2, G2Sum, Scalar, pairing_product_is_one};
use rand_core::CryptoRng;

use super::CrsError;
use crate::format::{FormatError, Reader, Stream, prefix};
use crate::layout::{CRS_HEADER_BYTES, CRS_MAGIC, crs_g1_count, crs_g2_count, crs_len};
use crate::progress::{Steps, unwatched};
use crate::slots::MAX_SLOTS;

const KIND: &str = "common reference string";
/// Points that are decoded or multiplied together.
const CHUNK: usize = 128;
/// Points that are added up together: enough for several threads.
const SUM_CHUNK: usize = 2048;

/// A_0..=A_2L and B_1..=B_2L without B_{L+1}; the lengths of the lists hold by construction.
#[derive(Clone)]
pub(super) struct Powers {
    slots: u16,
    g1: Vec<G1>,
    g2: Vec<G2>,
}

/// Indices of the second list, in order.
fn g2_indices(slots: u16) -> impl Iterator<Item = u16> {
    (1..=2 * slots).filter(move |index| *index != slots + 1)
}

fn check_slots(slots: u16) -> Result<(), CrsError> {
    if (2..=MAX_SLOTS).contains(&slots) { Ok(()) } else { Err(CrsError::Slots { slots }) }
}

impl Powers {
    /// The powers of 1, where every ceremony starts.
    pub(super) fn start(slots: u16) -> Result<Self, CrsError> {
        check_slots(slots)?;
        let (g1, g2) =
            (vec![G1::generator(); crs_g1_count(slots)], vec![G2::generator(); crs_g2_count(slots)]);
        Ok(Self { slots, g1, g2 })
    }

    pub(super) fn slots(&self) -> u16 {
        self.slots
    }

    pub(super) fn g1(&self) -> &[G1] {
        &self.g1
    }

    pub(super) fn g2(&self) -> &[G2] {
        &self.g2
    }

    /// A_i for i <= 2L.
    pub(super) fn a(&self, index: usize) -> &G1 {
        &self.g1[index]
    }

    /// The element of the second list at a position, from 0.
    pub(super) fn b_at(&self, position: usize) -> &G2 {
        &self.g2[position]
    }

    /// B_i, or None for an index without an element.
    pub(super) fn b(&self, index: u16) -> Option<&G2> {
        let hole = self.slots + 1;
        let position = index.checked_sub(if index > hole { 2 } else { 1 })?;
        if index == hole { None } else { self.g2.get(usize::from(position)) }
    }

    /// Elements of both lists: the steps of [`Self::update`] and of [`Self::verify`].
    pub(super) fn count(&self) -> usize {
        self.g1.len() + self.g2.len()
    }

    /// Multiply index i by d^i.
    pub(super) fn update(&mut self, secret: &Scalar, steps: &mut Steps<'_, '_>) {
        let powers = secret.powers(self.g1.len());
        let of_g2: Vec<Scalar> =
            g2_indices(self.slots).filter_map(|index| powers.get(usize::from(index)).cloned()).collect();
        multiply(&mut self.g1, &powers, steps);
        multiply(&mut self.g2, &of_g2, steps);
    }

    /// e(A_{i+1}, g2) = e(A_i, B_1) for all i, and e(g1, B_i) = e(A_i, g2) for all i of the second list, as
    /// one product of three pairings under independent random weights.
    pub(super) fn verify(&self, rng: &mut impl CryptoRng, done: &mut Steps<'_, '_>) -> Result<(), CrsError> {
        if self.g1[0] != G1::generator() {
            return Err(CrsError::Generator);
        }
        // a^k = 1 for some k <= 2L would make a published power equal to the one that must not exist.
        if let Some(index) = (1..self.g1.len()).find(|index| self.g1[*index] == self.g1[0]) {
            return Err(CrsError::SmallOrder { index });
        }
        done.add(1);
        let steps = random_weights(self.g1.len() - 1, rng);
        let links = random_weights(self.g2.len(), rng);
        let mirrored: Vec<G1> = g2_indices(self.slots).map(|index| self.g1[usize::from(index)]).collect();

        let (mut upper, mut lower, mut second) = (G1Sum::new(), G1Sum::new(), G2Sum::new());
        let pairs = self.g1[1..].chunks(SUM_CHUNK).zip(self.g1.chunks(SUM_CHUNK));
        for ((above, below), weights) in pairs.zip(steps.chunks(SUM_CHUNK)) {
            upper.add(&G1::msm(above, weights));
            lower.add(&G1::msm(below, weights));
            done.add(weights.len());
        }
        let pairs = mirrored.chunks(SUM_CHUNK).zip(self.g2.chunks(SUM_CHUNK));
        for ((first, other), weights) in pairs.zip(links.chunks(SUM_CHUNK)) {
            upper.add(&G1::msm(first, weights));
            second.add(&G2::msm(other, weights));
            done.add(weights.len());
        }
        let holds = pairing_product_is_one(&[
            (upper.finish(), G2::generator()),
            (-lower.finish(), self.g2[0]),
            (-G1::generator(), second.finish()),
        ]);
        if holds { Ok(()) } else { Err(CrsError::NotPowers) }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = prefix(CRS_MAGIC);
        out.reserve(crs_len(self.slots));
        out.extend_from_slice(&self.slots.to_be_bytes());
        self.g1.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        self.g2.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        out
    }

    pub(super) fn decode(bytes: &[u8], steps: &mut Steps<'_, '_>) -> Result<Self, CrsError> {
        let mut reader = Reader::open(KIND, CRS_MAGIC, bytes)?;
        let slots = reader.u16()?;
        check_slots(slots)?;
        reader.expect_total(crs_len(slots))?;
        Ok(Self::read_watched(bytes, steps)?.0)
    }

    /// Decode from a stream: holds the points, and the bytes of [`CHUNK`] of them. Gives the digest as well.
    pub(super) fn read(reader: impl Read) -> Result<(Self, [u8; 32]), CrsError> {
        Self::read_watched(reader, &mut Steps::new(0, &mut unwatched))
    }

    fn read_watched(reader: impl Read, steps: &mut Steps<'_, '_>) -> Result<(Self, [u8; 32]), CrsError> {
        let mut file = Stream::new(KIND, reader, CRS_HEADER_BYTES);
        let mut header = [0; CRS_HEADER_BYTES];
        file.fill(&mut header)?;
        let slots = Reader::open(KIND, CRS_MAGIC, &header)?.u16()?;
        check_slots(slots)?;
        file.expect_total(crs_len(slots));
        let g1 = read_points(&mut file, "A", crs_g1_count(slots), steps)?;
        let g2 = read_points(&mut file, "B", crs_g2_count(slots), steps)?;
        Ok((Self { slots, g1, g2 }, file.end()?))
    }
}

/// Each point times the scalar of its place.
fn multiply<C: SourceGroup>(points: &mut [Point<C>], scalars: &[Scalar], steps: &mut Steps<'_, '_>) {
    for (points, scalars) in points.chunks_mut(CHUNK).zip(scalars.chunks(CHUNK)) {
        let products = Point::mul_each(points, scalars);
        points.iter_mut().zip(products).for_each(|(point, product)| *point = product);
        steps.add(points.len());
    }
}

fn read_points<C: SourceGroup>(
    file: &mut Stream<impl Read>,
    field: &'static str,
    count: usize,
    steps: &mut Steps<'_, '_>,
) -> Result<Vec<Point<C>>, CrsError> {
    let mut points = Vec::with_capacity(count);
    let mut buffer = vec![0; CHUNK.min(count) * Point::<C>::LEN];
    while points.len() < count {
        let missing = (count - points.len()).min(CHUNK);
        let bytes = &mut buffer[..missing * Point::<C>::LEN];
        file.fill(bytes)?;
        let decoded = Point::decode_many(bytes).map_err(|(index, source)| FormatError::Element {
            kind: KIND,
            field,
            index: points.len() + index,
            source,
        })?;
        points.extend(decoded);
        steps.add(missing * Point::<C>::LEN);
    }
    Ok(points)
}
