//! From an assignment to a revealed result.

use std::time::{Duration, Instant};

use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_exchange::PeerId;

use super::{Contributor, Record, record_name, reference, result_name, task_of, worker};
use crate::capacity::usable;
use crate::tasks::{Found, Kind, Task};
use crate::work::{Addressed, Finished, Round};
use crate::{NodeError, Purpose, Report};

impl Contributor {
    /// Commits to the result that is recorded, or has it found first.
    pub(super) async fn commit(&mut self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        if worker(job, own)?.commitment.is_some() {
            return Ok(());
        }
        let Some(finished) = self.setup.state.get::<Finished>(&result_name((job.job_id, job.round)))? else {
            return self.work(job).await;
        };
        // Again after a restart: what is committed to must be there for the others.
        self.setup.exchange.publish(finished.sealed_output.clone().into()).await?;
        let commitment = finished.commitment(reference(self.client(), job), self.setup.account.address());
        let msg =
            self.guard().sign(Purpose::Commitment, (job.job_id, job.round), &commitment, |commitment| {
                ExecuteMsg::Commit { job_id: job.job_id, commitment: commitment.into() }
            })?;
        self.setup.account.jobs(&msg).await?;
        self.report(Report::Committed { job_id: job.job_id });
        Ok(())
    }

    /// Starts to look for the round's result, unless that is under way.
    async fn work(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        if self.tasks.is_running(task_of(job, Kind::Work)) {
            return self.look_again(job.job_id);
        }
        let record: Option<Record> = self.setup.state.get(&record_name(job.job_id))?;
        let estimate = record.as_ref().and_then(|record| record.estimate).unwrap_or(0);
        let requester = record.and_then(|record| record.requester).ok_or_else(|| NodeError::Mismatch {
            what: "the assignment",
            reason: "this node never claimed the job".into(),
        })?;
        let assignment = job
            .assignment
            .as_ref()
            .ok_or_else(|| NodeError::Mismatch { what: "the assignment", reason: "there is none".into() })?;
        // The chain's clock says how much is left, this machine's when it is over.
        let now = self.client().chain().info().await?.time.seconds();
        let left = usable(job.deadline.unwrap_or(0).saturating_sub(now), job.terms.commit_seconds);
        let until = Instant::now().checked_add(left);
        let round = Round {
            job_id: job.job_id,
            round: job.round,
            addressed: Addressed::new(job, assignment, self.groups)?,
            requester: PeerId(requester),
            earlier: self.found_before(job)?,
            estimate: Duration::from_millis(estimate),
            until: until.filter(|_| !left.is_zero()).ok_or(NodeError::TooLate)?,
        };
        let (tools, mut rng) = (self.tools.clone(), self.fork_rng());
        let work = async move {
            let until = tokio::time::Instant::from_std(round.until);
            let finished = tokio::time::timeout_at(until, tools.finish(&round, &mut rng)).await;
            let (finished, bytes) = finished.map_err(|_| NodeError::TooLate)??;
            Ok(Found::Finished(Box::new(finished), bytes))
        };
        self.start(job, Kind::Work, work)
    }

    /// Records a result, once: whatever is found later, this is what is committed to.
    pub(super) fn finished(
        &mut self,
        Task { job_id, round, .. }: Task,
        finished: &Finished,
        bytes: Option<u64>,
    ) -> Result<(), NodeError> {
        self.setup.state.put_once(&result_name((job_id, round)), finished)?;
        if let Some(bytes) = bytes {
            self.report(Report::Decrypted { job_id, bytes });
        }
        Ok(())
    }

    /// What the node has found in the last of the job's earlier rounds that it worked in.
    fn found_before(&self, job: &JobResponse) -> Result<Option<(u8, Finished)>, NodeError> {
        for round in (1..job.round).rev() {
            if let Some(found) = self.setup.state.get(&result_name((job.job_id, round)))? {
                return Ok(Some((round, found)));
            }
        }
        Ok(None)
    }

    pub(super) async fn reveal(&mut self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        let worker = worker(job, own)?;
        if worker.commitment.is_none() || worker.masked.is_some() {
            return Ok(());
        }
        let round = (job.job_id, job.round);
        let Some(finished) = self.setup.state.get::<Finished>(&result_name(round))? else {
            return Err(NodeError::Mismatch {
                what: "the commitment",
                reason: "its result is not recorded".into(),
            });
        };
        let commitment = finished.commitment(reference(self.client(), job), self.setup.account.address());
        let msg = self.guard().sign(Purpose::Commitment, round, &commitment, |_| ExecuteMsg::Reveal {
            job_id: job.job_id,
            masked: finished.masked.into(),
            output: (&finished.output).into(),
            nonce: (&finished.nonce).into(),
        })?;
        self.setup.account.jobs(&msg).await?;
        self.report(Report::Revealed { job_id: job.job_id });
        Ok(())
    }
}
