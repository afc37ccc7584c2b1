//! The result of a settled job.

use bithive_api::jobs::{JobResponse, Phase, WorkerResponse};
use bithive_attest::JobKey;
use bithive_dgkbe::kem::SharedKey;
use bithive_exchange::PeerId;
use bithive_payload::Output;

use crate::records::{RoundKey, round_name};
use crate::{Requester, RequesterError};

/// Most bytes of a sealed output.
const MAX_OUTPUT_BYTES: usize = 64 << 20;

impl Requester {
    /// Fetches, opens and checks the output of a settled job: one number per row. Any member of the quorum may have it.
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
        let record: Option<RoundKey> = self.state.get(&round_name(job_id, job.round, &assignment.payload))?;
        let shared = SharedKey::from_bytes(record.ok_or(RequesterError::NotOurs { job_id })?.shared);
        let key = self.reference(job_id, job.round).key(&shared);
        // The representative's first. It can withhold its output, or seal another: every other member of the quorum has one.
        let members = job.workers.iter().filter(|worker| worker.in_quorum == Some(true));
        let first = job.workers.get(usize::from(outcome.representative));
        let mut last = mismatch("its quorum is empty");
        for worker in first.into_iter().chain(members) {
            match self.output_of(&job, &key, worker).await {
                Ok(values) => return Ok(values),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn output_of(
        &self,
        job: &JobResponse,
        key: &JobKey,
        worker: &WorkerResponse,
    ) -> Result<Vec<f32>, RequesterError> {
        let mismatch =
            |reason: &str| RequesterError::Mismatch { what: "the job's output", reason: reason.into() };
        let (Some(output), Some(masked)) = (&worker.output, &worker.masked) else {
            return Err(mismatch("its worker has not revealed"));
        };
        let digest = output.as_slice().try_into().map_err(|_| mismatch("its digest is not 32 bytes"))?;
        let node = self.client().node(worker.address.as_str()).await?;
        let providers: Vec<PeerId> = node
            .and_then(|node| node.registration.endpoint.as_slice().try_into().ok())
            .map(PeerId)
            .into_iter()
            .collect();
        let sealed = self.exchange.fetch(digest, &providers, MAX_OUTPUT_BYTES).await?;
        let reference = self.reference(job.job_id, job.round);
        let mut opened = Output::open(reference, key, worker.address.as_str(), &sealed)?;
        let agrees = key.agrees(&opened.values, masked, 0);
        if agrees.map_err(|error| mismatch(&error.to_string()))? {
            // What is taken is the caller's to erase; the rest erases itself.
            Ok(std::mem::take(&mut opened.values))
        } else {
            Err(mismatch("it is not what its worker's result was made from"))
        }
    }
}
