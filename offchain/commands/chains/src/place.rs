//! Where a command of the operator acts: the embedded chain of a home folder, or a deployment on another chain.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use bithive_chain::Wallet;
use bithive_client::OwnerSettings;
use bithive_command_kit::waiting::Watched;
use bithive_deploy::Contract;
use bithive_home::deployments::deployed;
use bithive_home::{Home, target};

/// Which chain a command means.
#[derive(clap::Args)]
pub(super) struct PlaceArgs {
    /// A chain of the devnet (token, data, model), or the URL of a node's RPC; the embedded chain of the home folder when left out.
    #[arg(long, value_name = "NAME|URL", global = true)]
    chain: Option<String>,
}

/// A deployment on its chain, and who pays.
pub(super) struct Place {
    /// Id of the chain.
    pub(super) chain_id: String,
    /// Address of each contract.
    pub(super) contracts: BTreeMap<Contract, String>,
    /// The operator's account, which signs and pays the fees.
    pub(super) wallet: Wallet,
}

impl PlaceArgs {
    /// The deployment that is meant.
    ///
    /// # Errors
    /// There is none, its chain does not answer, or its operator's key is not in the home folder.
    pub(super) async fn open(&self, home: &Path) -> Result<Place> {
        let Some(name) = &self.chain else {
            let home = Home::open(home).await?;
            let deployment = home.local.client.deployment();
            let contracts = deployment.contracts().map(|(contract, at)| (contract, at.to_owned())).collect();
            let chain = Arc::new(home.local.chain.clone());
            let wallet = Wallet::connect(chain, home.key("operator")?).await?;
            return Ok(Place { chain_id: deployment.chain_id.clone(), contracts, wallet });
        };
        let chain = target(name, home).await?.chain;
        let chain_id = chain.chain_id().to_owned();
        let (contracts, operator) = deployed(home, &chain_id)?;
        let wallet = Wallet::connect(Arc::new(chain), operator).await?;
        Ok(Place { chain_id, contracts, wallet })
    }

    /// The option as it is written, after a blank; empty for the home folder.
    #[must_use]
    pub(super) fn option(&self) -> String {
        self.chain.as_ref().map(|chain| format!(" --chain {chain}")).unwrap_or_default()
    }
}

impl Place {
    /// Its contracts, whose settings wait; `apply_all` is the command that applies what is due.
    pub(super) fn watched(&self, apply_all: String) -> Watched<'_> {
        let contracts = self.contracts.iter().map(|(contract, at)| (*contract, at.as_str())).collect();
        Watched { chain: self.wallet.chain().as_ref(), chain_id: &self.chain_id, contracts, apply_all }
    }

    /// What owners have announced in its contracts.
    ///
    /// # Errors
    /// The chain does not answer.
    pub(super) async fn settings(&self) -> Result<OwnerSettings> {
        self.watched(String::new()).settings().await
    }
}
