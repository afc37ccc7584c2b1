//! A deterministic network simulator that runs real QUIC state machines.
mod codel;
mod crypto;
mod error;
mod host;
mod link;
mod record;
mod rng;
mod sim;

pub use error::SimError;
pub use host::{Control, PACKET_BYTES, Source};
pub use link::{Link, PacketLoss, Queue};
pub use record::{FlowResult, FlowSample, RunResult, Sample};
pub use sim::{Flow, Scenario};
