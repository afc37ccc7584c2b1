//! The public key as a value and as a file.
//!
//! # Encoding
//! `BHKEY`, version, L and slot (two bytes each, big-endian), digest of the common reference string (32), T_j
//! (48); then H_{j,i} for ascending i (96 each). The stride is fixed, so one element can be read by offset
//! from a file or a range request ([`column_range`]). The slot is that within its group.

use core::ops::Range;

use bithive_curve::{G1, G2};

use super::{KeyError, gap};
use crate::Crs;
use crate::format::{PREFIX_LEN, Reader, prefix};
use crate::layout::{KEY_HEADER_BYTES, KEY_MAGIC, key_element, key_len, key_position};
use crate::slots::{MAX_SLOTS, SlotError};

pub(super) const KIND: &str = "public key";

/// A public key that has been checked, or that this process made.
#[derive(Clone)]
pub struct PublicKey {
    slots: u16,
    slot: u16,
    crs_digest: [u8; 32],
    commitment: G1,
    elements: Vec<G2>,
    digest: [u8; 32],
}

/// A public key whose points are valid but whose structure nobody has checked.
#[derive(Clone)]
pub struct UnverifiedPublicKey(PublicKey);

/// Length in bytes of an encoded public key of a group of `slots` slots.
pub fn encoded_len(slots: u16) -> usize {
    key_len(slots)
}

/// Bytes of H_{slot,index} inside an encoded public key.
///
/// # Errors
/// [`KeyError::Slot`]; [`KeyError::Index`] for an index outside 1..=L and for the key's gap.
pub fn column_range(slots: u16, slot: u16, index: u16) -> Result<Range<usize>, KeyError> {
    if slots == 0 || slots > MAX_SLOTS {
        return Err(SlotError::Capacity { capacity: slots }.into());
    }
    if slot == 0 || slot > slots {
        return Err(SlotError::OutOfRange { slot, capacity: slots }.into());
    }
    key_element(slots, slot, index).ok_or(KeyError::Index { slot, index, slots, gap: gap(slots, slot) })
}

/// Read T_slot and H_{slot,index} from an encoded public key, without decoding the rest. The header is checked
/// against `crs` and `slot`; the element still needs [`super::verify_element`] or
/// [`super::verify_column`] unless the whole file has been checked.
///
/// # Errors
/// [`KeyError`] for a file of another group, slot or length, an index without element, or an invalid point.
pub fn column(crs: &Crs, slot: u16, index: u16, bytes: &[u8]) -> Result<(G1, G2), KeyError> {
    let commitment = read_header(crs, slot, bytes)?;
    let range = column_range(crs.slots(), slot, index)?;
    let element = bytes.get(range).unwrap_or_default();
    Ok((commitment, G2::decode_nonidentity(element)?))
}

fn read_header(crs: &Crs, slot: u16, bytes: &[u8]) -> Result<G1, KeyError> {
    let (actual, commitment) = read_any_header(crs, bytes)?;
    if actual == slot { Ok(commitment) } else { Err(KeyError::WrongSlot { expected: slot, actual }) }
}

fn read_any_header(crs: &Crs, bytes: &[u8]) -> Result<(u16, G1), KeyError> {
    let mut reader = Reader::open(KIND, KEY_MAGIC, bytes)?;
    let slot = read_slot(crs, &mut reader)?;
    reader.expect_total(encoded_len(crs.slots()))?;
    Ok((slot, G1::decode_nonidentity(reader.take(G1::LEN)?)?))
}

/// Size, slot and string of a key, checked against `crs`; gives the slot.
pub(super) fn read_slot(crs: &Crs, reader: &mut Reader<'_>) -> Result<u16, KeyError> {
    let (slots, slot) = (reader.u16()?, reader.u16()?);
    if slots != crs.slots() {
        return Err(KeyError::GroupSize { expected: crs.slots(), actual: slots });
    }
    crs.check_slot(slot)?;
    if reader.array()? != *crs.digest() {
        return Err(KeyError::OtherCrs);
    }
    Ok(slot)
}

impl PublicKey {
    pub(super) fn from_parts(crs: &Crs, slot: u16, commitment: G1, elements: Vec<G2>) -> Self {
        let (slots, crs_digest) = (crs.slots(), *crs.digest());
        let mut key = Self { slots, slot, crs_digest, commitment, elements, digest: [0; 32] };
        key.digest = *blake3::hash(&key.encode()).as_bytes();
        key
    }

    /// The owner's slot, 1..=L.
    pub fn slot(&self) -> u16 {
        self.slot
    }

    /// Number of slots of the group, L.
    pub fn slots(&self) -> u16 {
        self.slots
    }

    /// T_j, which the chain keeps.
    pub fn commitment(&self) -> &G1 {
        &self.commitment
    }

    /// BLAKE3 hash of the encoding, which the chain keeps.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Digest of the common reference string that the key was made for.
    pub fn crs_digest(&self) -> &[u8; 32] {
        &self.crs_digest
    }

    /// The element H_{j,i} in G2, where j is the slot of this key and i is `index`: 1..=slots other than slots + 1 - slot.
    ///
    /// # Errors
    /// [`KeyError::Index`].
    pub fn element(&self, index: u16) -> Result<&G2, KeyError> {
        key_position(self.slots, self.slot, index).and_then(|position| self.elements.get(position)).ok_or(
            KeyError::Index { slot: self.slot, index, slots: self.slots, gap: gap(self.slots, self.slot) },
        )
    }

    /// H_{j,i} for ascending i, without the gap.
    pub(super) fn elements(&self) -> &[G2] {
        &self.elements
    }

    /// The encoding of the module's documentation.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = prefix(KEY_MAGIC);
        out.reserve(encoded_len(self.slots));
        out.extend_from_slice(&self.slots.to_be_bytes());
        out.extend_from_slice(&self.slot.to_be_bytes());
        out.extend_from_slice(&self.crs_digest);
        out.extend_from_slice(&self.commitment.encode());
        self.elements.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        out
    }
}

impl UnverifiedPublicKey {
    /// Decode and check every point: canonical, on the curve, in the subgroup, not the identity.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn decode(crs: &Crs, bytes: &[u8]) -> Result<Self, KeyError> {
        let (slot, commitment) = read_any_header(crs, bytes)?;
        let mut reader = Reader::open(KIND, KEY_MAGIC, bytes)?;
        reader.take(KEY_HEADER_BYTES - PREFIX_LEN)?;
        let elements = G2::decode_many(reader.take(encoded_len(crs.slots()) - KEY_HEADER_BYTES)?);
        let elements = elements.map_err(reader.element("H"))?;
        let digest = *blake3::hash(bytes).as_bytes();
        let (slots, crs_digest) = (crs.slots(), *crs.digest());
        Ok(Self(PublicKey { slots, slot, crs_digest, commitment, elements, digest }))
    }

    /// What the key claims; nothing about its elements may be relied on.
    pub fn claim(&self) -> &PublicKey {
        &self.0
    }

    pub(super) fn into_verified(self) -> PublicKey {
        self.0
    }
}
