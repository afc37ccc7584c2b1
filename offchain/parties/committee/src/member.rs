//! One member: share keys of the epoch, evaluations within quota, shares of keys of contents.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bithive_api::registry::{ExecuteMsg, Role};
use bithive_blindmatch::committee::{
    CommitteeError, MemberSeeds, Merged, PartialTable, ShareKeyTable, TableFault,
};
use bithive_blindmatch::oprf::EvaluateRequest;
use bithive_blindmatch::schema::Schema;
use bithive_client::{Account, Client};
use bithive_exchange::{Exchange, PeerId, Protocol, Service};
use bithive_release::MemberKey;
use bithive_state::State;
use bithive_threshold::{NODE_EVALUATIONS, REQUESTER_EVALUATIONS};
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tokio::sync::{Mutex, Semaphore};

use crate::ServiceError;
use crate::ask::ask_all;
use crate::evaluation;
use crate::keys::Keys;
use crate::ledger::{Ledger, Refusal};
use crate::registered::{Committee, PAST_EPOCHS};
use crate::releases::{NotReleased, ReleaseTally, Releases};
use crate::requests::ShareKeyRequest;

/// One account's service in every committee that it is named for.
pub struct Member {
    pub(crate) schema: Schema,
    pub(crate) account: Account,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) keys: Keys,
    pub(crate) ledger: Arc<Ledger>,
    /// One for each evaluation that can be computed at the same time.
    turns: Arc<Semaphore>,
    pub(crate) rng: Mutex<ChaCha20Rng>,
    pub(crate) tables: Mutex<BTreeMap<u64, Merged>>,
    pub(crate) patience: Duration,
    /// Epoch for which it has tried to have a committee elected.
    pub(crate) tried: Mutex<Option<u64>>,
    releases: Releases,
    tally: Tally,
}

/// What a member has answered since it started.
#[derive(Debug, Default)]
pub struct Tally {
    evaluated: AtomicU64,
    refused: AtomicU64,
    over_quota: AtomicU64,
    tables: AtomicU64,
    releases: ReleaseTally,
}

impl Tally {
    /// Requests for evaluations that were answered.
    #[must_use]
    pub fn evaluated(&self) -> u64 {
        self.evaluated.load(Ordering::Relaxed)
    }

    /// Requests for evaluations that were refused, except those beyond a quota.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Requests for evaluations that were refused because the account's quota is used up.
    #[must_use]
    pub fn over_quota(&self) -> u64 {
        self.over_quota.load(Ordering::Relaxed)
    }

    /// Requests for share keys that were answered.
    #[must_use]
    pub fn tables(&self) -> u64 {
        self.tables.load(Ordering::Relaxed)
    }

    /// Requests for keys of contents.
    #[must_use]
    pub const fn releases(&self) -> &ReleaseTally {
        &self.releases
    }
}

impl Member {
    /// A member that answers for a schema. Its keys and its ledger are in `state`. It waits for
    /// each other member for `patience`: see [`crate::PATIENCE`].
    #[must_use]
    pub fn new(
        schema: Schema,
        account: Account,
        exchange: Arc<dyn Exchange>,
        state: State,
        rng: ChaCha20Rng,
        patience: Duration,
    ) -> Arc<Self> {
        let (keys, ledger) = (Keys::new(state.clone()), Arc::new(Ledger::new(state)));
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (rng, tables) = (Mutex::new(rng), Mutex::default());
        Arc::new(Self {
            schema,
            account,
            exchange,
            keys,
            ledger,
            turns: Arc::new(Semaphore::new(cores)),
            rng,
            tables,
            patience,
            tried: Mutex::default(),
            releases: Releases::default(),
            tally: Tally::default(),
        })
    }

    /// What it has answered so far.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Public key of the endpoint that it answers at.
    #[must_use]
    pub fn endpoint(&self) -> PeerId {
        self.exchange.id()
    }

    /// Answers requests of all protocols from now on.
    pub fn serve(self: &Arc<Self>) {
        for protocol in [Protocol::ShareKeys, Protocol::Evaluate, Protocol::Release] {
            self.exchange.serve(protocol, self.clone());
        }
    }

    /// Releases keys of contents that are wrapped for the committee of this key, beside those of other committees.
    ///
    /// # Errors
    /// [`ServiceError::OtherReleaseKey`].
    pub fn release_with(&self, key: MemberKey) -> Result<(), ServiceError> {
        let (found, expected) = (PeerId(key.endpoint()), self.exchange.id());
        if found != expected {
            return Err(ServiceError::OtherReleaseKey { found, expected });
        }
        self.releases.add(key);
        Ok(())
    }

