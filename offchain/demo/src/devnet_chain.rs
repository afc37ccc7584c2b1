//! The demo's chain when it is a real one: the first chain of the devnet, with contracts of the demo's own.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_chain::Cosmos;
use bithive_client::Deployment;
use bithive_deploy::Artifacts;
use bithive_dgkbe::Crs;
use bithive_home::{Target, fund, target};
use bithive_local::{self as local, Founders};

/// Name of the chain in the devnet.
const CHAIN: &str = "token";

/// A chain that runs, and the wasm for it.
pub(super) struct DevnetChain {
    target: Target,
    artifacts: Artifacts,
}

impl DevnetChain {
    /// Looks for both.
    pub(super) async fn find(home: &Path, artifacts: &Path) -> Result<Self> {
        let artifacts = Artifacts::read(artifacts)?;
        let target = target(CHAIN, home).await.context("--chain devnet: `bithive devnet up` starts it")?;
        Ok(Self { target, artifacts })
    }

    /// Client of the chain's node.
    pub(super) fn chain(&self) -> &Cosmos {
        &self.target.chain
    }

    /// Creates contracts that are the demo's own: other deployments on the chain stay as they are.
    pub(super) async fn deploy(&self, founders: &Founders, crs: &Crs, groups: u16) -> Result<Deployment> {
        fund(&self.target, founders.operator.address()).await?;
        local::deploy_wasm(self.chain(), &self.artifacts, founders, crs, groups).await
    }
}
