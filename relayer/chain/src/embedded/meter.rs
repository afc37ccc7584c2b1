//! What host calls cost.
//!
//! Figures of wasmd 0.61 with its defaults (no contract pinned):
//! - store: cosmos-sdk `store/types/gas.go` `KVGasConfig`, charged as in `store/gaskv/store.go`;
//! - transaction size and signature: cosmos-sdk `x/auth/types/params.go`;
//! - instances, replies, events: wasmd `x/wasm/types/gas_register.go`;
//! - addresses: wasmd `x/wasm/keeper/api.go`;
//! - cryptography: `GasConfig` of cosmwasm-vm 2.1 and later, `packages/vm/src/environment.rs`; a million VM gas for
//!   each microsecond, 140 000 VM gas for one unit of SDK gas.

use crate::gas::{
    CONTRACT_PREFIX, INSTANCE, READ_FLAT, READ_PER_BYTE, VM_GAS_PER_MICROSECOND, VM_GAS_PER_SDK_GAS,
    WRITE_FLAT, WRITE_PER_BYTE,
};
use crate::{BlsCalls, HostCalls};
use cosmwasm_std::Attribute;
use std::cell::Cell;

const DELETE: u64 = 1_000;
const ITERATE: u64 = 30;

const TX_PER_BYTE: u64 = 10;
const TX_SIGNATURE: u64 = 1_000;

const CACHED_INSTANCE: u64 = 2_000;
const EVENT: u64 = 20;
const ATTRIBUTE: u64 = 10;
const ATTRIBUTE_BYTE: u64 = 1;
const FREE_ATTRIBUTE_BYTES: u64 = 100;

/// The gas limit is hit. Travels as a panic payload, past every contract: like the VM's trap, no contract can catch
/// it in a reply.
pub(super) struct GasExhausted;

/// Cryptographic host functions.
#[derive(Clone, Copy)]
pub(super) enum Crypto {
    Secp256k1Verify,
    Secp256k1Recover,
    Secp256r1Verify,
    Secp256r1Recover,
    Ed25519Verify,
    Ed25519Batch { signatures: u64, keys: u64 },
    AggregateG1 { points: u64 },
    AggregateG2 { points: u64 },
    HashToG1,
    HashToG2,
    Pairing { pairs: u64 },
}

impl Crypto {
    fn microseconds(self) -> u64 {
        let linear = |base: u64, each: u64, items: u64| each.saturating_mul(items).saturating_add(base);
        let none = BlsCalls::default();
        match self {
            Self::Secp256k1Verify => 96,
            Self::Secp256k1Recover => 194,
            Self::Secp256r1Verify => 279,
            Self::Secp256r1Recover => 592,
            Self::Ed25519Verify => 35,
            Self::Ed25519Batch { signatures, keys: 0 | 1 } => linear(36, 10, signatures),
            Self::Ed25519Batch { signatures, .. } => linear(24, 21, signatures),
            Self::AggregateG1 { points } => BlsCalls { sums: 1, points, ..none }.microseconds(),
            Self::AggregateG2 { points } => linear(103, 24, points),
            Self::HashToG1 => 563,
            Self::HashToG2 => BlsCalls { hashes: 1, ..none }.microseconds(),
            Self::Pairing { pairs } => BlsCalls { equalities: 1, pairings: pairs, ..none }.microseconds(),
        }
    }

    /// The halves of 207 and 49 microseconds that [`Crypto::microseconds`] leaves out.
    fn half_microseconds(self) -> u64 {
        match self {
            Self::AggregateG2 { points } => points.saturating_add(1),
            _ => 0,
        }
    }
}

