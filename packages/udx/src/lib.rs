//! UDX congestion control: a pure state machine for one path.
//!
//! It is told what is sent, acknowledged and lost, and when ([`Ack`], [`Loss`]); it answers how many bytes may be in
//! flight ([`Udx::window`]) and how fast to send them ([`Udx::pacing_rate`]). It has no clock, no packets and no I/O.
//! The README says which rule of the source document became which rule here, and what each constant of [`Config`] was
//! measured to do.
//!
//! Read in this order: [`Config`]; rounds (`round`), the unit of time; slow start, avoidance and drains; losses; and
//! competition beside flows that fill the queue.

mod config;
mod controller;
mod cubic;
mod event;
mod filter;
mod jitter;
mod loss;
#[cfg(feature = "noq")]
pub mod noq;
mod round;

pub use config::{Config, ConfigError};
pub use controller::Udx;
pub use event::{Ack, Loss, Metrics, Mode};
