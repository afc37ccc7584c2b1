//! One chain behind several nodes. The first one in the configured order is asked; one that does not answer, answers
//! what can't be right, or is behind the others is passed over for a while.
//!
//! - What was seen of one node is not unseen with the next: after a block or a receipt, only a node that has it is asked.
//! - A transaction that one node may have taken is looked up by its hash before the next one gets the same bytes, and a
//!   refusal then counts for nothing until a block tells: the first node may have passed it on.
//! - Each node is trusted as if it were the only one ([`super`]). One that claims to be ahead of the others is believed.

use super::{Cosmos, CosmosOptions, broadcast::Submission, outline::Outline, same_chain};
use crate::{
    Account, Block, BlockCursor, BlockSource, Chain, ChainError, ChainInfo, GasUse, Receipt, TxHash,
};
use async_trait::async_trait;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep, timeout},
};

/// Most nodes of one chain.
pub const MAX_NODES: usize = 8;
/// Blocks by which a node may be behind another one: nodes learn of a block at different moments.
const MAX_BEHIND: u64 = 5;
/// How long a node is passed over after a fault; each further fault doubles it.
const FIRST_REST: Duration = Duration::from_secs(10);
/// Longest time for which a node is passed over.
const LONGEST_REST: Duration = Duration::from_secs(300);
/// Time between two comparisons of the nodes' heights.
const COMPARE_EVERY: Duration = Duration::from_secs(10);

/// A chain behind one node, or behind several, of which one that fails is passed over.
///
/// # Errors
/// As [`Cosmos::connect`] and [`Failover::connect`].
pub async fn connect_any(mut endpoints: Vec<CosmosOptions>) -> Result<Arc<dyn Chain>, ChainError> {
    match (endpoints.pop(), endpoints.is_empty()) {
        (Some(only), true) => Ok(Arc::new(Cosmos::connect(only).await?)),
        (last, _) => {
            endpoints.extend(last);
            Ok(Arc::new(Failover::connect(endpoints).await?))
        }
    }
}

/// Handle of a chain behind several nodes; clones share it.
#[derive(Clone)]
pub struct Failover {
    inner: Arc<Inner>,
}

struct Inner {
    members: Vec<Member>,
    chain_id: String,
    /// Greatest height of a block or receipt that was handed out: later questions go to nodes that have it.
    floor: AtomicU64,
    compared: Mutex<Instant>,
    request_timeout: Duration,
    confirm_timeout: Duration,
    poll_interval: Duration,
}

/// One of the nodes.
struct Member {
    options: CosmosOptions,
    /// Empty until it has answered for the first time.
    node: OnceCell<Cosmos>,
    rest: Mutex<Rest>,
}

/// For how long a node is passed over.
#[derive(Default)]
struct Rest {
    until: Option<Instant>,
    faults: u32,
}

impl Member {
    fn rest(&self) -> MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn node(&self) -> Result<Cosmos, ChainError> {
        self.node.get_or_try_init(|| Cosmos::connect(self.options.clone())).await.cloned()
    }

    fn name(&self) -> String {
        // Without user and password, which only a URL that was parsed can be freed of.
        self.node.get().map_or_else(|| host_of(&self.options.rpc).into(), |node| node.inner.rpc.name())
    }

    fn is_resting(&self) -> bool {
        self.rest().until.is_some_and(|until| Instant::now() < until)
    }

    fn failed(&self, error: &ChainError) {
        let mut rest = self.rest();
        let wait = FIRST_REST.saturating_mul(1 << rest.faults.min(16)).min(LONGEST_REST);
        let was_resting = rest.until.is_some();
        *rest = Rest { until: Some(Instant::now() + wait), faults: rest.faults.saturating_add(1) };
        drop(rest);
        if !was_resting {
            tracing::warn!(node = self.name(), %error, "an RPC server is passed over");
        }
    }

    fn answered(&self) {
        let mut rest = self.rest();
        if rest.until.is_some() {
            *rest = Rest::default();
            drop(rest);
            tracing::info!(node = self.name(), "an RPC server answers again");
        }
    }
}

