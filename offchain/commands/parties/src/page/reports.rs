//! Reports of jobs that a page shows: those of a gateway.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use bithive_client::Deployment;
use bithive_page::{Reports, ReportsError};

/// Whose reports are shown.
#[derive(clap::Args)]
pub(super) struct ReportsArgs {
    /// Address of a gateway (`bithive gateway run`), on this machine or https://, whose reports are shown beside their jobs. Who has the token
    /// of a session reads them; the gateway's audit log has the name of the token below for all of these.
    #[arg(long, value_name = "URL", requires = "gateway_token")]
    gateway: Option<String>,
    /// File with the token that the gateway is shown; it has to be permitted to search for Bundle.
    #[arg(long, value_name = "FILE", requires = "gateway")]
    gateway_token: Option<PathBuf>,
}

/// A gateway's reports of the jobs of one market.
struct OfGateway {
    gateway: bithive_gateway::Reports,
    market: String,
}

#[async_trait]
impl Reports for OfGateway {
    async fn of_job(&self, job_id: u64) -> Result<Option<String>, ReportsError> {
        let found = self.gateway.of_job(&format!("{}/{job_id}", self.market)).await;
        found.map_err(|error| ReportsError(error.to_string()))
    }
}

/// What is shown of the jobs of a deployment; nothing where no gateway is named.
pub(super) fn open(args: &ReportsArgs, deployment: &Deployment) -> Result<Option<Arc<dyn Reports>>> {
    let (Some(url), Some(token)) = (&args.gateway, &args.gateway_token) else { return Ok(None) };
    let gateway = bithive_gateway::Reports::of(url, token).context("--gateway")?;
    let market = format!("{}/{}", deployment.chain_id, deployment.jobs());
    Ok(Some(Arc::new(OfGateway { gateway, market })))
}
