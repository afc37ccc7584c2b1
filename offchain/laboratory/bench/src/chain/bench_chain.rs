//! A devnet for the measurement: one chain in a folder that is removed at the end.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_chain::{Chain as _, Cosmos, CosmosOptions, Wallet};
use bithive_client::Deployment;
use bithive_deploy::Artifacts;
use bithive_devnet::{BlockTime, Devnet, Up};
use bithive_dgkbe::Crs;
use bithive_local::{Founders, deploy_wasm};
use cosmwasm_std::coin;
use rand_chacha::ChaCha20Rng;
use serde_json::Value;
use std::sync::Arc;
use tempfile::TempDir;

/// What the operator gets of the faucet's coins.
const OPERATOR_FEES: u128 = 100_000_000_000_000_000;

/// A chain that runs, and ends when this is dropped.
pub(crate) struct BenchChain {
    devnet: Devnet,
    folder: TempDir,
    /// Client of the node.
    pub(crate) client: Cosmos,
    /// Process of its node.
    pub(crate) pid: u32,
    /// Most gas and bytes of a block.
    pub(crate) block_gas: u64,
    pub(crate) block_bytes: u64,
}

impl BenchChain {
    /// Starts a chain with this time between blocks; `program` gives the node's.
    pub(crate) async fn open(
        block_time: BlockTime,
        program: impl FnOnce() -> Result<PathBuf> + Send,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self> {
        let program = program()?;
        let folder = tempfile::tempdir()?;
        let devnet = Devnet::at(folder.path())?;
        let up = Up { chains: Some(1), block_time: Some(block_time) };
        let chains = tokio::task::block_in_place(|| devnet.up(up, || Ok(program), rng, &|_| ()));
        // From here on the node is ended by the drop of a half-made chain, too.
        let guard = Guard(&devnet);
        let (status, _) = chains?.into_iter().next().context("the devnet has no chain")?;
        let pid = status.pid.context("the node has no process")?;
        let poll = block_time.duration() / 8;
        let options = CosmosOptions::new(status.rpc).chain_id(status.chain_id).poll_interval(poll);
        let client = Cosmos::connect(options).await?;
        let genesis = folder.path().join(&status.name).join("config/genesis.json");
        let (block_gas, block_bytes) = limits(&genesis)?;
        std::mem::forget(guard);
        Ok(Self { devnet, folder, client, pid, block_gas, block_bytes })
    }

    /// Deploys the contracts' wasm to it.
    pub(crate) async fn deploy(
        &self,
        artifacts: &Artifacts,
        (founders, crs, groups): (&Founders, &Crs, u16),
    ) -> Result<Deployment> {
        let state = self.devnet.state()?;
        let first = state.chains.first().context("the devnet has no chain")?;
        let faucet = Wallet::connect(Arc::new(self.client.clone()), self.devnet.faucet(first)?).await?;
        let denom = self.client.info().await?.fee_denom;
        faucet.send(founders.operator.address(), &[coin(OPERATOR_FEES, denom)]).await?;
        deploy_wasm(&self.client, artifacts, founders, crs, groups).await
    }
}

impl Drop for BenchChain {
    fn drop(&mut self) {
        if let Err(error) = self.devnet.reset() {
            eprintln!("the devnet in {} could not be removed: {error}", self.folder.path().display());
        }
    }
}

/// Stops the processes of a start that failed.
struct Guard<'a>(&'a Devnet);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // The error of the start is the one to show.
        let _ = self.0.reset();
    }
}

/// Most gas and bytes of a block, as the chain's genesis says.
fn limits(genesis: &Path) -> Result<(u64, u64)> {
    let text = std::fs::read(genesis).with_context(|| genesis.display().to_string())?;
    let genesis: Value = serde_json::from_slice(&text)?;
    let limit = |name: &str| -> Result<u64> {
        let value = genesis.pointer(&format!("/consensus/params/block/{name}")).and_then(Value::as_str);
        value.and_then(|value| value.parse().ok()).with_context(|| format!("the genesis has no {name}"))
    };
    Ok((limit("max_gas")?, limit("max_bytes")?))
}