    /// Merges the epoch's table from all members that answer and posts its digest, once. The committee of an epoch
    /// agrees on its keys first, if it has not yet: see [`Member::prepare`].
    ///
    /// Returns the members whose tables are false; the table is right without them.
    ///
    /// # Errors
    /// [`ServiceError`]: the chain's error, or the subset of members that sent no valid table.
    pub async fn post_share_keys(&self, epoch: u64) -> Result<Vec<TableFault>, ServiceError> {
        self.prepare(epoch).await?;
        let Merged { table, faults } = self.table(epoch).await?;
        let posted = self.client().share_keys(epoch).await?;
        if posted.iter().all(|post| post.address.as_str() != self.account.address()) {
            let msg = ExecuteMsg::PostShareKeys { epoch, digest: (&table.digest()).into() };
            self.account.registry(&msg).await?;
        }
        Ok(faults)
    }

    pub(crate) fn client(&self) -> &Client {
        self.account.client()
    }

    /// The seeds for an epoch, whose committee has agreed on them.
    async fn seeds(&self, epoch: u64) -> Result<(Committee, MemberSeeds), ServiceError> {
        let (committee, _) = Committee::at(self.client(), epoch).await?;
        self.seat_in(&committee)?;
        let seeds = self.keys.seeds(&committee)?;
        let seeds = seeds.ok_or_else(|| ServiceError::NotAgreed {
            from_epoch: committee.from_epoch,
            reasons: "this member has no seeds yet".to_owned(),
        })?;
        Ok((committee, seeds))
    }

    async fn table(&self, epoch: u64) -> Result<Merged, ServiceError> {
        let (committee, seeds) = self.seeds(epoch).await?;
        if let Some(merged) = self.tables.lock().await.get(&epoch) {
            return Ok(merged.clone());
        }
        let commitments = self.keys.commitments(&committee)?;
        let commitments = commitments.ok_or_else(|| ServiceError::NotAgreed {
            from_epoch: committee.from_epoch,
            reasons: "this member has not all statements yet".to_owned(),
        })?;
        let (partials, missing) = self.partial_tables(&committee, &seeds, epoch).await?;
        let merged = ShareKeyTable::merge(&commitments, epoch, &partials).map_err(|error| match error {
            CommitteeError::Unpublished { .. } if !missing.is_empty() => {
                ServiceError::Incomplete { epoch, reasons: missing.join("; ") }
            }
            other => other.into(),
        })?;
        for TableFault { member, reason } in &merged.faults {
            tracing::warn!(member = %committee.name(*member), %reason, "a false share key table is left out");
        }
        // Not the next one's: its committee can still change.
        if epoch >= committee.from_epoch {
            self.tables.lock().await.insert(epoch, merged.clone());
        }
        Ok(merged)
    }

    /// The own table and those of the members that answer, and why others are missing. Any t honest ones cover every
    /// subset, so a member that is down, or sends invalid data, does not matter.
    async fn partial_tables(
        &self,
        committee: &Committee,
        seeds: &MemberSeeds,
        epoch: u64,
    ) -> Result<(Vec<PartialTable>, Vec<String>), ServiceError> {
        let mut partials = vec![seeds.partial_table(epoch, self.schema.slot_count())?];
        let request = ShareKeyRequest::Partial(epoch).encode();
        let decode = |bytes: &[u8]| PartialTable::decode(bytes).map_err(|error| error.to_string());
        let seats = committee.others(seeds.member());
        let answers =
            ask_all(&self.exchange, seats, Protocol::ShareKeys, request, self.patience, decode).await;
        let mut missing = Vec::new();
        for (index, answer) in answers {
            let member = committee.name(index);
            let reason = match answer {
                Ok(partial) if partial.member() == index => {
                    partials.push(partial);
                    continue;
                }
                Ok(_) => "it sent another member's share key table".into(),
                Err(reason) => reason,
            };
            tracing::debug!(%member, reason, "no partial share key table");
            missing.push(format!("{member}: {reason}"));
        }
        Ok((partials, missing))
    }

    async fn share_keys(&self, from: PeerId, body: &[u8]) -> Result<Vec<u8>, String> {
        let request = ShareKeyRequest::decode(body).map_err(|error| error.to_string())?;
        let answer = match request {
            ShareKeyRequest::Partial(epoch) => {
                self.within_window(epoch, 1).await?;
                let seeds = self.seeds(epoch).await.map(|(_, seeds)| seeds);
                seeds.and_then(|seeds| Ok(seeds.partial_table(epoch, self.schema.slot_count())?.encode()))
            }
            ShareKeyRequest::Table(epoch) => {
                self.within_window(epoch, 1).await?;
                self.table(epoch).await.map(|merged| merged.table.encode().to_vec())
            }
            ShareKeyRequest::Contributions(committee) | ShareKeyRequest::Statement(committee) => {
                self.answer_member(from, request, committee).await
            }
        };
        answer.map_err(|error| error.to_string())
    }