fn host_of(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, host)| host)
}

impl Failover {
    /// Connects to the nodes in the order in which they are preferred. Those that do not answer yet are asked later.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] for settings, and when a node is of another chain than the others;
    /// [`ChainError::WrongChainId`] when all are of another chain than the one asked for; the first node's error when none
    /// answers.
    pub async fn connect(endpoints: Vec<CosmosOptions>) -> Result<Self, ChainError> {
        let invalid = |reason: String| ChainError::InvalidConfig { field: "rpc".into(), reason };
        if !(1..=MAX_NODES).contains(&endpoints.len()) {
            return Err(invalid(format!("{} servers, expected 1 to {MAX_NODES}", endpoints.len())));
        }
        let asked: Vec<_> = endpoints.iter().cloned().map(|one| tokio::spawn(Cosmos::connect(one))).collect();
        let (mut nodes, mut failed, mut wrong) = (Vec::new(), None, None);
        for asked in asked {
            let answer = asked.await.map_err(|error| invalid(error.to_string()))?;
            nodes.push(match answer {
                Ok(node) => Some(node),
                Err(error @ ChainError::InvalidConfig { .. }) => return Err(error),
                Err(error) => {
                    let kept = if matches!(error, ChainError::WrongChainId { .. }) {
                        &mut wrong
                    } else {
                        &mut failed
                    };
                    kept.get_or_insert(error);
                    None
                }
            });
        }
        let first = nodes.iter().flatten().next().map(|node| node.chain_id().to_owned());
        let chain_id = match (first, wrong) {
            (Some(chain_id), None) => chain_id,
            (Some(_), Some(error)) => return Err(invalid(format!("one of the servers: {error}"))),
            (None, wrong) => return Err(wrong.or(failed).unwrap_or_else(|| invalid("none".into()))),
        };
        for node in nodes.iter().flatten() {
            same_chain(&chain_id, node.chain_id()).map_err(|error| {
                invalid(format!("{}: {error}; all servers have to be of one chain", node.inner.rpc.name()))
            })?;
        }
        Ok(Self::of(endpoints, nodes, chain_id).await)
    }

    async fn of(endpoints: Vec<CosmosOptions>, nodes: Vec<Option<Cosmos>>, chain_id: String) -> Self {
        let longest = |of: fn(&CosmosOptions) -> Duration| endpoints.iter().map(of).max().unwrap_or_default();
        let (request_timeout, confirm_timeout) =
            (longest(|one| one.request_timeout), longest(|one| one.confirm_timeout));
        let poll_interval = longest(|one| one.poll_interval);
        let members = endpoints.into_iter().zip(nodes).map(|(options, node)| Member {
            options: options.chain_id(chain_id.as_str()),
            node: OnceCell::new_with(node),
            rest: Mutex::default(),
        });
        let chain = Self {
            inner: Arc::new(Inner {
                members: members.collect(),
                chain_id,
                floor: AtomicU64::new(0),
                compared: Mutex::new(Instant::now()),
                request_timeout,
                confirm_timeout,
                poll_interval,
            }),
        };
        // So that one that is behind is not the first that is asked.
        let _ = chain.compare().await;
        chain
    }

    /// Chain id, fixed when connected.
    #[must_use]
    pub fn chain_id(&self) -> &str {
        &self.inner.chain_id
    }

    /// The nodes in the order in which they are asked: those that are passed over come last.
    fn order(&self) -> Vec<&Member> {
        let mut order: Vec<&Member> = self.inner.members.iter().collect();
        order.sort_by_key(|member| member.is_resting());
        order
    }

    /// The node of a member, once its queries show what was handed out before.
    async fn ready(&self, member: &Member) -> Result<Cosmos, ChainError> {
        let node = member.node().await?;
        node.committed(self.inner.floor.load(Ordering::Relaxed)).await?;
        Ok(node)
    }

    fn raise_floor(&self, height: u64) {
        self.inner.floor.fetch_max(height, Ordering::Relaxed);
    }

