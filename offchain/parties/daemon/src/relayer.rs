//! `bithive relayer run`: a relayer as a process.

use std::sync::Arc;

use async_trait::async_trait;
use bithive_api::jobs::Phase;
use bithive_chain::SigningKey;
use bithive_client::Client;
use bithive_exchange::{EndpointKey, Exchange as _, PeerId, Protocol, Service};
use bithive_keystore::Password;
use bithive_node::Quorum;
use bithive_payload::AggregateMessage;
use bithive_relayer::{Aggregate, Contracts, FeeLimits, Outbox, Relayer, RelayerError, Settings};
use bithive_state::open_database;
use bithive_transport::WarningLimit;
use bytes::Bytes;

use crate::config::{RelayerConfig, Settings as _};
use crate::keys::AccountFile;
use crate::metrics::{self, RelayerMonitor};
use crate::party::Party;
use crate::{DaemonError, Event, Events, Stop, TaskGroup, chain};

/// Name of the outbox in the data folder.
const OUTBOX: &str = "outbox.redb";

/// Runs the relayer until it is told to stop.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(
    config: &RelayerConfig,
    password: &Password,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    // What is wrong on this machine is said at once, not when the chain answers.
    let (account, endpoint) = AccountFile::read(&config.keys, password)?.keys();
    let Some(client) = chain::connect(&config.chain, &stop).await? else { return Ok(()) };
    run_on(&client, config, (account, endpoint), events, stop).await
}

/// Runs the relayer on a chain that answers.
///
/// # Errors
/// [`DaemonError`].
pub async fn run_on(
    client: &Client,
    config: &RelayerConfig,
    (account, endpoint): (SigningKey, EndpointKey),
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let (monitor, metrics) = RelayerMonitor::new(events.clone());
    let monitor = Arc::new(monitor);
    let _metrics = metrics::serve(&config.metrics, metrics, monitor.clone()).await?;
    let starts = || Party::start(client, &config.network, &config.data, (account.clone(), &endpoint));
    let Some(party) = monitor.waits().start(&stop, starts).await? else { return Ok(()) };
    let database = open_database(&config.data.join(OUTBOX), &redb::Database::builder());
    let database =
        database.map_err(|error| DaemonError::Machine { what: "data", error: error.to_string() })?;
    let chain = client.chain().clone();
    let relayer = Relayer::new(chain, account, settings(client, config), database, monitor.clone()).await;
    let mut relayer = relayer.map_err(|error| match error {
        RelayerError::Chain(error) => DaemonError::Chain(error),
        RelayerError::Store(error) => DaemonError::Relayer(error),
    })?;
    monitor.watch(&party, relayer.outbox());
    party
        .exchange()
        .serve(Protocol::Finalize, Arc::new(FinalizeService::new(client.clone(), relayer.outbox())));
    tracing::info!(account = relayer.address(), endpoint = %party.transport.id(), "the relayer works");
    events(&party.ready(RelayerConfig::ROLE));
    let mut tasks = TaskGroup::new(stop);
    party.watch_records(&mut tasks);
    tasks.start("the relayer's work", |stop| async move { Ok(relayer.run(stop.requested()).await?) });
    let ended = tasks.join().await;
    party.transport.close().await;
    events(&Event::Stopped);
    ended
}

fn settings(client: &Client, config: &RelayerConfig) -> Settings {
    let attestations = config.attestations.as_ref();
    Settings {
        contracts: Contracts {
            jobs: client.deployment().jobs().to_owned(),
            attestations: attestations.map(|attestations| attestations.contract.to_string()),
        },
        channels: attestations
            .map(|attestations| attestations.channels.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        fees: FeeLimits {
            per_transaction: config.fees.per_transaction.into(),
            per_day: config.fees.per_day.into(),
            warn_below: config.fees.warn_below.into(),
        },
        jitter: config.work.spread,
        batch: config.work.batch,
        first_block: config.first_block,
    }
}

/// The service to which workers hand in their quorum's signature: only what the market would accept gets into the
/// outbox.
pub struct FinalizeService {
    client: Client,
    outbox: Outbox,
    log_limit: WarningLimit,
}

impl FinalizeService {
    /// The service of an outbox.
    #[must_use]
    pub fn new(client: Client, outbox: Outbox) -> Self {
        Self { client, outbox, log_limit: WarningLimit::default() }
    }

    async fn take(&self, body: &[u8]) -> Result<(), String> {
        let message = AggregateMessage::decode(body).ok_or("it is not a quorum's signature")?;
        let AggregateMessage { job_id, round, signers, signature } = message;
        let job = self.client.job(job_id).await.map_err(|error| error.to_string())?;
        if (job.phase, job.round) != (Phase::Revealed, round) {
            return Err(format!("job {job_id} is {:?} in round {}", job.phase, job.round));
        }
        let quorum = Quorum::of(&job, self.client.deployment().jobs_domain());
        let check = quorum.and_then(|quorum| quorum.check(signers, &signature));
        check.map_err(|error| error.to_string())?;
        let aggregate = Aggregate { job: job_id, round, signers, signature: (&signature).into() };
        self.outbox.hand_in(aggregate).map(drop).map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Service for FinalizeService {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        if protocol != Protocol::Finalize {
            return Err("a relayer does not serve this".into());
        }
        match self.take(&body).await {
            Ok(()) => Ok(Bytes::new()),
            Err(reason) => {
                if let Some(left_out) = self.log_limit.permit() {
                    tracing::warn!(%from, reason, left_out, "what was handed in is refused");
                }
                Err(reason)
            }
        }
    }
}
