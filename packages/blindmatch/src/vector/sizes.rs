//! How many bits, samples and slots a vector has.

/// Bits of a vector.
pub const VECTOR_BITS: usize = 256;
/// Slots of a vector, each for one sample.
pub const SAMPLES: usize = 64;
/// Bits of a sample.
pub const SAMPLE_BITS: usize = 20;
/// Samples that have to agree.
pub const SAMPLES_NEEDED: usize = 2;
