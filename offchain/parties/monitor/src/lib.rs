//! Metrics, status and health checks of long-running programs.
//!
//! - [`Metrics`]: counters and gauges with bounded label sets, and the table that documents them;
//! - [`serve`]: `/metrics` for Prometheus and `/status` for `bithive status`, on a loopback address;
//! - [`fetch_status`]: the status of a program that runs;
//! - [`health`]: checks that name what is wrong and what helps.

pub mod health;
mod metrics;
mod server;
mod status;

pub use metrics::{By, Metrics, counter, gauge};
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use server::{MonitorError, MonitorServer, serve};
pub use status::{StatusError, StatusSource, fetch_status, is_loopback};
