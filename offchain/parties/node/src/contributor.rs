//! The node's state machine.

mod settle;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bithive_api::ContractEvent as _;
use bithive_api::jobs::{Event, ExecuteMsg, JobResponse, Phase, WorkerResponse};
use bithive_api::registry::NodeRegistration;
use bithive_attest::Consent;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::claim::{Claim, ClaimContext};
use bithive_blindmatch::schema::{Attribute, Input, Schema};
use bithive_blindmatch::vault::{MatchKey, Poster, Vault};
use bithive_chain::Block;
use bithive_client::{Account, Client, faulted};
use bithive_committee::TagSource;
use bithive_dgkbe::{Crs, Groups, SecretKey};
use bithive_exchange::{Exchange, PeerId, Protocol};
use bithive_payload::{ClaimMessage, JobRef};
use bithive_state::State;
use cosmwasm_std::Addr;
use rand_chacha::ChaCha20Rng;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::work::{Addressed, Finished, Worker};
use crate::{Compute, Group, Guard, NodeError, NodeKeys, Observer, Purpose, Report};

const CURSOR: &str = "cursor";
const PENDING: &str = "pending";
/// Epochs before the current one whose tags the committee still gives.
const PAST_EPOCHS: u64 = 1;

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
    group: Group,
    tags: TagSource,
    next_height: u64,
    /// Jobs to look at again at the next block: something was not there yet. Recorded, because the events that
    /// named them are behind the cursor.
    pending: BTreeSet<u64>,
    groups: Groups,
    /// Who settles jobs for it, many in one transaction; tried in this order.
    relayers: Vec<PeerId>,
    /// Attributes that need an accreditor and have none, as it was last said in the log.
    without: Vec<String>,
    /// Digest of the commitments to its answers.
    commitment: [u8; 32],
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
        let groups = client.groups().await?;
        let secret = SecretKey::decode(&setup.crs, &setup.keys.dgkbe.encode())?;
        let NodeRegistration { slot, dgkbe_key, .. } = &node.registration;
        let group = Group::new(setup.crs.clone(), groups, *slot, secret, dgkbe_key)?;
        let (exchange, state) = (setup.exchange.clone(), setup.state.clone());
        let answers = setup.attributes.commit(&setup.keys.attributes_nonce);
        let commitment = answers.commitments().digest();
        if node.registration.attributes_commitment.as_slice() != commitment {
            // Jobs that it has go on; it opens no other request.
            tracing::warn!("{}", NodeError::OtherAttributes);
        }
        let tags =
            TagSource::new(client.clone(), exchange, Schema::bithive(), state).of_node(address, answers);
        // Recorded at once: a crash before the first block must not skip it.
        let next_height = setup.state.get_or_put(CURSOR, || Ok::<_, NodeError>(from_height))?;
        let pending = setup.state.get(PENDING)?.unwrap_or_default();
        let (relayers, without) = (vec![], vec![]);
        Ok(Self { setup, group, tags, next_height, pending, groups, relayers, without, commitment })
    }

    /// Has relayers settle its jobs: the first that takes a quorum's signature. If none does, or the job is not
    /// settled when half of the time is gone, the node settles it itself.
    #[must_use]
    pub fn with_relayers(mut self, relayers: Vec<PeerId>) -> Self {
        self.relayers = relayers;
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
        let mut cursor = self.client().chain().blocks_from(self.next_height);
        let exchange = self.setup.exchange.clone();
        loop {
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = exchange.arrived() => self.try_inbox().await?,
                block = cursor.next() => match block {
                    // Messages of another process wake nobody here.
                    Ok(block) => {
                        self.try_inbox().await?;
                        self.process(&block).await?;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the chain does not answer; trying again");
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    }
                },
            }
        }
    }

    /// Reads every block and message that there is, acts on them and on what an earlier run left, and returns when
    /// nothing is left to do.
    ///
    /// # Errors
    /// [`NodeError::Chain`] if the chain does not answer, [`NodeError::Exchange`] if the inbox can't be read,
    /// [`NodeError::State`].
    pub async fn catch_up(&mut self) -> Result<(), NodeError> {
        let mut cursor = self.client().chain().blocks_from(self.next_height);
        // A run that was killed may have been about to make the block that the jobs wait for.
        for job_id in self.pending.clone() {
            self.look_at_pending(job_id).await?;
        }
        loop {
            self.read_inbox().await?;
            // Own transactions make new blocks, so the end moves.
            if cursor.next_height() > self.client().chain().info().await?.height {
                return Ok(());
            }
            let block = cursor.next().await?;
            self.process(&block).await?;
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
        let mut touched = BTreeSet::new();
        for event in block.txs.iter().filter(|tx| tx.error.is_none()).flat_map(|tx| &tx.events) {
            match Event::read(&jobs, event) {
                Ok(Some(event)) if event.transition().is_some() => touched.extend(event.job_id()),
                Ok(_) => {}
                Err(error) => tracing::warn!(height = block.height, %error, "an event is passed over"),
            }
        }
        // Whatever is recorded in between, it has all jobs that were not looked at yet.
        self.pending.extend(touched);
        for job_id in self.pending.clone() {
            self.look_at_pending(job_id).await?;
        }
        self.next_height = block.height.saturating_add(1);
        // In this order: a crash between the two repeats the block, which does nothing twice.
        self.setup.state.put(PENDING, &self.pending)?;
        self.setup.state.put(CURSOR, &self.next_height)?;
        self.setup.observer.followed(block.height, block.time.seconds());
        Ok(())
    }

    async fn look_at_pending(&mut self, job_id: u64) -> Result<(), NodeError> {
        self.pending.remove(&job_id);
        self.advance_job(job_id).await
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
            Ok(()) => Ok(()),
            Err(NodeError::State(error)) => Err(error.into()),
            Err(error) => {
                let retries = error.is_transient();
                if retries {
                    self.look_again(job_id)?;
                }
                self.report(Report::Failed { job_id, reason: error.to_string(), retries });
                Ok(())
            }
        }
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
                self.report_work(&job, own).await
            }
            (Phase::Refunded, Some(_)) => self.withdraw().await,
            (Phase::Refunded, None) => Ok(()),
            (_, None) => self.passed_over(&job),
        }
    }

    /// Tries the vault; if it opens, claims the next round. Who may be kept from the failed round has nothing to claim.
    async fn consider(&mut self, job: &JobResponse, own: Option<usize>) -> Result<(), NodeError> {
        let name = record_name(job.job_id);
        let mut record = match self.setup.state.get::<Record>(&name)? {
            Some(record) => record,
            None => {
                let record = self.try_vault(job).await?;
                self.setup.state.put(&name, &record)?;
                record
            }
        };
        if !record.barred && faulted(job).contains(self.setup.account.address()) {
            record.barred = true;
            self.setup.state.put(&name, &record)?;
        }
        let round = job.round.saturating_add(1);
        let (Some(requester), Some(match_key)) = (record.requester, &record.match_key) else { return Ok(()) };
        if record.barred || record.claimed.contains(&round) || self.setup.ask > job.terms.price.u128() {
            return Ok(());
        }
        if own.and_then(|own| job.workers.get(own)).is_some_and(|own| own.remainder.is_some()) {
            return Ok(());
        }
        let node = self.client().node(self.setup.account.address()).await?;
        if !self.client().has_room(&node.ok_or_else(|| self.not_registered())?).await? {
            tracing::info!(job = job.job_id, "the bond covers no more open rounds; the job waits");
            return self.look_again(job.job_id);
        }
        let match_key = MatchKey::from_bytes(*match_key.as_bytes());
        self.claim(job.job_id, round, PeerId(requester), &match_key).await?;
        record.claimed.insert(round);
        Ok(self.setup.state.put(&name, &record)?)
    }

    fn not_registered(&self) -> NodeError {
        NodeError::NotRegistered(self.setup.account.address().into())
    }

    async fn try_vault(&mut self, job: &JobResponse) -> Result<Record, NodeError> {
        let job_id = job.job_id;
        let vault = Vault::decode(&self.client().vault(job_id).await?)?;
        self.expect_endpoint_of(&job.requester, &vault).await?;
        let (epoch, current) = (vault.epoch(), self.tags.epoch().await?);
        // Anybody can post any vault; the committee is not to be asked for what it will never answer.
        if !(current.saturating_sub(PAST_EPOCHS)..=current).contains(&epoch) {
            return Err(NodeError::Mismatch {
                what: "the vault",
                reason: format!("its epoch is {epoch}, the current one is {current}"),
            });
        }
        let inputs = self.accredited_inputs().await?;
        if inputs.is_empty() {
            self.report(Report::VaultTried { job_id, opened: false });
            return Ok(Record::default());
        }
        let tags = self.tags.tags(vault.epoch(), &inputs, &mut self.setup.rng).await?.only(&inputs);
        let domain = self.client().deployment().jobs_domain();
        let poster = Poster::new(domain.chain_id, domain.contract, job.requester.as_str());
        let opened = vault.open(&tags, &poster)?;
        self.report(Report::VaultTried { job_id, opened: opened.is_some() });
        Ok(Record {
            requester: opened.is_some().then(|| vault.endpoint()),
            match_key: opened.map(|opened| Secret::of(opened.key.as_bytes())),
            ..Record::default()
        })
    }

    /// The answers that the committee evaluates: all but those of attributes that need an accreditor and have none.
    async fn accredited_inputs(&mut self) -> Result<Vec<Input>, NodeError> {
        let accredited = self.client().accredited(self.setup.account.address()).await?;
        let accredited = accredited.ok_or_else(|| self.not_registered())?;
        if accredited.commitment.as_slice() != self.commitment {
            return Err(NodeError::OtherAttributes);
        }
        let schema = self.tags.schema();
        let names = schema.attributes().iter().map(Attribute::name);
        let without: Vec<String> =
            names.filter(|name| !accredited.admits(name)).map(ToOwned::to_owned).collect();
        let admitted =
            |input: &&Input| schema.attribute_of(input.slot).is_some_and(|name| accredited.admits(name));
        let inputs = self.setup.attributes.inputs().iter().filter(admitted).cloned().collect();
        if without != self.without {
            tracing::warn!(attributes = ?without, "accreditors have seen none of these; requests that ask for them stay closed");
            self.without = without;
        }
        Ok(inputs)
    }

    /// Claims go to the poster, at the endpoint that it has registered, and to nobody else.
    async fn expect_endpoint_of(&self, requester: &Addr, vault: &Vault) -> Result<(), NodeError> {
        let registered = self.client().requester(requester.as_str()).await?;
        let registered = registered.map(|requester| requester.endpoint);
        if registered.as_ref().is_some_and(|endpoint| endpoint.as_slice() == vault.endpoint()) {
            return Ok(());
        }
        let registered = registered.map_or_else(|| "none".into(), |endpoint| endpoint.to_hex());
        let found = hex::encode(vault.endpoint());
        let reason = format!("its endpoint is {found}; {requester} has registered {registered}");
        Err(NodeError::Mismatch { what: "the vault", reason })
    }

    async fn claim(
        &mut self,
        job_id: u64,
        round: u8,
        requester: PeerId,
        match_key: &MatchKey,
    ) -> Result<(), NodeError> {
        let Setup { account, keys, ask, .. } = &self.setup;
        let group = &self.group;
        let deployment = account.client().deployment();
        let consent = Consent { job_id, round, account: account.address(), slot: group.slot(), ask: *ask };
        let claim = Claim {
            address: account.address().into(),
            slot: group.slot(),
            ask: *ask,
            consent: keys.bls.sign(&consent.sign_bytes(deployment.jobs_domain())),
        };
        let context = ClaimContext::new(&deployment.chain_id, deployment.jobs(), job_id)?;
        let vault = Vault::decode(&account.client().vault(job_id).await?)?;
        let sealed = claim.seal(&context, match_key, &vault.requester_key(), &mut self.setup.rng)?;
        let bytes = sealed.len();
        let message = ClaimMessage { job_id, sealed };
        self.setup.exchange.send(requester, Protocol::Claim, message.encode().into()).await?;
        self.report(Report::Claimed { job_id, ask: claim.ask, bytes });
        Ok(())
    }

    fn passed_over(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        let name = record_name(job.job_id);
        let Some(mut record) = self.setup.state.get::<Record>(&name)? else { return Ok(()) };
        if !record.claimed.is_empty() && !record.passed_over {
            record.passed_over = true;
            self.setup.state.put(&name, &record)?;
            self.report(Report::NotChosen { job_id: job.job_id });
        }
        Ok(())
    }

    async fn commit(&mut self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        if worker(job, own)?.commitment.is_some() {
            return Ok(());
        }
        let (client, address) = (self.client().clone(), self.setup.account.address().to_owned());
        let reference = reference(&client, job);
        let name = result_name(job);
        let finished = match self.setup.state.get::<Finished>(&name)? {
            Some(finished) => finished,
            None => {
                let finished = self.finish(&client, job, &address).await?;
                self.setup.state.put(&name, &finished)?;
                finished
            }
        };
        // Again after a restart: what is committed to must be there for the others.
        self.setup.exchange.publish(finished.sealed_output.clone().into()).await?;
        let commitment = finished.commitment(reference, &address);
        let msg =
            self.guard().sign(Purpose::Commitment, (job.job_id, job.round), &commitment, |commitment| {
                ExecuteMsg::Commit { job_id: job.job_id, commitment: commitment.into() }
            })?;
        self.setup.account.jobs(&msg).await?;
        self.report(Report::Committed { job_id: job.job_id });
        Ok(())
    }

    async fn finish(
        &mut self,
        client: &Client,
        job: &JobResponse,
        address: &str,
    ) -> Result<Finished, NodeError> {
        let earlier = self.found_before(job)?;
        let record: Option<Record> = self.setup.state.get(&record_name(job.job_id))?;
        let requester = record.and_then(|record| record.requester).ok_or_else(|| NodeError::Mismatch {
            what: "the assignment",
            reason: "this node never claimed the job".into(),
        })?;
        let assignment = job
            .assignment
            .as_ref()
            .ok_or_else(|| NodeError::Mismatch { what: "the assignment", reason: "there is none".into() })?;
        let addressed = Addressed::new(job, assignment, self.groups)?;
        let Setup { exchange, attributes, compute, rng, .. } = &mut self.setup;
        let worker = Worker {
            client,
            exchange: exchange.as_ref(),
            attributes,
            compute,
            account: address,
            requester: PeerId(requester),
        };
        let reference = reference(client, job);
        let same = |(_, earlier): &(u8, Finished)| earlier.input_commitment == addressed.input_commitment;
        if let Some((round, earlier)) = earlier.filter(same) {
            return worker.finish_again(reference, &addressed, (round, &earlier), &mut self.group, rng).await;
        }
        let (finished, bytes) = worker.finish(reference, &addressed, &mut self.group, rng).await?;
        self.report(Report::Decrypted { job_id: job.job_id, bytes });
        Ok(finished)
    }

    /// What the node has found in the last of the job's earlier rounds that it worked in.
    fn found_before(&self, job: &JobResponse) -> Result<Option<(u8, Finished)>, NodeError> {
        for round in (1..job.round).rev() {
            if let Some(found) = self.setup.state.get(&format!("result/{}/{round}", job.job_id))? {
                return Ok(Some((round, found)));
            }
        }
        Ok(None)
    }

    async fn reveal(&mut self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        let worker = worker(job, own)?;
        if worker.commitment.is_none() || worker.masked.is_some() {
            return Ok(());
        }
        let Some(finished) = self.setup.state.get::<Finished>(&result_name(job))? else {
            return Err(NodeError::Mismatch {
                what: "the commitment",
                reason: "its result is not recorded".into(),
            });
        };
        let commitment = finished.commitment(reference(self.client(), job), self.setup.account.address());
        let round = (job.job_id, job.round);
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

    fn report(&self, report: Report) {
        self.setup.observer.report(report);
    }
}

fn record_name(job_id: u64) -> String {
    format!("job/{job_id}")
}

fn result_name(job: &JobResponse) -> String {
    format!("result/{}/{}", job.job_id, job.round)
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
