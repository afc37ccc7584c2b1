//! Bounds of what is read. Each is many times what messages have.

/// Most bytes of a message: 16 MiB, some ten thousand entries.
pub const MAX_BYTES: usize = 16 << 20;
/// Most elements in each other; messages have some 15.
pub const MAX_DEPTH: usize = 32;
/// Most elements of a message.
pub const MAX_ELEMENTS: usize = 1_000_000;
/// Most bytes of an order.
pub const MAX_ORDER_BYTES: usize = 16 << 10;
