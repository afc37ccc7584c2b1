//! BitHive's tokens and attestations on their way between chains: sending, and following what was sent.
//!
//! Relayers carry packets; nothing here does. Read in this order:
//!
//! 1. [`Packet`]: what a transaction has sent, read from its events;
//! 2. [`follow`]: what becomes of it, read from the blocks of both chains: [`Stage`] by [`Stage`] to its [`End`];
//! 3. [`send`]: BTT and BTK out of the chain on which they are, and back;
//! 4. [`voucher`]: what a token is called where it is a guest.

mod denom;
mod error;
mod follow;
mod packet;
mod transfer;

pub use denom::voucher;
pub use error::IbcError;
pub use follow::{End, Seen, Stage, follow};
pub use packet::{Ack, Packet};
pub use transfer::{Route, Transfer, holding, send};
