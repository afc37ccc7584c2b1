//! `finalize_many`: one aggregate signature of many quorums settles their jobs.

use bithive_api::jobs::{Finalization, limits};
use bithive_attest::{Attested, Domain, Members, host};
use bithive_contract_kit::input::count;
use cosmwasm_std::{DepsMut, Env, HexBinary, Response};

use crate::settlement::{Agreed, Evidence, Written};
use crate::state::{BATCHES, Batch, CONFIG};
use crate::{ContractError, report};

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
        let (settlement, statement) = Agreed::load(deps.storage, domain, *job_id)?.settled_by(signers)?;
        settlements.push(settlement);
        attested.push(statement);
    }
    host::verify_statements(deps.api, &attested, &signature)?;

    let config = CONFIG.load(deps.storage)?;
    let (now, mut announced) = (env.block.time.seconds(), 0u64);
    let (mut written, mut response) = (Written::default(), Response::new());
    for settlement in settlements {
        let evidence = Evidence::Batch(first);
        let settled = settlement.settle(deps.storage, &config, now, &mut written, evidence)?;
        // Can't saturate: 256 jobs of 16 workers of at most 2^40 credits.
        announced = announced.saturating_add(settled.units);
        response = response.add_events(settled.events).add_submessages(settled.slashes);
    }
    written.write(deps.storage)?;
    let jobs = statements.iter().map(|statement| statement.job_id).collect();
    BATCHES.save(deps.storage, first, &Batch { jobs, signature })?;
    Ok(response.add_submessages(report::announce(deps.storage, first, announced)?))
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
