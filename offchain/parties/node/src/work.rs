//! The work of one round: from what is on chain to a result that can be committed to.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bithive_api::jobs::{Assignment, JobResponse};
use bithive_attest::projection::PROJECTED_WORDS;
use bithive_attest::{JobKey, Reveal};
use bithive_audit::{Act, Outcome};
use bithive_audit_log::AuditLog;
use bithive_blindmatch::policy::Policy;
use bithive_client::Client;
use bithive_dgkbe::dem::{AssociatedData, DemError, Opener};
use bithive_dgkbe::kem::SharedKey;
use bithive_dgkbe::{GroupedSet, Groups};
use bithive_exchange::{Exchange, ExchangeError, PeerId};
use bithive_inference::{Budget, MAX_ANSWER_VALUES, MAX_BYTES, MAX_MODEL_BYTES};
use bithive_payload::{Input, JobRef, Output, OutputKey, ReadError};
use bytes::Bytes;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::capacity::Capacity;
use crate::secret::Secret;
use crate::{Compute, Group, Limits, NodeError};

/// Most bytes of an encrypted input or output that a node accepts.
const MAX_PAYLOAD_BYTES: usize = 64 << 20;
/// Most bytes of an input's policy and rows. The model runtime takes rows as a whole, at most 16 MiB of them; what it
/// takes is all that is held.
const MAX_INPUT_BYTES: usize = MAX_BYTES + MAX_POLICY_BYTES;
/// Most bytes of a policy as JSON.
const MAX_POLICY_BYTES: usize = 1 << 20;
/// Longest attempt to fetch what an assignment needs, from up to sixteen peers of which some may stall. The next one goes on
/// where it ended; meanwhile others may use the place.
const FETCH_ATTEMPT: Duration = Duration::from_secs(600);
/// Longest attempt to fetch the model of a job that is not claimed yet, from its requester alone.
const LOOK_ATTEMPT: Duration = Duration::from_secs(60);

/// A finished round as recorded: what was committed to, and what is needed to reveal and check it. Written once
/// before anything is sent, never changed: the guard against two results for one job.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) masked: Vec<u8>,
    pub(crate) output: [u8; 32],
    pub(crate) sealed_output: Vec<u8>,
    pub(crate) nonce: [u8; 32],
    shared: Secret,
    /// What the result was found of; earlier versions have not recorded it.
    #[serde(default)]
    input_commitment: Option<[u8; 32]>,
    /// The encrypted input, while the node offers it to others.
    #[serde(default)]
    pub(crate) payload: Option<[u8; 32]>,
}

impl Finished {
    pub(crate) fn key(&self, job: JobRef<'_>) -> JobKey {
        job.key(&SharedKey::from_bytes(*self.shared.as_bytes()))
    }

    pub(crate) fn commitment(&self, job: JobRef<'_>, account: &str) -> [u8; 32] {
        let reveal = Reveal {
            job_id: job.job_id,
            round: job.round,
            account,
            masked: &self.masked,
            output: &self.output,
            nonce: &self.nonce,
        };
        reveal.commitment(job.jobs)
    }
}

/// The parts of an assignment in the form in which they are used.
pub(crate) struct Addressed {
    pub(crate) set: GroupedSet,
    headers: Vec<u8>,
    payload: [u8; 32],
    pub(crate) input_commitment: [u8; 32],
    model: [u8; 32],
    dimensions: u16,
}

impl Addressed {
    pub(crate) fn new(job: &JobResponse, assignment: &Assignment, groups: Groups) -> Result<Self, NodeError> {
        Ok(Self {
            set: GroupedSet::decode_nonempty(&assignment.mask, groups)?,
            headers: assignment.headers.to_vec(),
            payload: digest(&assignment.payload, "the payload's digest")?,
            input_commitment: digest(&assignment.input_commitment, "the input commitment")?,
            model: digest(&job.terms.model, "the model's digest")?,
            dimensions: job.terms.dimensions,
        })
    }
}

pub(crate) fn digest(bytes: &[u8], what: &'static str) -> Result<[u8; 32], NodeError> {
    bytes.try_into().map_err(|_| NodeError::Mismatch { what, reason: "it is not 32 bytes".into() })
}

/// What the work of every job uses; several jobs do at the same time.
pub(crate) struct Tools {
    pub(crate) client: Client,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) compute: Arc<dyn Compute>,
    /// The node's address.
    pub(crate) account: String,
    pub(crate) group: Group,
    pub(crate) capacity: Capacity,
    /// Where it is logged what was decrypted, if anywhere; set once, before there is work.
    pub(crate) audit: OnceLock<AuditLog>,
}

