//! Where the gas of a settlement goes. A chain in this process runs the same contracts and counts their host calls; what
//! wasmd charges beyond them is for wasm instructions and events.

use anyhow::{Context, Result};
use bithive_chain::{BlsCalls, HostCalls};
use serde::Serialize;

/// What a settlement's gas is for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GasPart {
    /// The work that the gas pays for, like `BLS verification`.
    pub part: &'static str,
    /// Gas of one settlement in a batch.
    pub batched: f64,
    /// Gas of one settlement by itself.
    pub single: f64,
}

/// A kind of settlement: its gas on wasmd, and its calls on the chain in this process, both of one transaction.
pub(crate) struct Kind {
    pub(crate) jobs: u64,
    pub(crate) gas: f64,
    pub(crate) bytes: f64,
    pub(crate) calls: HostCalls,
}

/// BLS12-381 calls of a settlement of `jobs` jobs with one absentee each.
pub(crate) const fn bls_calls(jobs: u64) -> BlsCalls {
    BlsCalls { sums: jobs, points: 2 * jobs, hashes: jobs, equalities: 1, pairings: jobs + 1 }
}

/// The parts, by how they are called.
pub(crate) fn parts(batched: &Kind, single: &Kind) -> Result<Vec<GasPart>> {
    let (batched, single) = (of(batched)?, of(single)?);
    let rows = batched.into_iter().zip(single);
    Ok(rows.map(|((part, batched), (_, single))| GasPart { part, batched, single }).collect())
}

fn of(kind: &Kind) -> Result<Vec<(&'static str, f64)>> {
    let bls = bls_calls(kind.jobs);
    let counted = (kind.calls.aggregated_points, kind.calls.hash_to_g2, kind.calls.pairings);
    (counted == (bls.points, bls.hashes, bls.pairings))
        .then_some(())
        .context("the contract makes other BLS calls than this crate says")?;
    let known = [
        ("BLS verification", bls.gas()),
        ("reading state", kind.calls.read_gas()),
        ("writing state", kind.calls.write_gas()),
        ("loading the contract", kind.calls.call_gas()),
    ];
    let mut parts: Vec<(&'static str, f64)> =
        known.into_iter().map(|(part, gas)| (part, gas as f64)).collect();
    parts.push(("transaction: bytes and signature", 10.0 * kind.bytes + 1_000.0));
    let rest = kind.gas - parts.iter().map(|(_, gas)| gas).sum::<f64>();
    parts.push(("wasm instructions, events, fee", rest));
    let jobs = kind.jobs as f64;
    Ok(parts.into_iter().map(|(part, gas)| (part, gas / jobs)).collect())
}
