//! One part of a key file, proven to whoever knows only the file's BLAKE3 digest.
//!
//! The chain keeps T_j and two digests: of the encoded public key and of the common reference string. A malformed
//! key is proven to it by opening what is wrong: a slice in the format of bao 0.13 (the file's length, the parent
//! nodes and the chunks of the BLAKE3 tree over the opened bytes). The root of that tree is the plain BLAKE3 hash, so
//! nothing more than the digest has to be stored.
//!
//! A slice binds the bytes and their offset. It binds the file's length only where it reaches the file's end; a
//! shorter answer than the range is therefore proof that the file ends there.
//!
//! This module needs no curve, so contracts use it (`default-features = false`, feature `opening`); finding what is
//! wrong in a whole file is [`first_fault`], with the feature `curve`. Layouts are those of the modules `keys` and
//! `crs`.

#[cfg(feature = "curve")]
mod audit;

#[cfg(feature = "curve")]
pub use audit::first_fault;

use core::fmt;
use core::ops::Range;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use bao::decode::SliceDecoder;
use bao::encode::{Encoder, SliceExtractor};

pub use crate::layout::{CRS_HEADER_BYTES, G1_BYTES, G2_BYTES, KEY_HEADER_BYTES};
use crate::layout::{CRS_MAGIC, KEY_MAGIC, VERSION, crs_low_power, gap, key_element, key_len};
use crate::slots::{MAX_SLOTS, SlotError};

/// A slice starts with the file's length, little-endian.
const LENGTH_BYTES: usize = 8;
/// No file is as long; decoding computes with sizes of subtrees, which must fit 64 bits.
const MAX_FILE_BYTES: u64 = 1 << 48;

/// Why an opening was not verified. That says nothing about the file: it may be sound or malformed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// A slot outside the group, or a group of no valid size.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// An index for which a public key has no element.
    #[error("slot {slot} has no public element {index}: indices are 1..={slots} without {gap}")]
    Index {
        /// The key's slot.
        slot: u16,
        /// The index that was asked for.
        index: u16,
        /// Slots of the group.
        slots: u16,
        /// The index of the secret element.
        gap: u16,
    },
    /// The slice does not lead to the digest.
    #[error("opening of the {file}: {reason}; expected a bao slice of bytes {start}..{end} under its digest")]
    Slice {
        /// The file in words: a key file or the reference string.
        file: &'static str,
        /// What the decoder reported.
        reason: String,
        /// Offset of the first byte that was expected.
        start: u64,
        /// Behind the last byte.
        end: u64,
    },
    /// The reference string is not one for a group of this size.
    #[error("the reference string is not one for {slots} slots; expected the string of the group")]
    ReferenceString {
        /// Slots of the group.
        slots: u16,
    },
}

/// What of a key file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything before the elements.
    Header,
    /// The byte behind the last one, which is not there in a file of the right length.
    End,
    /// H_{j,i} for this i.
    Element(u16),
}

/// What is wrong with a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It names another format, version, group, slot, reference string or T.
    Header,
    /// It is shorter or longer than the group's size dictates.
    Length,
    /// An element is no canonical encoding of a point of G2's prime order subgroup.
    Point {
        /// The element's index.
        index: u16,
    },
    /// An element is a point, but e(T_j, B_i) != e(g1, H_{j,i}).
    Equation {
        /// The element's index.
        index: u16,
    },
}

impl Fault {
    /// What to open to prove it.
    #[must_use]
    pub const fn part(self) -> Part {
        match self {
            Self::Header => Part::Header,
            Self::Length => Part::End,
            Self::Point { index } | Self::Equation { index } => Part::Element(index),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Length => f.write_str("length"),
            Self::Point { index } => write!(f, "element {index} is not a point"),
            Self::Equation { index } => write!(f, "element {index} is another point"),
        }
    }
}

/// What a verified opening shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The opened part is as it has to be.
    Sound,
    /// The opened part is wrong.
    Malformed(Fault),
    /// These bytes are at the element's place; whether they are the right point takes a pairing equation.
    Element([u8; G2_BYTES]),
}

/// What a key file has to be, from what the chain knows of its owner.
#[derive(Clone, Copy, Debug)]
pub struct KeyFile<'a> {
    /// Slots of the group, L.
    pub slots: u16,
    /// The owner's slot.
    pub slot: u16,
    /// Digest of the common reference string.
    pub crs_digest: &'a [u8; 32],
    /// T_j as registered.
    pub commitment: &'a [u8; G1_BYTES],
}

impl KeyFile<'_> {
    /// The first bytes.
    #[must_use]
    pub fn header(&self) -> [u8; KEY_HEADER_BYTES] {
        let mut header = [0; KEY_HEADER_BYTES];
        let (slots, slot) = (self.slots.to_be_bytes(), self.slot.to_be_bytes());
        let fields: [&[u8]; 6] = [KEY_MAGIC, &[VERSION], &slots, &slot, self.crs_digest, self.commitment];
        for (byte, from) in header.iter_mut().zip(fields.into_iter().flatten()) {
            *byte = *from;
        }
        header
    }

    /// Length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        key_len(self.slots) as u64
    }

    /// Where a part is.
    ///
    /// # Errors
    /// [`OpeningError::Slot`]; [`OpeningError::Index`] for an index outside 1..=L and for the key's gap.
    pub fn range(&self, part: Part) -> Result<Range<u64>, OpeningError> {
        let Self { slots, slot, .. } = *self;
        check_slot(slots, slot)?;
        Ok(match part {
            Part::Header => 0..KEY_HEADER_BYTES as u64,
            Part::End => self.length()..self.length() + 1,
            Part::Element(index) => {
                let absent = || OpeningError::Index { slot, index, slots, gap: gap(slots, slot) };
                in_file(key_element(slots, slot, index).ok_or_else(absent)?)
            }
        })
    }

    /// Verifies a slice of a part against the file's registered digest and says what it shows.
    ///
    /// # Errors
    /// As [`Self::range`]; [`OpeningError::Slice`].
    pub fn open(&self, part: Part, digest: &[u8; 32], slice: &[u8]) -> Result<Opened, OpeningError> {
        let found = verify("key", digest, self.range(part)?, slice)?;
        Ok(match part {
            Part::Header if found == self.header() => Opened::Sound,
            Part::Header => Opened::Malformed(Fault::Header),
            // A byte behind the end is one too many; no byte, with the length that the slice then proves, may
            // still be the end of a shorter file.
            Part::End if found.is_empty() && claimed_length(slice) == self.length() => Opened::Sound,
            Part::End => Opened::Malformed(Fault::Length),
            Part::Element(_) => found.try_into().map_or(Opened::Malformed(Fault::Length), Opened::Element),
        })
    }
}

