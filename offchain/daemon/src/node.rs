//! `bithive node run`: a contributor node as a process.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::attributes::Attributes;
use bithive_client::Client;
use bithive_exchange::Exchange;
use bithive_keystore::Password;
use bithive_node::{Compute, Contributor, Group, NodeError, NodeKeys, Setup};

use crate::config::NodeConfig;
use crate::keys::NodeFile;
use crate::metrics::{self, NodeMonitor};
use crate::party::{self, Party};
use crate::{DaemonError, Event, Events, Stop, chain};

/// How long a step that is under way may take once the stop is requested. Whatever is cut off then is on disk, as
/// after a crash.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the node until it is told to stop.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(
    config: &NodeConfig,
    password: &Password,
    compute: Arc<dyn Compute>,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    // What is wrong on this machine is said at once, not when the chain answers.
    let file = NodeFile::read(&config.keys, password)?;
    let Some(client) = chain::connect(&config.chain, &stop).await? else { return Ok(()) };
    run_on(&client, config, &file, compute, events, stop).await
}

/// Runs the node on a chain that answers.
///
/// # Errors
/// [`DaemonError`].
pub async fn run_on(
    client: &Client,
    config: &NodeConfig,
    file: &NodeFile,
    compute: Arc<dyn Compute>,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let crs = party::reference_string(client, &config.reference_string).await?;
    let groups = party::groups(client).await?;
    let (keys, dgkbe) = (file.keys(&crs)?, file.keys(&crs)?.dgkbe);
    let (slot, commitment) = registered(client, &keys, &config.keys).await?;
    let group = Group::new(crs, groups, slot, dgkbe, &commitment)?;
    let (monitor, metrics) = NodeMonitor::new(events.clone());
    let monitor = Arc::new(monitor);
    let _metrics = metrics::serve(&config.metrics, metrics, monitor.clone()).await?;
    let party = Party::start(client, &config.network, &config.data, (keys.account.clone(), &keys.endpoint));
    let party = party.await?;
    monitor.watch(&party);
    publish(&party, client, &keys, &config.public_key).await?;
    let from = match config.first_block {
        Some(height) => height,
        None => client.chain().info().await?.height.saturating_add(1),
    };
    let setup = Setup {
        account: party.account.clone(),
        attributes: Attributes::new(&party.schema, file.attributes.clone()).map_err(|error| {
            DaemonError::Keys {
                file: config.keys.display().to_string(),
                problem: format!("attributes: {error}"),
            }
        })?,
        ask: file.ask,
        tags: party.tags(),
        group,
        compute,
        observer: monitor.clone(),
        rng: party::fresh_rng()?,
        keys,
        exchange: party.exchange(),
        state: party.state.clone(),
    };
    let mut node = Contributor::new(setup, from).await?.with_relayers(config.relayers());
    tracing::info!(account = party.account.address(), endpoint = %party.transport.id(), slot,
        next_block = node.next_height(), "the node runs");
    events(&party.ready("node"));
    let late = async {
        stop.requested().await;
        tokio::time::sleep(GRACE).await;
    };
    let ended = tokio::select! {
        ended = node.run(stop.requested()) => ended,
        () = late => Ok(()),
        () = monitor.follow_earnings(client, party.account.address()) => Ok(()),
    };
    drop(node);
    party.transport.close().await;
    events(&Event::Stopped);
    Ok(ended?)
}

/// The slot and T that the registry has of these keys.
async fn registered(client: &Client, keys: &NodeKeys, file: &Path) -> Result<(u16, Vec<u8>), DaemonError> {
    let account = keys.account.address();
    let node = client.node(account).await?.ok_or_else(|| DaemonError::NotRegistered {
        account: account.into(),
        role: "a node",
        todo: "register it with `bithive node register` first",
    })?;
    let registration = node.registration;
    if registration.endpoint.as_slice() != keys.endpoint.id().0 {
        return Err(DaemonError::OtherKey { file: file.display().to_string(), what: "endpoint" });
    }
    if registration.bls_key.as_slice() != keys.bls.public_key() {
        return Err(DaemonError::OtherKey { file: file.display().to_string(), what: "bls key" });
    }
    Ok((registration.slot, registration.dgkbe_key.to_vec()))
}

/// Makes the public key available to others: it has to be the registered one.
async fn publish(party: &Party, client: &Client, keys: &NodeKeys, file: &Path) -> Result<(), DaemonError> {
    let bad = |problem: String| DaemonError::Keys { file: file.display().to_string(), problem };
    let bytes = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
    let node = client.node(keys.account.address()).await?;
    let digest = party.transport.publish(bytes.into()).await.map_err(NodeError::from)?;
    if node.is_none_or(|node| node.registration.dgkbe_key_digest.as_slice() != digest) {
        party.transport.remove(digest).await.map_err(NodeError::from)?;
        return Err(bad("it is not the key that the registry has the digest of".into()));
    }
    Ok(())
}
