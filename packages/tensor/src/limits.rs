//! What images may be, and how their encoding begins.

/// Most images in one tensor; one request stays within a few seconds of compute.
pub const MAX_IMAGES: u32 = 4_096;
/// Most channels of an image: colours, sequences of one examination, or neighbouring slices.
pub const MAX_CHANNELS: u32 = 64;
/// Most pixels of a side. Mammograms have up to 4,096; a larger image is cut into tiles before.
pub const MAX_SIDE: u32 = 4_096;
/// Most bytes of an encoded tensor: what one transport message carries.
pub const MAX_BYTES: usize = 16 << 20;
/// Bytes before the first sample.
pub const HEADER_BYTES: usize = MAGIC.len() + 1 + 1 + 4 * 4 + 2 * 4;

pub(crate) const MAGIC: [u8; 4] = *b"BHIM";
pub(crate) const VERSION: u8 = 1;