    /// Asks one node after the other until one gives an answer that is not about itself.
    async fn ask<T, F>(&self, question: impl Fn(Cosmos) -> F + Send + Sync) -> Result<T, ChainError>
    where
        F: Future<Output = Result<T, ChainError>> + Send,
        T: Send,
    {
        let mut failed = None;
        for member in self.order() {
            let answer = match self.ready(member).await {
                Ok(node) => question(node).await,
                Err(error) => Err(error),
            };
            match answer {
                Err(error) if error.is_of_node() => {
                    member.failed(&error);
                    failed.get_or_insert(error);
                }
                answer => {
                    member.answered();
                    return answer;
                }
            }
        }
        Err(failed.unwrap_or_else(|| self.nobody()))
    }

    fn nobody(&self) -> ChainError {
        ChainError::NodeDown { reason: format!("no RPC server of {}", self.inner.chain_id) }
    }

    /// Asks every node for its height, and passes over those that do not answer or are behind another one. Returns the
    /// greatest height.
    async fn compare(&self) -> Result<u64, ChainError> {
        *self.inner.compared.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let asked: Vec<_> = (0..self.inner.members.len())
            .map(|index| {
                let chain = self.clone();
                tokio::spawn(async move {
                    let member = chain.inner.members.get(index).ok_or_else(|| chain.nobody())?;
                    member.node().await?.head().await.map(|head| head.height)
                })
            })
            .collect();
        let (mut heights, mut failed) = (Vec::new(), None);
        for (asked, member) in asked.into_iter().zip(&self.inner.members) {
            let answer = asked.await.unwrap_or_else(|error| {
                let reason = error.to_string();
                Err(ChainError::NodeDown { reason })
            });
            match answer {
                Ok(height) => heights.push((height, member)),
                Err(error) => {
                    member.failed(&error);
                    failed.get_or_insert(error);
                }
            }
        }
        let Some(highest) = heights.iter().map(|(height, _)| *height).max() else {
            return Err(failed.unwrap_or_else(|| self.nobody()));
        };
        for (height, member) in heights {
            if height.saturating_add(MAX_BEHIND) < highest {
                member.failed(&ChainError::NodeBehind { height, wanted: highest });
            }
        }
        Ok(highest)
    }

    /// Compares the nodes in the background when that was last done some time ago.
    fn compare_now_and_then(&self) {
        let compared = *self.inner.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if compared.elapsed() >= COMPARE_EVERY {
            let chain = self.clone();
            tokio::spawn(async move { chain.compare().await });
        }
    }

    /// What became of a transaction, if a block has it in this node's part of the time.
    async fn wait_for_block_of(&self, hash: TxHash) -> Option<Result<Receipt, ChainError>> {
        let parts = u32::try_from(self.inner.members.len()).unwrap_or(u32::MAX).max(1);
        let deadline = Instant::now() + self.inner.confirm_timeout / parts;
        loop {
            if let Ok(Some(found)) = self.tx(hash).await {
                return Some(found);
            }
            if Instant::now() >= deadline {
                return None;
            }
            sleep(self.inner.poll_interval).await;
        }
    }

    fn received(&self, found: Result<Receipt, ChainError>) -> Result<Receipt, ChainError> {
        if let Ok(receipt) = &found {
            self.raise_floor(receipt.height);
        }
        found
    }

    /// The block at a height, or nothing if no node has it in the time that one request may take.
    async fn look_for(&self, height: u64) -> Result<Option<Block>, ChainError> {
        let mut failed = None;
        for member in self.order() {
            let block = async {
                let node = member.node().await?;
                match timeout(self.inner.request_timeout, node.wait_for(height)).await {
                    Ok(there) => there?,
                    Err(_) => return Ok(None),
                }
                node.block_at(height).await.map(Some)
            };
            match block.await {
                Err(error) if error.is_of_node() => {
                    member.failed(&error);
                    failed.get_or_insert(error);
                }
                block => return block,
            }
        }
        Err(failed.unwrap_or_else(|| self.nobody()))
    }
}

