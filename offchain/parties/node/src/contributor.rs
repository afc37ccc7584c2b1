//! The node's state machine: one loop that follows the chain and owns records and account. What may take long is a task.

mod accreditation;
mod claim;
mod ended;
mod history;
mod result;
mod settle;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bithive_api::ContractEvent as _;
use bithive_api::jobs::{Event, JobResponse, Phase, WorkerResponse};
use bithive_api::registry::NodeRegistration;
use bithive_audit_log::AuditLog;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{Block, ChainError};
use bithive_client::refusal::in_tokens;
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_dgkbe::{Crs, Groups, SecretKey};
use bithive_exchange::{Exchange, PeerId};
use bithive_payload::JobRef;
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::backoff::Backoff;
use crate::capacity::Capacity;
use crate::secret::Secret;
use crate::tasks::{Found, Kind, Task, Tasks};
use crate::vaults::Vaults;
use crate::work::Tools;
use crate::{Compute, Group, Guard, NodeError, NodeKeys, Observer, Report};

const CURSOR: &str = "cursor";
const PENDING: &str = "pending";

/// What a node is made of. Its view of the broadcast group and its tags follow from it and from the chain.
pub struct Setup {
    /// Its account on the deployment.
    pub account: Account,
    /// Its secret keys, and the nonce of its attributes' commitment.
    pub keys: NodeKeys,
    /// Its attributes; the registry holds the commitment to them.
    pub attributes: Attributes,
    /// What it asks for a job, in base units.
    pub ask: u128,
    /// Its end of the network.
    pub exchange: Arc<dyn Exchange>,
    /// Its durable records.
    pub state: State,
    /// What runs models.
    pub compute: Arc<dyn Compute>,
    /// The broadcast groups' reference string.
    pub crs: Arc<Crs>,
    /// Who watches it.
    pub observer: Arc<dyn Observer>,
    /// Generator that its nonces and seals are drawn from.
    pub rng: ChaCha20Rng,
}

/// What the chain says of a node before it works.
pub struct Known {
    /// Its entry in the registry.
    pub registration: NodeRegistration,
    /// The broadcast groups of the registry.
    pub groups: Groups,
    /// First block to read where the records have none.
    pub from_height: u64,
}

/// What a node remembers of a job.
#[derive(Default, Serialize, Deserialize)]
struct Record {
    /// The requester's endpoint, once the vault opened.
    requester: Option<[u8; 32]>,
    /// K_r, which authenticates claims of every round.
    match_key: Option<Secret>,
    /// Rounds that it has claimed for.
    claimed: BTreeSet<u8>,
    /// Rounds whose statement it has signed.
    signed: BTreeSet<u8>,
    /// By round: workers that its signature was sent to.
    told: BTreeMap<u8, BTreeSet<u8>>,
    /// Whether it was at fault in an earlier round: the market does not accept it for later rounds.
    barred: bool,
    /// Rounds whose representative's output could not be checked, as it was reported.
    #[serde(default)]
    unchecked: BTreeSet<u8>,
    /// Whether it has reported that others were chosen.
    passed_over: bool,
    /// How long the job takes on this machine, in milliseconds, once its model was seen.
    #[serde(default)]
    estimate: Option<u64>,
    /// Whether it has reported that the job's windows are too short.
    #[serde(default)]
    declined: bool,
    /// Whether what it has left is noted to be removed.
    #[serde(default)]
    ended: bool,
    /// Signatures by round and index, its own and those that came from the worker itself; verified when they are
    /// used.
    signatures: BTreeMap<u8, BTreeMap<u8, Vec<u8>>>,
    /// Rounds whose aggregate a relayer has taken.
    #[serde(default)]
    handed: BTreeSet<u8>,
}

/// A contributor node.
pub struct Contributor {
    setup: Setup,
    tools: Arc<Tools>,
    vaults: Arc<Mutex<Vaults>>,
    tasks: Tasks,
    /// What tasks have found, for the steps that asked for it.
    found: BTreeMap<Task, Found>,
    next_height: u64,
    /// Jobs to look at again at the next block: something was not there yet. Recorded, because the events that
    /// named them are behind the cursor.
    pending: BTreeSet<u64>,
    /// Of these, the ones that failed and wait.
    backoff: Backoff,
    /// Phases of these jobs, as they were seen last.
    phases: BTreeMap<u64, Phase>,
    groups: Groups,
    /// Who settles jobs for it, many in one transaction; tried in this order.
    relayers: Vec<PeerId>,
    /// Time of the newest block that it has read, in seconds, in this run of the program.
    followed: Option<u64>,
    /// Time of a block from which on what jobs have left is looked through again.
    next_sweep: u64,
}

