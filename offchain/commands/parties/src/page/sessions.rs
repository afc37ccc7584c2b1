//! The sessions of a page on the network: each an endpoint with a mailbox on disk.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use bithive_client::Client;
use bithive_daemon::config::RelayUrl;
use bithive_daemon::membership::{RegistryAdmission, RegistryDirectory};
use bithive_exchange::EndpointKey;
use bithive_home::password_of;
use bithive_keystore::{Kdf, Keystore, fresh_rng, names};
use bithive_page::SessionOptions;
use bithive_transport::{Admission, Config, Transport};

use super::NetworkArgs;

/// Opens the endpoints of sessions; those that are new get their keys.
pub(super) async fn open(
    sessions: &[String],
    args: &NetworkArgs,
    relays: &[RelayUrl],
    client: &Client,
    state: &Path,
) -> Result<Vec<(SessionOptions, Transport)>> {
    let folder = state.join("sessions");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut opened = Vec::with_capacity(sessions.len());
    for name in sessions {
        let key = endpoint(state, &folder, name)?;
        let transport = Transport::start(&key, &folder.join(name), config(args, relays, client)).await;
        let transport = transport.with_context(|| format!("session {name:?} in {}", folder.display()))?;
        let exchange = Arc::new(transport.clone());
        let relay = relays.first().map(ToString::to_string);
        opened.push((SessionOptions { name: name.clone(), exchange, relay }, transport));
    }
    Ok(opened)
}

/// The key of a session's endpoint, made if there is none. The password is in the same folder: what it protects from is a copy of
/// the keystore alone.
fn endpoint(state: &Path, folder: &Path, name: &str) -> Result<EndpointKey> {
    let (file, password) = (folder.join(format!("{name}.json")), password_of(state)?);
    if !file.exists() {
        let mut rng = fresh_rng()?;
        let mut keystore = Keystore::new();
        keystore.insert_endpoint(names::ENDPOINT, &EndpointKey::generate(&mut rng))?;
        keystore.create(&file, (&password, Kdf::RANDOM), &mut rng)?;
    }
    Ok(Keystore::open(&file, &password)?.endpoint(names::ENDPOINT)?)
}

/// As parties are on the network: whom the registry knows may connect, and peers are found by it.
fn config(args: &NetworkArgs, relays: &[RelayUrl], client: &Client) -> Config {
    Config {
        listen: args.udp.map(|address| vec![address]),
        relays: relays.to_vec(),
        directory: Some(Arc::new(RegistryDirectory::new(client.clone()))),
        admission: Some(Arc::new(RegistryAdmission::new(client.clone())) as Admission),
        ..Config::default()
    }
}
