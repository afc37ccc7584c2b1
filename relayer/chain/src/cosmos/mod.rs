//! A chain behind the JSON-RPC of a CometBFT node: any chain with CosmWasm, or an [`crate::Embedded`] that another
//! process serves.
//!
//! - settings, `options.rs`; requests, bounded and checked, `http.rs`;
//! - the state of the chain, `query.rs`; its contract codes, `code.rs`;
//! - its channels to other chains, `ibc.rs`;
//! - sending transactions and finding them, `broadcast.rs`;
//! - following blocks, `blocks.rs`;
//! - the same chain behind several nodes, `failover.rs`; requests of others for them, `forward.rs`;
//! - a summary of a transaction, `outline.rs`, its result, `result.rs`, and why it failed, `failure.rs`.
//!
//! A node's answers are checked for form and for belonging to the question: chain id, height, hash, and that a
//! block's transactions are those its header commits to. They are not checked against the validators' signatures:
//! whoever does not run the node trusts its operator for what the state is. A node can never spend: it sees
//! no key, the chain id is held fixed, and gas limit and price are bounded on this side.

mod blocks;
mod broadcast;
mod code;
mod failover;
mod failure;
mod forward;
mod http;
mod ibc;
mod options;
mod outline;
mod query;
mod result;
mod url;

pub use code::{CodeInfo, ContractInfo};
pub use failover::{Failover, MAX_NODES, connect_any};
pub use forward::{Forward, Forwarded};
pub use ibc::ChannelInfo;
pub use options::CosmosOptions;
pub use url::{NotAnRpcUrl, RpcUrl};

use crate::{
    Account, BECH32_PREFIX, BlockCursor, Chain, ChainError, ChainInfo, GasUse, Receipt, TxHash,
    rpc::wire::{Status, read_time},
};
use async_trait::async_trait;
use cosmwasm_std::Timestamp;
use http::{CallError, Rpc};
use serde_json::json;
use std::sync::{Arc, atomic::AtomicU64};

/// Handle of a chain behind a node; clones share connections.
#[derive(Clone)]
pub struct Cosmos {
    inner: Arc<Inner>,
}

struct Inner {
    rpc: Rpc,
    options: CosmosOptions,
    chain_id: String,
    /// Greatest height that the node has shown.
    head: AtomicU64,
    /// Greatest height whose effects the node's queries have shown to have.
    committed: AtomicU64,
}

/// Height and time of the node's last block.
struct Head {
    height: u64,
    time: Timestamp,
}

impl Cosmos {
    /// Connects to a node and checks that it is of the right chain, with addresses of this network.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] for settings and for a chain with other addresses; [`ChainError::NodeDown`];
    /// [`ChainError::WrongChainId`].
    pub async fn connect(options: CosmosOptions) -> Result<Self, ChainError> {
        options.fee_denom.parse::<cosmrs::Denom>().map_err(|error| ChainError::InvalidConfig {
            field: "fee_denom".into(),
            reason: format!("{:?}: {error}", options.fee_denom),
        })?;
        let rpc = Rpc::new(&options)?;
        let found = status(&rpc).await?.node_info.network;
        if found.is_empty() || found.len() > 50 {
            return Err(
                rpc.malformed("status", format!("chain id has {} bytes, expected 1 to 50", found.len()))
            );
        }
        let chain_id = options.chain_id.clone().unwrap_or_else(|| found.clone());
        same_chain(&chain_id, &found)?;
        let inner = Inner { rpc, options, chain_id, head: AtomicU64::new(0), committed: AtomicU64::new(0) };
        let chain = Self { inner: Arc::new(inner) };
        let prefix = chain.prefix().await?;
        if prefix != BECH32_PREFIX {
            let reason = format!("the chain has {prefix:?}, expected {BECH32_PREFIX:?}");
            return Err(ChainError::InvalidConfig { field: "bech32_prefix".into(), reason });
        }
        Ok(chain)
    }

    /// Chain id, fixed when connected.
    #[must_use]
    pub fn chain_id(&self) -> &str {
        &self.inner.chain_id
    }

    async fn head(&self) -> Result<Head, ChainError> {
        let status = status(&self.inner.rpc).await?;
        same_chain(&self.inner.chain_id, &status.node_info.network)?;
        let height = status.sync_info.latest_block_height.u64();
        if status.sync_info.catching_up {
            let reason = format!("{} is still syncing, at height {height}", self.inner.rpc.name());
            return Err(ChainError::NodeDown { reason });
        }
        if height == 0 {
            let reason = format!("{} has no block yet", self.inner.rpc.name());
            return Err(ChainError::NodeDown { reason });
        }
        let time = read_time(&status.sync_info.latest_block_time)
            .map_err(|error| self.inner.rpc.malformed("status", error.to_string()))?;
        Ok(Head { height, time })
    }
}

/// A chain from the one line of a program's configuration: the URL of a node, with the other settings as
/// [`CosmosOptions::new`] has them.
///
/// # Errors
/// As [`Cosmos::connect`].
pub async fn connect(rpc: &str) -> Result<Arc<dyn Chain>, ChainError> {
    Ok(Arc::new(Cosmos::connect(CosmosOptions::new(rpc)).await?))
}

async fn status(rpc: &Rpc) -> Result<Status, ChainError> {
    rpc.call("status", json!({})).await.map_err(|error| match error {
        CallError::Chain(error) => error,
        CallError::Refused(reason) => rpc.malformed("status", reason),
    })
}

fn same_chain(expected: &str, got: &str) -> Result<(), ChainError> {
    if expected == got {
        return Ok(());
    }
    let got = got.chars().take(64).collect();
    Err(ChainError::WrongChainId { expected: expected.into(), got })
}

#[async_trait]
impl Chain for Cosmos {
    async fn info(&self) -> Result<ChainInfo, ChainError> {
        let Head { height, time } = self.head().await?;
        let CosmosOptions { fee_denom, gas_price, max_gas_price, .. } = self.inner.options.clone();
        let chain_id = self.inner.chain_id.clone();
        let (bech32_prefix, max_gas_price) = (BECH32_PREFIX.into(), max_gas_price.max(gas_price));
        Ok(ChainInfo { chain_id, height, time, fee_denom, gas_price, max_gas_price, bech32_prefix })
    }

    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        self.ask_contract(contract, msg).await
    }

    async fn account(&self, address: &str) -> Result<Account, ChainError> {
        self.ask_account(address).await
    }

    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        self.ask_balance(address, denom).await
    }

    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        self.try_out(tx).await
    }

    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        self.send(tx).await
    }

    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        self.find(hash).await
    }

    fn blocks_from(&self, height: u64) -> BlockCursor {
        BlockCursor::new(Arc::new(self.clone()), height)
    }
}
