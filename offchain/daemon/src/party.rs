//! What nodes, members and requesters have in common: an account on a chain, an endpoint on the network.

use std::path::Path;
use std::sync::Arc;

use bithive_blindmatch::schema::Schema;
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::{EndpointKey, Exchange};
use bithive_state::State;
use bithive_transport::{Admission, Config, Transport};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use crate::config::{Admitted, NetworkConfig};
use crate::membership::{RegistryAdmission, RegistryDirectory};
use crate::{DaemonError, Event};

/// A party that is on the network.
pub struct Party {
    /// Its account on the deployment.
    pub account: Account,
    /// Its endpoint.
    pub transport: Transport,
    /// What can be asked of nodes.
    pub schema: Schema,
    /// Its records.
    pub state: State,
}

/// Names of what is in a party's data folder.
const RECORDS: &str = "records.redb";
const TRANSPORT: &str = "transport";

impl Party {
    /// Opens the data folder, starts the endpoint, and has the registry name its relay.
    ///
    /// # Errors
    /// [`DaemonError`].
    pub async fn start(
        client: &Client,
        network: &NetworkConfig,
        data: &Path,
        (account, endpoint): (SigningKey, &EndpointKey),
    ) -> Result<Self, DaemonError> {
        std::fs::create_dir_all(data).map_err(DaemonError::machine("data"))?;
        let state = State::open(&data.join(RECORDS))?;
        let wallet = Wallet::connect(client.chain().clone(), account).await?;
        let account = Account::new(client.clone(), wallet);
        let config = transport(client, network);
        let transport = Transport::start(endpoint, &data.join(TRANSPORT), config).await?;
        let party = Self { account, transport, schema: Schema::bithive(), state };
        party.name_relay(network.relays.first()).await?;
        Ok(party)
    }

    /// The registry names the first configured relay for this endpoint, and none if there is none. Who is not
    /// registered yet has nothing to name.
    async fn name_relay(&self, relay: Option<&String>) -> Result<(), DaemonError> {
        let (client, endpoint) = (self.account.client(), self.transport.id().0);
        let holder = client.identity(endpoint).await?;
        if holder.is_none_or(|holder| holder.address != self.account.address())
            || client.relay(endpoint).await?.as_ref() == relay
        {
            return Ok(());
        }
        self.account.set_relay(endpoint, relay.cloned()).await?;
        tracing::info!(relay = relay.map(String::as_str), "the registry names the relay");
        Ok(())
    }

    /// Its end of the network.
    #[must_use]
    pub fn exchange(&self) -> Arc<dyn Exchange> {
        Arc::new(self.transport.clone())
    }

    /// Its source of tags.
    #[must_use]
    pub fn tags(&self) -> TagSource {
        let client = self.account.client().clone();
        TagSource::new(client, self.exchange(), self.schema.clone(), self.state.clone())
    }

    /// That it answers.
    #[must_use]
    pub fn ready(&self, role: &str) -> Event {
        Event::Ready {
            role: role.into(),
            endpoint: Some(self.transport.id().to_string()),
            account: Some(self.account.address().into()),
            listens_on: self.transport.listens_on(),
            url: None,
        }
    }
}

fn transport(client: &Client, network: &NetworkConfig) -> Config {
    // Both lists are checked when the file is read.
    let listen: Vec<_> = network.listen.iter().filter_map(|address| address.parse().ok()).collect();
    let admission = match network.admission {
        Admitted::Registry => Some(Arc::new(RegistryAdmission::new(client.clone())) as Admission),
        Admitted::Everyone => None,
    };
    Config {
        listen: (!listen.is_empty()).then_some(listen),
        peers: network.peers.iter().filter_map(|peer| Some((peer.id()?, peer.sockets()))).collect(),
        relays: network.relays.clone(),
        relay_roots: network.relay_roots.clone(),
        directory: Some(Arc::new(RegistryDirectory::new(client.clone()))),
        local_discovery: network.local_discovery,
        admission,
        congestion: network.congestion,
        ..Config::default()
    }
}

/// How the registry divides the slots.
///
/// # Errors
/// [`DaemonError::Chain`], [`DaemonError::Node`].
pub async fn groups(client: &Client) -> Result<Groups, DaemonError> {
    let params = client.registry_config().await?.params;
    Ok(Groups::new(params.groups, params.slots).map_err(bithive_node::NodeError::from)?)
}

/// Reads the reference string, which has to be the registry's.
///
/// # Errors
/// [`DaemonError::ReferenceString`], [`DaemonError::Chain`].
pub async fn reference_string(client: &Client, file: &Path) -> Result<Arc<Crs>, DaemonError> {
    let bad = |problem: String| DaemonError::ReferenceString { file: file.display().to_string(), problem };
    let digest = client.registry_config().await?.crs_digest;
    let digest: [u8; 32] =
        digest.as_slice().try_into().map_err(|_| bad("the registry's digest is not 32 bytes".into()))?;
    let opened = std::fs::File::open(file).map_err(|error| bad(error.to_string()))?;
    let crs = UnverifiedCrs::read(std::io::BufReader::new(opened)).map_err(|error| bad(error.to_string()))?;
    // The registry pins the digest of what was verified when the network was made.
    Ok(Arc::new(crs.trust(&digest).map_err(|error| bad(error.to_string()))?))
}

/// A generator seeded by the operating system.
///
/// # Errors
/// [`DaemonError::Machine`].
pub fn fresh_rng() -> Result<ChaCha20Rng, DaemonError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)
        .map_err(|error| DaemonError::Machine { what: "randomness", error: error.to_string() })?;
    Ok(ChaCha20Rng::from_seed(*seed))
}
