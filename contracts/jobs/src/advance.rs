//! `advance`: moves a job out of a state whose deadline has passed. Open to anyone.

use bithive_api::jobs::{Fault, Phase};
use cosmwasm_std::{DepsMut, Env, Response};

use crate::ContractError;
use crate::state::{CONFIG, Job};
use crate::transitions;

/// Makes the transition that is due.
///
/// # Errors
/// [`ContractError::TooEarly`], [`ContractError::WrongPhase`] in a final state.
pub(crate) fn advance(deps: DepsMut<'_>, env: Env, job_id: u64) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let mut job = Job::load(deps.storage, job_id)?;
    let unfinished = [Phase::Open, Phase::Assigned, Phase::Committed, Phase::Revealed, Phase::Disputed];
    job.expect_phase(&unfinished, "a state that is not final")?;
    if now <= job.deadline {
        return Err(ContractError::TooEarly { job_id, phase: job.phase, deadline: job.deadline, now });
    }
    let storage = deps.storage;
    let response = Response::new();
    let response = match job.phase {
        Phase::Open => transitions::refund(storage, &mut job, "nobody was assigned in time", response)?,
        Phase::Assigned => {
            let config = CONFIG.load(storage)?;
            let committed = job.committed;
            let response =
                transitions::charge(storage, &config, &job, Fault::NoCommitment, response, |index| {
                    !committed.contains(index)
                })?;
            if committed.count() >= u32::from(job.terms.quorum) {
                transitions::open_reveals(&mut job, now, response)
            } else {
                transitions::dispute(storage, &config, &mut job, now, "too few commitments", response)?
            }
        }
        Phase::Committed => {
            let config = CONFIG.load(storage)?;
            let (committed, revealed) = (job.committed, job.revealed);
            let response = transitions::charge(storage, &config, &job, Fault::NoReveal, response, |index| {
                committed.contains(index) && !revealed.contains(index)
            })?;
            transitions::evaluate(storage, &config, &mut job, now, response)?
        }
        Phase::Revealed => {
            let config = CONFIG.load(storage)?;
            let (signed, quorum) =
                (job.signed, job.outcome.as_ref().map(|outcome| outcome.quorum).unwrap_or_default());
            let response =
                transitions::charge(storage, &config, &job, Fault::NoSignature, response, |index| {
                    quorum.contains(index) && !signed.contains(index)
                })?;
            transitions::dispute(storage, &config, &mut job, now, "no final statement in time", response)?
        }
        Phase::Disputed => transitions::refund(storage, &mut job, "no replacement in time", response)?,
        Phase::Settled | Phase::Refunded => response,
    };
    job.save(storage)?;
    Ok(response)
}
