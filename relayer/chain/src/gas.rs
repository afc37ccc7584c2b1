//! Gas and fees.

use crate::ChainError;
use cosmwasm_std::{Coin, Decimal, Uint128};
use serde::{Deserialize, Serialize};

/// Calls of contracts into their host, counted where the chain runs in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCalls {
    /// Entry points called: instantiate, execute, query, reply, migrate, sudo.
    pub contract_calls: u64,
    /// Keys looked up, found or not.
    pub reads: u64,
    /// Keys written.
    pub writes: u64,
    /// Keys removed.
    pub deletes: u64,
    /// Records visited by range scans.
    pub iterated: u64,
    /// Bytes of keys and values read or visited, without the contract's key prefix.
    pub bytes_read: u64,
    /// Bytes of keys and values written, without the contract's key prefix.
    pub bytes_written: u64,
    /// Addresses validated, canonicalized or humanized.
    pub addresses: u64,
    /// Signatures verified or keys recovered by contracts: secp256k1, secp256r1, ed25519.
    pub signatures: u64,
    /// BLS12-381 pairings, counting both sides of each equality.
    pub pairings: u64,
    /// BLS12-381 hashes to G1.
    pub hash_to_g1: u64,
    /// BLS12-381 hashes to G2.
    pub hash_to_g2: u64,
    /// BLS12-381 points added in G1 or G2.
    pub aggregated_points: u64,
}

/// What a transaction costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GasUse {
    /// Gas in units of the Cosmos SDK. The crate's README says what is in it on which chain.
    pub gas: u64,
    /// Calls behind it, where the chain counts them.
    pub host_calls: Option<HostCalls>,
}

/// The fee for `gas_limit` units at `gas_price`, rounded up. `None` when the price is zero.
///
/// # Errors
/// [`ChainError::InvalidConfig`] when the fee does not fit 128 bits.
pub fn fee_for_gas(gas_limit: u64, gas_price: Decimal, denom: &str) -> Result<Option<Coin>, ChainError> {
    let amount = Uint128::from(gas_limit).checked_mul_ceil(gas_price).map_err(|error| {
        ChainError::InvalidConfig { field: "gas_price".into(), reason: format!("{gas_price}: {error}") }
    })?;
    Ok((!amount.is_zero()).then(|| Coin { denom: denom.into(), amount }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_rounds_up_to_the_next_unit() {
        let price = Decimal::permille(25);
        assert_eq!(fee_for_gas(1, price, "ubee").unwrap().unwrap().amount.u128(), 1);
        assert_eq!(fee_for_gas(40, price, "ubee").unwrap().unwrap().amount.u128(), 1);
        assert_eq!(fee_for_gas(41, price, "ubee").unwrap().unwrap().amount.u128(), 2);
    }

    #[test]
    fn a_price_of_zero_asks_for_no_fee_and_a_huge_one_is_an_error() {
        assert_eq!(fee_for_gas(1_000, Decimal::zero(), "ubee").unwrap(), None);
        assert!(fee_for_gas(u64::MAX, Decimal::MAX, "ubee").is_err());
    }
}
