//! A gateway that runs.

use std::net::SocketAddr;
use std::sync::Arc;

use bithive_chain::http::HttpServer;
use bithive_listener::raise_file_limit;
use bithive_monitor::MonitorServer;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::GatewayConfig;
use crate::dimse::Dimse;
use crate::error::GatewayError;
use crate::seal::SpoolKey;
use crate::spool::Spool;
use crate::tally::GatewayMonitor;
use crate::web;

/// A gateway that runs. [`Gateway::stop`] ends it in order; what is on disk is whole whenever it ends.
pub struct Gateway {
    spool: Arc<Spool>,
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
        let (folder, limits) = (config.spool.clone(), config.limits());
        let opened = tokio::task::spawn_blocking(move || Spool::open(&folder, key, limits)).await;
        let spool = Arc::new(opened.map_err(|error| GatewayError::Task(error.to_string()))??);
        raise_file_limit();
        let (monitor, metrics) = GatewayMonitor::new(spool.clone());
        let monitor = Arc::new(monitor);
        let metrics = match config.metrics.listen {
            Some(listen) => {
                let served = bithive_monitor::serve(listen, metrics, monitor.clone()).await;
                Some(served.map_err(|error| GatewayError::Client(format!("metrics.listen: {error}")))?)
            }
            None => None,
        };
        let (stop, stopped) = watch::channel(false);
        let web = match &config.web {
            Some(web) => Some(web::serve(web, spool.clone(), monitor.clone()).await?),
            None => None,
        };
        let dimse = match &config.dicom {
            Some(dicom) => {
                let dimse = Dimse::bind(dicom, spool.clone(), monitor.clone()).await?;
                let (address, mut tasks) = (dimse.address(), JoinSet::new());
                tasks.spawn(dimse.run(stopped));
                Some((address, tasks))
            }
            None => None,
        };
        Ok(Self { spool, stop, dimse, web, metrics })
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
        self.stop.send_replace(true);
        if let Some(web) = &mut self.web {
            web.stop().await;
        }
        if let Some((_, mut tasks)) = self.dimse.take() {
            // A task that broke has nothing left to stop.
            while tasks.join_next().await.is_some() {}
        }
    }
}
