//! Public randomness of a round, as a contract reads it.

use bithive_api::randomness::beacon_key;
use cosmwasm_std::{Addr, QuerierWrapper, StdError, StdResult};

/// The 32 bytes of a round that the contract of randomness at `contract` has verified; none before that. It is a raw query, which runs no code
/// of that contract.
///
/// # Errors
/// There is no such contract, or it has something else under the key.
pub fn beacon(querier: QuerierWrapper<'_>, contract: &Addr, round: u64) -> StdResult<Option<[u8; 32]>> {
    let Some(bytes) = querier.query_wasm_raw(contract, beacon_key(round))? else { return Ok(None) };
    let sized = bytes.try_into();
    sized
        .map(Some)
        .map_err(|_| StdError::generic_err(format!("{contract} has no 32 bytes for round {round}")))
}
