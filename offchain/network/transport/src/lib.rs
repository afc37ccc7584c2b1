//! The exchange between machines: encrypted UDP (QUIC), content by digest, broadcast, and own relays.
//!
//! [`Transport`] is one party's endpoint, named by the Ed25519 key that the registry knows it by, and implements
//! [`bithive_exchange::Exchange`]. It contacts peers and relays that it was told of, and no server of anybody
//! else. Everything that a peer can use up has a limit ([`Limits`]) and is checked before it is allocated.
//!
//! Files import downwards only, from the last of these to the first: what travels ([`wire`]); what is kept (`mailbox`,
//! `blobs::store`, `gossip::flood`) and counted (`budget`, `links`); what all tasks share (`shared`); calls (`call`), and
//! what is made of them (`outbox`, `blobs::fetch`); answers (`serve`, `accept`); and the endpoint ([`Transport`]), with
//! what a program asks of it (`exchange`, `gossip::join`, `route`).

mod accept;
mod bind;
mod blobs;
mod budget;
mod call;
mod config;
mod congestion;
mod endpoint;
mod error;
mod exchange;
pub mod gossip;
mod handshakes;
mod links;
mod log_limit;
mod lookup;
mod mailbox;
mod outbox;
pub mod records;
pub mod relay;
mod route;
mod serve;
mod shared;
pub mod wire;
mod workers;

pub use bind::library_endpoint;
pub use blobs::fetch::Progress;
pub use blobs::segment;
pub use config::{Admission, Admits, Config, Limits};
pub use congestion::Congestion;
pub use endpoint::Transport;
pub use error::TransportError;
pub use log_limit::WarningLimit;
pub use lookup::{CachedDirectory, Directory};
pub use route::{Route, Routes, Traffic};
