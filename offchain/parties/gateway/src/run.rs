//! A gateway that runs.

use std::net::SocketAddr;
use std::sync::Arc;

use bithive_chain::http::HttpServer;
use bithive_listener::raise_file_limit;
use bithive_monitor::MonitorServer;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::audit::{self, Audit};
use crate::config::GatewayConfig;
use crate::desk::Desk;
use crate::dimse::Dimse;
use crate::documents::Documents;
use crate::error::GatewayError;
use crate::market::Market;
use crate::outbox::Outbox;
use crate::seal::SpoolKey;
use crate::senders;
use crate::spool::Spool;
use crate::tally::GatewayMonitor;
use crate::web;

/// A gateway that runs. [`Gateway::stop`] ends it in order; what is on disk is whole whenever it ends.
pub struct Gateway {
    spool: Arc<Spool>,
    desk: Option<Desk>,
    /// Ends with the set.
    senders: JoinSet<()>,
    audit: Audit,
    /// Writes what is counted; ends with the set.
    counting: JoinSet<()>,
    stop: watch::Sender<bool>,
    /// The task ends with the set.
    dimse: Option<(SocketAddr, JoinSet<()>)>,
    web: Option<HttpServer>,
    metrics: Option<MonitorServer>,
}

impl Gateway {
    /// Opens the spool and listens.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn start(config: &GatewayConfig) -> Result<Self, GatewayError> {
        let key = SpoolKey::read(&config.key)?;
        let (audit, text) = (config.audit.clone(), format!("{config:?}"));
        let audit = tokio::task::spawn_blocking(move || Audit::open(&audit, &text)).await;
        let audit = audit.map_err(|error| GatewayError::Task(error.to_string()))??;
        let (folder, limits) = (config.spool.clone(), config.limits());
        let opened = tokio::task::spawn_blocking(move || Spool::open(&folder, key, limits)).await;
        let spool = Arc::new(opened.map_err(|error| GatewayError::Task(error.to_string()))??);
        raise_file_limit();
        let documents = Arc::new(Documents::open(&spool)?);
        let outbox = Arc::new(Outbox::open(&spool)?);
        let (monitor, metrics) = GatewayMonitor::new(spool.clone(), outbox.clone());
        let monitor = Arc::new(monitor);
        let shared = (spool.clone(), documents.clone(), outbox.clone(), monitor.clone());
        let desk = Desk::open(config, shared)?;
        let senders = senders::start(config, (spool.clone(), outbox, monitor.clone()))?;
        let metrics = match config.metrics.listen {
            Some(listen) => {
                let served = bithive_monitor::serve(listen, metrics, monitor.clone()).await;
                Some(served.map_err(|error| GatewayError::Client(format!("metrics.listen: {error}")))?)
            }
            None => None,
        };
        let (stop, stopped) = watch::channel(false);
        let web = match &config.web {
            Some(web) => {
                let shared = ((spool.clone(), documents), (monitor.clone(), audit.clone()));
                Some(web::serve((web, &config.spool), shared.0, shared.1).await?)
            }
            None => None,
        };
        let dimse = match &config.dicom {
            Some(dicom) => {
                let dimse = Dimse::bind(dicom, spool.clone(), (monitor.clone(), audit.clone())).await?;
                let (address, mut tasks) = (dimse.address(), JoinSet::new());
                tasks.spawn(dimse.run(stopped));
                Some((address, tasks))
            }
            None => None,
        };
        let mut counting = JoinSet::new();
        let counted = audit.clone();
        counting.spawn(async move {
            loop {
                tokio::time::sleep(audit::MINUTE).await;
                counted.flush(false).await;
            }
        });
        Ok(Self { spool, desk, senders, audit, counting, stop, dimse, web, metrics })
    }

    /// Turns studies into jobs by the rules of the configuration, and their results into answers, as long as it is polled. Ends at once where
    /// there is no part `jobs`, and the second time.
    pub async fn work(&mut self, market: &mut impl Market) {
        if let Some(desk) = self.desk.take() {
            desk.run(market).await;
        }
    }

    /// The spool that it fills.
    #[must_use]
    pub const fn spool(&self) -> &Arc<Spool> {
        &self.spool
    }

    /// Address at which it takes associations.
    #[must_use]
    pub fn dicom(&self) -> Option<SocketAddr> {
        self.dimse.as_ref().map(|(address, _)| *address)
    }

    /// Address at which it serves DICOMweb and FHIR.
    #[must_use]
    pub fn web(&self) -> Option<SocketAddr> {
        self.web.as_ref().map(HttpServer::address)
    }

    /// Address at which its metrics and status can be read.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(MonitorServer::address)
    }

    /// Ends: what is answered is finished, what has begun gets some seconds.
    pub async fn stop(mut self) {
        self.senders.shutdown().await;
        self.stop.send_replace(true);
        if let Some(web) = &mut self.web {
            web.stop().await;
        }
        if let Some((_, mut tasks)) = self.dimse.take() {
            // A task that broke has nothing left to stop.
            while tasks.join_next().await.is_some() {}
        }
        self.counting.shutdown().await;
        self.audit.flush(true).await;
    }
}
