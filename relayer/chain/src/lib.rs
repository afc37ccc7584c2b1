//! Chain access for everything that runs off chain.
//!
//! Programs hold an `Arc<dyn Chain>` and never know which chain answers. Read in this order:
//!
//! 1. [`Chain`]: query, simulate, broadcast and follow blocks;
//! 2. [`Wallet`]: a key on a chain; builds, signs and sends transactions, one owner of the sequence;
//! 3. [`BlockCursor`]: blocks in order, without gaps or duplicates;
//! 4. [`Embedded`]: the chain in this process, for the CLI, demos and tests, and [`serve`] for other processes;
//! 5. [`Cosmos`]: a chain behind a node's RPC, be it wasmd or an [`Embedded`] that another process serves; [`Failover`]: the same
//!    behind several nodes, of which one that fails is passed over;
//! 6. [`TxFile`]: a transaction in a file, for a key on another machine; [`RawTx`]: one that somebody else has signed;
//! 7. [`ChainError`]: what can go wrong, the same for every chain.

mod address;
mod block;
mod chain;
pub mod cosmos;
mod cursor;
pub mod embedded;
mod error;
mod gas;
pub mod guard;
mod hash;
pub mod http;
mod message;
mod rpc;
pub mod serve;
pub mod signer;
mod tx;
mod tx_file;
mod wallet;

pub use address::{BECH32_PREFIX, validate_address};
pub use block::{Block, Event, TxResult};
pub use chain::{Account, Chain, ChainExt, ChainInfo, Receipt};
pub use cosmos::{
    Cosmos, CosmosOptions, Failover, Forward, Forwarded, MAX_NODES, NotAnRpcUrl, RpcUrl, connect, connect_any,
};
pub use cursor::{BlockCursor, BlockSource};
pub use embedded::{Embedded, EmbeddedBuilder};
pub use error::ChainError;
pub use gas::{BlsCalls, GasUse, HostCalls, fee_for_gas};
pub use hash::{BlockHash, TxHash};
pub use message::Message;
pub use serve::{BlockClock, ServeOptions, Server};
pub use signer::{Sender, SigningKey};
pub use tx::SignedTx;
pub use tx_file::{Content, MAX_BYTES as MAX_TX_FILE_BYTES, RawTx, Sent, TxFile, TxFileError};
pub use wallet::{Instantiated, StoredCode, Wallet};