/// Counts the calls and the gas of one transaction.
pub(super) struct Meter {
    calls: Cell<HostCalls>,
    sdk_gas: Cell<u64>,
    vm_gas: Cell<u64>,
    limit: Cell<u64>,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self {
            calls: Cell::default(),
            sdk_gas: Cell::new(0),
            vm_gas: Cell::new(0),
            limit: Cell::new(u64::MAX),
        }
    }

    /// Starts counting from zero; more than `limit` unwinds with [`GasExhausted`].
    pub(super) fn reset(&self, limit: u64) {
        self.calls.set(HostCalls::default());
        self.sdk_gas.set(0);
        self.vm_gas.set(0);
        self.limit.set(limit);
    }

    pub(super) fn calls(&self) -> HostCalls {
        self.calls.get()
    }

    pub(super) fn gas(&self) -> u64 {
        self.sdk_gas.get().saturating_add(self.vm_gas.get() / VM_GAS_PER_SDK_GAS)
    }

    /// What a transaction costs before its messages run. Part of the gas, but over the limit it does not unwind.
    pub(super) fn transaction(&self, bytes: usize, signatures: usize) {
        let gas = TX_PER_BYTE
            .saturating_mul(bytes as u64)
            .saturating_add(TX_SIGNATURE.saturating_mul(signatures as u64));
        self.sdk_gas.set(self.sdk_gas.get().saturating_add(gas));
    }

    pub(super) fn exhausted(&self) -> bool {
        self.gas() > self.limit.get()
    }

    pub(super) fn entry_point(&self) {
        self.count(|calls| calls.contract_calls += 1);
        self.charge(INSTANCE);
    }

    /// A reply runs in the instance that is still in memory and pays for the events it is shown.
    pub(super) fn reply<'a>(&self, events: impl Iterator<Item = (&'a str, &'a [Attribute])>) {
        self.count(|calls| calls.contract_calls += 1);
        let mut gas = CACHED_INSTANCE;
        let mut attributes = Attributes::default();
        for (kind, list) in events {
            gas = gas.saturating_add(ATTRIBUTE_BYTE * kind.len() as u64);
            attributes.add(list);
        }
        self.charge(gas.saturating_add(attributes.gas()));
    }

    /// Events of a contract's response: its own attributes and its custom events.
    pub(super) fn response<'a>(
        &self,
        own: &[Attribute],
        events: impl Iterator<Item = (&'a str, &'a [Attribute])>,
    ) {
        let mut gas = 0u64;
        let mut attributes = Attributes::default();
        attributes.add(own);
        for (kind, list) in events {
            gas = gas.saturating_add(EVENT + ATTRIBUTE_BYTE * kind.len() as u64);
            attributes.add(list);
        }
        self.charge(gas.saturating_add(attributes.gas()));
    }

    pub(super) fn read(&self, key: &[u8], value: Option<&[u8]>) {
        let bytes = key.len() as u64 + value.map_or(0, <[u8]>::len) as u64;
        self.count(|calls| {
            calls.reads += 1;
            calls.bytes_read += bytes;
        });
        self.charge(READ_FLAT + READ_PER_BYTE * (bytes + CONTRACT_PREFIX));
    }

    pub(super) fn write(&self, key: &[u8], value: &[u8]) {
        let bytes = key.len() as u64 + value.len() as u64;
        self.count(|calls| {
            calls.writes += 1;
            calls.bytes_written += bytes;
        });
        self.charge(WRITE_FLAT + WRITE_PER_BYTE * (bytes + CONTRACT_PREFIX));
    }

    pub(super) fn delete(&self) {
        self.count(|calls| calls.deletes += 1);
        self.charge(DELETE);
    }

    pub(super) fn iterate(&self, key: &[u8], value: &[u8]) {
        let bytes = key.len() as u64 + value.len() as u64;
        self.count(|calls| {
            calls.iterated += 1;
            calls.bytes_read += bytes;
        });
        self.charge(ITERATE + READ_PER_BYTE * (bytes + CONTRACT_PREFIX));
    }

    /// A scan pays a step even where it finds nothing.
    pub(super) fn end_of_range(&self) {
        self.charge(ITERATE);
    }

    pub(super) fn canonicalize(&self) {
        self.count(|calls| calls.addresses += 1);
        self.charge(4);
    }

    pub(super) fn humanize(&self) {
        self.count(|calls| calls.addresses += 1);
        self.charge(5);
    }

    /// Validating is canonicalizing and humanizing.
    pub(super) fn validate_address(&self) {
        self.count(|calls| calls.addresses += 1);
        self.charge(4 + 5);
    }

    pub(super) fn crypto(&self, call: Crypto) {
        self.count(|calls| match call {
            Crypto::Secp256k1Verify
            | Crypto::Secp256k1Recover
            | Crypto::Secp256r1Verify
            | Crypto::Secp256r1Recover
            | Crypto::Ed25519Verify => calls.signatures += 1,
            Crypto::Ed25519Batch { signatures, .. } => calls.signatures += signatures,
            Crypto::AggregateG1 { points } | Crypto::AggregateG2 { points } => {
                calls.aggregated_points += points
            }
            Crypto::HashToG1 => calls.hash_to_g1 += 1,
            Crypto::HashToG2 => calls.hash_to_g2 += 1,
            Crypto::Pairing { pairs } => calls.pairings += pairs,
        });
        let vm_gas = (call.microseconds().saturating_mul(VM_GAS_PER_MICROSECOND))
            .saturating_add(call.half_microseconds().saturating_mul(VM_GAS_PER_MICROSECOND / 2));
        self.vm_gas.set(self.vm_gas.get().saturating_add(vm_gas));
        self.charge(0);
    }

    fn count(&self, change: impl FnOnce(&mut HostCalls)) {
        let mut calls = self.calls.get();
        change(&mut calls);
        self.calls.set(calls);
    }

    fn charge(&self, gas: u64) {
        self.sdk_gas.set(self.sdk_gas.get().saturating_add(gas));
        if self.exhausted() {
            // Unlike `panic!`, this runs no panic hook: an expected end, not a defect to print.
            std::panic::resume_unwind(Box::new(GasExhausted));
        }
    }
}

