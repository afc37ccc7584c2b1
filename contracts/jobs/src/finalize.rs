//! `finalize`: one aggregate signature of the quorum settles the job.

use bithive_attest::{Domain, Members, host};
use bithive_contract_kit::ledger::{Ledger, Release};
use cosmwasm_std::{DepsMut, Env, HexBinary, Response};

use crate::ledger::Market;
use crate::settlement::{Evidence, Settlement};
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
    let (settlement, statement) = Settlement::load(deps.storage, domain, job_id, signers)?;
    host::verify_statement(deps.api, &statement.full_key, &statement.absent, &statement.message, &signature)?;
    let config = CONFIG.load(deps.storage)?;
    let mut release = Release::default();
    let (now, evidence) = (env.block.time.seconds(), Evidence::Single(signature));
    let (event, units) = settlement.settle(deps.storage, &config, now, &mut release, evidence)?;
    Market.release(deps.storage, release)?;
    let announced = report::announce(deps.storage, job_id, units)?;
    let response = Response::new().add_event(event).add_submessages(announced);
    Ok(response.add_submessage(report::attempt(&env, job_id)?))
}
