//! One member: share keys of the epoch, evaluations within quota.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use bithive_api::registry::{ExecuteMsg, Role};
use bithive_blindmatch::committee::{CommitteeError, MemberSeeds, PartialTable, ShareKeyTable};
use bithive_blindmatch::oprf::EvaluateRequest;
use bithive_blindmatch::quota::Quota;
use bithive_client::{Account, Client};
use bithive_exchange::{Exchange, PeerId, Protocol, Service};
use bithive_state::State;
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::ServiceError;
use crate::share_keys::{Committee, ShareKeyRequest};

/// Evaluations that a node may have of one slot in one epoch: one attribute, one guess.
pub const NODE_EVALUATIONS: u16 = 1;
/// Evaluations that a requester may have of one slot in one epoch: as many values as one list may name.
pub const REQUESTER_EVALUATIONS: u16 = 4;

/// Epochs before the current one that are still answered: a vault outlives the turn of an epoch.
const PAST_EPOCHS: u64 = 1;
const LEDGER: &str = "ledger";

/// What a member has answered; on disk before the answer leaves.
#[derive(Default, Serialize, Deserialize)]
struct Ledger {
    /// [`Quota`], encoded.
    quota: Vec<u8>,
    /// Digests of answered requests by epoch: the same request may be answered again, it reveals nothing new.
    answered: BTreeMap<u64, BTreeSet<String>>,
}

/// One member of the committee.
pub struct Member {
    seeds: MemberSeeds,
    slots: u16,
    account: Account,
    exchange: Arc<dyn Exchange>,
    state: State,
    rng: Mutex<ChaCha20Rng>,
    tables: Mutex<BTreeMap<u64, ShareKeyTable>>,
    /// One request at a time changes the ledger.
    ledger: Mutex<()>,
}

impl Member {
    /// A member that holds `seeds` and answers for a schema of `slots` slots.
    #[must_use]
    pub fn new(
        seeds: MemberSeeds,
        slots: u16,
        account: Account,
        exchange: Arc<dyn Exchange>,
        state: State,
        rng: ChaCha20Rng,
    ) -> Arc<Self> {
        let (rng, tables) = (Mutex::new(rng), Mutex::default());
        Arc::new(Self { seeds, slots, account, exchange, state, rng, tables, ledger: Mutex::default() })
    }

    /// Answers both protocols from now on.
    pub fn serve(self: &Arc<Self>) {
        self.exchange.serve(Protocol::ShareKeys, self.clone());
        self.exchange.serve(Protocol::Evaluate, self.clone());
    }

    /// Merges the epoch's table from all members that answer and posts its digest, once.
    ///
    /// # Errors
    /// [`ServiceError`]: what the chain said, or which subset of members no table can be had from.
    pub async fn post_share_keys(&self, epoch: u64) -> Result<(), ServiceError> {
        let table = self.table(epoch).await?;
        let posted = self.client().share_keys(epoch).await?;
        if posted.iter().any(|post| post.address == self.account.address()) {
            return Ok(());
        }
        let msg = ExecuteMsg::PostShareKeys { epoch, digest: (&table.digest()).into() };
        self.account.registry(&msg).await?;
        Ok(())
    }

    fn client(&self) -> &Client {
        self.account.client()
    }

    async fn table(&self, epoch: u64) -> Result<ShareKeyTable, ServiceError> {
        if let Some(table) = self.tables.lock().await.get(&epoch) {
            return Ok(table.clone());
        }
        let committee = Committee::try_from(self.client().committee().await?)?;
        let mut partials = self.partial_tables(&committee, epoch).await?;
        let table = loop {
            match ShareKeyTable::merge(committee.params, epoch, self.slots, &partials) {
                Ok(table) => break table,
                Err(error) => self.leave_out(&mut partials, error)?,
            }
        };
        let mut tables = self.tables.lock().await;
        tables.retain(|known, _| known.saturating_add(PAST_EPOCHS) >= committee.epoch);
        tables.insert(epoch, table.clone());
        Ok(table)
    }

    /// The own table and those of the members that answer. Any t of them cover every subset, so a member that is
    /// down, or sends nonsense, is no obstacle.
    async fn partial_tables(
        &self,
        committee: &Committee,
        epoch: u64,
    ) -> Result<Vec<PartialTable>, ServiceError> {
        let mut partials = vec![self.seeds.partial_table(epoch, self.slots)?];
        for (index, address, peer) in &committee.members {
            if *index == self.seeds.member() {
                continue;
            }
            let request = ShareKeyRequest::Partial(epoch).encode();
            let answer = self.exchange.request(*peer, Protocol::ShareKeys, request).await;
            let partial = answer
                .map_err(|error| error.to_string())
                .and_then(|bytes| PartialTable::decode(&bytes).map_err(|error| error.to_string()));
            match partial {
                Ok(partial) if partial.member() == *index => partials.push(partial),
                Ok(_) => tracing::warn!(member = %address, "it sent another member's share key table"),
                Err(error) => tracing::warn!(member = %address, %error, "no partial share key table"),
            }
        }
        Ok(partials)
    }

