//! Bounds of what is read. Each is many times what exports have.

/// Most bytes of an export after decompression: 64 GiB. The largest projects' are below 8 GiB.
pub const MAX_BYTES: u64 = 64 << 30;
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
