//! A party's tags: asked for once per input and epoch, then kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use bithive_blindmatch::committee::{MemberIndex, ShareKeyTable};
use bithive_blindmatch::oprf::{self, EvaluateResponse, Tags};
use bithive_blindmatch::schema::{Input, Schema};
use bithive_client::Client;
use bithive_exchange::{Exchange, Protocol};
use bithive_state::State;
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::ServiceError;
use crate::share_keys::{Committee, ShareKeyRequest};

/// Asks the committee for a party's tags.
pub struct TagSource {
    client: Client,
    exchange: Arc<dyn Exchange>,
    schema: Schema,
    state: State,
}

impl TagSource {
    /// A source for the party behind `exchange`; what it learns is kept in `state`.
    #[must_use]
    pub fn new(client: Client, exchange: Arc<dyn Exchange>, schema: Schema, state: State) -> Self {
        Self { client, exchange, schema, state }
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
    /// The blinds of a request derive from a seed that is stored first: after a crash the same request goes
    /// out again, and the members answer it without charging the quota twice.
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
        let tags = match (kept, missing.is_empty()) {
            (Some(kept), true) => return Ok(kept),
            (kept, _) => {
                let fresh = self.evaluate(epoch, &missing, rng).await?;
                kept.map_or(Ok(fresh.clone()), |kept| kept.merge(&fresh))?
            }
        };
        self.state.put(&record(epoch), &*tags.encode())?;
        Ok(tags)
    }

    fn kept(&self, epoch: u64) -> Result<Option<Tags>, ServiceError> {
        let bytes: Option<Zeroizing<Vec<u8>>> =
            self.state.get::<Vec<u8>>(&record(epoch))?.map(Zeroizing::new);
        let tags = bytes.map(|bytes| Tags::decode(&bytes)).transpose()?;
        Ok(tags.filter(|tags| tags.schema_digest() == self.schema.digest()))
    }

    async fn evaluate(
        &self,
        epoch: u64,
        inputs: &[Input],
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Tags, ServiceError> {
        let committee = Committee::try_from(self.client.committee().await?)?;
        let table = self.table(&committee, epoch).await?;
        let seed_record = format!("evaluation/{epoch}/{}", hex::encode(inputs_digest(inputs)));
        let seed: [u8; 32] = self.state.get_or_put(&seed_record, || {
            let mut seed = [0; 32];
            rng.fill_bytes(&mut seed);
            Ok::<_, ServiceError>(seed)
        })?;
        let seed = Zeroizing::new(seed);
        let mut blinding = ChaCha20Rng::from_seed(*seed);
        let pending = oprf::blind(self.schema.digest(), epoch, inputs, &mut blinding)?;
        let answers = self.ask_all(&committee, pending.request().encode().into()).await;
        let evaluated = pending.finish(&table, &answers)?;
        for fault in &evaluated.faults {
            tracing::warn!(member = fault.member.get(), reason = %fault.reason, "committee member at fault");
        }
        self.state.remove(&seed_record)?;
        Ok(evaluated.tags)
    }

    async fn ask_all(&self, committee: &Committee, request: Bytes) -> Vec<(MemberIndex, EvaluateResponse)> {
        let mut asked = tokio::task::JoinSet::new();
        for (index, address, peer) in committee.members.clone() {
            let (exchange, request) = (self.exchange.clone(), request.clone());
            asked.spawn(async move {
                let answer = exchange.request(peer, Protocol::Evaluate, request).await;
                let answer = answer
                    .map_err(|error| error.to_string())
                    .and_then(|bytes| EvaluateResponse::decode(&bytes).map_err(|error| error.to_string()));
                match answer {
                    Ok(answer) => Some((index, answer)),
                    Err(error) => {
                        tracing::warn!(member = %address, %error, "no evaluation");
                        None
                    }
                }
            });
        }
        let mut answers: BTreeMap<MemberIndex, EvaluateResponse> = BTreeMap::new();
        while let Some(joined) = asked.join_next().await {
            answers.extend(joined.ok().flatten());
        }
        answers.into_iter().collect()
    }

    /// A table whose digest at least t members have posted.
    async fn table(&self, committee: &Committee, epoch: u64) -> Result<ShareKeyTable, ServiceError> {
        let posts = self.client.share_keys(epoch).await?;
        let needed = committee.params.threshold();
        let enough = |digest: &[u8; 32]| {
            let same = posts.iter().filter(|post| post.digest.as_slice() == digest);
            same.filter(|post| committee.members.iter().any(|(_, address, _)| *address == post.address))
                .count()
                >= usize::from(needed)
        };
        let mut reasons = Vec::new();
        for (_, address, peer) in &committee.members {
            let request = ShareKeyRequest::Table(epoch).encode();
            let answer = self.exchange.request(*peer, Protocol::ShareKeys, request).await;
            let table = answer
                .map_err(|error| error.to_string())
                .and_then(|bytes| ShareKeyTable::decode(&bytes).map_err(|error| error.to_string()));
            match table {
                Ok(table) if enough(&table.digest()) && table.epoch() == epoch => return Ok(table),
                Ok(_) => {
                    reasons.push(format!("{address}: its table's digest is not posted by {needed} members"))
                }
                Err(error) => reasons.push(format!("{address}: {error}")),
            }
        }
        Err(ServiceError::NoTable { epoch, needed, reasons: reasons.join("; ") })
    }
}

fn record(epoch: u64) -> String {
    format!("tags/{epoch}")
}

fn inputs_digest(inputs: &[Input]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for input in inputs {
        hasher.update(input.slot.0.to_be_bytes());
        hasher.update((input.value.len() as u64).to_be_bytes());
        hasher.update(input.value.as_bytes());
    }
    hasher.finalize().into()
}
