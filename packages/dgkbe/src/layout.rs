//! Where the fields of key files and reference strings are: the one place that says so, for the modules that read
//! whole files and for [`crate::opening`], which has no curve.

use core::ops::Range;

/// Version of every file format of this crate.
pub(crate) const VERSION: u8 = 1;
/// Bytes of a compressed point of G1.
pub const G1_BYTES: usize = 48;
/// Bytes of a compressed point of G2.
pub const G2_BYTES: usize = 96;
/// Length of magic and version.
pub(crate) const PREFIX_LEN: usize = 6;

/// First bytes of an encoded public key.
pub(crate) const KEY_MAGIC: &[u8; 5] = b"BHKEY";
/// First bytes of an encoded reference string.
pub(crate) const CRS_MAGIC: &[u8; 5] = b"BHCRS";

/// Bytes of a key file before its elements: magic, version, L, slot, digest of the reference string, T.
pub const KEY_HEADER_BYTES: usize = PREFIX_LEN + 2 + 2 + 32 + G1_BYTES;
/// Bytes of a reference string before its powers: magic, version, L.
pub const CRS_HEADER_BYTES: usize = PREFIX_LEN + 2;

/// The index that only the owner of a slot has: L + 1 - slot. The slot has been checked.
pub(crate) fn gap(slots: u16, slot: u16) -> u16 {
    slots + 1 - slot
}

/// Length of a key file.
pub(crate) fn key_len(slots: u16) -> usize {
    KEY_HEADER_BYTES + usize::from(slots).saturating_sub(1) * G2_BYTES
}

/// Position of H_{slot,index} among a key's elements, none for an index without an element. The slot has been checked.
pub(crate) fn key_position(slots: u16, slot: u16, index: u16) -> Option<usize> {
    let gap = gap(slots, slot);
    let absent = index == 0 || index > slots || index == gap;
    (!absent).then(|| usize::from(index) - if index < gap { 1 } else { 2 })
}

/// Bytes of H_{slot,index} in a key file, as [`key_position`].
pub(crate) fn key_element(slots: u16, slot: u16, index: u16) -> Option<Range<usize>> {
    let start = KEY_HEADER_BYTES + key_position(slots, slot, index)? * G2_BYTES;
    Some(start..start + G2_BYTES)
}

/// Elements of a reference string in G1: A_0 to A_2L.
pub(crate) fn crs_g1_count(slots: u16) -> usize {
    2 * usize::from(slots) + 1
}

/// Elements of a reference string in G2: B_1 to B_2L without B_(L+1).
#[cfg(feature = "curve")]
pub(crate) fn crs_g2_count(slots: u16) -> usize {
    2 * usize::from(slots) - 1
}

/// Length of a reference string for a number of slots that has been checked.
#[cfg(feature = "curve")]
pub(crate) fn crs_len(slots: u16) -> usize {
    CRS_HEADER_BYTES + crs_g1_count(slots) * G1_BYTES + crs_g2_count(slots) * G2_BYTES
}

/// Bytes of B_index in a reference string, for 1 <= index <= L.
pub(crate) fn crs_low_power(slots: u16, index: u16) -> Range<usize> {
    let start =
        CRS_HEADER_BYTES + crs_g1_count(slots) * G1_BYTES + usize::from(index).saturating_sub(1) * G2_BYTES;
    start..start + G2_BYTES
}
