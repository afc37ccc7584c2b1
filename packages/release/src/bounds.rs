//! How large committees are.

/// Most members of a committee.
pub const MAX_MEMBERS: u8 = 7;