/// Attributes of one response, which share the free bytes.
#[derive(Default)]
struct Attributes {
    count: u64,
    bytes: u64,
}

impl Attributes {
    fn add(&mut self, list: &[Attribute]) {
        self.count += list.len() as u64;
        self.bytes +=
            list.iter().map(|attribute| (attribute.key.len() + attribute.value.len()) as u64).sum::<u64>();
    }

    fn gas(&self) -> u64 {
        let paid = self.bytes.saturating_sub(FREE_ATTRIBUTE_BYTES);
        ATTRIBUTE * self.count + ATTRIBUTE_BYTE * paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gas_of(charge: impl FnOnce(&Meter)) -> u64 {
        let meter = Meter::new();
        charge(&meter);
        meter.gas()
    }

    #[test]
    fn charges_are_those_of_the_sdk() {
        assert_eq!(gas_of(|m| m.read(b"key", Some(b"value"))), 1_000 + 3 * (33 + 3 + 5));
        assert_eq!(gas_of(|m| m.read(b"key", None)), 1_000 + 3 * (33 + 3));
        assert_eq!(gas_of(|m| m.write(b"key", b"value")), 2_000 + 30 * (33 + 3 + 5));
        assert_eq!(gas_of(Meter::delete), 1_000);
        assert_eq!(gas_of(|m| m.iterate(b"key", b"value")), 30 + 3 * (33 + 3 + 5));
        assert_eq!(gas_of(|m| m.transaction(200, 2)), 2_000 + 2_000);
        assert_eq!(gas_of(Meter::entry_point), 60_000);
    }

    #[test]
    fn charges_of_cryptography_are_those_of_the_vm() {
        let microseconds = |us: u64| us * 1_000_000 / 140_000;
        assert_eq!(gas_of(|m| m.crypto(Crypto::Pairing { pairs: 2 })), microseconds(2_112 + 2 * 163));
        assert_eq!(gas_of(|m| m.crypto(Crypto::HashToG2)), microseconds(871));
        assert_eq!(
            gas_of(|m| m.crypto(Crypto::Ed25519Batch { signatures: 3, keys: 1 })),
            microseconds(36 + 30)
        );
        assert_eq!(
            gas_of(|m| m.crypto(Crypto::Ed25519Batch { signatures: 3, keys: 3 })),
            microseconds(24 + 63)
        );
        // (207 / 2 + 3 * 49 / 2) microseconds
        assert_eq!(gas_of(|m| m.crypto(Crypto::AggregateG2 { points: 3 })), microseconds(177));
    }

    #[test]
    fn a_hundred_bytes_of_attributes_are_free() {
        let attribute = |bytes: usize| Attribute::new("k", "v".repeat(bytes - 1));
        assert_eq!(gas_of(|m| m.response(&[attribute(100)], std::iter::empty())), 10);
        assert_eq!(gas_of(|m| m.response(&[attribute(60), attribute(60)], std::iter::empty())), 20 + 20);
        let list = [attribute(90)];
        assert_eq!(
            gas_of(|m| m.response(&[attribute(60)], [("sale", &list[..])].into_iter())),
            20 + 4 + 20 + 50
        );
    }

    #[test]
    fn passing_the_limit_unwinds() {
        let meter = Meter::new();
        meter.reset(1_000);
        meter.delete();
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| meter.delete())).unwrap_err();
        assert!(unwound.is::<GasExhausted>() && meter.exhausted());
    }
}
