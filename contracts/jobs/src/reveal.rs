//! `reveal`: a worker opens its commitment.

use bithive_api::jobs::{Event, Phase, Round};
use bithive_attest::{Domain, Reveal};
use bithive_contract_kit::input::{length, sized};
use cosmwasm_std::{Binary, DepsMut, Env, HexBinary, MessageInfo, Response};

use crate::state::{COMMITMENTS, CONFIG, Job, REVEALS, Revealed};
use crate::{ContractError, transitions};

/// Bytes of one word of a masked result.
const WORD_BYTES: usize = 4;

/// Stores a revealed result; the last one that is due decides the round at once.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::TooLate`], [`ContractError::Unauthorized`],
/// [`ContractError::NotCommitted`], [`ContractError::AlreadyRevealed`], [`ContractError::Input`],
/// [`ContractError::CommitmentMismatch`].
pub(crate) fn reveal(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    job_id: u64,
    opened: Revealed,
    nonce: HexBinary,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let mut job = Job::load(deps.storage, job_id)?;
    job.expect_phase(&[Phase::Committed], "Committed")?;
    job.expect_in_time(now)?;
    let index = job.load_round(deps.storage)?.index_of(&job, &info.sender)?;
    let (round, address) = (job.round, info.sender.as_str());
    if !job.committed.contains(index) {
        return Err(ContractError::NotCommitted { job_id, round, address: address.to_owned() });
    }
    if job.revealed.contains(index) {
        return Err(ContractError::AlreadyRevealed { job_id, round, address: address.to_owned() });
    }
    expect_words(&opened.masked, job.terms.dimensions)?;
    let reveal = Reveal {
        job_id,
        round,
        account: address,
        masked: &opened.masked,
        output: &sized("output", &opened.output)?,
        nonce: &sized("nonce", &nonce)?,
    };
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    if COMMITMENTS.load(deps.storage, (job_id, round, index))?.as_slice() != reveal.commitment(domain) {
        return Err(ContractError::CommitmentMismatch { address: address.to_owned() });
    }
    REVEALS.save(deps.storage, (job_id, round, index), &opened)?;
    job.revealed = job.revealed.with(index);
    let event = Event::Reveal { job_id, round: Round(round), worker: info.sender };
    let mut response = Response::new().add_event(event);
    if job.committed.is_subset(job.revealed) {
        let config = CONFIG.load(deps.storage)?;
        response = transitions::evaluate(deps.storage, &config, &mut job, now, response)?;
    }
    job.save(deps.storage)?;
    Ok(response)
}

fn expect_words(masked: &Binary, dimensions: u16) -> Result<(), ContractError> {
    let expected = usize::from(dimensions).saturating_mul(WORD_BYTES);
    Ok(length("masked", masked.len(), expected..=expected)?)
}
