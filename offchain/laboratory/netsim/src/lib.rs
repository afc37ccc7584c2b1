//! A deterministic network simulator that runs real QUIC state machines, and the transport experiments.
//!
//! Every flow is a pair of the QUIC library's own endpoints and connections with their own congestion controllers; only
//! the cipher's arithmetic is left out (`crypto`). Packets pass one bottleneck ([`Link`]): a rate, a queue, losses,
//! jitter. Time is virtual: a run ([`Scenario::run`]) takes as long as its computation, and the same seed gives the
//! same result bit for bit. [`cells`] lists the experiments, [`experiment`] makes them, [`plot`] draws them.

mod cells;
mod codel;
mod crypto;
mod digest;
mod error;
mod experiment;
mod host;
mod link;
mod plot;
mod qlog;
mod record;
mod rng;
mod scenario;
mod sim;
mod statistics;
mod store;

pub use cells::{Cell, Selection, cells, controls};
pub use error::SimError;
pub use experiment::{CellResult, experiment};
pub use host::{Control, PACKET_BYTES, Source};
pub use link::{Bottleneck, Fate, Link, Nanos, PacketLoss, Queue};
pub use plot::{plot, traces};
pub use record::{FlowResult, FlowSample, RunResult, Sample};
pub use scenario::{Flow, Scenario};
pub use statistics::{Estimate, jain};
pub use store::{Outcome, Store};
