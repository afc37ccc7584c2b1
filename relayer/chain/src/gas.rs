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
    /// Number of keys written.
    pub writes: u64,
    /// Number of keys removed.
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

/// Store: cosmos-sdk `store/types/gas.go` `KVGasConfig`.
pub(crate) const READ_FLAT: u64 = 1_000;
pub(crate) const READ_PER_BYTE: u64 = 3;
pub(crate) const WRITE_FLAT: u64 = 2_000;
pub(crate) const WRITE_PER_BYTE: u64 = 30;
/// wasmd keeps a contract's keys behind one type byte and the contract's 32-byte address; gas counts them.
pub(crate) const CONTRACT_PREFIX: u64 = 33;
/// Loading a contract that is not pinned: wasmd `x/wasm/types/gas_register.go`.
pub(crate) const INSTANCE: u64 = 60_000;

impl HostCalls {
    /// Gas of looking keys up.
    #[must_use]
    pub const fn read_gas(&self) -> u64 {
        let bytes = self.bytes_read.saturating_add(self.reads.saturating_mul(CONTRACT_PREFIX));
        self.reads.saturating_mul(READ_FLAT).saturating_add(bytes.saturating_mul(READ_PER_BYTE))
    }

    /// Gas of writing keys.
    #[must_use]
    pub const fn write_gas(&self) -> u64 {
        let bytes = self.bytes_written.saturating_add(self.writes.saturating_mul(CONTRACT_PREFIX));
        self.writes.saturating_mul(WRITE_FLAT).saturating_add(bytes.saturating_mul(WRITE_PER_BYTE))
    }

    /// Gas of loading contracts, if each call loads one.
    #[must_use]
    pub const fn call_gas(&self) -> u64 {
        self.contract_calls.saturating_mul(INSTANCE)
    }
}

/// BLS12-381 calls of a verification, with public keys in G1 and hashes in G2, and what they cost: `GasConfig` of
/// cosmwasm-vm 2.1 and later (`packages/vm/src/environment.rs`), a million VM gas for each microsecond, and wasmd's
/// 140,000 VM gas for one unit of SDK gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BlsCalls {
    /// Sums of points of G1; a check of one point is one.
    pub sums: u64,
    /// Points in them.
    pub points: u64,
    /// Hashes to G2.
    pub hashes: u64,
    /// Equalities of products of pairings.
    pub equalities: u64,
    /// Pairings, counting both sides of each equality.
    pub pairings: u64,
}

/// Units of VM gas in one unit of SDK gas.
pub(crate) const VM_GAS_PER_SDK_GAS: u64 = 140_000;
/// Units of VM gas for a microsecond of the host's time.
pub(crate) const VM_GAS_PER_MICROSECOND: u64 = 1_000_000;

impl BlsCalls {
    /// Microseconds that the VM charges.
    #[must_use]
    pub const fn microseconds(self) -> u64 {
        let Self { sums, points, hashes, equalities, pairings } = self;
        // The VM halves the measured time of aggregation, for machines with several cores: 136 and 24.
        let sums = sums.saturating_mul(68).saturating_add(points.saturating_mul(12));
        let products = equalities.saturating_mul(2_112).saturating_add(pairings.saturating_mul(163));
        sums.saturating_add(hashes.saturating_mul(871)).saturating_add(products)
    }

    /// The same in units of the Cosmos SDK.
    #[must_use]
    pub const fn gas(self) -> u64 {
        self.microseconds().saturating_mul(VM_GAS_PER_MICROSECOND) / VM_GAS_PER_SDK_GAS
    }
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

/// Highest price that a wallet pays where nobody has said another: four times the usual one.
pub(crate) fn highest_price(gas_price: Decimal) -> Decimal {
    gas_price.saturating_mul(Decimal::percent(400))
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
    fn one_signature_costs_a_hash_a_check_and_two_pairings() {
        let one = BlsCalls { sums: 1, points: 1, hashes: 1, equalities: 1, pairings: 2 };
        assert_eq!(one.microseconds(), 80 + 871 + 2_112 + 2 * 163);
        assert_eq!(one.gas(), 3_389 * 1_000_000 / 140_000);
    }

    #[test]
    fn a_price_of_zero_asks_for_no_fee_and_a_huge_one_is_an_error() {
        assert_eq!(fee_for_gas(1_000, Decimal::zero(), "ubee").unwrap(), None);
        assert!(fee_for_gas(u64::MAX, Decimal::MAX, "ubee").is_err());
    }
}