    /// Leaves out the tables of the members that a failed merge names, and never the own one.
    ///
    /// # Errors
    /// The merge's error, if it names nobody else.
    fn leave_out(&self, partials: &mut Vec<PartialTable>, error: CommitteeError) -> Result<(), ServiceError> {
        let named = match &error {
            CommitteeError::ForeignTable { member, .. } | CommitteeError::BadPoint { member, .. } => {
                vec![*member]
            }
            CommitteeError::Disagreement { members, .. } => members.clone(),
            _ => Vec::new(),
        };
        let before = partials.len();
        let own = self.seeds.member();
        partials.retain(|partial| partial.member() == own || !named.contains(&partial.member()));
        if partials.len() == before {
            return Err(error.into());
        }
        tracing::warn!(%error, "share key tables are left out");
        Ok(())
    }

    async fn share_keys(&self, body: &[u8]) -> Result<Vec<u8>, String> {
        let request = ShareKeyRequest::decode(body)?;
        let (ShareKeyRequest::Partial(epoch) | ShareKeyRequest::Table(epoch)) = request;
        let current = self.client().committee().await.map_err(|error| error.to_string())?.epoch;
        // The next epoch's keys are merged and posted before it starts.
        within_window(epoch, current, current.saturating_add(1))?;
        match request {
            ShareKeyRequest::Partial(epoch) => self
                .seeds
                .partial_table(epoch, self.slots)
                .map(|table| table.encode())
                .map_err(|e| e.to_string()),
            ShareKeyRequest::Table(epoch) => self
                .table(epoch)
                .await
                .map(|table| table.encode().to_vec())
                .map_err(|error| error.to_string()),
        }
    }

    async fn evaluate(&self, from: PeerId, body: &[u8]) -> Result<Vec<u8>, String> {
        let request = EvaluateRequest::decode(body).map_err(|error| error.to_string())?;
        let identity = self.client().identity(from.0).await.map_err(|error| error.to_string())?;
        let identity =
            identity.ok_or("the endpoint is not registered; register as a node or requester first")?;
        let limit = match identity.role {
            Role::Node => NODE_EVALUATIONS,
            Role::Requester => REQUESTER_EVALUATIONS,
            Role::Committee => return Err("committee members ask for no evaluations".into()),
        };
        let current = self.client().committee().await.map_err(|error| error.to_string())?.epoch;
        within_window(request.epoch(), current, current)?;
        // Validated in full before it is charged: a refused request costs nothing.
        let keys = self.seeds.epoch_keys(request.epoch(), self.slots).map_err(|error| error.to_string())?;
        let response =
            keys.evaluate(&request, &mut *self.rng.lock().await).map_err(|error| error.to_string())?;
        self.charge(&identity.address, &request, current, limit).await?;
        Ok(response.encode())
    }

    async fn charge(
        &self,
        who: &str,
        request: &EvaluateRequest,
        current: u64,
        limit: u16,
    ) -> Result<(), String> {
        let _one_at_a_time = self.ledger.lock().await;
        let mut ledger: Ledger =
            self.state.get(LEDGER).map_err(|error| error.to_string())?.unwrap_or_default();
        let digest = format!("{who}/{}", hex::encode(request.digest()));
        let answered = ledger.answered.entry(request.epoch()).or_default();
        if !answered.insert(digest) {
            return Ok(());
        }
        let mut quota = match ledger.quota.as_slice() {
            [] => Quota::new(),
            bytes => Quota::decode(bytes).map_err(|error| error.to_string())?,
        };
        quota
            .check_and_record_all(who, request.slots(), request.epoch(), limit)
            .map_err(|error| error.to_string())?;
        let oldest = current.saturating_sub(PAST_EPOCHS);
        quota.prune_before(oldest);
        ledger.answered.retain(|epoch, _| *epoch >= oldest);
        ledger.quota = quota.encode();
        self.state.put(LEDGER, &ledger).map_err(|error| error.to_string())
    }
}

fn within_window(epoch: u64, current: u64, latest: u64) -> Result<(), String> {
    let oldest = current.saturating_sub(PAST_EPOCHS);
    if (oldest..=latest).contains(&epoch) {
        Ok(())
    } else {
        Err(format!("epoch {epoch} is not answered; expected {oldest} to {latest}"))
    }
}

#[async_trait]
impl Service for Member {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        match protocol {
            Protocol::ShareKeys => self.share_keys(&body).await.map(Bytes::from),
            Protocol::Evaluate => self.evaluate(from, &body).await.map(Bytes::from),
            Protocol::Claim | Protocol::Signature => Err("a committee member does not serve this".into()),
        }
    }
}