/// Where B_index is in the reference string of a group; only powers that a key is checked against, 1..=L.
///
/// # Errors
/// [`OpeningError::Slot`].
pub fn power_range(slots: u16, index: u16) -> Result<Range<u64>, OpeningError> {
    check_slot(slots, index)?;
    Ok(in_file(crs_low_power(slots, index)))
}

/// Verifies the opening of B_index against the digest of the reference string.
///
/// # Errors
/// As [`power_range`]; [`OpeningError::Slice`]; [`OpeningError::ReferenceString`] if the file ends before.
pub fn open_power(
    slots: u16,
    index: u16,
    digest: &[u8; 32],
    slice: &[u8],
) -> Result<[u8; G2_BYTES], OpeningError> {
    let found = verify("reference string", digest, power_range(slots, index)?, slice)?;
    found.try_into().map_err(|_| OpeningError::ReferenceString { slots })
}

/// The first bytes of a reference string.
#[must_use]
pub fn crs_header(slots: u16) -> [u8; CRS_HEADER_BYTES] {
    let [a, b, c, d, e] = *CRS_MAGIC;
    let [high, low] = slots.to_be_bytes();
    [a, b, c, d, e, VERSION, high, low]
}

/// Verifies the opening of the first bytes of a reference string, and that it is for a group of `slots` slots:
/// every offset in the other files depends on it.
///
/// # Errors
/// [`OpeningError::Slice`]; [`OpeningError::ReferenceString`].
pub fn open_crs_header(slots: u16, digest: &[u8; 32], slice: &[u8]) -> Result<(), OpeningError> {
    let found = verify("reference string", digest, crs_header_range(), slice)?;
    if found == crs_header(slots) { Ok(()) } else { Err(OpeningError::ReferenceString { slots }) }
}

/// Where the first bytes of a reference string are.
#[must_use]
pub const fn crs_header_range() -> Range<u64> {
    0..CRS_HEADER_BYTES as u64
}

/// Digest of a file and the slice that opens `range` of it. The file is read twice and not kept: memory takes a
/// sixteenth of its length, for the tree.
///
/// # Errors
/// Reading.
pub fn extract<F: Read + Seek>(mut file: F, range: Range<u64>) -> io::Result<([u8; 32], Vec<u8>)> {
    file.seek(SeekFrom::Start(0))?;
    let mut tree = Encoder::new_outboard(Cursor::new(Vec::new()));
    io::copy(&mut file, &mut tree)?;
    let digest = tree.finalize()?;
    file.seek(SeekFrom::Start(0))?;
    let tree = Cursor::new(tree.into_inner().into_inner());
    let length = range.end.saturating_sub(range.start);
    let mut slice = Vec::new();
    SliceExtractor::new_outboard(file, tree, range.start, length).read_to_end(&mut slice)?;
    Ok((*digest.as_bytes(), slice))
}

/// The bytes that a slice opens; fewer than the range has only if the file ends there.
fn verify(
    file: &'static str,
    digest: &[u8; 32],
    range: Range<u64>,
    slice: &[u8],
) -> Result<Vec<u8>, OpeningError> {
    let refused = |reason: String| OpeningError::Slice { file, reason, start: range.start, end: range.end };
    if claimed_length(slice) > MAX_FILE_BYTES {
        return Err(refused(format!("the file would have more than {MAX_FILE_BYTES} bytes")));
    }
    let hash = bao::Hash::from(*digest);
    let mut decoder = SliceDecoder::new(slice, &hash, range.start, range.end.saturating_sub(range.start));
    let mut found = Vec::new();
    decoder.read_to_end(&mut found).map_err(|error| refused(error.to_string()))?;
    // One opening has one encoding; bytes that nothing checks have no place in it.
    match decoder.into_inner().len() {
        0 => Ok(found),
        rest => Err(refused(format!("{rest} bytes follow the slice"))),
    }
}

/// The length that a slice names; binding only where the slice reaches the file's end.
fn claimed_length(slice: &[u8]) -> u64 {
    slice.first_chunk::<LENGTH_BYTES>().map_or(0, |length| u64::from_le_bytes(*length))
}

fn check_slot(slots: u16, slot: u16) -> Result<(), SlotError> {
    if slots == 0 || slots > MAX_SLOTS {
        return Err(SlotError::Capacity { capacity: slots });
    }
    if (1..=slots).contains(&slot) { Ok(()) } else { Err(SlotError::OutOfRange { slot, capacity: slots }) }
}

fn in_file(range: Range<usize>) -> Range<u64> {
    range.start as u64..range.end as u64
}
