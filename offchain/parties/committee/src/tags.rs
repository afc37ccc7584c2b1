//! A party's tags: requested once per input and epoch, then kept.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::registry::ShareKeysResponse;
use bithive_attest::domain::Encoder;
use bithive_blindmatch::DecodeError;
use bithive_blindmatch::commitment::CommittedAnswers;
use bithive_blindmatch::committee::{MemberIndex, ShareKeyTable};
use bithive_blindmatch::oprf::{self, EvaluateRequest, EvaluateResponse, OprfError, Tags};
use bithive_blindmatch::schema::{Input, Schema};
use bithive_client::Client;
use bithive_exchange::{Exchange, Protocol};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::ServiceError;
use crate::ask::{PATIENCE, ask_all, ask_each};
use crate::registered::{Committee, PAST_EPOCHS};
use crate::requests::ShareKeyRequest;

/// Prefix of the records of tags; the epoch follows.
const TAGS: &str = "tags/";
/// Prefix of the records of blinding seeds; the epoch and the digest of the inputs follow.
const SEEDS: &str = "evaluation/";

/// Asks the committee for a party's tags.
pub struct TagSource {
    client: Client,
    exchange: Arc<dyn Exchange>,
    schema: Schema,
    state: State,
    patience: Duration,
    /// A node's account, and what opens the commitments to its answers.
    own: Option<(String, CommittedAnswers)>,
}

impl TagSource {
    /// A source for the party behind `exchange`; what it learns is kept in `state`.
    #[must_use]
    pub fn new(client: Client, exchange: Arc<dyn Exchange>, schema: Schema, state: State) -> Self {
        Self { client, exchange, schema, state, patience: PATIENCE, own: None }
    }

    /// The source of a node, which proves that what it asks for are its registered answers: `account` is its address.
    #[must_use]
    pub fn of_node(mut self, account: &str, answers: CommittedAnswers) -> Self {
        self.own = Some((account.to_owned(), answers));
        self
    }

    /// Waits this long for the members, in place of [`PATIENCE`]: all are asked at the same time, for the share keys
    /// until one has them, then for the evaluation.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The schema whose slots the committee evaluates.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The current epoch.
    ///
    /// # Errors
    /// [`ServiceError::Chain`].
    pub async fn epoch(&self) -> Result<u64, ServiceError> {
        Ok(self.client.committee().await?.epoch)
    }

