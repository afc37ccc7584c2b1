//! What the fuzz targets check, one module for each target; `testing/fuzz/README.md` says how to run them.
//!
//! Every module has a function `check`, which takes any bytes and panics if something that the decoders promise
//! does not hold: that nothing panics, that a value has one encoding and that is what is written, that two ways of
//! reading the same thing agree. [`bounded`] adds that no input makes them ask for more memory than its length
//! accounts for.
//!
//! Modules that run programs (a chain, endpoints, models) are those of the feature `programs`; the others need packages alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a finding")]

pub mod attest;
pub mod audit;
pub mod bank;
pub mod blindmatch;
pub mod boinc;
pub mod broadcast;
#[cfg(feature = "programs")]
pub mod chain;
#[cfg(feature = "programs")]
pub mod cometbft;
pub mod consent;
pub mod curve;
pub mod dicom;
pub mod dicomnet;
pub mod extractor;
pub mod fhir;
pub mod images;
pub mod measurement;
pub mod memory;
pub mod messages;
#[cfg(feature = "programs")]
pub mod model;
#[cfg(feature = "programs")]
pub mod party;
pub mod policy;
pub mod slots;
pub mod table;
#[cfg(feature = "programs")]
pub mod transport;
pub mod x402;

use memory::Budget;

/// One fuzz target.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    budget: Budget,
    check: fn(&[u8]),
}

impl Target {
    /// Runs the check within its budget of memory.
    pub fn run(&self, input: &[u8]) {
        bounded(self.budget, input, self.check);
    }
}

/// Runs a check and panics if it takes more memory than the budget has for an input of this length.
pub fn bounded(budget: Budget, input: &[u8], check: fn(&[u8])) {
    let peak = memory::peak(|| check(input));
    let most = budget.fixed + budget.per_byte * input.len();
    assert!(
        peak <= most,
        "{} bytes of input took {peak} bytes of memory, expected at most {most}",
        input.len()
    );
}

macro_rules! targets {
    ($(#[$doc:meta])* $name:ident: $($module:ident),* $(,)?) => {
        $(#[$doc])*
        pub const $name: &[Target] = &[$(
            Target { name: stringify!($module), budget: $module::BUDGET, check: $module::check },
        )*];
    };
}

targets! {
    /// Targets that need packages alone, by name.
    PACKAGES:
    attest,
    audit,
    bank,
    blindmatch,
    boinc,
    broadcast,
    consent,
    curve,
    dicom,
    dicomnet,
    extractor,
    fhir,
    images,
    measurement,
    messages,
    policy,
    slots,
    table,
    x402,
}

#[cfg(feature = "programs")]
targets! {
    /// Targets that run programs, by name.
    PROGRAMS: chain, cometbft, model, party, transport
}

/// Splits the byte that chooses among a target's decoders from what is decoded.
fn choose(input: &[u8], choices: u8) -> Option<(u8, &[u8])> {
    input.split_first().map(|(choice, rest)| (choice % choices, rest))
}

/// Checks that what a decoder takes is what its encoder writes.
fn canonical<T, E>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, E>,
    encode: impl Fn(&T) -> Vec<u8>,
) -> Option<T> {
    let value = decode(bytes).ok()?;
    assert_eq!(encode(&value), bytes, "a value has one encoding");
    Some(value)
}
