//! Blocks by their heights.

use super::{Cosmos, Inner, http::CallError, result, same_chain};
use crate::{
    Block, BlockSource, ChainError, TxResult,
    rpc::wire::{AbciInfo, BlockAnswer, BlockResults, data_hash, read_time},
};
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::atomic::Ordering;
use tokio::time::{Instant, sleep};

#[async_trait]
impl BlockSource for Cosmos {
    async fn block_at(&self, height: u64) -> Result<Block, ChainError> {
        self.wait_for(height).await?;
        let block = self.at("block", height).await?;
        let results = self.results(height).await?;
        self.committed(height).await?;
        self.assemble(height, block, results)
    }
}

impl Cosmos {
    /// Waits until the node has the block at `height`. A node that lacks even the block before it is behind: that block
    /// was read already, from this node or from another one of the same chain.
    pub(super) async fn wait_for(&self, height: u64) -> Result<(), ChainError> {
        let options = &self.inner.options;
        let deadline = Instant::now() + options.confirm_timeout;
        while self.inner.head.load(Ordering::Relaxed) < height {
            let head = self.head().await?.height;
            self.inner.head.fetch_max(head, Ordering::Relaxed);
            if head >= height {
                break;
            }
            if head.saturating_add(1) < height && Instant::now() >= deadline {
                return Err(ChainError::NodeBehind { height: head, wanted: height });
            }
            sleep(options.poll_interval).await;
        }
        Ok(())
    }

    /// The results of a block, which a node stores a moment after the block.
    async fn results(&self, height: u64) -> Result<BlockResults, ChainError> {
        let options = &self.inner.options;
        let deadline = Instant::now() + options.request_timeout;
        loop {
            match self.at("block_results", height).await {
                Err(ChainError::Decode { reason, .. })
                    if reason.contains("could not find results") && Instant::now() < deadline =>
                {
                    sleep(options.poll_interval).await;
                }
                answer => return answer,
            }
        }
    }

    /// Waits until queries see the block's effects: a node shows a block's results while it still commits its state, and
    /// a query about an event must find what the event reports.
    pub(super) async fn committed(&self, height: u64) -> Result<(), ChainError> {
        let Inner { rpc, options, committed, .. } = &*self.inner;
        let deadline = Instant::now() + options.request_timeout;
        while committed.load(Ordering::Relaxed) < height {
            let info: AbciInfo = rpc.call("abci_info", json!({})).await.map_err(|error| match error {
                CallError::Chain(error) => error,
                CallError::Refused(reason) => rpc.malformed("abci_info", reason),
            })?;
            let found = info.response.last_block_height.u64();
            committed.fetch_max(found, Ordering::Relaxed);
            if found < height {
                if Instant::now() >= deadline {
                    return Err(ChainError::NodeBehind { height: found, wanted: height });
                }
                sleep(options.poll_interval).await;
            }
        }
        Ok(())
    }

    async fn at<T: DeserializeOwned>(&self, method: &str, height: u64) -> Result<T, ChainError> {
        let rpc = &self.inner.rpc;
        match rpc.call(method, json!({ "height": height.to_string() })).await {
            Ok(answer) => Ok(answer),
            Err(CallError::Chain(error)) => Err(error),
            Err(CallError::Refused(words)) if words.contains("lowest height is") => {
                let lowest = words.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0);
                Err(ChainError::Pruned { height, lowest })
            }
            Err(CallError::Refused(words)) if words.contains("must be less than or equal to") => {
                // The node has fewer blocks than it showed before.
                self.inner.head.store(0, Ordering::Relaxed);
                self.inner.committed.store(0, Ordering::Relaxed);
                let head = self.head().await?.height;
                Err(ChainError::NodeBehind { height: head, wanted: height })
            }
            Err(CallError::Refused(words)) => Err(rpc.malformed(&format!("{method} {height}"), words)),
        }
    }

    fn assemble(&self, height: u64, block: BlockAnswer, results: BlockResults) -> Result<Block, ChainError> {
        let malformed =
            |what: &str, reason: String| self.inner.rpc.malformed(&format!("{what} {height}"), reason);
        let hash = block.block_id.read().map_err(|error| malformed("block", error.to_string()))?;
        let (header, txs) = (block.block.header, block.block.data.txs);
        let parent = header.last_block_id.read().map_err(|error| malformed("block", error.to_string()))?;
        same_chain(&self.inner.chain_id, &header.chain_id)?;
        for (what, got) in [("block", header.height), ("block_results", results.height)] {
            if got.u64() != height {
                return Err(malformed(what, format!("height is {got}")));
            }
        }
        if header.data_hash != data_hash(&txs) {
            return Err(malformed("block", "its transactions are not those of its header".into()));
        }
        if txs.len() != results.txs_results.len() {
            let reason = format!("{} results of {} transactions", results.txs_results.len(), txs.len());
            return Err(malformed("block_results", reason));
        }
        let time = read_time(&header.time).map_err(|error| malformed("block", error.to_string()))?;
        let txs: Vec<TxResult> = txs
            .iter()
            .zip(results.txs_results)
            .map(|(tx, result)| result::read(tx, result, &self.inner.chain_id))
            .collect::<Result<_, _>>()
            .map_err(|reason| malformed("block_results", reason))?;
        Ok(Block { height, hash, parent, time, txs })
    }
}
