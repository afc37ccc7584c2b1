//! What permits a job to use data: named when it is posted, and asked for anew at each assignment.

use bithive_api::grants::{Basis, QueryMsg, Standing, limits};
use bithive_contract_kit::input::{address, count};
use cosmwasm_std::{Addr, Api, Deps, Empty, StdResult, Storage};

use crate::ContractError;
use crate::state::{BASES, GRANTS, USES};

/// Bases as they came with a post. What is in them the grants check; here only the number and the addresses count.
pub(crate) fn checked(api: &dyn Api, bases: Vec<Basis>) -> Result<Vec<Basis<Addr>>, ContractError> {
    count("bases", bases.len(), 0..=limits::MAX_BASES)?;
    let one = |basis: Basis| basis.try_map(|subject| address(api, "subject", &subject));
    Ok(bases.into_iter().map(one).collect::<Result<_, _>>()?)
}

/// Refuses unless each basis permits the requester a use now. A revocation in an earlier transaction, also of the same block, counts.
///
/// # Errors
/// [`ContractError::NoGrants`], [`ContractError::NotPermitted`], [`ContractError::GrantsAnswer`].
pub(crate) fn expect_live(
    deps: Deps<'_>,
    requester: &Addr,
    bases: &[Basis<Addr>],
) -> Result<(), ContractError> {
    if bases.is_empty() {
        return Ok(());
    }
    // Without anybody to ask, nothing is permitted.
    let grants = GRANTS.may_load(deps.storage)?.ok_or(ContractError::NoGrants)?;
    let texts = bases.iter().cloned().map(|basis| basis.map(String::from)).collect();
    let question = QueryMsg::Check { reader: requester.into(), bases: texts };
    let answer: Vec<Standing> = deps.querier.query_wasm_smart(grants, &question)?;
    if answer.len() != bases.len() {
        return Err(ContractError::GrantsAnswer { found: answer.len(), expected: bases.len() });
    }
    match answer.into_iter().zip(bases).find(|(standing, _)| *standing != Standing::Live) {
        None => Ok(()),
        Some((standing, basis)) => Err(ContractError::NotPermitted {
            requester: requester.to_string(),
            subject: basis.subject().to_string(),
            standing: standing.name(),
        }),
    }
}

/// Writes down what a new job is based on, and for each subject that the job uses its data.
pub(crate) fn save(storage: &mut dyn Storage, job_id: u64, bases: &[Basis<Addr>]) -> StdResult<()> {
    for basis in bases {
        USES.save(storage, (basis.subject(), job_id), &Empty {})?;
    }
    if bases.is_empty() { Ok(()) } else { BASES.save(storage, job_id, &bases.to_vec()) }
}

/// What a job is based on; nothing for a job that names none.
pub(crate) fn of(storage: &dyn Storage, job_id: u64) -> StdResult<Vec<Basis<Addr>>> {
    Ok(BASES.may_load(storage, job_id)?.unwrap_or_default())
}
