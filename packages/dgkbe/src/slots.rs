//! Sets of slots: who is addressed.
//!
//! This module and [`crate::groups`] need no curve, so contracts use them (`default-features = false`) to check
//! the mask that they store beside headers. A [`SlotSet`] is over the slots of one group.
//!
//! # Encoding
//! Byte 0 is the version, 1. Byte 1 is the form: 0 a list, 1 a bitmap.
//! - List: the number of slots, then the first slot and the distances between neighbours, ascending, all as
//!   LEB128 varints.
//! - Bitmap: ceil(capacity / 8) bytes; slot s is bit (s - 1) mod 8, least significant first, of byte
//!   (s - 1) / 8; bits beyond the capacity are zero.
//!
//! A set has exactly one valid encoding: the shorter form, the list when both are equally long.

use crate::hash::tagged;
pub(crate) use crate::numbers::VERSION;
pub use crate::numbers::{MAX_SLOTS, SlotError};

const FORM_LIST: u8 = 0;
const FORM_BITMAP: u8 = 1;
const WORD: u16 = 64;

/// A set of slots of a group with slots 1..=capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotSet {
    capacity: u16,
    words: Vec<u64>,
}

impl SlotSet {
    /// The empty set of a group.
    ///
    /// # Errors
    /// [`SlotError::Capacity`].
    pub fn empty(capacity: u16) -> Result<Self, SlotError> {
        if capacity == 0 || capacity > MAX_SLOTS {
            return Err(SlotError::Capacity { capacity });
        }
        Ok(Self { capacity, words: vec![0; usize::from(capacity.div_ceil(WORD))] })
    }

    /// All slots of a group.
    ///
    /// # Errors
    /// [`SlotError::Capacity`].
    pub fn full(capacity: u16) -> Result<Self, SlotError> {
        Self::from_slots(capacity, 1..=capacity)
    }

    /// The given slots, in any order.
    ///
    /// # Errors
    /// [`SlotError::Capacity`], [`SlotError::OutOfRange`], [`SlotError::Duplicate`].
    pub fn from_slots(capacity: u16, slots: impl IntoIterator<Item = u16>) -> Result<Self, SlotError> {
        let mut set = Self::empty(capacity)?;
        slots.into_iter().try_for_each(|slot| set.insert(slot))?;
        Ok(set)
    }

