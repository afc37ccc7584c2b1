//! Measures a node's machine over the network, for an accreditor: `bithive accredit run`.
//!
//! - [`MeasurementService`] answers on the node, for the accreditors that its operator has named.
//! - [`measure_memory`] and [`measure_speed`] ask, time the answers, and check them.
//! - [`Workload`] is the model, with its rows, that a seed stands for.
//!
//! What memory is shown by, and what it costs a machine not to have it, is in `bithive-memory-proof`. `README.md` says what
//! a measurement shows, and what not.

mod ask;
mod memory;
mod service;
mod session;
mod speed;
mod workload;

pub use ask::MeasurementError;
pub use memory::{MemoryFigures, MemoryOutcome, MemoryPlan, Progress, measure_memory};
pub use service::{MeasuredMemory, MeasurementService};
pub use speed::{SpeedFigures, measure_speed};
pub use workload::{MAX_WORKLOAD_ROWS, MULTIPLY_ADDS, Workload};
