//! A chain and an exchange that fail when told to: a crash, as the program sees it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bithive_chain::{Account, BlockCursor, Chain, ChainError, ChainInfo, Embedded, GasUse, Receipt, TxHash};
use bithive_exchange::{Digest, Exchange, ExchangeError, Message, PeerId, Protocol, Service};
use bytes::Bytes;

/// A chain that loses transactions or the answers to them.
pub struct FlakyChain {
    inner: Embedded,
    /// So many transactions never arrive.
    pub lose: AtomicUsize,
    /// So many transactions take effect and their answer is lost.
    pub lose_answer: AtomicUsize,
    /// So many answers of contracts can't be read.
    pub garble: AtomicUsize,
    /// Its newest block is so many seconds after the newest that can be read.
    pub ahead: AtomicU64,
}

impl FlakyChain {
    pub fn new(inner: Embedded) -> Arc<Self> {
        let (lose, lose_answer, garble, ahead) = Default::default();
        Arc::new(Self { inner, lose, lose_answer, garble, ahead })
    }
}

fn takes_one(counter: &AtomicUsize) -> bool {
    counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

fn down() -> ChainError {
    ChainError::NodeDown { reason: "the test says so".into() }
}

#[async_trait]
impl Chain for FlakyChain {
    async fn info(&self) -> Result<ChainInfo, ChainError> {
        let mut info = self.inner.info().await?;
        info.time = info.time.plus_seconds(self.ahead.load(Ordering::SeqCst));
        Ok(info)
    }

    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        if takes_one(&self.garble) {
            return Err(ChainError::Decode { what: "answer".into(), reason: "the test says so".into() });
        }
        self.inner.query_smart(contract, msg).await
    }

    async fn account(&self, address: &str) -> Result<Account, ChainError> {
        self.inner.account(address).await
    }

    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        self.inner.balance(address, denom).await
    }

    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        self.inner.simulate(tx).await
    }

    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        if takes_one(&self.lose) {
            return Err(down());
        }
        let receipt = self.inner.broadcast(tx).await?;
        if takes_one(&self.lose_answer) { Err(down()) } else { Ok(receipt) }
    }

    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        self.inner.tx(hash).await
    }

    fn blocks_from(&self, height: u64) -> BlockCursor {
        self.inner.blocks_from(height)
    }
}

/// An exchange on which nothing can be sent, asked or discarded, or some content found.
pub struct FlakyExchange {
    inner: Arc<dyn Exchange>,
    pub mute: AtomicBool,
    pub stuck: AtomicBool,
    pub hidden: Mutex<BTreeSet<Digest>>,
    /// Content that never comes, without an error.
    pub stalled: Mutex<BTreeSet<Digest>>,
    /// What was removed.
    pub removed: Mutex<Vec<Digest>>,
}

impl FlakyExchange {
    pub fn new(inner: Arc<dyn Exchange>) -> Arc<Self> {
        let (mute, stuck) = (AtomicBool::new(false), AtomicBool::new(false));
        let (hidden, stalled, removed) = (Mutex::default(), Mutex::default(), Mutex::default());
        Arc::new(Self { inner, mute, stuck, hidden, stalled, removed })
    }

    fn check(&self, peer: PeerId, protocol: Protocol) -> Result<(), ExchangeError> {
        if self.mute.load(Ordering::SeqCst) {
            Err(ExchangeError::Unreachable { peer, protocol: protocol.name() })
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Exchange for FlakyExchange {
    fn id(&self) -> PeerId {
        self.inner.id()
    }

    async fn request(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<Bytes, ExchangeError> {
        self.check(to, protocol)?;
        self.inner.request(to, protocol, body).await
    }

    fn serve(&self, protocol: Protocol, service: Arc<dyn Service>) {
        self.inner.serve(protocol, service);
    }

    async fn send(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<(), ExchangeError> {
        self.check(to, protocol)?;
        self.inner.send(to, protocol, body).await
    }

    async fn waiting(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError> {
        self.inner.waiting(protocol).await
    }

    async fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<(), ExchangeError> {
        if self.stuck.load(Ordering::SeqCst) {
            return Err(ExchangeError::Storage(std::io::Error::other("no space left")));
        }
        self.inner.discard(protocol, messages).await
    }

    async fn arrived(&self) {
        self.inner.arrived().await;
    }

    async fn publish(&self, content: Bytes) -> Result<Digest, ExchangeError> {
        self.inner.publish(content).await
    }

    async fn fetch(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Bytes, ExchangeError> {
        if self.hidden.lock().unwrap().contains(&digest) {
            return Err(ExchangeError::NotFound { digest: hex::encode(digest), asked: providers.len() });
        }
        let is_stalled = self.stalled.lock().unwrap().contains(&digest);
        if is_stalled {
            std::future::pending::<()>().await;
        }
        self.inner.fetch(digest, providers, limit).await
    }

    async fn remove(&self, digest: Digest) -> Result<(), ExchangeError> {
        self.removed.lock().unwrap().push(digest);
        self.inner.remove(digest).await
    }
}
