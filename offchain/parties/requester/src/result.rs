//! The result of a settled job.

use bithive_api::jobs::Phase;
use bithive_dgkbe::kem::SharedKey;
use bithive_exchange::PeerId;
use bithive_payload::Output;

use crate::records::{RoundKey, round_name};
use crate::{Requester, RequesterError};

/// Most bytes of a sealed output.
const MAX_OUTPUT_BYTES: usize = 64 << 20;

impl Requester {
    /// Fetches, opens and checks the output of a settled job: one number per row.
    ///
    /// # Errors
    /// [`RequesterError::Phase`] before it is settled; [`RequesterError::Mismatch`] if the output is not what the
    /// quorum signed.
    pub async fn result(&self, job_id: u64) -> Result<Vec<f32>, RequesterError> {
        let mismatch =
            |reason: &str| RequesterError::Mismatch { what: "the job's output", reason: reason.into() };
        let job = self.client().job(job_id).await?;
        let (Phase::Settled, Some(outcome), Some(assignment)) = (job.phase, &job.outcome, &job.assignment)
        else {
            return Err(RequesterError::Phase {
                job_id,
                phase: format!("{:?}", job.phase),
                expected: "its output is there once it is Settled",
            });
        };
        let representative = job.workers.get(usize::from(outcome.representative));
        let representative = representative.ok_or_else(|| mismatch("its representative is not a worker"))?;
        let (Some(output), Some(masked)) = (&representative.output, &representative.masked) else {
            return Err(mismatch("its representative has not revealed"));
        };
        let record: Option<RoundKey> = self.state.get(&round_name(job_id, job.round, &assignment.payload))?;
        let shared = SharedKey::from_bytes(record.ok_or(RequesterError::NotOurs { job_id })?.shared);
        let reference = self.reference(job_id, job.round);
        let key = reference.key(&shared);
        let digest = output.as_slice().try_into().map_err(|_| mismatch("its digest is not 32 bytes"))?;
        let node = self.client().node(representative.address.as_str()).await?;
        let providers: Vec<PeerId> = node
            .and_then(|node| node.registration.endpoint.as_slice().try_into().ok())
            .map(PeerId)
            .into_iter()
            .collect();
        let sealed = self.exchange.fetch(digest, &providers, MAX_OUTPUT_BYTES).await?;
        let opened = Output::open(reference, &key, representative.address.as_str(), &sealed)?;
        let agrees = key.agrees(&opened.values, masked, 0);
        if agrees.map_err(|error| mismatch(&error.to_string()))? {
            Ok(opened.values)
        } else {
            Err(mismatch("it is not what the quorum's result was made from"))
        }
    }
}
