//! `finalize_many`: one aggregate signature of many quorums settles their jobs.

use bithive_api::jobs::{Finalization, limits};
use bithive_attest::{Attested, Domain, Members, host};
use bithive_contract_kit::input::count;
use bithive_contract_kit::ledger::{Ledger, Release};
use cosmwasm_std::{DepsMut, Env, HexBinary, Response};

use crate::ContractError;
use crate::ledger::Market;
use crate::settlement::{Evidence, Settlement};
use crate::state::{BATCHES, Batch, CONFIG};

/// Settles every job as `finalize` would, after one verification over all their statements, or none of them.
///
/// # Errors
/// [`ContractError::Input`], [`ContractError::FinalizationOrder`]; what `finalize` refuses, naming the job;
/// [`ContractError::Bls`] if any one of the signatures in the aggregate is bad.
pub(crate) fn finalize_many(
    deps: DepsMut<'_>,
    env: Env,
    statements: &[Finalization],
    signature: HexBinary,
) -> Result<Response, ContractError> {
    let first = first_of(statements)?;
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    let (mut settlements, mut attested) = (Vec::with_capacity(statements.len()), Vec::<Attested>::new());
    for Finalization { job_id, signers } in statements {
        let signers = Members::from_bits(*signers);
        let (settlement, statement) = Settlement::load(deps.storage, domain, *job_id, signers)?;
        settlements.push(settlement);
        attested.push(statement);
    }
    host::verify_statements(deps.api, &attested, &signature)?;

    let config = CONFIG.load(deps.storage)?;
    let (mut release, mut response) = (Release::default(), Response::new());
    for settlement in settlements {
        let event = settlement.settle(deps.storage, &config, &mut release, Evidence::Batch(first))?;
        response = response.add_event(event);
    }
    Market.release(deps.storage, release)?;
    let jobs = statements.iter().map(|statement| statement.job_id).collect();
    BATCHES.save(deps.storage, first, &Batch { jobs, signature })?;
    Ok(response)
}

/// The first job, which names the batch: it is settled once, so no other batch begins with it.
fn first_of(statements: &[Finalization]) -> Result<u64, ContractError> {
    count("statements", statements.len(), 1..=limits::MAX_FINALIZATIONS)?;
    let first = statements.first().map(|first| first.job_id).unwrap_or_default();
    for (before, next) in statements.iter().zip(statements.iter().skip(1)) {
        if next.job_id <= before.job_id {
            return Err(ContractError::FinalizationOrder { job_id: next.job_id, before: before.job_id });
        }
    }
    Ok(first)
}
