//! How much is kept.

/// How much a spool takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpoolLimits {
    /// Most objects; an object takes about a kilobyte of memory.
    pub instances: usize,
    /// Most bytes of objects.
    pub bytes: u64,
    /// Most objects that are kept aside.
    pub aside: usize,
    /// Most records of a kind.
    pub records: usize,
}

impl Default for SpoolLimits {
    /// 200,000 objects, 100 GiB, 1,000 aside, 100,000 records.
    fn default() -> Self {
        Self { instances: 200_000, bytes: 100 << 30, aside: 1_000, records: 100_000 }
    }
}
