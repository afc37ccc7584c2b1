//! A deterministic network simulator that runs real QUIC state machines.
mod cells;
mod codel;
mod crypto;
mod error;
mod experiment;
mod host;
mod link;
mod plot;
mod record;
mod rng;
mod sim;
mod statistics;

pub use cells::{Cell, Selection, cells, controls};
pub use error::SimError;
pub use experiment::{CellResult, experiment};
pub use host::{Control, PACKET_BYTES, Source};
pub use link::{Link, PacketLoss, Queue};
pub use plot::plot;
pub use record::{FlowResult, FlowSample, RunResult, Sample};
pub use sim::{Flow, Scenario};
pub use statistics::{Estimate, jain};