    /// Slots of the group, members or not.
    pub fn capacity(&self) -> u16 {
        self.capacity
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether a slot is a member; false for numbers outside the group.
    pub fn contains(&self, slot: u16) -> bool {
        self.locate(slot).is_ok_and(|(word, mask)| self.words.get(word).is_some_and(|bits| bits & mask != 0))
    }

    /// Add a slot.
    ///
    /// # Errors
    /// [`SlotError::OutOfRange`], [`SlotError::Duplicate`]; the set is unchanged then.
    pub fn insert(&mut self, slot: u16) -> Result<(), SlotError> {
        if self.contains(slot) {
            return Err(SlotError::Duplicate { slot });
        }
        self.toggle(slot)
    }

    /// Remove a slot.
    ///
    /// # Errors
    /// [`SlotError::OutOfRange`], [`SlotError::Absent`]; the set is unchanged then.
    pub fn remove(&mut self, slot: u16) -> Result<(), SlotError> {
        self.locate(slot)?;
        if !self.contains(slot) {
            return Err(SlotError::Absent { slot });
        }
        self.toggle(slot)
    }

    /// The members' slots, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.words.iter().zip(0u16..).flat_map(|(word, number)| {
            let mut rest = *word;
            core::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as u16)?;
                rest &= rest - 1;
                Some(number * WORD + bit + 1)
            })
        })
    }

    /// Slots that are in exactly one of the two sets.
    ///
    /// # Errors
    /// [`SlotError::CapacityMismatch`].
    pub fn symmetric_difference(&self, other: &Self) -> Result<Self, SlotError> {
        if self.capacity != other.capacity {
            return Err(SlotError::CapacityMismatch { left: self.capacity, right: other.capacity });
        }
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a ^ b).collect();
        Ok(Self { capacity: self.capacity, words })
    }

    /// SHA-256 under `BITHIVE-V1/dgkbe-slot-set/` of the capacity (two big-endian bytes) and the encoding.
    pub fn digest(&self) -> [u8; 32] {
        tagged("dgkbe-slot-set", &[&self.capacity.to_be_bytes(), &self.encode()])
    }

    /// The one valid encoding; see the module for its form.
    pub fn encode(&self) -> Vec<u8> {
        let list = self.encode_list();
        let bitmap_len = 2 + usize::from(self.capacity.div_ceil(8));
        if list.len() <= bitmap_len { list } else { self.encode_bitmap() }
    }

    /// Decode a set of a group of `capacity` slots; the empty set is allowed.
    ///
    /// # Errors
    /// Any [`SlotError`] but [`SlotError::Empty`].
    pub fn decode(bytes: &[u8], capacity: u16) -> Result<Self, SlotError> {
        let mut rest = bytes;
        read_version(&mut rest)?;
        let set = Self::read(&mut rest, capacity)?;
        expect_end(rest)?;
        if set.encode() == bytes { Ok(set) } else { Err(NOT_SHORTEST) }
    }

    /// Form and body of an encoding that other fields may follow. Whether it is the canonical one is the caller's
    /// question: it encodes what it has read and compares.
    pub(crate) fn read(bytes: &mut &[u8], capacity: u16) -> Result<Self, SlotError> {
        let mut set = Self::empty(capacity)?;
        match take_byte(bytes)? {
            FORM_LIST => set.read_list(bytes)?,
            FORM_BITMAP => set.read_bitmap(bytes)?,
            actual => return Err(SlotError::Form { expected: "0 (list) or 1 (bitmap)", actual }),
        }
        Ok(set)
    }

    /// [`Self::decode`], refusing the empty set.
    ///
    /// # Errors
    /// Any [`SlotError`].
    pub fn decode_nonempty(bytes: &[u8], capacity: u16) -> Result<Self, SlotError> {
        let set = Self::decode(bytes, capacity)?;
        if set.is_empty() { Err(SlotError::Empty) } else { Ok(set) }
    }

    /// Word and mask of a slot.
    fn locate(&self, slot: u16) -> Result<(usize, u64), SlotError> {
        if slot == 0 || slot > self.capacity {
            return Err(SlotError::OutOfRange { slot, capacity: self.capacity });
        }
        let index = slot - 1;
        Ok((usize::from(index / WORD), 1 << (index % WORD)))
    }

    fn toggle(&mut self, slot: u16) -> Result<(), SlotError> {
        let (word, mask) = self.locate(slot)?;
        if let Some(bits) = self.words.get_mut(word) {
            *bits ^= mask;
        }
        Ok(())
    }

    fn encode_list(&self) -> Vec<u8> {
        let mut out = vec![VERSION, FORM_LIST];
        push_varint(&mut out, self.len() as u16);
        let mut previous = 0;
        for slot in self.iter() {
            push_varint(&mut out, slot - previous);
            previous = slot;
        }
        out
    }

    fn encode_bitmap(&self) -> Vec<u8> {
        let bytes = self.words.iter().flat_map(|word| word.to_le_bytes());
        [VERSION, FORM_BITMAP].into_iter().chain(bytes.take(usize::from(self.capacity.div_ceil(8)))).collect()
    }

    fn read_list(&mut self, bytes: &mut &[u8]) -> Result<(), SlotError> {
        let count = read_varint(bytes)?;
        if count > self.capacity {
            return Err(SlotError::NotCanonical { reason: "more slots are announced than the group has" });
        }
        let mut slot = 0;
        for position in 0..count {
            let distance = read_varint(bytes)?;
            if distance == 0 && position > 0 {
                return Err(SlotError::Duplicate { slot });
            }
            slot += distance;
            self.insert(slot)?;
        }
        Ok(())
    }

    fn read_bitmap(&mut self, bytes: &mut &[u8]) -> Result<(), SlotError> {
        let length = usize::from(self.capacity.div_ceil(8));
        let (bitmap, rest) = bytes.split_at_checked(length).ok_or(SlotError::Truncated)?;
        *bytes = rest;
        for (byte, number) in bitmap.iter().zip(0u16..) {
            for bit in (0..8).filter(|bit| byte >> bit & 1 == 1) {
                self.insert(number * 8 + bit + 1)?;
            }
        }
        Ok(())
    }
}

/// The error for an encoding of a set that is not the shorter of the two forms.
pub(crate) const NOT_SHORTEST: SlotError =
    SlotError::NotCanonical { reason: "the shorter form, with shortest varints, is the valid one" };

pub(crate) fn take_byte(bytes: &mut &[u8]) -> Result<u8, SlotError> {
    let (first, rest) = bytes.split_first().ok_or(SlotError::Truncated)?;
    *bytes = rest;
    Ok(*first)
}

pub(crate) fn read_version(bytes: &mut &[u8]) -> Result<(), SlotError> {
    match take_byte(bytes)? {
        VERSION => Ok(()),
        actual => Err(SlotError::Version { actual }),
    }
}

pub(crate) fn expect_end(bytes: &[u8]) -> Result<(), SlotError> {
    if bytes.is_empty() { Ok(()) } else { Err(SlotError::Trailing { extra: bytes.len() }) }
}

pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u16) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// At most two bytes: 14 bits hold every number of a slot ([`MAX_SLOTS`]) and of a group ([`crate::MAX_GROUPS`]).
pub(crate) fn read_varint(bytes: &mut &[u8]) -> Result<u16, SlotError> {
    let low = u16::from(take_byte(bytes)?);
    if low < 0x80 {
        return Ok(low);
    }
    let high = u16::from(take_byte(bytes)?);
    if high >= 0x80 {
        return Err(SlotError::NotCanonical { reason: "a varint is longer than two bytes" });
    }
    Ok(low & 0x7f | high << 7)
}
