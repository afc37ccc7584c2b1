//! Chains behind a node's RPC: those of the home's devnet by name, others by URL.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bithive_chain::{Chain, Cosmos, CosmosOptions, RpcUrl, SigningKey, Wallet};
use bithive_deploy::OPERATOR_MINIMUM;
use bithive_devnet::Devnet;
use cosmwasm_std::coin;

/// Longest time between two looks at a chain of the devnet.
const LONGEST_POLL: Duration = Duration::from_millis(500);
/// What the faucet of a devnet gives an operator, as an embedded chain does: enough for every node's fees.
const FAUCET_GRANT: u128 = 1_000_000_000_000_000;

/// A chain to deploy to.
pub struct Target {
    /// Where the node's RPC is.
    pub url: RpcUrl,
    /// Client of the chain's node.
    pub chain: Cosmos,
    /// Holds coins for everybody on a devnet.
    pub faucet: Option<SigningKey>,
}

/// The devnet of a home.
pub fn devnet(home: &Path) -> Result<Devnet> {
    Ok(Devnet::at(&home.join("devnet"))?)
}

/// The chain called `name` of the devnet, or the one behind the URL `name`.
pub async fn target(name: &str, home: &Path) -> Result<Target> {
    if name.starts_with("http://") || name.starts_with("https://") {
        let url: RpcUrl = name.parse().with_context(|| format!("chain {name:?}"))?;
        let chain = Cosmos::connect(CosmosOptions::new(name)).await?;
        return Ok(Target { url, chain, faucet: None });
    }
    let devnet = devnet(home)?;
    let state = devnet.state()?;
    let chain = state.chain(name)?;
    let options = CosmosOptions::new(chain.rpc_url())
        .chain_id(&chain.chain_id)
        .poll_interval((chain.block_time.duration() / 4).min(LONGEST_POLL));
    let connected = Cosmos::connect(options).await.with_context(|| format!("chain {name} of the devnet"))?;
    Ok(Target { url: chain.rpc_url().parse()?, chain: connected, faucet: Some(devnet.faucet(chain)?) })
}

/// Gives the operator coins where there is a faucet.
pub async fn fund(target: &Target, operator: &str) -> Result<()> {
    let Some(faucet) = &target.faucet else { return Ok(()) };
    let denom = target.chain.info().await?.fee_denom;
    if target.chain.balance(operator, &denom).await? < OPERATOR_MINIMUM {
        let faucet = Wallet::connect(Arc::new(target.chain.clone()), faucet.clone()).await?;
        faucet.send(operator, &[coin(FAUCET_GRANT, denom)]).await.context("coins from the faucet")?;
    }
    Ok(())
}
