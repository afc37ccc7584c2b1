//! Metrics and status of the parties. docs/metrics.md lists every one of them.

mod committee;
mod meter;
mod network;
mod node;
mod oracle;
mod relay;
mod relayer;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bithive_monitor::{Metrics, MonitorServer, StatusSource};

use crate::DaemonError;
use crate::config::MetricsConfig;

pub use committee::CommitteeMonitor;
pub use meter::MeterMonitor;
pub use network::NetworkMonitor;
pub use node::NodeMonitor;
pub use oracle::OracleMonitor;
pub use relay::RelayMonitor;
pub use relayer::RelayerMonitor;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Serves metrics and status, if the configuration says where.
///
/// # Errors
/// [`DaemonError::Monitor`].
pub async fn serve(
    config: &MetricsConfig,
    metrics: Metrics,
    source: Arc<dyn StatusSource>,
) -> Result<Option<MonitorServer>, DaemonError> {
    let Some(listen) = config.listen else { return Ok(None) };
    let server = bithive_monitor::serve(listen.socket(), metrics, source).await?;
    tracing::info!(address = %server.address(), "metrics are served");
    Ok(Some(server))
}

/// As a gauge has it.
fn signed(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// Seconds from a block's time to now; 0 for one that is ahead.
fn seconds_since(time: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    now.saturating_sub(time)
}
