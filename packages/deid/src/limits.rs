//! Bounds on what is read. Each says what breaks without it.

/// Sequences within sequences. The standard's deepest objects use about ten; each level costs stack when an object is
/// written or dropped.
pub const MAX_DEPTH: usize = 64;

/// Data elements of a file, those of all items. Each costs some hundred bytes, many times what it takes in the file.
pub const MAX_ELEMENTS: usize = 2_000_000;

/// Bytes of a file, and of a data set after it was inflated.
pub const MAX_BYTES: usize = 2 << 30;

/// How many times its length a deflated data set may become. Repeated pixels reach some hundred; a bomb a thousand.
pub const MAX_INFLATION: usize = 200;

/// Samples of all frames that are decoded at once: 2^30 of 16 bits are 2 GiB.
pub const MAX_SAMPLES: u64 = 1 << 30;

/// How many times their length compressed frames may become. A frame of one colour reaches about a hundred in JPEG; what is small
/// anyway ([`MAX_FREE_BYTES`]) may become more.
pub const MAX_EXPANSION: u64 = 1_024;

/// Bytes that compressed frames may become whatever their length: an empty frame of JPEG 2000 has next to none.
pub const MAX_FREE_BYTES: u64 = 4 << 20;
