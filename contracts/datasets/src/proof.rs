//! Whether a job is attested as a deposit says.

use bithive_api::attestations::{AttestationResponse, Evidence, QueryMsg};
use bithive_api::datasets::Use;
use cosmwasm_std::{Deps, StdResult};

use crate::ContractError;
use crate::state::ATTESTATIONS;

/// The settled attestation of the deposit's job and input.
///
/// # Errors
/// [`ContractError::NotAttested`], [`ContractError::OtherInput`]; what the attestations contract fails with.
pub(crate) fn attested(deps: Deps<'_>, purpose: &Use) -> Result<AttestationResponse, ContractError> {
    let job_id = purpose.job_id;
    let attestation = settled(deps, purpose)?.ok_or(ContractError::NotAttested { job_id })?;
    if attestation.input_commitment != purpose.input_commitment {
        let (found, expected) = (attestation.input_commitment.to_hex(), purpose.input_commitment.to_hex());
        return Err(ContractError::OtherInput { job_id, found, expected });
    }
    Ok(attestation)
}

/// The settled attestation of the deposit's job. A quorum's signature alone does not count: the job's chain may have
/// settled it otherwise.
fn settled(deps: Deps<'_>, purpose: &Use) -> StdResult<Option<AttestationResponse>> {
    let query = QueryMsg::Attestation { source: purpose.source.clone(), job_id: purpose.job_id };
    let attestations = ATTESTATIONS.load(deps.storage)?;
    let found: Option<AttestationResponse> = deps.querier.query_wasm_smart(attestations, &query)?;
    Ok(found.filter(|attestation| attestation.evidence == Evidence::Settled))
}
