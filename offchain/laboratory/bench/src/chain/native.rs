//! The verification by itself, without a chain: by the host functions that the VM calls, and by blst.

use anyhow::Result;
use bithive_attest::{Attested, bls, host};
use cosmwasm_std::testing::MockApi;

use super::market::Ready;
use crate::timer::Timer;

/// Microseconds of one statement.
pub(crate) struct Verification {
    /// On one core, by the code that the VM runs (cosmwasm-crypto, arkworks).
    pub(crate) host: f64,
    /// By blst, on all cores.
    pub(crate) blst: f64,
}

/// One aggregate over these jobs.
pub(crate) fn together(jobs: &[Ready]) -> Result<Verification> {
    let statements: Vec<Attested> = jobs.iter().map(|job| job.attested.clone()).collect();
    let signatures: Vec<[u8; 96]> = jobs.iter().map(|job| job.signature).collect();
    let signature = bls::aggregate(&signatures)?;
    let api = MockApi::default();
    let host =
        Timer::STANDARD.time(|| (), |()| Ok(host::verify_statements(&api, &statements, &signature)?))?;
    let blst = Timer::STANDARD.time(|| (), |()| Ok(bls::verify_statements(&statements, &signature)?))?;
    let each = |microseconds: f64| microseconds / jobs.len() as f64;
    Ok(Verification { host: each(host), blst: each(blst) })
}

/// One signature over one job.
pub(crate) fn alone(job: &Ready) -> Result<Verification> {
    let Attested { full_key, absent, message } = &job.attested;
    let (api, signature) = (MockApi::default(), &job.signature);
    let host = |()| -> Result<()> { Ok(host::verify_statement(&api, full_key, absent, message, signature)?) };
    let blst = |()| -> Result<()> { Ok(bls::verify_statement(full_key, absent, message, signature)?) };
    Ok(Verification { host: Timer::STANDARD.time(|| (), host)?, blst: Timer::STANDARD.time(|| (), blst)? })
}
