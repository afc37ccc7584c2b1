//! Which worker sets and statements are new, and which contradict what is recorded.
//!
//! A worker set never replaces one of a newer round. A settled statement is final and replaces one that is only signed,
//! because the job's own chain decides.

use bithive_api::attestations::{Event, Evidence, Receipt, SignedStatement, WorkerSet};
use cosmwasm_std::{Api, HexBinary, Storage};

use crate::Refusal;
use crate::state::{ATTESTATIONS, Attestation, WORKERS, Workers, job_key};
use crate::verify::{self, Checked};

/// The receipt, and the event to emit if something new was recorded.
pub(crate) type Recorded = (Receipt, Option<Event>);

/// Records a worker set.
pub(crate) fn workers(storage: &mut dyn Storage, api: &dyn Api, set: WorkerSet) -> Result<Recorded, Refusal> {
    let checked = verify::check(&set)?;
    if known(storage, &set)?.is_some() {
        return Ok((Receipt::WorkersAlreadyRecorded, None));
    }
    let full_key = HexBinary::from(&checked.full_key(api)?);
    let (source, workers) = (set.source.clone(), set.keys.len() as u64);
    let event = Event::Workers { source, job_id: set.job_id, round: set.round, workers };
    let key = (set.source.clone(), set.job_id);
    WORKERS.save(storage, job_key(&key.0, key.1), &Workers { set, full_key })?;
    Ok((Receipt::WorkersRecorded, Some(event)))
}

/// Records a settled statement together with its worker set.
pub(crate) fn settled(
    storage: &mut dyn Storage,
    api: &dyn Api,
    now: u64,
    set: WorkerSet,
    statement: SignedStatement,
) -> Result<Recorded, Refusal> {
    let checked = verify::check(&set)?;
    let stored = known(storage, &set)?;
    let full_key = match &stored {
        Some(stored) => stored.full_key.to_array()?,
        None => checked.full_key(api)?,
    };
    let evidence = Evidence::Settled;
    let recorded = statement_of(storage, api, &checked, &full_key, &set, statement, (evidence, now))?;
    if stored.is_none() {
        let key = (set.source.clone(), set.job_id);
        let full_key = HexBinary::from(&full_key);
        WORKERS.save(storage, job_key(&key.0, key.1), &Workers { set, full_key })?;
    }
    Ok(recorded)
}

/// Records a statement for the newest worker set of its job.
pub(crate) fn signed(
    storage: &mut dyn Storage,
    api: &dyn Api,
    now: u64,
    key: (&str, &str, u64),
    statement: SignedStatement,
) -> Result<Recorded, Refusal> {
    let stored = WORKERS.may_load(storage, key)?.ok_or(Refusal::NoWorkers { job_id: key.2 })?;
    let checked = verify::check(&stored.set)?;
    let full_key = stored.full_key.to_array()?;
    statement_of(storage, api, &checked, &full_key, &stored.set, statement, (Evidence::Signed, now))
}

/// The recorded set if it is this one; none if this one is new.
fn known(storage: &dyn Storage, set: &WorkerSet) -> Result<Option<Workers>, Refusal> {
    let key = job_key(&set.source, set.job_id);
    let (job_id, found) = (set.job_id, set.round);
    let Some(stored) = WORKERS.may_load(storage, key)? else { return Ok(None) };
    if stored.set == *set {
        return Ok(Some(stored));
    }
    if let Some(Attestation { round, evidence: Evidence::Settled, .. }) =
        ATTESTATIONS.may_load(storage, key)?
        && round != found
    {
        return Err(Refusal::Settled { job_id, found, settled: round });
    }
    let newest = stored.set.round;
    match found.cmp(&newest) {
        std::cmp::Ordering::Less => Err(Refusal::Stale { job_id, found, newest }),
        std::cmp::Ordering::Equal => Err(Refusal::OtherWorkers { job_id, round: found }),
        std::cmp::Ordering::Greater => Ok(None),
    }
}

fn statement_of(
    storage: &mut dyn Storage,
    api: &dyn Api,
    checked: &Checked<'_>,
    full_key: &[u8; 48],
    set: &WorkerSet,
    signed: SignedStatement,
    (evidence, recorded_at): (Evidence, u64),
) -> Result<Recorded, Refusal> {
    let key = job_key(&set.source, set.job_id);
    let message = checked.sign_bytes(&signed)?;
    // A packet of a job that was settled with others has no signature: its market has verified the sum of theirs, and the peer
    // is trusted to say what its market settled. A signature that is there has to be right.
    if signed.signature.is_some() || evidence == Evidence::Signed {
        checked.verify(api, full_key, &signed, &message)?;
    }
    let statement = verify::digest(&message);
    if let Some(earlier) = ATTESTATIONS.may_load(storage, key)? {
        let stronger = earlier.evidence == Evidence::Signed && evidence == Evidence::Settled;
        if !stronger {
            let (job_id, recorded) = (set.job_id, earlier.statement.to_hex());
            let same = earlier.statement == statement;
            return if same {
                Ok((Receipt::AlreadyRecorded, None))
            } else {
                Err(Refusal::OtherStatement { job_id, recorded })
            };
        }
    }
    let WorkerSet { round, model, input_commitment, .. } = set.clone();
    let attestation =
        Attestation { round, model, input_commitment, signed, statement, evidence, recorded_at };
    ATTESTATIONS.save(storage, key, &attestation)?;
    let (source, job_id, statement) = (set.source.clone(), set.job_id, attestation.statement);
    let event = Event::Recorded { source, job_id, round, statement, evidence };
    Ok((Receipt::Recorded, Some(event)))
}
