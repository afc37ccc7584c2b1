//! Following jobs until they end: a step at a time, as the chain and the records say.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Result, bail};
use bithive_api::jobs::{JobResponse, Phase};
use bithive_chain::ChainError;
use bithive_client::amount::show;
use bithive_client::{Client, GroupError, worth_keeping};
use bithive_daemon::DaemonError;
use bithive_requester::{Following, JobProgress, Requester, RequesterError, is_overdue};
use tokio::time::Instant;

use super::tell::Teller;

/// How often a job is looked at.
const ROUND: Duration = Duration::from_millis(300);
/// How often it is said where a job is that does not move.
const AGAIN: Duration = Duration::from_secs(60);
/// First and longest wait before an assignment that was refused is tried again: each encrypts the input anew.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(120)];
/// How often in a row the market may refuse to move on a job whose deadline has passed: somebody may always come first once.
const MOST_REFUSALS: u32 = 50;

/// Follows jobs of one requester.
pub(crate) struct Player<'a> {
    client: Client,
    requester: &'a mut Requester,
    teller: Teller,
    /// How long the workers of a settled job are asked for its output.
    patience: Duration,
}

/// A job that is followed.
pub(crate) struct Followed {
    job_id: u64,
    following: Following,
    /// Since when claims are waited for.
    since: Instant,
    /// Why claims were refused since it was last told.
    refused: Vec<String>,
    /// What was told last, and when.
    told: Option<(JobProgress, Instant)>,
    /// What was noted last.
    noted: String,
    /// When an assignment or an output may be asked for again, and the wait after that.
    again: (Instant, Duration),
    /// How often the market has refused to move it on.
    refusals: u32,
    /// Since when its output is asked for.
    asked: Option<Instant>,
}

/// How far a step came.
pub(crate) enum Next {
    Wait,
    /// It has ended; whether with its output.
    Ended(bool),
}

impl Followed {
    pub(crate) fn new((job_id, following): (u64, Following)) -> Self {
        let now = Instant::now();
        Self {
            job_id,
            following,
            since: now,
            refused: Vec::new(),
            told: None,
            noted: String::new(),
            again: (now, PAUSES[0]),
            refusals: 0,
            asked: None,
        }
    }

    /// Where it was when that was told last.
    pub(crate) fn told(&self) -> Option<&JobProgress> {
        self.told.as_ref().map(|(told, _)| told)
    }

    /// Waits longer each time.
    fn pause(&mut self) {
        let (_, wait) = self.again;
        self.again = (Instant::now() + wait, (wait * 2).min(PAUSES[1]));
    }

    fn is_pausing(&self) -> bool {
        Instant::now() < self.again.0
    }
}

impl<'a> Player<'a> {
    pub(crate) fn new(
        client: Client,
        requester: &'a mut Requester,
        teller: Teller,
        patience: Duration,
    ) -> Self {
        Self { client, requester, teller, patience }
    }

    /// Follows the jobs until all have ended; returns whether each has its output. A job that fails does not end the others.
    pub(crate) async fn play(&mut self, jobs: Vec<(u64, Following)>) -> Result<bool> {
        let mut open: Vec<Followed> = jobs.into_iter().map(Followed::new).collect();
        let (mut all, mut failed) = (true, None);
        while !open.is_empty() {
            let mut left = Vec::with_capacity(open.len());
            for mut job in open {
                match self.step(&mut job).await {
                    Ok(Next::Wait) => left.push(job),
                    Ok(Next::Ended(with_output)) => all &= with_output,
                    Err(error) if passes(&error) => {
                        tracing::warn!(job = job.job_id, error = format!("{error:#}"), "trying again");
                        left.push(job);
                    }
                    Err(error) => {
                        let error = error.context(format!("job {}", job.job_id));
                        if failed.is_some() || !left.is_empty() {
                            self.teller.note(&format!("error: {error:#}"));
                        }
                        failed.get_or_insert(error);
                    }
                }
            }
            open = left;
            if !open.is_empty() {
                tokio::time::sleep(ROUND).await;
            }
        }
        failed.map_or(Ok(all), Err)
    }

    /// Does what is next for a job.
    pub(crate) async fn step(&mut self, followed: &mut Followed) -> Result<Next> {
        let job = self.client.job(followed.job_id).await?;
        match job.phase {
            Phase::Settled => return self.open(followed).await,
            Phase::Refunded => return self.refunded(&job).await,
            _ => {}
        }
        let now = self.client.chain().info().await?.time.seconds();
        if is_overdue(&job, now) {
            return self.close(followed).await;
        }
        followed.refusals = 0;
        let progress = match job.phase {
            Phase::Open | Phase::Disputed => self.choose(&job, followed).await?,
            _ => Some(progress(&job)),
        };
        match progress {
            Some(have) => self.show(&job, now, have, followed)?,
            None => followed.told = None,
        }
        Ok(Next::Wait)
    }

    /// Says where the job is, if that has changed or was not said for a while.
    fn show(
        &self,
        job: &JobResponse,
        now: u64,
        (have, need): (usize, usize),
        followed: &mut Followed,
    ) -> Result<()> {
        let seconds_left = job.deadline.unwrap_or(now).saturating_sub(now);
        let JobResponse { job_id, phase, round, .. } = *job;
        let waiting = JobProgress::Waiting { job_id, phase, round, seconds_left, have, need };
        let same = |told: &JobProgress| match told {
            JobProgress::Waiting { phase: before, round: of, have: had, need: needed, .. } => {
                (*before, *of, *had, *needed) == (phase, round, have, need)
            }
            _ => false,
        };
        if !followed.told.as_ref().is_some_and(|(told, at)| same(told) && at.elapsed() < AGAIN) {
            self.teller.tell(&waiting)?;
            followed.told = Some((waiting, Instant::now()));
        }
        Ok(())
    }

