//! The network that a party joins: found by its file or by one contract, and checked against the chain.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bithive_chain::{Chain, ChainError, Cosmos, CosmosOptions};
use bithive_client::{Client, Deployment, NetworkFile, discover};
use bithive_daemon::config::{
    ChainConfig, CommitteeConfig, MeterConfig, NodeConfig, OracleConfig, Place, RelayConfig, RelayUrl,
    RelayerConfig, RequesterConfig, RpcUrl, Settings as _,
};
use bithive_daemon::web::Web;

use super::args::{Role, SetupArgs};

/// How long servers may take to answer at all, and the time between two tries.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(250);
/// Most bytes of a reference string for each slot of a group: two elements of 48 bytes and two of 96.
const BYTES_PER_SLOT: u64 = 2 * 48 + 2 * 96;

/// What a party has to know.
pub(super) struct Network {
    pub(super) deployment: Deployment,
    pub(super) rpc: RpcUrl,
    pub(super) relays: Vec<RelayUrl>,
    /// For the roles that need it.
    pub(super) reference_string: Option<Vec<u8>>,
}

impl Network {
    /// Finds the network that is meant and checks that chain, contracts and reference string belong together.
    pub(super) async fn find(args: &SetupArgs) -> Result<Self> {
        match (&args.network, &args.contract, &args.chain) {
            (Some(file), ..) => Self::of_file(args, file).await,
            (None, Some(contract), Some(rpc)) => Self::of_contract(args, contract, rpc).await,
            _ => bail!(
                "which network? expected --network FILE, which `bithive deployment export` writes, or --chain URL with \
                 --contract ADDRESS"
            ),
        }
    }

    async fn of_file(args: &SetupArgs, file: &Path) -> Result<Self> {
        let NetworkFile { deployment, rpc, relays, reference_string } = NetworkFile::read(file)?;
        let servers = args.chain.clone().map_or(rpc, |rpc| vec![rpc]);
        ensure!(
            !servers.is_empty(),
            "{} names no RPC server of the chain {}; expected --chain URL",
            file.display(),
            deployment.chain_id
        );
        let (rpc, chain) = first_that_answers(&servers, &deployment.chain_id).await?;
        let found = discover(chain.as_ref(), deployment.jobs()).await?;
        if let Some((what, of_chain, of_file)) = deployment.difference(&found) {
            bail!(
                "{} is wrong: the {what} of the job market {} is {of_chain}, and the file says {of_file}; ask for a new file",
                file.display(),
                deployment.jobs()
            );
        }
        let relays = if args.relays.is_empty() { relays } else { args.relays.clone() };
        let name = file.display().to_string();
        let client = Client::new(chain, deployment.clone());
        client.check_reference_string(&reference_string, &name).await?;
        let reference_string = args.role.needs_reference_string().then_some(reference_string);
        Ok(Self { deployment, rpc, relays, reference_string })
    }

    async fn of_contract(args: &SetupArgs, contract: &str, rpc: &RpcUrl) -> Result<Self> {
        let chain = Arc::new(Cosmos::connect(CosmosOptions::new(rpc.as_str())).await?);
        let deployment = discover(chain.as_ref(), contract).await?;
        let reference_string = match &args.reference_string {
            _ if !args.role.needs_reference_string() => None,
            None => bail!(
                "a {} needs the reference string, which no contract has; expected --reference-string FILE or the URL where a page \
                 of the network serves it (https://.../reference-string), or --network FILE in place of --contract",
                args.role.name()
            ),
            Some(place) => Some(reference_string(&Client::new(chain, deployment.clone()), place).await?),
        };
        Ok(Self { deployment, rpc: rpc.clone(), relays: args.relays.clone(), reference_string })
    }

    /// Whether a configuration is that of a party of this network, and can be read.
    pub(super) fn expect_same(&self, config: &Path, role: Role) -> Result<()> {
        let chain = match role {
            Role::Node => Some(NodeConfig::load(config)?.chain),
            Role::Committee => Some(CommitteeConfig::load(config)?.chain),
            Role::Relay => RelayConfig::load(config)?.chain,
            Role::Relayer => Some(RelayerConfig::load(config)?.chain),
            Role::Requester => Some(RequesterConfig::load(config)?.chain),
            Role::Meter => Some(MeterConfig::load(config)?.chain),
            Role::Oracle => Some(OracleConfig::load(config)?.chain),
        };
        let Some(ChainConfig { deployment, .. }) = chain else { return Ok(()) };
        let found = bithive_daemon::chain::deployment(&deployment)?;
        ensure!(
            found == self.deployment,
            "{}: chain.deployment is {}, which is of another network; choose another folder with --dir",
            config.display(),
            deployment.display()
        );
        Ok(())
    }
}

/// The reference string at a place, which has to be the one whose digest the registry holds.
async fn reference_string(client: &Client, place: &Place) -> Result<Vec<u8>> {
    let bytes = match place {
        Place::File(file) => std::fs::read(file).with_context(|| file.display().to_string())?,
        Place::Url(url) => {
            let slots = client.registry_config().await?.params.slots;
            let (most, mut bytes) = (BYTES_PER_SLOT.saturating_mul(slots.into()), Vec::new());
            let keep = |part: &[u8]| {
                bytes.extend_from_slice(part);
                Ok(())
            };
            Web::new()?.get(url, most, keep).await.context("--reference-string")?;
            bytes
        }
    };
    client.check_reference_string(&bytes, &place.to_string()).await?;
    Ok(bytes)
}

/// The first of several servers that answers for the chain; the error has what each said. One that was started together with this
/// command may need a moment.
async fn first_that_answers(servers: &[RpcUrl], chain_id: &str) -> Result<(RpcUrl, Arc<dyn Chain>)> {
    let end = Instant::now() + PATIENCE;
    loop {
        let mut problems = Vec::new();
        let mut is_down = false;
        for rpc in servers {
            let options = CosmosOptions::new(rpc.as_str()).chain_id(chain_id);
            match Cosmos::connect(options).await {
                Ok(chain) => return Ok((rpc.clone(), Arc::new(chain))),
                Err(error) => {
                    is_down |= matches!(error, ChainError::NodeDown { .. });
                    problems.push(format!("{rpc}: {error}"));
                }
            }
        }
        if !is_down || Instant::now() >= end {
            bail!(
                "no RPC server of the chain {chain_id} answers: {}; name another one with --chain URL",
                problems.join("; ")
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
}
