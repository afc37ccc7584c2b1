//! The output of a settled job.
//!
//! The digest of every worker's output is on chain, and so is the masked result that it has to belong to: whoever gives the bytes, they
//! are what the quorum agreed on or they are refused. The representative's output is asked for first. If it gives none, the whole
//! quorum is asked at once: for the representative's, which the others fetched when they checked it, and for their own.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::jobs::{JobResponse, Phase, WorkerResponse};
use bithive_attest::JobKey;
use bithive_audit::{Act, Outcome};
use bithive_dgkbe::kem::SharedKey;
use bithive_exchange::{Exchange, PeerId};
use bithive_payload::{JobRef, MAX_OUTPUT_BYTES, Output};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::bad_copy::BadCopy;
use crate::records::{OpenedOutput, RoundKey, output_name, round_name};
use crate::{Requester, RequesterError};

/// Longest wait for the representative's output before the others are asked, and for each of those.
const PATIENCE: Duration = Duration::from_secs(30);

/// An output that was opened and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// One number for each row, or the logits of each image.
    pub values: Vec<f32>,
    /// Account of the worker whose output it is.
    pub worker: String,
    /// Who was asked before, and gave nothing or something else.
    pub skipped: Vec<BadCopy>,
}

/// A worker's output, as the chain has it, and who may give it.
struct Wanted {
    worker: String,
    digest: [u8; 32],
    masked: Vec<u8>,
    providers: Vec<PeerId>,
}

impl Requester {
    /// As [`Requester::open`]: the numbers alone.
    ///
    /// # Errors
    /// As [`Requester::open`].
    pub async fn result(&self, job_id: u64) -> Result<Vec<f32>, RequesterError> {
        Ok(self.open(job_id).await?.values)
    }

    /// BLAKE3 of the model that a job names.
    ///
    /// # Errors
    /// The chain's.
    pub async fn model(&self, job_id: u64) -> Result<Vec<u8>, RequesterError> {
        Ok(self.client().job(job_id).await?.terms.model.to_vec())
    }

    /// The output of a settled job: as it was opened before, or fetched from the quorum, opened and checked, and recorded.
    ///
    /// # Errors
    /// [`RequesterError::Phase`] before it is settled; [`RequesterError::NotOurs`]; [`RequesterError::NoOutput`] names everybody who
    /// was asked.
    pub async fn open(&self, job_id: u64) -> Result<Opened, RequesterError> {
        let job = self.client().job(job_id).await?;
        let (Phase::Settled, Some(outcome), Some(assignment)) = (job.phase, &job.outcome, &job.assignment)
        else {
            return Err(RequesterError::Phase {
                job_id,
                phase: format!("{:?}", job.phase),
                expected: "its output is there once it is Settled",
            });
        };
        // First: an output that is there needs no key any more.
        let name = output_name(job_id);
        if let Some(mut known) = self.state.get::<OpenedOutput>(&name)? {
            let values: Vec<f32> = known.values.iter().map(|bits| f32::from_bits(*bits)).collect();
            let worker = std::mem::take(&mut known.worker);
            self.log_read(job_id, &values).await?;
            return Ok(Opened { values, worker, skipped: Vec::new() });
        }
        let record: Option<RoundKey> = self.state.get(&round_name(job_id, job.round, &assignment.payload))?;
        let shared = SharedKey::from_bytes(record.ok_or(RequesterError::NotOurs { job_id })?.shared);
        let key = Arc::new(self.reference(job_id, job.round).key(&shared));
        let opened = self.ask_quorum(&job, usize::from(outcome.representative), key).await?;
        let values = opened.values.iter().map(|value| value.to_bits()).collect();
        self.state.put(&name, &OpenedOutput { values, worker: opened.worker.clone() })?;
        self.log_read(job_id, &opened.values).await?;
        Ok(opened)
    }

    /// Before the result is answered.
    async fn log_read(&self, job_id: u64, values: &[f32]) -> Result<(), RequesterError> {
        self.log_job(Act::ResultRead, Outcome::Success, (job_id, Some(values.len()))).await
    }

