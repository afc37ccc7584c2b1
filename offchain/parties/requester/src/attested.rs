//! What the chain says of a settled job, for a report.

use bithive_api::jobs::JobResponse;
use bithive_client::Client;

use crate::RequesterError;

/// What the chain says of a settled job: model, input, the workers that agreed, and their signature.
///
/// # Errors
/// [`RequesterError::Phase`] for a job without a signed outcome; [`RequesterError::Chain`].
pub async fn attested(client: &Client, job: &JobResponse) -> Result<bithive_fhir::Job, RequesterError> {
    let number = job.job_id;
    let early = || RequesterError::Phase {
        job_id: number,
        phase: format!("{:?}", job.phase),
        expected: "its report can be written once it is Settled and signed",
    };
    let (Some(outcome), Some(assignment)) = (&job.outcome, &job.assignment) else { return Err(early()) };
    let attestation = match (&outcome.signature, outcome.batch) {
        (Some(signature), _) => signature.to_hex(),
        (None, Some(batch)) => client.batch(batch).await?.signature.to_hex(),
        (None, None) => return Err(early()),
    };
    let quorum = job.workers.iter().filter(|worker| worker.in_quorum == Some(true));
    Ok(bithive_fhir::Job {
        chain: client.deployment().chain_id.clone(),
        contract: client.deployment().jobs().to_owned(),
        number,
        model: job.terms.model.to_hex(),
        input: assignment.input_commitment.to_hex(),
        attestation,
        workers: quorum.map(|worker| worker.address.to_string()).collect(),
    })
}