impl Contributor {
    /// A node that goes on where its records end, or starts at `from_height`.
    ///
    /// # Errors
    /// [`NodeError::NotRegistered`]; [`NodeError::Kem`] if the broadcast key is not the registered one; or the chain's error.
    pub async fn new(setup: Setup, from_height: u64) -> Result<Self, NodeError> {
        let client = setup.account.client();
        let address = setup.account.address();
        let Some(node) = client.node(address).await? else {
            return Err(NodeError::NotRegistered(address.into()));
        };
        let known = Known { registration: node.registration, groups: client.groups().await?, from_height };
        Self::known(setup, &known)
    }

    /// As [`Contributor::new`], with what the chain has said already.
    ///
    /// # Errors
    /// Keys that do not fit, or records that can't be read.
    pub fn known(setup: Setup, known: &Known) -> Result<Self, NodeError> {
        let Known { registration, groups, from_height } = known;
        let (client, address) = (setup.account.client(), setup.account.address());
        let groups = *groups;
        let secret = SecretKey::decode(&setup.crs, &setup.keys.dgkbe.encode())?;
        let NodeRegistration { slot, dgkbe_key, .. } = registration;
        let group = Group::new(setup.crs.clone(), groups, *slot, secret, dgkbe_key)?;
        let (exchange, state) = (setup.exchange.clone(), setup.state.clone());
        let answers = setup.attributes.commit(&setup.keys.attributes_nonce);
        let commitment = answers.commitments().digest();
        if registration.attributes_commitment.as_slice() != commitment {
            // Jobs that it has go on; it opens no other request.
            tracing::warn!("{}", NodeError::OtherAttributes);
        }
        let tags = TagSource::new(client.clone(), exchange.clone(), Schema::bithive(), state);
        let own = (setup.attributes.clone(), commitment);
        let vaults = Vaults::new(client.clone(), address, own, tags.of_node(address, answers));
        let tools = Tools {
            client: client.clone(),
            exchange,
            compute: setup.compute.clone(),
            account: address.into(),
            group,
            capacity: Capacity::of_machine(),
            audit: OnceLock::new(),
        };
        // Recorded at once: a crash before the first block must not skip it.
        let next_height = setup.state.get_or_put(CURSOR, || Ok::<_, NodeError>(*from_height))?;
        let pending = setup.state.get(PENDING)?.unwrap_or_default();
        Ok(Self {
            setup,
            tools: Arc::new(tools),
            vaults: Arc::new(Mutex::new(vaults)),
            tasks: Tasks::default(),
            found: BTreeMap::new(),
            next_height,
            pending,
            backoff: Backoff::default(),
            phases: BTreeMap::new(),
            groups,
            relayers: vec![],
            followed: None,
            next_sweep: 0,
        })
    }

    /// Has relayers settle its jobs: the first that takes a quorum's signature. If none does, or the job is not
    /// settled when half of the time is gone, the node settles it itself.
    #[must_use]
    pub fn with_relayers(mut self, relayers: Vec<PeerId>) -> Self {
        self.relayers = relayers;
        self
    }

    /// Has what it decrypts logged: an input that can't be logged is not decrypted. Of several logs the first one counts.
    #[must_use]
    pub fn with_audit(self, log: AuditLog) -> Self {
        self.tools.audit.get_or_init(|| log);
        self
    }

