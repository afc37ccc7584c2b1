//! Chain access for everything that runs off chain.
//!
//! Programs hold an `Arc<dyn Chain>` and never know which chain answers. Read in this order:
//!
//! 1. [`Chain`]: query, simulate, broadcast and follow blocks;
//! 2. [`Wallet`]: a key on a chain; builds, signs and sends transactions, one owner of the sequence;
//! 3. [`BlockCursor`]: blocks in order, without gaps or duplicates;
//! 4. [`Embedded`]: the chain in this process, for the CLI, demos and tests;
//! 5. [`ChainError`]: what can go wrong, the same for every chain.

mod address;
mod block;
mod chain;
mod cursor;
pub mod embedded;
mod error;
mod gas;
mod message;
pub mod signer;
mod tx;
mod wallet;

pub use address::{BECH32_PREFIX, validate_address};
pub use block::{Block, Event, TxHash, TxResult};
pub use chain::{Account, Chain, ChainExt, ChainInfo, Receipt};
pub use cursor::{BlockCursor, BlockSource};
pub use embedded::{Embedded, EmbeddedBuilder};
pub use error::ChainError;
pub use gas::{GasUse, HostCalls, fee_for_gas};
pub use message::Message;
pub use signer::SigningKey;
pub use tx::SignedTx;
pub use wallet::{Instantiated, Wallet};
