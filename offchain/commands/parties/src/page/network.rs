//! A page before a chain that runs elsewhere.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use bithive_chain::{Chain, Cosmos, CosmosOptions, connect_any};
use bithive_client::{Client, NetworkFile, discover};
use bithive_command_kit::Output;
use bithive_contracts::Contract;
use bithive_daemon::Stop;
use bithive_daemon::config::{RelayUrl, RpcUrl};
use bithive_home::{CRS, deployments};
use bithive_page::{Node, PageOptions};

use super::{NetworkArgs, PageArgs, reports, sessions};

/// A network, as the chain and the command line say.
struct Network {
    client: Client,
    nodes: Vec<CosmosOptions>,
    relays: Vec<RelayUrl>,
    reference_string: Option<Vec<u8>>,
}

/// Serves the page of a network whose chain is behind nodes.
pub(super) async fn serve(
    args: &PageArgs,
    home: &Path,
    state: &Path,
    stop: Stop,
    output: Output,
) -> Result<()> {
    let Network { client, nodes, relays, reference_string } = find(&args.network, home).await?;
    // Without a registry nobody is a member: there are no endpoints to talk to, and none that would answer.
    let names = match client.deployment().get(Contract::Registry) {
        Some(_) => args.sessions.as_slice(),
        None => &[],
    };
    let opened = sessions::open(names, &args.network, &relays, &client, state).await?;
    let (sessions, transports): (Vec<_>, Vec<_>) = opened.into_iter().unzip();
    let (info, deployment) = (client.chain().info().await?, client.deployment().clone());
    let options = PageOptions {
        listen: args.address.listen,
        hosts: args.address.hosts.clone(),
        origins: args.address.origins.clone(),
        reference_string,
        sessions,
        reports: reports::open(&args.reports, &deployment)?,
        ..PageOptions::new(Node::behind(nodes)?, info, deployment, &state.join("spool"))
    };
    let served = super::serve(options, args.metrics, &stop, output).await;
    for transport in transports {
        transport.close().await;
    }
    served
}

async fn find(args: &NetworkArgs, home: &Path) -> Result<Network> {
    match (&args.network, &args.contract) {
        (Some(file), _) => of_file(args, file).await,
        (None, Some(contract)) => {
            let (chain, nodes) = connect(&args.chain, None).await?;
            let deployment = discover(chain.as_ref(), contract).await?;
            let client = Client::new(chain, deployment);
            let reference_string = match &args.reference_string {
                Some(file) => Some(checked(&client, file).await?),
                None => None,
            };
            Ok(Network { client, nodes, relays: args.relays.clone(), reference_string })
        }
        (None, None) => of_home(args, home).await,
    }
}

/// The network of a file, whose addresses have to be those that the market on the chain names.
async fn of_file(args: &NetworkArgs, file: &Path) -> Result<Network> {
    let NetworkFile { deployment, rpc, relays, reference_string } = NetworkFile::read(file)?;
    let servers = if args.chain.is_empty() { rpc } else { args.chain.clone() };
    ensure!(
        !servers.is_empty(),
        "{} names no RPC server of the chain {}; expected --chain URL",
        file.display(),
        deployment.chain_id
    );
    let (chain, nodes) = connect(&servers, Some(&deployment.chain_id)).await?;
    let found = discover(chain.as_ref(), deployment.jobs()).await?;
    if let Some((what, of_chain, of_file)) = deployment.difference(&found) {
        bail!(
            "{} is wrong: the {what} of the job market {} is {of_chain}, and the file says {of_file}; ask for a new file",
            file.display(),
            deployment.jobs()
        );
    }
    let client = Client::new(chain, deployment);
    client.check_reference_string(&reference_string, &file.display().to_string()).await?;
    let relays = if args.relays.is_empty() { relays } else { args.relays.clone() };
    Ok(Network { client, nodes, relays, reference_string: Some(reference_string) })
}

/// What was deployed on the chain from the home folder: its own network, which another process serves, or one on another chain, which may have no
/// market.
async fn of_home(args: &NetworkArgs, home: &Path) -> Result<Network> {
    let (chain, nodes) = connect(&args.chain, None).await?;
    let chain_id = chain.info().await?.chain_id;
    let (deployment, folder) = deployments::known(home, &chain_id)?.with_context(|| {
        format!(
            "{} knows no deployment on {chain_id}; expected --network FILE, which `bithive deployment export` writes, or --contract ADDRESS",
            home.display()
        )
    })?;
    let client = Client::new(chain, deployment);
    let reference_string = match client.deployment().get(Contract::Registry) {
        Some(_) => Some(checked(&client, &folder.join(CRS)).await?),
        None => None,
    };
    Ok(Network { client, nodes, relays: args.relays.clone(), reference_string })
}

/// A file with the reference string whose digest the registry holds.
async fn checked(client: &Client, file: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    client.check_reference_string(&bytes, &file.display().to_string()).await?;
    Ok(bytes)
}

/// The chain behind these servers; the first says which chain is meant, where nobody else does.
async fn connect(servers: &[RpcUrl], chain_id: Option<&str>) -> Result<(Arc<dyn Chain>, Vec<CosmosOptions>)> {
    let first = servers.first().context("expected --chain URL, an RPC server of the chain")?;
    let chain_id = match chain_id {
        Some(chain_id) => chain_id.to_owned(),
        None => Cosmos::connect(CosmosOptions::new(first.as_str())).await?.chain_id().to_owned(),
    };
    let options = |rpc: &RpcUrl| CosmosOptions::new(rpc.as_str()).chain_id(chain_id.as_str());
    let nodes: Vec<CosmosOptions> = servers.iter().map(options).collect();
    Ok((connect_any(nodes.clone()).await?, nodes))
}
