//! A key from a noisy reading of a person or a chip, with public helper data and no key stored.
//!
//! Reader's order: [`Profile`] (published parameters: code, noise, what is given away), [`enroll`] (a first reading
//! gives helper data and a key), [`HelperData`] (what is published; [`HelperData::reproduce`] gives the key again,
//! [`HelperData::extend`] one for a further context). The crate's README has the parameters, the bounds and the
//! limits.

mod bch;
mod entropy;
mod error;
mod extract;
mod field;
mod helper;
mod key;
mod noise;
mod profile;
mod sketch;

pub use entropy::MinEntropyRate;
pub use error::ExtractorError;
pub use extract::{Source, enroll};
pub use helper::HelperData;
pub use key::Key;
pub use profile::{KEY_ENTROPY_BITS, MAX_CONTEXT_BYTES, Profile};

/// The README's example compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeExample;
