//! What the chain has stored: blocks by their height, and the bytes of their transactions.

use super::{failure::internal, jsonrpc::Fault};
use crate::{Block, Embedded, TxHash, rpc::cut};
use cosmwasm_std::Binary;

/// The height of a parameter, that of the last block without one.
pub(super) fn height(chain: &Embedded, asked: Option<&str>) -> Result<u64, Fault> {
    let last = chain.head().height;
    let Some(text) = asked else { return Ok(last) };
    let height = text.parse().map_err(|error| Fault::params(format!("height {:?}: {error}", cut(text))))?;
    if height == 0 {
        return Err(Fault::internal("height must be greater than 0, but got 0"));
    }
    if height > last {
        let data =
            format!("height {height} must be less than or equal to the current blockchain height {last}");
        return Err(Fault::internal(data));
    }
    Ok(height)
}

/// A block that the chain has.
pub(super) fn block(chain: &Embedded, height: u64) -> Result<Block, Fault> {
    chain
        .stored_block(height)
        .map_err(internal)?
        .ok_or_else(|| Fault::internal(format!("block {height} is missing")))
}

/// The bytes of a transaction in a block.
pub(super) fn raw(chain: &Embedded, hash: TxHash) -> Result<Binary, Fault> {
    chain
        .raw_tx(hash)
        .map_err(internal)?
        .map(Binary::from)
        .ok_or_else(|| Fault::internal(format!("the bytes of transaction {hash} are missing")))
}
