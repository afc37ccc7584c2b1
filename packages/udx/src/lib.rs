//! UDX congestion control: a pure state machine for one path.
mod competition;
mod config;
mod controller;
mod filter;
mod loss;
mod round;

pub use config::{Config, ConfigError};
pub use controller::{Ack, Loss, Metrics, Mode, Udx};
