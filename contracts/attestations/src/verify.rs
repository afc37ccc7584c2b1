//! Checks of a worker set and of a statement that need nothing but themselves.

use bithive_api::attestations::{SignedStatement, Source, WorkerSet, limits};
use bithive_api::jobs::limits::{MAX_DIMENSIONS, MAX_ROUNDS, MAX_WORKERS};
use bithive_attest::{Domain, JobStatement, Members, PUBLIC_KEY_BYTES, host};
use cosmwasm_std::{Api, HexBinary};
use sha2::{Digest, Sha256};

use crate::Refusal;

/// Most bytes of a masked result.
const MAX_MASKED_BYTES: usize = MAX_DIMENSIONS as usize * 4;

/// A worker set whose fields are in bounds.
pub(crate) struct Checked<'a> {
    set: &'a WorkerSet,
    keys: Vec<[u8; PUBLIC_KEY_BYTES]>,
}

/// Checks the bounds of a set. Its keys are not known to be points yet: see [`Checked::full_key`].
pub(crate) fn check(set: &WorkerSet) -> Result<Checked<'_>, Refusal> {
    check_source(&set.source)?;
    within("round", set.round.into(), 1..=MAX_ROUNDS.into(), "1 to the most rounds of a job")?;
    let workers = set.keys.len() as u64;
    within("the number of keys", workers, 1..=MAX_WORKERS.into(), "1 to the most workers of a job")?;
    // As in the market: two disjoint quorums must be impossible.
    let least = workers / 2;
    let quorum = u64::from(set.quorum);
    if quorum <= least || quorum > workers {
        let expected = "more than half of the workers, at most all";
        return Err(Refusal::Field { field: "quorum", found: quorum, expected });
    }
    let _: [u8; 32] = sized("the length of model", &set.model)?;
    let _: [u8; 32] = sized("the length of input_commitment", &set.input_commitment)?;
    let keys = set.keys.iter().map(|key| sized("the length of a key", key));
    Ok(Checked { set, keys: keys.collect::<Result<_, _>>()? })
}

/// All checks of a statement together with its set.
pub(crate) fn whole(api: &dyn Api, set: &WorkerSet, statement: &SignedStatement) -> Result<(), Refusal> {
    let checked = check(set)?;
    let message = checked.sign_bytes(statement)?;
    checked.verify(api, &checked.full_key(api)?, statement, &message)
}

/// Checks the bounds of a market's name.
pub(crate) fn check_source(source: &Source) -> Result<(), Refusal> {
    let length = 1..=limits::MAX_NAME_BYTES as u64;
    within("the length of chain_id", source.chain_id.len() as u64, length.clone(), "1 to 128 bytes")?;
    within("the length of jobs", source.jobs.len() as u64, length, "1 to 128 bytes")
}

impl Checked<'_> {
    /// Sum of the keys: checks that each is a point of the group, and that none is listed twice.
    pub(crate) fn full_key(&self, api: &dyn Api) -> Result<[u8; PUBLIC_KEY_BYTES], Refusal> {
        Ok(host::sum_keys(api, &self.keys)?)
    }

    /// Checks who signed, and gives the bytes that they signed.
    pub(crate) fn sign_bytes(&self, statement: &SignedStatement) -> Result<Vec<u8>, Refusal> {
        self.check_members(statement)?;
        let masked = statement.masked.as_slice();
        let words = masked.len() / 4;
        if words == 0 || !masked.len().is_multiple_of(4) || masked.len() > MAX_MASKED_BYTES {
            let expected = "a positive multiple of 4, at most 4096";
            return Err(Refusal::Field {
                field: "the length of masked",
                found: masked.len() as u64,
                expected,
            });
        }
        let signed = JobStatement::of_packet(self.set, statement)?;
        let Source { chain_id, jobs } = &self.set.source;
        Ok(signed.sign_bytes(Domain { chain_id, contract: jobs }))
    }

    /// Checks the aggregate signature over `message` by the signers that the statement names.
    pub(crate) fn verify(
        &self,
        api: &dyn Api,
        full_key: &[u8; PUBLIC_KEY_BYTES],
        statement: &SignedStatement,
        message: &[u8],
    ) -> Result<(), Refusal> {
        let signature =
            statement.signature.as_ref().ok_or(Refusal::NoSignature { job_id: self.set.job_id })?;
        let absent: Vec<_> =
            Members::from_bits(statement.signers).absent(self.keys.iter().copied()).collect();
        Ok(host::verify_statement(api, full_key, &absent, message, signature)?)
    }

    fn check_members(&self, statement: &SignedStatement) -> Result<(), Refusal> {
        let (members, signers) =
            (Members::from_bits(statement.members), Members::from_bits(statement.signers));
        let all = Members::first(self.keys.len());
        subset("the members", members, "the workers", all)?;
        subset("the signers", signers, "the members", members)?;
        let expected = self.set.quorum;
        for (what, set) in [("members of the quorum", members), ("signers", signers)] {
            if set.count() < u32::from(expected) {
                return Err(Refusal::TooFew { what, found: set.count(), expected });
            }
        }
        Ok(())
    }
}

/// SHA-256 of what was signed: the statement's name.
pub(crate) fn digest(message: &[u8]) -> HexBinary {
    let digest: [u8; 32] = Sha256::digest(message).into();
    HexBinary::from(&digest)
}

fn subset(what: &'static str, found: Members, of: &'static str, allowed: Members) -> Result<(), Refusal> {
    if found.is_subset(allowed) {
        return Ok(());
    }
    Err(Refusal::NotSubset { what, found: found.bits(), of, allowed: allowed.bits() })
}

fn within(
    field: &'static str,
    found: u64,
    range: std::ops::RangeInclusive<u64>,
    expected: &'static str,
) -> Result<(), Refusal> {
    if range.contains(&found) { Ok(()) } else { Err(Refusal::Field { field, found, expected }) }
}

fn sized<const N: usize>(field: &'static str, bytes: &HexBinary) -> Result<[u8; N], Refusal> {
    let expected = if N == PUBLIC_KEY_BYTES { "48 bytes" } else { "32 bytes" };
    let found = bytes.len() as u64;
    bytes.as_slice().try_into().map_err(|_| Refusal::Field { field, found, expected })
}
