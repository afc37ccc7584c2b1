//! Content by BLAKE3 digest: a store in files, verified segments, and fetching from several providers.

pub(crate) mod fetch;
pub(crate) mod fetching;
mod plan;
pub mod segment;
pub(crate) mod store;
pub(crate) mod uplink;
