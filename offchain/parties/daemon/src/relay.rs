//! `bithive relay run`: a relay as a process.

use std::net::SocketAddr;
use std::sync::Arc;

use bithive_client::Client;
use bithive_transport::Admission;
use bithive_transport::relay::{ADDRESS_DISCOVERY_PORT, RelayLimits, RelayListen, RelayOptions, RelayServer};

use crate::config::{Admitted, RelayConfig};
use crate::membership::RegistryAdmission;
use crate::metrics::RelayMonitor;
use crate::{DaemonError, Event, Events, Stop, chain, metrics};

/// Runs the relay until it is told to stop.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(config: &RelayConfig, events: Events, stop: Stop) -> Result<(), DaemonError> {
    let client = match (&config.chain, config.admission) {
        (Some(chain), Admitted::Registry) => match chain::connect(chain, &stop).await? {
            Some(client) => Some(client),
            None => return Ok(()),
        },
        _ => None,
    };
    run_on(client, config, events, stop).await
}

/// Runs the relay for the members of a deployment, or for everybody without one.
///
/// # Errors
/// [`DaemonError::Transport`], [`DaemonError::Monitor`].
pub async fn run_on(
    client: Option<Client>,
    config: &RelayConfig,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let admission = client.map(|client| Arc::new(RegistryAdmission::new(client)) as Admission);
    if admission.is_none() {
        tracing::warn!("the relay is open to everybody");
    }
    let listen = listen(config);
    let mut limits = RelayLimits::default();
    if let Some(connections) = config.connections_of_address {
        limits.of_address = usize::try_from(connections.get()).unwrap_or(usize::MAX);
    }
    let options = RelayOptions { listen, admission, client_rate: config.client_rate, limits };
    let relay = RelayServer::start(options).await?;
    let url = relay.url();
    let (monitor, metrics) = RelayMonitor::new(url.clone(), relay.tally());
    let _metrics = metrics::serve(&config.metrics, metrics, Arc::new(monitor)).await?;
    tracing::info!(url, "the relay answers");
    events(&Event::Ready {
        role: "relay".into(),
        endpoint: None,
        account: None,
        listens_on: vec![relay.address()],
        url: Some(url),
    });
    stop.requested().await;
    relay.close().await?;
    events(&Event::Stopped);
    Ok(())
}

fn listen(config: &RelayConfig) -> RelayListen {
    match &config.tls {
        None => RelayListen::Plain(config.listen),
        Some(tls) => RelayListen::Tls {
            http: config.listen,
            https: tls.listen,
            certificates: tls.certificates.clone(),
            key: tls.key.clone(),
            discovery: Some(SocketAddr::new(tls.listen.ip(), ADDRESS_DISCOVERY_PORT)),
        },
    }
}
