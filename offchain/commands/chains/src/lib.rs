//! Commands for development networks: the embedded chain of a home, real chains on this machine, what is deployed on
//! chains, and what connects them.

mod accreditors;
pub mod chain;
pub mod committee;
pub mod deploy;
pub mod deployment;
pub mod devnet;
mod drand;
pub mod ibc;
mod place;
pub mod serve;
mod settings;
mod sky;