/// One round of a job that the node is assigned to.
pub(crate) struct Round {
    pub(crate) job_id: u64,
    pub(crate) round: u8,
    pub(crate) addressed: Addressed,
    /// The requester's endpoint, from the vault: it provides payload and model.
    pub(crate) requester: PeerId,
    /// What the node has found in the last of the job's earlier rounds that it worked in.
    pub(crate) earlier: Option<(u8, Finished)>,
    /// How long the run is estimated to take.
    pub(crate) estimate: Duration,
    /// When the result has to be there to be committed to.
    pub(crate) until: Instant,
}

impl Tools {
    fn job_of<'a>(&'a self, round: &Round) -> JobRef<'a> {
        JobRef { jobs: self.client.deployment().jobs_domain(), job_id: round.job_id, round: round.round }
    }

    /// Decrypts, checks and computes; returns the record, and the number of plaintext bytes if there was something to decrypt.
    /// What a worker that was kept has found of the same input is sealed again, under the key of this round.
    pub(crate) async fn finish(
        &self,
        round: &Round,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(Finished, Option<u64>), NodeError> {
        let commitment = Some(round.addressed.input_commitment);
        let same = |(_, earlier): &&(u8, Finished)| earlier.input_commitment == commitment;
        match round.earlier.as_ref().filter(same) {
            Some(earlier) => Ok((self.again(round, earlier, rng).await?, None)),
            None => {
                let payload = round.addressed.payload;
                let was_here = self.is_here(payload, MAX_PAYLOAD_BYTES).await;
                let worked = self.work(round, rng).await;
                if worked.as_ref().is_err_and(|error| !error.is_transient()) && !was_here {
                    self.exchange.remove(payload).await?;
                }
                worked.map(|(finished, bytes)| (finished, Some(bytes)))
            }
        }
    }

    /// Whether this end has content already. Terms and assignments can name whatever that is, such as the own key or the output of
    /// another job; it is not removed with what they were good for.
    async fn is_here(&self, content: [u8; 32], limit: usize) -> bool {
        self.exchange.open(content, &[], limit).await.is_ok()
    }

    async fn work(
        &self,
        round: &Round,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(Finished, u64), NodeError> {
        let addressed = &round.addressed;
        // Before anything is opened: what was revoked since the assignment is not looked at. Who does not commit loses no bond.
        self.client.expect_job_permitted(&self.client.job(round.job_id).await?).await?;
        let (shared, providers, opener) = {
            let _fetching = self.capacity.fetch().await;
            let fetched = self.fetch(round, rng);
            let fetched = within(FETCH_ATTEMPT, fetched).await;
            fetched.ok_or_else(|| missing(addressed.payload))??
        };
        let _planned = self.capacity.plan(round.estimate);
        // Until here little is held in memory.
        let _running = self.capacity.run().await;
        let job = self.job_of(round);
        let input = self.checked_input(round, &providers, opener).await;
        // Before anything is done with it.
        self.logged(round.job_id, &input)?;
        let input = input?;
        let bytes = input.encoded_len();
        let model = within(FETCH_ATTEMPT, self.exchange.fetch(addressed.model, &providers, MAX_MODEL_BYTES));
        let model = model.await.ok_or_else(|| missing(addressed.model))??;
        let limits =
            Limits { most_values: most_values(addressed.dimensions), budget: Budget::until(round.until) };
        let values = self.compute(model, input, limits).await?;
        Ok((self.sealed(job, addressed, &shared, Output { values }, rng)?, bytes))
    }

    /// The input, if it is what the chain has the commitment of.
    async fn checked_input(
        &self,
        round: &Round,
        providers: &[PeerId],
        opener: InputOpener,
    ) -> Result<Input, NodeError> {
        let (job, addressed) = (self.job_of(round), &round.addressed);
        let input = self.input(addressed.payload, providers, opener).await?;
        if input.commitment(job.jobs, job.job_id) != addressed.input_commitment {
            return Err(mismatch("the input", "it does not open the commitment on chain"));
        }
        check_policy(&input.policy)?;
        Ok(input)
    }

    /// Logs that an input was decrypted, or that it did not decrypt; what did not arrive is neither.
    fn logged<T>(&self, job_id: u64, decrypted: &Result<T, NodeError>) -> Result<(), NodeError> {
        let outcome = match decrypted {
            Ok(_) => Outcome::Success,
            Err(error) if error.is_decryption() => Outcome::Failed,
            Err(_) => return Ok(()),
        };
        if let Some(log) = self.audit.get() {
            log.record(Act::Decrypted, outcome, |event| event.object = Some(log.job(job_id)))?;
        }
        Ok(())
    }

    /// Opens the headers and brings payload and model here.
    async fn fetch(
        &self,
        round: &Round,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, Vec<PeerId>, InputOpener), NodeError> {
        let addressed = &round.addressed;
        let providers = self.providers(addressed, round.requester).await?;
        let (shared, data) = self.unlock(round, rng).await?;
        let source = self.exchange.open(addressed.payload, &providers, MAX_PAYLOAD_BYTES).await?;
        // An end that stores content in files has it there from now on.
        self.exchange.open(addressed.model, &providers, MAX_MODEL_BYTES).await?;
        let opener = Opener::new(&shared, &data, source);
        Ok((shared, providers, opener))
    }

    async fn again(
        &self,
        round: &Round,
        (before, earlier): &(u8, Finished),
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Finished, NodeError> {
        let job = self.job_of(round);
        let before = JobRef { round: *before, ..job };
        let output = Output::open(before, &earlier.key(before), &self.account, &earlier.sealed_output)?;
        let (shared, _) = self.unlock(round, rng).await?;
        self.sealed(job, &round.addressed, &shared, output, rng)
    }

    async fn unlock(
        &self,
        round: &Round,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, AssociatedData), NodeError> {
        let (links, addressed) = ((&self.client, self.exchange.as_ref()), &round.addressed);
        let context = self.job_of(round).context();
        self.group.unlock(links, &addressed.set, &context, &addressed.headers, rng).await
    }

    fn sealed(
        &self,
        job: JobRef<'_>,
        addressed: &Addressed,
        shared: &SharedKey,
        output: Output,
        rng: &mut impl CryptoRng,
    ) -> Result<Finished, NodeError> {
        let key = job.key(shared);
        let masked = key.masked(&output.values)?;
        check_words(&masked, addressed.dimensions)?;
        let sealed_output = output.seal(OutputKey::new(job, &key, &self.account)?)?;
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        Ok(Finished {
            masked,
            // Published once it is recorded: after a crash a second output could be sealed under the same key.
            output: *blake3::hash(&sealed_output).as_bytes(),
            sealed_output,
            nonce,
            shared: Secret::of(shared.as_bytes()),
            input_commitment: Some(addressed.input_commitment),
            payload: Some(addressed.payload),
        })
    }

    /// Who has, or is just fetching, what the chosen nodes need: the requester, and those nodes, which help each
    /// other. A node that the registry does not know is left out.
    async fn providers(&self, addressed: &Addressed, requester: PeerId) -> Result<Vec<PeerId>, NodeError> {
        let (mut providers, own) = (vec![requester], self.group.slot());
        let others: Vec<u16> = addressed.set.iter().filter(|slot| *slot != own).collect();
        for chunk in others.chunks(bithive_api::registry::limits::MAX_PAGE as usize) {
            let nodes = self.client.nodes_at(chunk.to_vec()).await?.into_iter().flatten();
            let endpoints = nodes.filter_map(|node| node.registration.endpoint.as_slice().try_into().ok());
            providers.extend(endpoints.map(PeerId));
        }
        Ok(providers)
    }

    /// Opens the encrypted input as it is read: the ciphertext of an end that stores content in files is never in memory as a
    /// whole.
    async fn input(
        &self,
        payload: [u8; 32],
        providers: &[PeerId],
        opener: InputOpener,
    ) -> Result<Input, NodeError> {
        let read = tokio::task::spawn_blocking(move || Input::read_from(opener, MAX_INPUT_BYTES)).await;
        let error = match read.map_err(std::io::Error::other).map_err(ReadError::Read) {
            Ok(Ok(input)) => return Ok(input),
            Ok(Err(error)) | Err(error) => error,
        };
        let ReadError::Read(error) = error else { return Err(error.into()) };
        let Some(refused) = DemError::of(&error) else { return Err(ExchangeError::Storage(error).into()) };
        // What is stored here may be damaged, which says nothing about the sender and is mended by fetching again.
        let again = self.exchange.fetch(payload, providers, MAX_PAYLOAD_BYTES);
        within(FETCH_ATTEMPT, again).await.ok_or_else(|| missing(payload))??;
        Err(refused.into())
    }

    /// Runs the model in a thread of its own. If nobody waits any more, the run ends after its batch.
    async fn compute(&self, model: Bytes, input: Input, limits: Limits) -> Result<Vec<f32>, NodeError> {
        let _cancelled = CancelledWhenDropped(limits.budget.clone());
        let compute = self.compute.clone();
        let run = tokio::task::spawn_blocking(move || compute.run(&model, &input.rows, &limits));
        match run.await {
            Ok(values) => values.map_err(NodeError::Compute),
            Err(error) => Err(NodeError::Compute(error.to_string())),
        }
    }

    /// How long a job with these terms takes on this machine at most. Its model is fetched from the requester.
    pub(crate) async fn estimate(
        &self,
        model: [u8; 32],
        dimensions: u16,
        requester: PeerId,
    ) -> Result<Duration, NodeError> {
        let was_here = self.is_here(model, MAX_MODEL_BYTES).await;
        let providers = [requester];
        {
            let _looking = self.capacity.look().await;
            let opened = self.exchange.open(model, &providers, MAX_MODEL_BYTES);
            within(LOOK_ATTEMPT, opened).await.ok_or_else(|| missing(model))??;
        }
        let _inspecting = self.capacity.inspect().await;
        let fetched = self.exchange.fetch(model, &providers, MAX_MODEL_BYTES);
        let content = within(LOOK_ATTEMPT, fetched).await.ok_or_else(|| missing(model))??;
        let (compute, values) = (self.compute.clone(), most_values(dimensions));
        let estimate = tokio::task::spawn_blocking(move || compute.estimate(&content, values)).await;
        let estimate = estimate.map_err(|error| error.to_string()).flatten();
        if estimate.is_err() && !was_here {
            self.exchange.remove(model).await?;
        }
        estimate.map_err(NodeError::Compute)
    }
}

type InputOpener = Opener<Box<dyn std::io::Read + Send>>;

struct CancelledWhenDropped(Budget);

impl Drop for CancelledWhenDropped {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// What `future` gives within so long; none if it takes longer.
async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(time, future).await.ok()
}

/// Content that did not come within the time of an attempt. The next one goes on where this one ended.
fn missing(digest: [u8; 32]) -> ExchangeError {
    ExchangeError::NotFound { digest: hex::encode(digest), asked: 1 }
}

/// Most numbers that a result of so many words can be of.
fn most_values(dimensions: u16) -> usize {
    let dimensions = usize::from(dimensions);
    // Longer results are projected to a few words, which tell nothing of their length.
    if dimensions == PROJECTED_WORDS { MAX_ANSWER_VALUES } else { dimensions }
}

/// The policy has to be one. Whether this node satisfies it is not asked again: the vault has opened, and nothing binds this policy
/// to the vault. A node that refused would answer a second question, of the requester's choice, about its attributes.
fn check_policy(policy: &[u8]) -> Result<(), NodeError> {
    let policy: Result<Policy, _> = serde_json::from_slice(policy);
    policy.map(drop).map_err(|error| mismatch("the policy", &error.to_string()))
}

/// A result of another length than the job's terms say can't be revealed, and who commits must reveal.
fn check_words(masked: &[u8], dimensions: u16) -> Result<(), NodeError> {
    let (found, expected) = (masked.len() / 4, usize::from(dimensions));
    if found == expected {
        return Ok(());
    }
    let reason = format!("the result has {found} words, the job's terms say {expected}");
    Err(mismatch("the job's dimensions", &reason))
}

/// Checks that the representative's output is the one its published result was made from.
pub(crate) async fn check_output(
    exchange: &dyn Exchange,
    job: JobRef<'_>,
    key: &JobKey,
    (representative, endpoint): (&str, PeerId),
    (output, masked): (&[u8], &[u8]),
) -> Result<(), NodeError> {
    let digest = output.try_into().map_err(|_| mismatch("the output's digest", "it is not 32 bytes"))?;
    let sealed = exchange.fetch(digest, &[endpoint], MAX_PAYLOAD_BYTES).await?;
    let opened = Output::open(job, key, representative, &sealed)?;
    if key.agrees(&opened.values, masked, 0)? {
        Ok(())
    } else {
        Err(mismatch("the representative's output", "it is not what its result was made from"))
    }
}

fn mismatch(what: &'static str, reason: &str) -> NodeError {
    NodeError::Mismatch { what, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A node that is upgraded between its commitment and its reveal reveals all the same.
    #[test]
    fn a_result_that_an_earlier_version_has_recorded_is_read() {
        let former = json!({
            "masked": [1, 2, 3, 4], "output": vec![5; 32], "sealed_output": [6], "nonce": vec![7; 32], "shared": vec![8; 32],
        });
        let read: Finished = serde_json::from_value(former).unwrap();
        assert_eq!((read.masked.as_slice(), read.output, read.nonce), (&[1, 2, 3, 4][..], [5; 32], [7; 32]));
        assert_eq!(read.input_commitment, None, "it is the result of no later round");
        let again: Finished = serde_json::from_slice(&serde_json::to_vec(&read).unwrap()).unwrap();
        assert_eq!(again.shared.as_bytes(), &[8; 32]);
    }
}
