//! BitHive's tokens and attestations on their way between chains: sending, and following what was sent.
//!
//! Relayers carry packets; nothing here does. Read in this order:
//!
//! 1. [`Packet`]: what a transaction has sent, read from its events;
//! 2. [`follow`]: its outcome, read from the blocks of both chains: [`Stage`] by [`Stage`] to its [`Outcome`];
//! 3. [`send`]: BTT and BTK out of the chain on which they are, and back;
//! 4. [`voucher`]: the name of a token on another chain than its own.

mod denom;
mod error;
mod follow;
mod packet;
mod transfer;

pub use denom::voucher;
pub use error::IbcError;
pub use follow::{Outcome, Stage, TxLocation, follow};
pub use packet::{Ack, Packet};
pub use transfer::{Route, Transfer, holding, send};