    async fn ask_quorum(
        &self,
        job: &JobResponse,
        representative: usize,
        key: Arc<JobKey>,
    ) -> Result<Opened, RequesterError> {
        let mut endpoints = Vec::with_capacity(job.workers.len());
        for (index, worker) in job.workers.iter().enumerate() {
            if worker.in_quorum == Some(true) {
                endpoints.push((index, self.endpoint_of(worker).await?));
            }
        }
        let of = |index: usize| -> Vec<PeerId> {
            let own = endpoints.iter().filter(|(found, _)| *found == index);
            own.filter_map(|(_, endpoint)| *endpoint).collect()
        };
        let others: Vec<PeerId> = endpoints
            .iter()
            .filter(|(index, _)| *index != representative)
            .filter_map(|(_, endpoint)| *endpoint)
            .collect();
        let mut skipped = Vec::new();
        let first = job.workers.get(representative);
        if let Some(worker) = first {
            let asked = match wanted(worker, of(representative)) {
                Ok(wanted) => self.asking(job, &key, wanted).await.1,
                Err(reason) => Err(reason),
            };
            let worker = worker.address.to_string();
            match asked {
                Ok(values) => return Ok(Opened { values, worker, skipped }),
                Err(reason) => skipped.push(BadCopy { worker, reason }),
            }
        }
        let own = endpoints
            .iter()
            .filter(|(index, _)| *index != representative)
            .filter_map(|(index, _)| Some((job.workers.get(*index)?, of(*index))));
        let mut asked = JoinSet::new();
        for (worker, providers) in first.map(|worker| (worker, others)).into_iter().chain(own) {
            match wanted(worker, providers) {
                Ok(wanted) => drop(asked.spawn(self.asking(job, &key, wanted))),
                Err(reason) => skipped.push(BadCopy { worker: worker.address.to_string(), reason }),
            }
        }
        while let Some(answer) = asked.join_next().await {
            let Ok((worker, answer)) = answer else { continue };
            match answer {
                Ok(values) => return Ok(Opened { values, worker, skipped }),
                Err(reason) => skipped.push(BadCopy { worker, reason }),
            }
        }
        Err(RequesterError::NoOutput { job_id: job.job_id, bad: skipped })
    }

    async fn endpoint_of(&self, worker: &WorkerResponse) -> Result<Option<PeerId>, RequesterError> {
        let node = self.client().node(worker.address.as_str()).await?;
        Ok(node.and_then(|node| node.registration.endpoint.as_slice().try_into().ok()).map(PeerId))
    }

    /// One question, which holds nothing of this requester: several can be under way.
    fn asking(
        &self,
        job: &JobResponse,
        key: &Arc<JobKey>,
        wanted: Wanted,
    ) -> impl Future<Output = (String, Result<Vec<f32>, String>)> + Send + use<> {
        let (exchange, client, key) = (self.exchange.clone(), self.client().clone(), key.clone());
        let (job_id, round) = (job.job_id, job.round);
        async move {
            let reference = JobRef { jobs: client.deployment().jobs_domain(), job_id, round };
            let values = match timeout(PATIENCE, output(exchange.as_ref(), reference, &key, &wanted)).await {
                Ok(values) => values,
                Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
            };
            (wanted.worker, values)
        }
    }
}

/// What the chain says of a worker's output; otherwise why it has none.
fn wanted(worker: &WorkerResponse, providers: Vec<PeerId>) -> Result<Wanted, String> {
    let (Some(output), Some(masked)) = (&worker.output, &worker.masked) else {
        return Err("it has not revealed".into());
    };
    let digest = output.as_slice().try_into().map_err(|_| "its digest is not 32 bytes".to_owned())?;
    Ok(Wanted { worker: worker.address.to_string(), digest, masked: masked.to_vec(), providers })
}

/// Fetches a worker's output, and checks that it is what its result was made from.
async fn output(
    exchange: &dyn Exchange,
    job: JobRef<'_>,
    key: &JobKey,
    wanted: &Wanted,
) -> Result<Vec<f32>, String> {
    let sealed = exchange.fetch(wanted.digest, &wanted.providers, MAX_OUTPUT_BYTES).await;
    let sealed = sealed.map_err(|error| error.to_string())?;
    let opened = Output::open_checked(job, key, &wanted.worker, (&sealed, &wanted.masked));
    // What is taken is the caller's to erase; the rest erases itself.
    opened
        .map(|mut output| std::mem::take(&mut output.values))
        .map_err(|error| format!("its output: {error}"))
}
