//! Bounds of what is read. Each is many times what exports have.

/// Most bytes of an export after decompression: 64 GiB. The largest projects' are below 8 GiB.
pub const MAX_BYTES: u64 = 64 << 30;
/// Most bytes of an export as it lies on a server or a disk, compressed or not: 16 GiB.
pub const MAX_FILE_BYTES: u64 = 16 << 30;
/// How many times its size a compressed export may have after decompression, beyond its first [`UNJUDGED_BYTES`]. Each record of a
/// project has an identifier of 16 random bytes among some hundreds, so no export of one comes near this; what is made to keep a
/// reader busy has a thousand times.
pub const MAX_RATIO: u64 = 100;
/// Bytes after decompression of which the ratio is not looked at: a short file is read whatever it is.
pub const UNJUDGED_BYTES: u64 = 16 << 20;
/// Most users that name an account, and most hosts of theirs, that are kept of an export.
pub const MAX_LINKED: usize = 1_000_000;
/// Most bytes of one tag, text, comment or declaration.
pub const MAX_TOKEN_BYTES: usize = 64 << 10;
/// Most bytes of a text that is kept: a name, a URL, a number.
pub const MAX_TEXT_BYTES: usize = 1_024;
/// Most elements in each other.
pub const MAX_DEPTH: usize = 16;
/// Most bytes of all tags and texts of one record, after which it is no record.
pub const MAX_RECORD_BYTES: u64 = 1 << 20;
/// Most whole cobblestones that anybody can have; all work of all projects together is below a thousandth of it.
pub const MAX_CREDIT: u64 = 1_000_000_000_000_000;
