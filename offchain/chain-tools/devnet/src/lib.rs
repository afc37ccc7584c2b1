//! Real CosmWasm chains on loopback: wasmd nodes with one validator each, as processes of this machine.
//!
//! What is decided is apart from what is done. Read in this order:
//!
//! 1. [`plan`]: which chains there are, their ids and ports;
//! 2. [`genesis`] and [`config`]: what is changed in the files that wasmd writes;
//! 3. [`state`]: `devnet.json`, what is remembered between commands;
//! 4. [`process`]: starting a process so that it outlives the command, knowing it again, ending it and no other;
//! 5. [`wasmd`]: the node's program, built from a pinned Go module;
//! 6. [`Devnet`]: up, down, status, reset;
//! 7. [`hermes`], [`relayer`]: the program that carries packets between chains, its configuration and its commands;
//! 8. [`Devnet::connect`]: connections and channels, and the relayer that serves them.

pub mod cache;
pub mod config;
mod error;
pub mod genesis;
pub mod hermes;
mod links;
mod network;
mod node;
pub mod plan;
pub mod process;
pub mod relayer;
mod rpc;
pub mod state;
pub mod wasmd;

pub use error::DevnetError;
pub use links::{LinkProgress, NewChannel, RelayerStatus};
pub use network::{ChainStatus, Devnet, Progress, Started, Up};
pub use plan::{BlockTime, ChainPlan, MAX_CHAINS, Ports};

/// Denomination of fees and of the validator's stake.
pub const FEE_DENOM: &str = "ubee";
/// Smallest price of a unit of gas that a node accepts, as in its configuration.
pub const GAS_PRICE: &str = "0.025";
