//! The two lists of powers, as stored, updated and checked.

use std::io::Read;

use bithive_curve::backend::SourceGroup;
use bithive_curve::point::Point;
use bithive_curve::scalar::random_weights;
use bithive_curve::{G1, G2, Scalar, pairing_product_is_one};
use rand_core::CryptoRng;

use super::CrsError;
use crate::format::{FormatError, PREFIX_LEN, Reader, Stream, prefix};
use crate::slots::MAX_SLOTS;

const MAGIC: &[u8; 5] = b"BHCRS";
const KIND: &str = "common reference string";
/// Magic, version and number of slots.
const HEADER_LEN: usize = PREFIX_LEN + 2;
/// Points that are decoded together.
const CHUNK: usize = 128;

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

/// Length of the encoding for a number of slots that has been checked.
fn encoded_len(slots: u16) -> usize {
    let slots = usize::from(slots);
    HEADER_LEN + (2 * slots + 1) * G1::LEN + (2 * slots - 1) * G2::LEN
}

impl Powers {
    /// The powers of 1, where every ceremony starts.
    pub(super) fn start(slots: u16) -> Result<Self, CrsError> {
        check_slots(slots)?;
        let count = usize::from(slots);
        Ok(Self { slots, g1: vec![G1::generator(); 2 * count + 1], g2: vec![G2::generator(); 2 * count - 1] })
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

    /// Multiply index i by d^i.
    pub(super) fn update(&mut self, secret: &Scalar) {
        let powers = secret.powers(self.g1.len());
        self.g1 = G1::mul_each(&self.g1, &powers);
        let of_g2: Vec<Scalar> =
            g2_indices(self.slots).filter_map(|index| powers.get(usize::from(index)).cloned()).collect();
        self.g2 = G2::mul_each(&self.g2, &of_g2);
    }

    /// e(A_{i+1}, g2) = e(A_i, B_1) for all i, and e(g1, B_i) = e(A_i, g2) for all i of the second list, as
    /// one product of three pairings under independent random weights.
    pub(super) fn verify(&self, rng: &mut impl CryptoRng) -> Result<(), CrsError> {
        if self.g1[0] != G1::generator() {
            return Err(CrsError::Generator);
        }
        // a^k = 1 for some k <= 2L would make a published power equal to the one that must not exist.
        if let Some(index) = (1..self.g1.len()).find(|index| self.g1[*index] == self.g1[0]) {
            return Err(CrsError::SmallOrder { index });
        }
        let steps = random_weights(self.g1.len() - 1, rng);
        let links = random_weights(self.g2.len(), rng);
        let mirrored: Vec<G1> = g2_indices(self.slots).map(|index| self.g1[usize::from(index)]).collect();

        let upper = G1::msm(&self.g1[1..], &steps) + G1::msm(&mirrored, &links);
        let lower = G1::msm(&self.g1[..steps.len()], &steps);
        let second = G2::msm(&self.g2, &links);
        let holds = pairing_product_is_one(&[
            (upper, G2::generator()),
            (-lower, self.g2[0]),
            (-G1::generator(), second),
        ]);
        if holds { Ok(()) } else { Err(CrsError::NotPowers) }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = prefix(MAGIC);
        out.reserve(encoded_len(self.slots));
        out.extend_from_slice(&self.slots.to_be_bytes());
        self.g1.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        self.g2.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CrsError> {
        let mut reader = Reader::open(KIND, MAGIC, bytes)?;
        let slots = reader.u16()?;
        check_slots(slots)?;
        reader.expect_total(encoded_len(slots))?;
        Ok(Self::read(bytes)?.0)
    }

    /// Decode from a stream: holds the points, and the bytes of [`CHUNK`] of them. Gives the digest as well.
    pub(super) fn read(reader: impl Read) -> Result<(Self, [u8; 32]), CrsError> {
        let mut file = Stream::new(KIND, reader, HEADER_LEN);
        let mut header = [0; HEADER_LEN];
        file.fill(&mut header)?;
        let slots = Reader::open(KIND, MAGIC, &header)?.u16()?;
        check_slots(slots)?;
        file.expect_total(encoded_len(slots));
        let count = usize::from(slots);
        let g1 = read_points(&mut file, "A", 2 * count + 1)?;
        let g2 = read_points(&mut file, "B", 2 * count - 1)?;
        Ok((Self { slots, g1, g2 }, file.end()?))
    }
}

fn read_points<C: SourceGroup>(
    file: &mut Stream<impl Read>,
    field: &'static str,
    count: usize,
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
    }
    Ok(points)
}
