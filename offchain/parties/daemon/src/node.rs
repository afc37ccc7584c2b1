//! `bithive node run`: a contributor node as a process.

use std::path::Path;
use std::sync::Arc;

use bithive_api::registry::NodeRegistration;
use bithive_audit::Role;
use bithive_audit_log::AuditLog;
use bithive_blindmatch::attributes::Attributes;
use bithive_client::Client;
use bithive_exchange::{Exchange, Protocol};
use bithive_keystore::{Password, fresh_rng};
use bithive_measurement::{MeasuredMemory, MeasurementService};
use bithive_node::{Compute, Contributor, Known, NodeError, NodeKeys, Setup};

use crate::config::NodeConfig;
use crate::keys::NodeFile;
use crate::metrics::{self, NodeMonitor};
use crate::party::Party;
use crate::{DaemonError, Event, Events, Stop, TaskGroup, audit, chain};

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
    let log = audit::begin(&config.audit, (&config.keys, Role::Node), &format!("{config:?}"))?;
    let file = audit::opened(log.as_ref(), || NodeFile::read(&config.keys, password))?;
    let Some(client) = chain::connect(&config.chain, &stop).await? else { return Ok(()) };
    run_logged(&client, config, (&file, log), compute, events, stop).await
}

/// Runs the node on a chain that answers, with keys that were opened before, and without an audit log.
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
    run_logged(client, config, (file, None), compute, events, stop).await
}

async fn run_logged(
    client: &Client,
    config: &NodeConfig,
    (file, log): (&NodeFile, Option<AuditLog>),
    compute: Arc<dyn Compute>,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let (monitor, metrics) = NodeMonitor::new(events.clone());
    let monitor = Arc::new(monitor);
    let _metrics = metrics::serve(&config.metrics, metrics, monitor.clone()).await?;
    let starts = || async {
        let crs = client.reference_string(&config.reference_string).await?.shared();
        let keys = file.keys(&crs)?;
        let registration = registered(client, &keys, &config.keys).await?;
        let own = (keys.account.clone(), &keys.endpoint);
        // All that is asked of the chain before others are answered: what fails here is repeated.
        let from_height = match config.first_block {
            Some(height) => height,
            None => client.chain().info().await?.height.saturating_add(1),
        };
        let known = Known { registration, groups: client.groups().await?, from_height };
        let party = Party::start(client, &config.network, &config.data, own).await?;
        Ok((crs, keys, known, party))
    };
    let started = monitor.waits().start(&stop, starts).await?;
    let Some((crs, keys, known, party)) = started else { return Ok(()) };
    let slot = known.registration.slot;
    monitor.watch(&party);
    publish(&party, &known.registration, &config.public_key).await?;
    serve_measurements(&party, config, &compute);
    let measure = compute.clone();
    let setup = Setup {
        account: party.account.clone(),
        attributes: Attributes::new(&party.schema, file.attributes.clone()).map_err(|error| {
            DaemonError::Keys {
                file: config.keys.display().to_string(),
                problem: format!("attributes: {error}"),
            }
        })?,
        ask: file.ask,
        crs,
        compute,
        observer: monitor.clone(),
        rng: fresh_rng()?,
        keys,
        exchange: party.exchange(),
        state: party.state.clone(),
    };
    // Before there is work, which would make it slower. What can't run says so for each job.
    let measured = tokio::task::spawn_blocking(move || measure.measure()).await;
    if let Err(error) = measured.map_err(|error| error.to_string()).flatten() {
        tracing::warn!(error, "this machine's speed is not known");
    }
    let mut node = Contributor::known(setup, &known)?.with_relayers(config.relayers.clone());
    if let Some(log) = log {
        node = node.with_audit(log);
    }
    tracing::info!(account = party.account.address(), endpoint = %party.transport.id(), slot,
        next_block = node.next_height(), "the node runs");
    events(&party.ready("node"));
    let mut tasks = TaskGroup::new(stop);
    party.watch_records(&mut tasks);
    tasks.start("the node's work", |stop| async move { Ok(node.run(stop.requested()).await?) });
    let account = party.account.clone();
    tasks.start("the look at the earnings", |stop| async move {
        tokio::select! {
            () = stop.requested() => Ok(()),
            () = monitor.follow_earnings(account.client(), account.address()) => Ok(()),
        }
    });
    let ended = tasks.join().await;
    party.transport.close().await;
    events(&Event::Stopped);
    ended
}

/// Lets accreditors measure the machine, where the operator has named any.
fn serve_measurements(party: &Party, config: &NodeConfig, compute: &Arc<dyn Compute>) {
    let permitted = &config.measurement;
    if permitted.accreditors.is_empty() {
        return;
    }
    let memory = MeasuredMemory { most: permitted.most_blocks(), device: config.device };
    let service = MeasurementService::new(permitted.accreditors.iter().copied(), memory, compute.clone());
    party.exchange().serve(Protocol::Measure, Arc::new(service));
}

/// What the registry has of these keys.
async fn registered(client: &Client, keys: &NodeKeys, file: &Path) -> Result<NodeRegistration, DaemonError> {
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
    Ok(registration)
}

/// Makes the public key available to others: it has to be the registered one.
async fn publish(party: &Party, registration: &NodeRegistration, file: &Path) -> Result<(), DaemonError> {
    let bad = |problem: String| DaemonError::Keys { file: file.display().to_string(), problem };
    let bytes = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
    let digest = party.transport.publish(bytes.into()).await.map_err(NodeError::from)?;
    if registration.dgkbe_key_digest.as_slice() != digest {
        party.transport.remove(digest).await.map_err(NodeError::from)?;
        return Err(bad("it is not the key that the registry has the digest of".into()));
    }
    Ok(())
}
