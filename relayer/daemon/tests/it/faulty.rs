//! A chain that does what a test says at each call: answers, fails before or after it did what was asked, or never
//! comes back, as for a process that is killed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bithive_chain::{
    Account, Block, BlockCursor, BlockSource, Chain, ChainError, ChainInfo, GasUse, Receipt, TxHash,
};
use tokio::sync::Notify;

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// The question is lost.
    LostBefore,
    /// The answer is lost.
    LostAfter,
    /// The caller is killed before its question arrives.
    KilledBefore,
    /// The caller is killed before the answer arrives.
    KilledAfter,
}

type Script = Arc<Mutex<dyn FnMut(&str, usize) -> Fate + Send>>;

/// The chain; clones share the count of calls.
#[derive(Clone)]
pub(crate) struct Faulty {
    inner: Arc<dyn Chain>,
    script: Script,
    calls: Arc<AtomicUsize>,
    killed: Arc<Notify>,
}

impl Faulty {
    /// The script gets the name of each call and how many there were before.
    pub(crate) fn new(
        inner: Arc<dyn Chain>,
        script: impl FnMut(&str, usize) -> Fate + Send + 'static,
    ) -> Self {
        let script = Arc::new(Mutex::new(script));
        Self { inner, script, calls: Arc::default(), killed: Arc::default() }
    }

    /// Resolves once the caller is to be killed.
    pub(crate) async fn killed(&self) {
        self.killed.notified().await;
    }

    async fn call<T>(
        &self,
        name: &str,
        call: impl Future<Output = Result<T, ChainError>>,
    ) -> Result<T, ChainError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let fate = (self.script.lock().unwrap())(name, number);
        let lost = || Err(ChainError::NodeDown { reason: format!("{name} is lost") });
        match fate {
            Fate::Answered => call.await,
            Fate::LostBefore => lost(),
            Fate::LostAfter => {
                let _ = call.await;
                lost()
            }
            Fate::KilledBefore => self.die().await,
            Fate::KilledAfter => {
                let _ = call.await;
                self.die().await
            }
        }
    }

    async fn die<T>(&self) -> T {
        self.killed.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl Chain for Faulty {
    async fn info(&self) -> Result<ChainInfo, ChainError> {
        self.call("info", self.inner.info()).await
    }

    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        self.call("query", self.inner.query_smart(contract, msg)).await
    }

    async fn account(&self, address: &str) -> Result<Account, ChainError> {
        self.call("account", self.inner.account(address)).await
    }

    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        self.call("balance", self.inner.balance(address, denom)).await
    }

    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        self.call("simulate", self.inner.simulate(tx)).await
    }

    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        self.call("broadcast", self.inner.broadcast(tx)).await
    }

    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        self.call("tx", self.inner.tx(hash)).await
    }

    fn blocks_from(&self, height: u64) -> BlockCursor {
        BlockCursor::new(Arc::new(self.clone()), height)
    }
}

#[async_trait]
impl BlockSource for Faulty {
    async fn block_at(&self, height: u64) -> Result<Block, ChainError> {
        let mut cursor = self.inner.blocks_from(height);
        self.call("block", cursor.next()).await
    }
}
