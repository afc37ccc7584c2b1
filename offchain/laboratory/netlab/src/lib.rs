//! Real programs behind emulated links and network address translation.
//!
//! [`Lab`] is a small Internet in one process: each [`Side`] is a network namespace in which programs and threads run
//! as they are, and the process moves their packets through the side's link ([`Duplex`], the simulator's own
//! [`bithive_netsim::Link`] on the real clock) and its NAT ([`nat`]). It needs Linux and the rights to make
//! namespaces; [`Proxy`] puts the same link between UDP sockets anywhere.
//!
//! The parts without sockets and clocks: [`checksum`], [`packet`], [`nat`], [`emulator`].

pub mod checksum;
mod duplex;
pub mod emulator;
mod error;
pub mod nat;
pub mod packet;
mod proxy;
mod side;
mod wait;

#[cfg(target_os = "linux")]
mod lab;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod router;
#[cfg(target_os = "linux")]
mod sys;

pub use bithive_netsim::{Link, PacketLoss, Queue};
pub use duplex::Duplex;
pub use emulator::Counts;
pub use error::LabError;
#[cfg(target_os = "linux")]
pub use lab::Lab;
#[cfg(target_os = "linux")]
pub use namespace::Namespace;
pub use nat::{NatConfig, NatKind};
pub use proxy::Proxy;
#[cfg(target_os = "linux")]
pub use router::SideCounts;
pub use side::Side;