    /// Tags of `inputs` in `epoch`, asking the committee only for those that are not kept.
    ///
    /// The blinds of a request derive from a seed that is stored before anybody is asked and removed after the tags
    /// are stored: after a crash anywhere in between the same request goes out again, and the members answer it
    /// without charging the quota twice, or the tags are there. Tags and seeds of epochs that the committee no longer
    /// answers are removed.
    ///
    /// # Errors
    /// [`ServiceError`]; members at fault are named.
    pub async fn tags(
        &self,
        epoch: u64,
        inputs: &[Input],
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Tags, ServiceError> {
        let kept = self.kept(epoch)?;
        let missing: Vec<Input> = match &kept {
            Some(kept) => inputs.iter().filter(|input| kept.get(input).is_none()).cloned().collect(),
            None => inputs.to_vec(),
        };
        if let (Some(kept), true) = (&kept, missing.is_empty()) {
            return Ok(kept.clone());
        }
        let (committee, current) = Committee::at(&self.client, epoch).await?;
        let table = self.table(&committee, epoch).await?;
        let (mut tags, mut failed) = (kept, None);
        for inputs in self.requests(missing) {
            let seed_record = seed_record(epoch, &inputs);
            let fresh = match self.evaluate(epoch, &inputs, (&committee, &table), &seed_record, rng).await {
                Ok(fresh) => fresh,
                // The others are not held up.
                Err(error) => {
                    failed = Some(error);
                    continue;
                }
            };
            let all = match tags {
                Some(tags) => tags.merge(&fresh)?,
                None => fresh,
            };
            // In this order: without both, the next request would have other blinds, and cost the quota again.
            self.state.put(&record(epoch), &*all.encode())?;
            tracing::debug!(epoch, "tags are kept");
            self.state.remove(&seed_record)?;
            tags = Some(all);
        }
        self.prune(current.saturating_sub(PAST_EPOCHS))?;
        match (tags, failed) {
            (Some(tags), None) => Ok(tags),
            (_, Some(error)) => Err(error),
            // Nothing was asked for.
            (None, None) => Err(OprfError::InputCount { found: 0 }.into()),
        }
    }

    /// What is asked for at once. A node asks for each attribute by itself: which attributes accreditors have seen may change
    /// between two attempts, and a request has to stay the same to be answered again.
    fn requests(&self, inputs: Vec<Input>) -> Vec<Vec<Input>> {
        if self.own.is_none() {
            return vec![inputs];
        }
        let mut requests: Vec<(Option<&str>, Vec<Input>)> = Vec::new();
        for input in inputs {
            let attribute = self.schema.attribute_of(input.slot);
            match requests.iter_mut().find(|(of, _)| *of == attribute) {
                Some((_, same)) => same.push(input),
                None => requests.push((attribute, vec![input])),
            }
        }
        requests.into_iter().map(|(_, inputs)| inputs).collect()
    }

    /// Removes tags, and seeds of requests that were never answered, of epochs before `oldest`.
    fn prune(&self, oldest: u64) -> Result<(), ServiceError> {
        for prefix in [TAGS, SEEDS] {
            for name in self.state.names(prefix)? {
                let epoch = name.strip_prefix(prefix).and_then(|rest| rest.split('/').next());
                if epoch.and_then(|epoch| epoch.parse::<u64>().ok()).is_some_and(|epoch| epoch < oldest) {
                    self.state.remove(&name)?;
                }
            }
        }
        Ok(())
    }

    fn kept(&self, epoch: u64) -> Result<Option<Tags>, ServiceError> {
        let bytes: Option<Zeroizing<Vec<u8>>> =
            self.state.get::<Vec<u8>>(&record(epoch))?.map(Zeroizing::new);
        let tags = match bytes.map(|bytes| Tags::decode(&bytes)).transpose() {
            // A former version's are of no use to this one.
            Err(DecodeError::Version { .. }) => None,
            read => read?,
        };
        Ok(tags.filter(|tags| tags.schema_digest() == self.schema.digest()))
    }

    async fn evaluate(
        &self,
        epoch: u64,
        inputs: &[Input],
        (committee, table): (&Committee, &ShareKeyTable),
        seed_record: &str,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Tags, ServiceError> {
        let seed: [u8; 32] = self.state.get_or_put(seed_record, || {
            let mut seed = [0; 32];
            rng.fill_bytes(&mut seed);
            Ok::<_, ServiceError>(seed)
        })?;
        let seed = Zeroizing::new(seed);
        let mut blinding = ChaCha20Rng::from_seed(*seed);
        let pending = match &self.own {
            Some((account, answers)) => {
                oprf::blind_committed(answers, account, epoch, inputs, &mut blinding)?
            }
            None => oprf::blind(self.schema.digest(), epoch, inputs, &mut blinding)?,
        };
        let answers = self.evaluations(committee, pending.request()).await;
        let evaluated = pending.finish(table, &answers)?;
        for fault in &evaluated.faults {
            let member = committee.name(fault.member);
            tracing::warn!(%member, reason = %fault.reason, "committee member at fault");
        }
        Ok(evaluated.tags)
    }

    /// What all members answer, each within the deadline.
    async fn evaluations(
        &self,
        committee: &Committee,
        request: &EvaluateRequest,
    ) -> Vec<(MemberIndex, EvaluateResponse)> {
        let decode = |bytes: &[u8]| EvaluateResponse::decode(bytes).map_err(|error| error.to_string());
        let (protocol, body) = (Protocol::Evaluate, request.encode().into());
        let answers = ask_all(&self.exchange, &committee.seats, protocol, body, self.patience, decode).await;
        let mut evaluations = Vec::new();
        for (index, answer) in answers {
            match answer {
                Ok(answer) => evaluations.push((index, answer)),
                Err(reason) => tracing::warn!(member = %committee.name(index), reason, "no evaluation"),
            }
        }
        evaluations
    }

    /// A table whose digest at least t members have posted.
    async fn table(&self, committee: &Committee, epoch: u64) -> Result<ShareKeyTable, ServiceError> {
        let posts = self.client.share_keys(epoch).await?;
        let needed = committee.params.threshold();
        let of_member = |post: &&ShareKeysResponse| committee.member(post.address.as_str()).is_some();
        let posted: Vec<&[u8]> = posts.iter().filter(of_member).map(|post| post.digest.as_slice()).collect();
        let decode = |bytes: &[u8]| ShareKeyTable::decode(bytes).map_err(|error| error.to_string());
        let (protocol, body) = (Protocol::ShareKeys, ShareKeyRequest::Table(epoch).encode());
        // The first one that will do: nobody waits for a member that hangs.
        let mut asked = ask_each(&self.exchange, &committee.seats, protocol, &body, self.patience, decode);
        let mut reasons = BTreeMap::new();
        while let Some(joined) = asked.join_next().await {
            let Ok((index, table)) = joined else { continue };
            let reason = match table {
                Ok(table) if table.is_posted(epoch, needed, posted.iter().copied()) => return Ok(table),
                Ok(_) => format!("its table's digest is not posted by {needed} members"),
                Err(reason) => reason,
            };
            reasons.insert(index, format!("{}: {reason}", committee.name(index)));
        }
        let reasons: Vec<_> = reasons.into_values().collect();
        Err(ServiceError::NoTable { epoch, needed, reasons: reasons.join("; ") })
    }
}

fn record(epoch: u64) -> String {
    format!("{TAGS}{epoch}")
}

/// Name of the blinding seed of a request for these inputs.
fn seed_record(epoch: u64, inputs: &[Input]) -> String {
    let encoder = inputs.iter().fold(Encoder::new("evaluation-inputs"), |encoder, input| {
        encoder.fixed(&input.slot.0.to_be_bytes()).bytes(input.value.as_bytes())
    });
    format!("{SEEDS}{epoch}/{}", hex::encode(Sha256::digest(Zeroizing::new(encoder.finish()))))
}
