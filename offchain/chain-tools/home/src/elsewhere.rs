//! Networks that options name in place of the home folder's own.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_chain::{Chain, Cosmos, CosmosOptions, RpcUrl};
use bithive_client::{Client, NetworkFile};

use crate::{HomeKeys, deployments, target};

/// The network of a file that `bithive deployment export` wrote, at one of its servers or at the URL `chain`; or what the home folder knows of
/// `chain`, a URL or a name of its devnet, with the keystores that belong to it. None where neither is given: the home folder's own is meant.
///
/// # Errors
/// A file that is no network, a chain that does not answer, or one on which the home folder knows no contracts.
pub async fn elsewhere(
    network: Option<&Path>,
    chain: Option<&str>,
    home: &Path,
) -> Result<Option<(Client, Option<HomeKeys>)>> {
    Ok(match (network, chain) {
        (None, None) => None,
        (None, Some(chain)) => {
            let chain: Arc<dyn Chain> = Arc::new(target(chain, home).await?.chain);
            let chain_id = chain.info().await?.chain_id;
            let (deployment, folder) = deployments::known(home, &chain_id)?.with_context(|| {
                format!(
                    "{} knows no contracts on {chain_id}; name the file of the network with --network, or another folder with --home",
                    home.display()
                )
            })?;
            Some((Client::new(chain, deployment), Some(HomeKeys::at(&folder))))
        }
        (Some(file), chain) => Some((of_file(file, chain).await?, None)),
    })
}

async fn of_file(file: &Path, url: Option<&str>) -> Result<Client> {
    let NetworkFile { deployment, rpc, .. } = NetworkFile::read(file)?;
    let servers = match url {
        Some(url) => vec![url.parse::<RpcUrl>().with_context(|| format!("--chain {url:?}"))?],
        None => rpc,
    };
    ensure!(!servers.is_empty(), "{} names no RPC server; expected --chain URL", file.display());
    let mut problems = Vec::new();
    for url in servers {
        let options = CosmosOptions::new(url.as_str()).chain_id(deployment.chain_id.as_str());
        match Cosmos::connect(options).await.context(url) {
            Ok(chain) => return Ok(Client::new(Arc::new(chain), deployment)),
            Err(error) => problems.push(format!("{error:#}")),
        }
    }
    bail!(
        "no RPC server of {} answers: {}; name another one with --chain URL",
        deployment.chain_id,
        problems.join("; ")
    )
}