    async fn evaluate(&self, from: PeerId, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        let request = EvaluateRequest::decode(body).map_err(|error| error.to_string())?;
        let identity = self.client().identity(from.0).await.map_err(|error| error.to_string())?;
        let identity =
            identity.ok_or("the endpoint is not registered; register as a node or requester first")?;
        let limit = match identity.role {
            Role::Node => NODE_EVALUATIONS,
            Role::Requester => REQUESTER_EVALUATIONS,
            Role::Committee => return Err("a committee member may not request evaluations".into()),
        };
        self.within_window(request.epoch(), 0).await?;
        // Before anything is computed: what the quota refuses in any case.
        let mut asked = BTreeMap::<_, u16>::new();
        request.slots().for_each(|slot| *asked.entry(slot).or_default() += 1);
        if let Some((slot, count)) = asked.into_iter().find(|(_, count)| *count > limit) {
            let reason = format!("{count} values of slot {} are asked for, the limit is {limit}", slot.0);
            return Err(Refusal::OverQuota(reason));
        }
        let registered = match identity.role {
            Role::Node => Some(self.registered(identity.address.as_str(), &request).await?),
            Role::Requester | Role::Committee => None,
        };
        let (_, seeds) = self.seeds(request.epoch()).await.map_err(|error| error.to_string())?;
        let mut rng = ChaCha20Rng::from_rng(&mut *self.rng.lock().await);
        let (ledger, slots, schema_digest) =
            (self.ledger.clone(), self.schema.slot_count(), self.schema.digest());
        let computed = self.compute(move || {
            let account = (identity.address.as_str(), limit);
            if let Some(registered) = registered {
                let checked = request.check_answers(schema_digest, account.0, &registered);
                checked.map_err(|error| error.to_string())?;
            }
            evaluation::answer(&ledger, &seeds, slots, account, &request, &mut rng)
        });
        Ok(computed.await??.encode())
    }

    /// This member's share of a content's key, for a reader whom the contract permits.
    async fn release(&self, from: PeerId, body: &[u8]) -> Result<Vec<u8>, NotReleased> {
        let rng = ChaCha20Rng::from_rng(&mut *self.rng.lock().await);
        let share = self.releases.permitted(self.client(), from, body, rng).await?;
        self.compute(share).await?
    }

    /// The commitment that a node has registered, and that its request has to be of. It has an attribute that needs
    /// accreditation evaluated only once an accreditor has seen it.
    async fn registered(&self, node: &str, request: &EvaluateRequest) -> Result<Vec<u8>, String> {
        let accredited = self.client().accredited(node).await.map_err(|error| error.to_string())?;
        let accredited = accredited.ok_or("the account is no node any more")?;
        let mut names: Vec<&str> =
            request.slots().filter_map(|slot| self.schema.attribute_of(slot)).collect();
        names.dedup();
        match names.into_iter().find(|name| !accredited.admits(name)) {
            Some(name) => Err(format!(
                "attribute `{name}` is not accredited; ask an accreditor (`bithive node disclose`)"
            )),
            None => Ok(accredited.commitment.into()),
        }
    }

    /// Runs what computes and waits for the disk on a thread of its own, as many at a time as there are cores; others wait. One
    /// that nobody waits for any more still counts until it ends.
    async fn compute<T: Send + 'static>(
        &self,
        what: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| error.to_string())?;
        let computed = tokio::task::spawn_blocking(move || {
            let computed = what();
            drop(turn);
            computed
        });
        computed.await.map_err(|error| error.to_string())
    }

    /// Whether the epoch that is asked for is among those answered: the last one to `ahead` after the current. The next
    /// epoch's keys are merged and posted before it starts.
    async fn within_window(&self, epoch: u64, ahead: u64) -> Result<(), String> {
        let current = self.client().committee().await.map_err(|error| error.to_string())?.epoch;
        let (oldest, latest) = (current.saturating_sub(PAST_EPOCHS), current.saturating_add(ahead));
        if (oldest..=latest).contains(&epoch) {
            Ok(())
        } else {
            Err(format!("epoch {epoch} is not answered; expected {oldest} to {latest}"))
        }
    }
}

#[async_trait]
impl Service for Member {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        match protocol {
            Protocol::ShareKeys => {
                let answer = self.share_keys(from, &body).await?;
                self.tally.tables.fetch_add(1, Ordering::Relaxed);
                Ok(answer.into())
            }
            Protocol::Evaluate => {
                let (count, answer) = match self.evaluate(from, &body).await {
                    Ok(answer) => (&self.tally.evaluated, Ok(answer.into())),
                    Err(Refusal::OverQuota(reason)) => (&self.tally.over_quota, Err(reason)),
                    Err(Refusal::Other(reason)) => (&self.tally.refused, Err(reason)),
                };
                count.fetch_add(1, Ordering::Relaxed);
                answer
            }
            Protocol::Release => {
                let answer = self.release(from, &body).await;
                self.tally.releases.count(&answer);
                match answer {
                    Ok(share) => Ok(share.into()),
                    Err(
                        NotReleased::NotPermitted(reason)
                        | NotReleased::TooOften(reason)
                        | NotReleased::Other(reason),
                    ) => Err(reason),
                }
            }
            Protocol::Claim | Protocol::Signature | Protocol::Finalize | Protocol::Measure => {
                Err("a committee member does not serve this".into())
            }
        }
    }
}
