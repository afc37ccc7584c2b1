//! How many jurors are needed.

/// Jurors that a pool needs: those of a case, while both parties may have a seat, too.
pub(crate) const LEAST_SEATED: u32 = 9;
