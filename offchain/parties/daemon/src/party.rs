//! What nodes, members and requesters have in common: an account on a chain, an endpoint on the network.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::schema::Schema;
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_exchange::{EndpointKey, Exchange, PeerId, RelayUrl};
use bithive_state::{Owner, State};
use bithive_transport::{Admission, Config, Transport};

use crate::config::{Admitted, NetworkConfig};
use crate::membership::{RegistryAdmission, RegistryDirectory};
use crate::{DaemonError, Event, Stop, TaskGroup};

/// A party that is on the network.
pub struct Party {
    /// Its account on the deployment.
    pub account: Account,
    /// Its endpoint on the network.
    pub transport: Transport,
    /// The attributes that policies may ask for.
    pub schema: Schema,
    /// Its records on disk.
    pub state: State,
}

/// Names of what is in a party's data folder.
const RECORDS: &str = "records.redb";
const TRANSPORT: &str = "transport";
/// How often a party looks whether its records can still be written, and the name of the task that does.
const LOOK: Duration = Duration::from_secs(1);
const RECORDS_LOOK: &str = "the look at the records";

impl Party {
    /// Opens the data folder, has the registry name the relay of the endpoint, and starts it.
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
        let deployment = client.deployment();
        state.belong_to(&Owner {
            account: account.address().into(),
            chain_id: deployment.chain_id.clone(),
            registry: deployment.registry().into(),
        })?;
        // All that the chain may be waited for is before the endpoint: it can be repeated.
        let wallet = Wallet::connect(client.chain().clone(), account).await?;
        let account = Account::new(client.clone(), wallet);
        name_relay(&account, endpoint.id(), network.relays.first()).await?;
        let config = transport(client, network);
        let transport = Transport::start(endpoint, &data.join(TRANSPORT), config).await?;
        Ok(Self { account, transport, schema: Schema::bithive(), state })
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

    /// Has the party end once its records can't be written any more: what it keeps in memory may then differ from them. The party's
    /// own work notices that as well, but only where it has something to write; others' requests must not fail for ever meanwhile.
    pub fn watch_records(&self, tasks: &mut TaskGroup) {
        let state = self.state.clone();
        tasks.start(RECORDS_LOOK, |stop| look_at_records(state, stop));
    }

    /// The event that it answers from now on.
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

async fn look_at_records(state: State, stop: Stop) -> Result<(), DaemonError> {
    loop {
        let looked = state.clone();
        let usable = tokio::task::spawn_blocking(move || looked.usable()).await;
        usable.map_err(|error| DaemonError::TaskEnded {
            name: RECORDS_LOOK,
            why: format!("badly: {error}"),
        })??;
        tokio::select! {
            () = stop.requested() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// The registry names the first configured relay for an endpoint of the account, and none if there is none. Does nothing before the
/// account is registered.
async fn name_relay(
    account: &Account,
    endpoint: PeerId,
    relay: Option<&RelayUrl>,
) -> Result<(), DaemonError> {
    let client = account.client();
    let holder = client.identity(endpoint.0).await?;
    if holder.is_none_or(|holder| holder.address.as_str() != account.address())
        || client.relay(endpoint.0).await?.as_deref() == relay.map(RelayUrl::as_str)
    {
        return Ok(());
    }
    account.set_relay(endpoint.0, relay.map(ToString::to_string)).await?;
    tracing::info!(relay = relay.map(RelayUrl::as_str), "the registry names the relay");
    Ok(())
}

fn transport(client: &Client, network: &NetworkConfig) -> Config {
    let listen = network.listen.clone();
    let admission = match network.admission {
        Admitted::Registry => Some(Arc::new(RegistryAdmission::new(client.clone())) as Admission),
        Admitted::Everyone => None,
    };
    Config {
        listen: (!listen.is_empty()).then_some(listen),
        peers: network.peers.iter().map(|peer| (peer.endpoint, peer.addresses.clone())).collect(),
        relays: network.relays.clone(),
        relay_roots: network.relay_roots.clone(),
        directory: Some(Arc::new(RegistryDirectory::new(client.clone()))),
        local_discovery: network.local_discovery,
        admission,
        congestion: network.congestion,
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};

    use redb::StorageBackend;
    use redb::backends::InMemoryBackend;

    use super::*;

    /// A disk that can be full.
    #[derive(Debug)]
    struct Disk {
        memory: InMemoryBackend,
        full: Arc<AtomicBool>,
    }

    impl Disk {
        fn room(&self) -> io::Result<()> {
            if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            self.memory.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.memory.read(offset, out)
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            self.room()?;
            self.memory.set_len(length)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.room()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.room()?;
            self.memory.write(offset, data)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_party_whose_records_have_failed_ends_with_that_error() {
        let full = Arc::new(AtomicBool::new(false));
        let disk = Disk { memory: InMemoryBackend::new(), full: full.clone() };
        let state = State::with_backend(disk).unwrap();
        let (stop, _handle) = Stop::with_handle();
        let mut tasks = TaskGroup::new(stop);
        let watched = state.clone();
        tasks.start(RECORDS_LOOK, |stop| look_at_records(watched, stop));
        full.store(true, Ordering::SeqCst);
        assert!(state.put("charge", &1).is_err());
        full.store(false, Ordering::SeqCst);
        let ended = tasks.join().await.unwrap_err();
        assert!(matches!(ended, DaemonError::State(_)), "{ended}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_party_whose_records_are_well_ends_when_it_is_told_to() {
        let (stop, handle) = Stop::with_handle();
        let mut tasks = TaskGroup::new(stop);
        let state = State::in_memory().unwrap();
        tasks.start(RECORDS_LOOK, |stop| look_at_records(state, stop));
        tokio::time::sleep(10 * LOOK).await;
        handle.stop();
        tasks.join().await.unwrap();
    }
}
