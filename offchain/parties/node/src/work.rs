//! The work of one round: from what is on chain to a result that can be committed to.

use std::sync::Arc;

use bithive_api::jobs::{Assignment, JobResponse};
use bithive_attest::{JobKey, Reveal};
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::policy::Policy;
use bithive_client::Client;
use bithive_dgkbe::dem::{AssociatedData, DemError, Opener};
use bithive_dgkbe::kem::SharedKey;
use bithive_dgkbe::{GroupedSet, Groups};
use bithive_exchange::{Exchange, ExchangeError, PeerId};
use bithive_inference::{MAX_BYTES, MAX_MODEL_BYTES};
use bithive_payload::{Input, JobRef, Output, OutputKey, ReadError};
use bytes::Bytes;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::{Compute, Group, NodeError};

/// Most bytes of an encrypted input or output that a node accepts.
const MAX_PAYLOAD_BYTES: usize = 64 << 20;
/// Most bytes of an input's policy and rows. The model runtime takes rows as a whole, at most 16 MiB of them; what it
/// takes is all that is held.
const MAX_INPUT_BYTES: usize = MAX_BYTES + MAX_POLICY_BYTES;
/// Most bytes of a policy as JSON.
const MAX_POLICY_BYTES: usize = 1 << 20;

/// A finished round as recorded: what was committed to, and what is needed to reveal and check it. Written once
/// before anything is sent, never changed: the guard against two results for one job.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) masked: Vec<u8>,
    pub(crate) output: [u8; 32],
    pub(crate) sealed_output: Vec<u8>,
    pub(crate) nonce: [u8; 32],
    shared: Secret,
    /// What the result was found of.
    pub(crate) input_commitment: [u8; 32],
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
        let digest = |bytes: &[u8], what| {
            <[u8; 32]>::try_from(bytes)
                .map_err(|_| NodeError::Mismatch { what, reason: "it is not 32 bytes".into() })
        };
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

/// A worker's tools.
pub(crate) struct Worker<'a> {
    pub(crate) client: &'a Client,
    pub(crate) exchange: &'a dyn Exchange,
    pub(crate) attributes: &'a Attributes,
    pub(crate) compute: &'a Arc<dyn Compute>,
    pub(crate) account: &'a str,
    /// The requester's endpoint, from the vault: it provides payload and model.
    pub(crate) requester: PeerId,
}

impl Worker<'_> {
    /// Decrypts, checks and computes; returns the record and the number of plaintext bytes.
    pub(crate) async fn finish(
        &self,
        job: JobRef<'_>,
        addressed: &Addressed,
        group: &mut Group,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(Finished, u64), NodeError> {
        let providers = self.providers(&addressed.set, group.slot()).await?;
        let (shared, data) = self.unlock(job, addressed, group, rng).await?;
        let input = self.input(addressed.payload, &providers, (&shared, data)).await?;
        if input.commitment(job.jobs, job.job_id) != addressed.input_commitment {
            return Err(mismatch("the input", "it does not open the commitment on chain"));
        }
        self.check_policy(&input.policy)?;
        let bytes = input.encoded_len();
        let model = self.exchange.fetch(addressed.model, &providers, MAX_MODEL_BYTES).await?;
        let values = self.compute(model, input).await?;
        Ok((self.sealed(job, addressed, &shared, Output { values }, rng)?, bytes))
    }

    /// The result of an earlier round again, under the key of this one: the worker was kept, and the input is the same.
    pub(crate) async fn finish_again(
        &self,
        job: JobRef<'_>,
        addressed: &Addressed,
        (round, earlier): (u8, &Finished),
        group: &mut Group,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Finished, NodeError> {
        let before = JobRef { round, ..job };
        let output = Output::open(before, &earlier.key(before), self.account, &earlier.sealed_output)?;
        let (shared, _) = self.unlock(job, addressed, group, rng).await?;
        self.sealed(job, addressed, &shared, output, rng)
    }

    async fn unlock(
        &self,
        job: JobRef<'_>,
        addressed: &Addressed,
        group: &mut Group,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, AssociatedData), NodeError> {
        let links = (self.client, self.exchange);
        group.unlock(links, &addressed.set, &job.context(), &addressed.headers, rng).await
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
        let sealed_output = output.seal(OutputKey::new(job, &key, self.account)?)?;
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        Ok(Finished {
            masked,
            // Published once it is recorded: after a crash a second output could be sealed under the same key.
            output: *blake3::hash(&sealed_output).as_bytes(),
            sealed_output,
            nonce,
            shared: Secret::of(shared.as_bytes()),
            input_commitment: addressed.input_commitment,
        })
    }

    /// Who has, or is just fetching, what the chosen nodes need: the requester, and those nodes, which help each
    /// other. A node that the registry does not know is left out.
    async fn providers(&self, set: &GroupedSet, own: u16) -> Result<Vec<PeerId>, NodeError> {
        let mut providers = vec![self.requester];
        let others: Vec<u16> = set.iter().filter(|slot| *slot != own).collect();
        for chunk in others.chunks(bithive_api::registry::limits::MAX_PAGE as usize) {
            let nodes = self.client.nodes_at(chunk.to_vec()).await?.into_iter().flatten();
            let endpoints = nodes.filter_map(|node| node.registration.endpoint.as_slice().try_into().ok());
            providers.extend(endpoints.map(PeerId));
        }
        Ok(providers)
    }

    /// Fetches the encrypted input and opens it as it is read: the ciphertext is never in memory as a whole.
    async fn input(
        &self,
        payload: [u8; 32],
        providers: &[PeerId],
        (shared, data): (&SharedKey, AssociatedData),
    ) -> Result<Input, NodeError> {
        let source = self.exchange.open(payload, providers, MAX_PAYLOAD_BYTES).await?;
        let opener = Opener::new(shared, &data, source);
        let read = tokio::task::spawn_blocking(move || Input::read_from(opener, MAX_INPUT_BYTES)).await;
        let error = match read.map_err(std::io::Error::other).map_err(ReadError::Read) {
            Ok(Ok(input)) => return Ok(input),
            Ok(Err(error)) | Err(error) => error,
        };
        let ReadError::Read(error) = error else { return Err(error.into()) };
        let Some(refused) = DemError::of(&error) else { return Err(ExchangeError::Storage(error).into()) };
        // What is stored here may be damaged, which says nothing about the sender and is mended by fetching again.
        self.exchange.fetch(payload, providers, MAX_PAYLOAD_BYTES).await?;
        Err(refused.into())
    }

    /// Checks the exact policy: that the vault opened does not prove that the policy is satisfied.
    fn check_policy(&self, policy: &[u8]) -> Result<(), NodeError> {
        let policy: Policy =
            serde_json::from_slice(policy).map_err(|error| mismatch("the policy", &error.to_string()))?;
        if policy.is_satisfied(self.attributes) {
            Ok(())
        } else {
            Err(mismatch("the policy", "this node's attributes do not satisfy it"))
        }
    }

    async fn compute(&self, model: Bytes, input: Input) -> Result<Vec<f32>, NodeError> {
        let compute = self.compute.clone();
        let run = tokio::task::spawn_blocking(move || compute.run(&model, &input.rows));
        match run.await {
            Ok(values) => values.map_err(NodeError::Compute),
            Err(error) => Err(NodeError::Compute(error.to_string())),
        }
    }
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
