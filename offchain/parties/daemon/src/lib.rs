//! The long-lived parties, each a process of its own.
//!
//! [`node`], [`committee`], [`relay`], [`relayer`], [`meter`] and [`oracle`] run until they are asked to [`stop`]; [`config`] is their
//! configuration, [`keys`] the files with their secrets, [`party`] what nodes, members and requesters have in common: a
//! chain that may be down for a while, an endpoint on the network, and the registry as the way to find others and to
//! know who belongs ([`membership`]). What they do is reported to scripts as [`event`]s, and to people in the log.

pub mod audit;
pub mod chain;
pub mod committee;
pub mod config;
mod error;
pub mod event;
pub mod health;
pub mod keys;
pub mod membership;
pub mod meter;
pub mod metrics;
pub mod node;
pub mod oracle;
pub mod party;
pub mod relay;
pub mod relayer;
pub mod stop;
pub mod task_group;
pub mod waits;
pub mod web;

pub use error::{ConfigError, DaemonError, Missing, MissingFiles};
pub use event::{Event, Events};
pub use stop::Stop;
pub use task_group::TaskGroup;
pub use waits::Waits;
