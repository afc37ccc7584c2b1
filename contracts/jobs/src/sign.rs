//! `sign`: a member of the quorum publishes its signature of the final statement.

use bithive_api::jobs::{Event, Round};
use bithive_attest::{Domain, Members, host};
use bithive_contract_kit::input::sized;
use cosmwasm_std::{DepsMut, Env, HexBinary, MessageInfo, Response};

use crate::settlement::Agreed;
use crate::state::{Job, SIGNATURES};
use crate::{ContractError, finalize};

/// Stores a signature; the q-th settles the job with the sum of all.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::Unauthorized`], [`ContractError::SignerOutsideQuorum`],
/// [`ContractError::AlreadySigned`], [`ContractError::Bls`].
pub(crate) fn sign(
    deps: DepsMut<'_>,
    env: &Env,
    info: MessageInfo,
    job_id: u64,
    signature: HexBinary,
) -> Result<Response, ContractError> {
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    let agreed = Agreed::load(deps.storage, domain, job_id)?;
    let mut job = Job::load(deps.storage, job_id)?;
    let index = agreed.round().index_of(&job, &info.sender)?;
    agreed.expect_members(Members::default().with(index))?;
    if job.signed.contains(index) {
        return Err(ContractError::AlreadySigned { job_id, round: job.round, address: info.sender.into() });
    }
    let (key, message) = agreed.key_and_message(index)?;
    host::verify_statement(deps.api, &key, &[], message, &signature)?;
    SIGNATURES.save(deps.storage, (job_id, job.round, index), &signature)?;
    job.signed = job.signed.with(index);
    job.save(deps.storage)?;
    let event = Event::Signature { job_id, round: Round(job.round), worker: info.sender };
    let response = Response::new().add_event(event);
    if job.signed.count() < u32::from(job.terms.quorum) {
        return Ok(response);
    }
    let mut signatures = Vec::new();
    for index in (0..job.terms.workers).filter(|index| job.signed.contains(*index)) {
        let stored = SIGNATURES.load(deps.storage, (job_id, job.round, index))?;
        signatures.push(sized("signature", &stored)?);
    }
    let aggregate = host::sum_signatures(deps.api, &signatures)?.into();
    let (settlement, _) = agreed.settled_by(job.signed)?;
    finalize::settle(deps, env, settlement, aggregate, response)
}
