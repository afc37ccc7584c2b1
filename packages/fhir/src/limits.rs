//! Bounds of what is read. A document beyond them is refused before it is understood.

/// Most bytes of a document: a Bundle of some ten thousand resources.
pub const MAX_BYTES: usize = 8 << 20;
/// Most objects and lists within each other. A resource in a Bundle needs about 20; each level costs one more look at what it holds.
pub const MAX_DEPTH: usize = 64;
/// Most members of one object. The largest element of R4 has fewer than 100.
pub const MAX_MEMBERS: usize = 256;
/// Most problems of a document that are named; the check ends there.
pub const MAX_ISSUES: usize = 100;
/// Most characters of a value that a message quotes.
pub const MAX_QUOTED: usize = 64;