    /// Moves a job on whose deadline has passed. Anybody may, and nobody has to.
    async fn close(&mut self, followed: &mut Followed) -> Result<Next> {
        if !self.requester.advance(followed.job_id).await? {
            followed.refusals = followed.refusals.saturating_add(1);
            if followed.refusals > MOST_REFUSALS {
                bail!(
                    "its deadline has passed, and the market does not move it on; see `bithive job status`"
                );
            }
        }
        Ok(Next::Wait)
    }

    /// Assigns the job once enough claims are there; returns how many there are and are needed until then.
    async fn choose(&mut self, job: &JobResponse, followed: &mut Followed) -> Result<Option<(usize, usize)>> {
        let collected = self.requester.collect().await?;
        followed.refused.extend(collected.refused.iter().map(|claim| claim.reason.to_string()));
        let claims = self.requester.claims(job.job_id).await?;
        let exclude: &BTreeSet<String> = &followed.following.exclude;
        let usable = claims.iter().filter(|claim| !exclude.contains(&claim.address)).count();
        // Those who stay from a failed round need not claim.
        let kept = worth_keeping(job, exclude).len();
        let workers = usize::from(job.terms.workers).saturating_sub(kept);
        let late = followed.since.elapsed() >= Duration::from_secs(followed.following.claims_seconds);
        let enough = late || claims.len() >= followed.following.claims.unwrap_or(workers);
        if usable < workers || !enough || followed.is_pausing() {
            return Ok(Some((usable, workers)));
        }
        let chosen = match self.requester.assign(job.job_id, &followed.following.selection()).await {
            Ok(chosen) => chosen,
            // Other claims may come, and the deadline ends it; a node that leaves in between must not.
            Err(
                error @ (RequesterError::TooFewClaims { .. }
                | RequesterError::Escrow { .. }
                | RequesterError::Chain(ChainError::Contract { .. })),
            ) => {
                let line = format!("job {} is not assigned yet: {error}", job.job_id);
                if followed.noted != line {
                    self.teller.note(&line);
                    followed.noted = line;
                }
                followed.pause();
                return Ok(Some((usable, workers)));
            }
            Err(error) => return Err(error.into()),
        };
        let step = JobProgress::Assigned {
            job_id: job.job_id,
            round: chosen.round,
            claims: claims.into_iter().map(|claim| claim.address).collect(),
            refused: std::mem::take(&mut followed.refused),
            chosen: chosen.into(),
        };
        self.teller.tell(&step)?;
        (followed.since, followed.again) = (Instant::now(), (Instant::now(), PAUSES[0]));
        Ok(None)
    }

    /// Opens the output of a settled job; asks for it again for a while if nobody gives it.
    async fn open(&mut self, followed: &mut Followed) -> Result<Next> {
        if followed.is_pausing() {
            return Ok(Next::Wait);
        }
        let (job_id, asked) = (followed.job_id, *followed.asked.get_or_insert_with(Instant::now));
        match self.requester.open(job_id).await {
            Ok(opened) => {
                let (values, worker, skipped) = (opened.values, opened.worker, opened.skipped);
                self.teller.tell(&JobProgress::Settled { job_id, values, worker, skipped })?;
                self.requester.ended(job_id).await?;
                // The output is there whatever comes of this.
                if let Err(error) = self.requester.withdraw().await {
                    self.teller.note(&format!(
                        "what is left of the escrow is not withdrawn: {error}; `bithive wallet claim` takes it"
                    ));
                }
                Ok(Next::Ended(true))
            }
            Err(RequesterError::NoOutput { bad, .. }) if asked.elapsed() >= self.patience => {
                self.teller.tell(&JobProgress::NoOutput { job_id, bad })?;
                Ok(Next::Ended(false))
            }
            Err(error @ RequesterError::NoOutput { .. }) => {
                self.teller.note(&error.to_string());
                followed.pause();
                Ok(Next::Wait)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The escrow is back: takes it.
    async fn refunded(&mut self, job: &JobResponse) -> Result<Next> {
        let withdrawn = show(self.requester.withdraw().await?);
        self.requester.ended(job.job_id).await?;
        self.teller.tell(&JobProgress::Refunded { job_id: job.job_id, rounds: job.round, withdrawn })?;
        Ok(Next::Ended(false))
    }
}

/// How many of the round's workers have done what the job waits for, and how many it waits for.
fn progress(job: &JobResponse) -> (usize, usize) {
    let count = |done: fn(&bithive_api::jobs::WorkerResponse) -> bool| {
        job.workers.iter().filter(|worker| done(worker)).count()
    };
    let committed = count(|worker| worker.commitment.is_some());
    match job.phase {
        Phase::Assigned => (committed, job.workers.len()),
        Phase::Committed => (count(|worker| worker.masked.is_some()), committed),
        _ => (0, job.terms.quorum.into()),
    }
}

/// Whether waiting can help: the chain or a peer does not answer.
pub(crate) fn passes(error: &anyhow::Error) -> bool {
    let chain = match (error.downcast_ref::<RequesterError>(), error.downcast_ref::<GroupError>()) {
        (Some(RequesterError::Exchange(_)), _) => return true,
        (Some(RequesterError::Chain(chain)), _) | (_, Some(GroupError::Chain(chain))) => Some(chain),
        _ => match error.downcast_ref::<DaemonError>() {
            Some(DaemonError::Chain(chain)) => Some(chain),
            _ => error.downcast_ref::<ChainError>(),
        },
    };
    chain.is_some_and(|chain| chain.is_of_node() || matches!(chain, ChainError::SequenceMismatch { .. }))
}