#[async_trait]
impl BlockSource for Failover {
    async fn block_at(&self, height: u64) -> Result<Block, ChainError> {
        let deadline = Instant::now() + self.inner.confirm_timeout;
        loop {
            self.compare_now_and_then();
            if let Some(block) = self.look_for(height).await? {
                self.raise_floor(height);
                return Ok(block);
            }
            // Either there is no such block yet, or the node stands still and another one has it.
            let highest = self.compare().await?;
            if highest.saturating_add(1) < height && Instant::now() >= deadline {
                return Err(ChainError::NodeBehind { height: highest, wanted: height });
            }
        }
    }
}

#[async_trait]
impl Chain for Failover {
    async fn info(&self) -> Result<ChainInfo, ChainError> {
        self.compare_now_and_then();
        // Whatever was handed out: a chain that was rolled back is below it, and has to be able to say so.
        let mut failed = None;
        for member in self.order() {
            let info = match member.node().await {
                Ok(node) => node.info().await,
                Err(error) => Err(error),
            };
            match info {
                Err(error) => {
                    member.failed(&error);
                    failed.get_or_insert(error);
                }
                Ok(info) => {
                    member.answered();
                    return Ok(info);
                }
            }
        }
        Err(failed.unwrap_or_else(|| self.nobody()))
    }

    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        self.ask(|node| {
            let msg = msg.clone();
            async move { node.query_smart(contract, msg).await }
        })
        .await
    }

    async fn account(&self, address: &str) -> Result<Account, ChainError> {
        self.ask(|node| async move { node.account(address).await }).await
    }

    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        self.ask(|node| async move { node.balance(address, denom).await }).await
    }

    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        self.ask(|node| async move { node.simulate(tx).await }).await
    }

    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        let outline = Outline::parse(tx)?;
        let (hash, mut failed, mut sent) = (outline.hash, None, None);
        for member in self.order() {
            let node = match self.ready(member).await {
                Ok(node) => node,
                Err(error) => {
                    member.failed(&error);
                    failed.get_or_insert(error);
                    continue;
                }
            };
            if sent.is_some()
                && let Ok(Some(found)) = self.tx(hash).await
            {
                return self.received(found);
            }
            let reason = match (node.offer(tx, &outline).await, &sent) {
                (Ok(Submission::Refused(error)), None) if !error.is_of_node() => return Err(error),
                (Ok(Submission::Duplicate), None) => match self.wait_for_block_of(hash).await {
                    Some(_) => return Err(outline.used_up()),
                    None => "no block has it".to_owned(),
                },
                // A node that an earlier one has passed it on to may refuse it for that.
                (Ok(Submission::Accepted | Submission::Duplicate | Submission::Refused(_)), _) => {
                    match self.wait_for_block_of(hash).await {
                        Some(found) => return self.received(found),
                        None => "no block has it".to_owned(),
                    }
                }
                (Ok(Submission::Unknown(error)) | Err(error), _) => {
                    member.failed(&error);
                    error.to_string()
                }
            };
            let seconds = self.inner.confirm_timeout.as_secs();
            sent.get_or_insert(ChainError::Unconfirmed { hash, seconds, reason });
        }
        Err(sent.or(failed).unwrap_or_else(|| self.nobody()))
    }

    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        let (mut failed, mut asked) = (None, false);
        for member in self.order() {
            let found = match member.node().await {
                Ok(node) => node.find(hash).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(Some(found)) => return Ok(Some(found)),
                // It may be in a block that this one does not have yet.
                Ok(None) => asked = true,
                Err(error) => {
                    member.failed(&error);
                    failed.get_or_insert(error);
                }
            }
        }
        if asked { Ok(None) } else { Err(failed.unwrap_or_else(|| self.nobody())) }
    }

    fn blocks_from(&self, height: u64) -> BlockCursor {
        // Who goes back, because the chain was rolled back, asks about what there was then.
        self.inner.floor.fetch_min(height.saturating_sub(1), Ordering::Relaxed);
        BlockCursor::new(Arc::new(self.clone()), height)
    }
}
