//! `finalize`: one aggregate signature of the quorum settles the job.

use bithive_attest::{Domain, Members, host};
use cosmwasm_std::{DepsMut, Env, HexBinary, Response};

use crate::settlement::{Agreed, Evidence, Settlement, Written};
use crate::state::CONFIG;
use crate::{ContractError, report};

/// Verifies the statement that the contract itself builds from its state, pays the quorum and returns the
/// rest of the escrow. It stays open after the deadline until somebody advances the job.
///
/// # Errors
/// [`ContractError::WrongPhase`], [`ContractError::SignerOutsideQuorum`], [`ContractError::TooFewSigners`],
/// [`ContractError::Bls`].
pub(crate) fn finalize(
    deps: DepsMut<'_>,
    env: Env,
    job_id: u64,
    signers: Members,
    signature: HexBinary,
) -> Result<Response, ContractError> {
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    let (settlement, statement) = Agreed::load(deps.storage, domain, job_id)?.settled_by(signers)?;
    host::verify_statement(deps.api, &statement.full_key, &statement.absent, &statement.message, &signature)?;
    settle(deps, &env, settlement, signature, Response::new())
}

/// Settles one job whose signature is verified, and reports it.
///
/// # Errors
/// Storage errors.
pub(crate) fn settle(
    deps: DepsMut<'_>,
    env: &Env,
    settlement: Settlement,
    signature: HexBinary,
    response: Response,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let mut written = Written::default();
    let (job_id, now, evidence) =
        (settlement.job_id(), env.block.time.seconds(), Evidence::Single(signature));
    let settled = settlement.settle(deps.storage, &config, now, &mut written, evidence)?;
    written.write(deps.storage)?;
    let announced = report::announce(deps.storage, job_id, settled.units)?;
    Ok(response
        .add_events(settled.events)
        .add_submessages(settled.slashes)
        .add_submessages(announced)
        .add_submessage(report::attempt(env, job_id)?))
}
