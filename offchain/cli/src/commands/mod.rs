//! Commands on a network in a folder, one module for each noun.

pub(crate) mod chain;
pub(crate) mod job;
pub(crate) mod node;
pub(crate) mod policy;
pub(crate) mod requester;
pub(crate) mod wallet;