    /// The account that it signs with, on the deployment that it works for.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.setup.account
    }

    /// Height of the next block that it reads.
    #[must_use]
    pub const fn next_height(&self) -> u64 {
        self.next_height
    }

    /// Follows the chain until `stop` resolves. Steps that fail are reported and, where that can help, repeated;
    /// only a failure of the node's own records ends it.
    ///
    /// # Errors
    /// [`NodeError::State`].
    pub async fn run(&mut self, stop: impl Future<Output = ()>) -> Result<(), NodeError> {
        tokio::pin!(stop);
        let mut cursor = self.cursor()?;
        let exchange = self.setup.exchange.clone();
        loop {
            tokio::select! {
                () = &mut stop => return Ok(()),
                (task, found) = self.tasks.next() => self.take(task, found).await?,
                () = exchange.arrived() => self.try_inbox().await?,
                block = cursor.next() => match block {
                    // Messages of another process wake nobody here.
                    Ok(block) => {
                        self.try_inbox().await?;
                        self.process(&block).await?;
                    }
                    Err(error) if self.follow_rollback(&error).await? => cursor = self.cursor()?,
                    Err(error) => {
                        tracing::warn!(%error, "the chain does not answer; trying again");
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    }
                },
            }
        }
    }

    /// Reads every block and message that there is, acts on them and on what an earlier run left, and returns when
    /// nothing is left to do and no task runs.
    ///
    /// # Errors
    /// [`NodeError::Chain`] if the chain does not answer, [`NodeError::Exchange`] if the inbox can't be read,
    /// [`NodeError::State`].
    pub async fn catch_up(&mut self) -> Result<(), NodeError> {
        let height = self.client().chain().info().await?.height;
        if self.next_height > height.saturating_add(1) {
            self.follow_rollback(&ChainError::NodeBehind { height, wanted: self.next_height }).await?;
        }
        let mut cursor = self.cursor()?;
        // A run that was killed may have been about to make the block that the jobs wait for.
        let all = self.pending.clone();
        self.look_at_pending(&all).await?;
        loop {
            self.read_inbox().await?;
            // Own transactions make new blocks, so the end moves.
            let is_last = cursor.next_height() > self.client().chain().info().await?.height;
            if is_last && self.tasks.is_empty() {
                return Ok(());
            }
            tokio::select! {
                (task, found) = self.tasks.next() => self.take(task, found).await?,
                block = cursor.next() => match block {
                    Ok(block) => self.process(&block).await?,
                    Err(error) if self.follow_rollback(&error).await? => cursor = self.cursor()?,
                    Err(error) => return Err(error.into()),
                },
            }
        }
    }

    fn client(&self) -> &Client {
        self.setup.account.client()
    }

    fn guard(&self) -> Guard {
        Guard::new(self.setup.state.clone())
    }

    async fn process(&mut self, block: &Block) -> Result<(), NodeError> {
        let jobs = self.client().deployment().jobs().to_owned();
        let mut touched = BTreeMap::new();
        for event in block.txs.iter().filter(|tx| tx.error.is_none()).flat_map(|tx| &tx.events) {
            match Event::read(&jobs, event) {
                Ok(Some(event)) => {
                    let transition = event.transition().map(|(phase, _)| phase);
                    touched.extend(event.job_id().zip(transition));
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(height = block.height, %error, "an event is passed over"),
            }
        }
        self.heed_accreditors(block)?;
        self.followed = Some(block.time.seconds());
        // Whatever is recorded in between, it has all jobs that were not looked at yet.
        let news: BTreeSet<u64> = touched.keys().copied().collect();
        self.pending.extend(&news);
        self.phases.extend(touched);
        self.look_at_pending(&news).await?;
        self.sweep(block.time.seconds()).await?;
        self.moved_past(block)?;
        self.setup.observer.followed(block.height, block.time.seconds());
        Ok(())
    }

    /// Takes each job that waits one step further, those first in which waiting costs bond. One that has failed waits its time, unless
    /// it is among the `news`: what the chain says of a job is looked at, however often a step has failed.
    async fn look_at_pending(&mut self, news: &BTreeSet<u64>) -> Result<(), NodeError> {
        let now = Instant::now();
        let is_due = |job_id: &u64| news.contains(job_id) || self.backoff.is_due(*job_id, now);
        let mut jobs: Vec<u64> = self.pending.iter().copied().filter(is_due).collect();
        jobs.sort_by_key(|job_id| urgency(self.phases.get(job_id).copied()));
        for job_id in jobs {
            self.look_at(job_id).await?;
        }
        self.phases.retain(|job_id, _| self.pending.contains(job_id));
        Ok(())
    }

    async fn look_at(&mut self, job_id: u64) -> Result<(), NodeError> {
        self.pending.remove(&job_id);
        self.advance_job(job_id).await
    }

    /// Records what a task has found, and goes on with its job.
    async fn take(&mut self, task: Task, found: Result<Found, NodeError>) -> Result<(), NodeError> {
        match found.and_then(|found| self.record_found(task, found)) {
            Ok(()) => self.look_at(task.job_id).await,
            Err(error) => self.failed(task.job_id, error),
        }
    }

    fn record_found(&mut self, task: Task, found: Found) -> Result<(), NodeError> {
        match found {
            Found::Tried(tried) => self.tried(task.job_id, tried),
            Found::Estimated(time) => self.estimated(task.job_id, time),
            Found::Finished(finished, bytes) => self.finished(task, &finished, bytes),
            found @ (Found::Checked(_) | Found::HandedOver(_)) => {
                self.found.insert(task, found);
                Ok(())
            }
        }
    }

    /// Starts a task of a job, unless it runs. The job is looked at again until it has ended, also by the next program.
    fn start(
        &mut self,
        job: &JobResponse,
        kind: Kind,
        work: impl Future<Output = Result<Found, NodeError>> + Send + 'static,
    ) -> Result<(), NodeError> {
        self.tasks.start(task_of(job, kind), work);
        self.look_again(job.job_id)
    }

    /// A generator of its own for a task.
    fn fork_rng(&mut self) -> ChaCha20Rng {
        let mut seed = Zeroizing::new([0; 32]);
        self.setup.rng.fill_bytes(&mut *seed);
        ChaCha20Rng::from_seed(*seed)
    }

    /// As [`Self::read_inbox`], but what the chain or the network fails to answer waits.
    async fn try_inbox(&mut self) -> Result<(), NodeError> {
        match self.read_inbox().await {
            Err(NodeError::State(error)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "messages wait");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// One job, one step further; a failure concerns this job only.
    async fn advance_job(&mut self, job_id: u64) -> Result<(), NodeError> {
        match self.step(job_id).await {
            Ok(()) => {
                self.backoff.succeeded(job_id);
                Ok(())
            }
            Err(error) => self.failed(job_id, error),
        }
    }

    /// Reports what failed, and looks at the job again if that can help.
    fn failed(&mut self, job_id: u64, error: NodeError) -> Result<(), NodeError> {
        if let NodeError::State(error) = error {
            return Err(error.into());
        }
        let random = self.setup.rng.next_u32();
        let retries = self.backoff.failed(job_id, &error, random, Instant::now());
        if retries {
            self.look_again(job_id)?;
        } else if self.pending.remove(&job_id) {
            self.setup.state.put(PENDING, &self.pending)?;
        }
        self.report(Report::Failed { job_id, reason: in_tokens(&error.to_string()), retries });
        Ok(())
    }

    fn look_again(&mut self, job_id: u64) -> Result<(), NodeError> {
        if self.pending.insert(job_id) {
            self.setup.state.put(PENDING, &self.pending)?;
        }
        Ok(())
    }

    async fn step(&mut self, job_id: u64) -> Result<(), NodeError> {
        let job = self.client().job(job_id).await?;
        self.setup.observer.looked_at(job_id, job.phase);
        self.phases.insert(job_id, job.phase);
        let of_now = (job.phase, job.round);
        self.tasks.keep_only(job_id, of_now);
        self.found.retain(|task, _| task.job_id != job_id || task.is_of(of_now));
        let own =
            job.workers.iter().position(|worker| worker.address.as_str() == self.setup.account.address());
        match (job.phase, own) {
            (Phase::Open | Phase::Disputed, own) => {
                if own.is_some() {
                    // A failed round pays half.
                    self.withdraw().await?;
                }
                self.consider(&job, own).await
            }
            (Phase::Assigned, Some(own)) => self.commit(&job, own).await,
            (Phase::Committed, Some(own)) => self.reveal(&job, own).await,
            (Phase::Revealed, Some(own)) => self.sign(&job, own).await,
            (Phase::Settled, Some(own)) => {
                self.withdraw().await?;
                self.report_work(&job, own).await?;
                self.end(&job).await
            }
            (Phase::Refunded, own) => {
                if own.is_some() {
                    self.withdraw().await?;
                }
                self.end(&job).await
            }
            (Phase::Settled, None) => {
                self.passed_over(&job)?;
                self.end(&job).await
            }
            (_, None) => self.passed_over(&job),
        }
    }

    fn not_registered(&self) -> NodeError {
        NodeError::NotRegistered(self.setup.account.address().into())
    }

    fn report(&self, report: Report) {
        self.setup.observer.report(report);
    }
}

/// Jobs are looked at in this order: a worker that does not reveal, or a member that does not sign, in time loses bond; a
/// worker that does not commit loses the job. Money that was earned does not run away.
const fn urgency(phase: Option<Phase>) -> u8 {
    match phase {
        Some(Phase::Committed) => 0,
        Some(Phase::Revealed) => 1,
        None => 2,
        Some(Phase::Assigned) => 3,
        Some(Phase::Open | Phase::Disputed) => 4,
        Some(Phase::Settled | Phase::Refunded) => 5,
    }
}

const fn task_of(job: &JobResponse, kind: Kind) -> Task {
    Task { job_id: job.job_id, round: job.round, kind }
}

fn record_name(job_id: u64) -> String {
    format!("job/{job_id}")
}

fn result_name((job_id, round): (u64, u8)) -> String {
    format!("result/{job_id}/{round}")
}

fn reference<'a>(client: &'a Client, job: &JobResponse) -> JobRef<'a> {
    JobRef { jobs: client.deployment().jobs_domain(), job_id: job.job_id, round: job.round }
}

fn worker(job: &JobResponse, index: usize) -> Result<&WorkerResponse, NodeError> {
    job.workers.get(index).ok_or_else(|| NodeError::Mismatch {
        what: "the job's workers",
        reason: format!("there is no worker {index}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_in_which_waiting_costs_bond_come_first() {
        let mut phases = [
            Some(Phase::Settled),
            Some(Phase::Open),
            Some(Phase::Assigned),
            None,
            Some(Phase::Revealed),
            Some(Phase::Committed),
        ];
        phases.sort_by_key(|phase| urgency(*phase));
        // What was not seen yet may be one of those.
        assert_eq!(phases[..3], [Some(Phase::Committed), Some(Phase::Revealed), None]);
        assert_eq!(phases[3..], [Some(Phase::Assigned), Some(Phase::Open), Some(Phase::Settled)]);
    }
}
