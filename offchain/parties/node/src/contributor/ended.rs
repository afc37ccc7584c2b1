//! What is left of jobs that have ended, and how long it is kept.
//!
//! The encrypted input goes at once: nobody asks for it any more. The encrypted output is offered to the requester for a week; the result
//! stays as long, because a chain that is put back to an earlier block asks for the same commitment again. The rest, with what the guard has seen, stays for as long as a job can last: after that, every job
//! with a lower number has ended as well, so one number, written down, is enough for the guard to sign nothing of them again.

use bithive_api::jobs::JobResponse;
use bithive_api::jobs::limits::{MAX_LIFE_SECONDS, MAX_ROUNDS};
use bithive_exchange::Digest;
use serde::{Deserialize, Serialize};

use super::{Contributor, Record, record_name, result_name};
use crate::work::{Finished, digest};
use crate::{Guard, NodeError};

/// Seconds for which a node offers its encrypted output after a job has ended: a week.
const OUTPUT_SECONDS: u64 = 7 * 86_400;
/// Seconds between two looks at what jobs have left: an hour.
const SWEEP_SECONDS: u64 = 3_600;
/// Prefixes of the records of jobs that have ended; the time at which what they name goes, and the job, follow.
const OUTPUTS: &str = "outputs/";
const ENDED: &str = "ended/";

/// Encrypted outputs that are still offered.
#[derive(Serialize, Deserialize)]
struct Outputs(Vec<Digest>);

impl Contributor {
    /// Removes what nobody needs of a job that has ended, and notes when the rest goes.
    pub(super) async fn end(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        let (job_id, state) = (job.job_id, self.setup.state.clone());
        let Some(record) = state.get::<Record>(&record_name(job_id))? else { return Ok(()) };
        if record.ended {
            return Ok(());
        }
        let mut outputs = Vec::new();
        for round in 1..=MAX_ROUNDS {
            let Some(finished) = state.get::<Finished>(&result_name((job_id, round)))? else { continue };
            outputs.push(finished.output);
            if let Some(payload) = finished.payload {
                self.setup.exchange.remove(payload).await?;
            }
        }
        if outputs.is_empty() {
            if record.estimate.is_some() {
                // A model that was only looked at: nobody can fill the store with those. It is one, and nothing else that is here.
                self.setup.exchange.remove(digest(&job.terms.model, "the model's digest")?).await?;
            }
            // It has found nothing, so it has signed nothing that the guard would have to know.
            return Ok(state.remove(&record_name(job_id))?);
        }
        let now = self.client().chain().info().await?.time.seconds();
        state.put(&entry(OUTPUTS, now.saturating_add(OUTPUT_SECONDS), job_id), &Outputs(outputs))?;
        state.put(&entry(ENDED, now.saturating_add(MAX_LIFE_SECONDS), job_id), &job_id)?;
        Ok(state.put(&record_name(job_id), &Record { ended: true, ..record })?)
    }

    /// Removes what jobs have left whose time is over, once in an hour of the chain's time.
    pub(super) async fn sweep(&mut self, now: u64) -> Result<(), NodeError> {
        if now < self.next_sweep {
            return Ok(());
        }
        self.next_sweep = now.saturating_add(SWEEP_SECONDS);
        let state = self.setup.state.clone();
        for (name, job_id) in due(&state.names(OUTPUTS)?, OUTPUTS, now) {
            let Outputs(outputs) = state.get(&name)?.unwrap_or(Outputs(vec![]));
            for output in outputs {
                // What can't be removed now goes with the store's own expiry.
                if let Err(error) = self.setup.exchange.remove(output).await {
                    tracing::warn!(%error, "an old output can't be removed");
                }
            }
            for round in 1..=MAX_ROUNDS {
                state.remove(&result_name((job_id, round)))?;
            }
            state.remove(&name)?;
        }
        for (name, job_id) in due(&state.names(ENDED)?, ENDED, now) {
            Guard::new(state.clone()).forget(job_id)?;
            state.remove(&record_name(job_id))?;
            // Last: a crash before it repeats the rest.
            state.remove(&name)?;
        }
        Ok(())
    }
}

/// Names sort by time.
fn entry(prefix: &str, time: u64, job_id: u64) -> String {
    format!("{prefix}{time:020}/{job_id}")
}

/// The records whose time is over, with their jobs.
fn due(names: &[String], prefix: &str, now: u64) -> Vec<(String, u64)> {
    let read = |name: &String| {
        let (time, job) = name.strip_prefix(prefix)?.split_once('/')?;
        let (time, job): (u64, u64) = (time.parse().ok()?, job.parse().ok()?);
        (time <= now).then(|| (name.clone(), job))
    };
    names.iter().map_while(read).collect()
}
