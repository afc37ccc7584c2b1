//! Contracts whose host calls are counted: a wrapper around each contract hands it counting storage, API and querier.

use super::meter::{Crypto, Meter};
use cosmwasm_std::{
    Addr, Api, Binary, CanonicalAddr, Checksum, Deps, DepsMut, Empty, Env, HashFunction, MessageInfo,
    MigrateInfo, Order, Querier, QuerierResult, QuerierWrapper, QueryRequest, Record, RecoverPubkeyError,
    Reply, Response, StdError, StdResult, Storage, SubMsgResult, VerificationError, WasmQuery, from_json,
};
use cw_multi_test::{
    Contract,
    error::{AnyError, AnyResult},
};
use std::rc::Rc;
use thiserror::Error;

/// A contract's error, kept recognisable through the layers above it.
#[derive(Debug, Error)]
#[error("{error}")]
pub(super) struct ContractFailure {
    pub(super) contract: String,
    pub(super) error: String,
}

/// A contract with a meter on its host calls.
pub(super) struct Metered {
    contract: Box<dyn Contract<Empty>>,
    meter: Rc<Meter>,
}

impl Metered {
    pub(super) fn new(contract: Box<dyn Contract<Empty>>, meter: Rc<Meter>) -> Self {
        Self { contract, meter }
    }

    fn call(
        &self,
        deps: DepsMut<'_>,
        env: Env,
        entry_point: impl FnOnce(&dyn Contract<Empty>, DepsMut<'_>, Env) -> AnyResult<Response>,
    ) -> AnyResult<Response> {
        let meter = &*self.meter;
        let address = env.contract.address.clone();
        let mut storage = MeteredStorageMut { inner: deps.storage, meter };
        let api = MeteredApi { inner: deps.api, meter };
        let querier = MeteredQuerier { inner: &*deps.querier, meter };
        let deps = DepsMut { storage: &mut storage, api: &api, querier: QuerierWrapper::new(&querier) };
        let response =
            entry_point(self.contract.as_ref(), deps, env).map_err(|error| failure(&address, &error))?;
        let events = response.events.iter().map(|event| (event.ty.as_str(), event.attributes.as_slice()));
        meter.response(&response.attributes, events);
        Ok(response)
    }
}

fn failure(contract: &Addr, error: &AnyError) -> AnyError {
    AnyError::new(ContractFailure { contract: contract.to_string(), error: error.to_string() })
}

impl Contract<Empty> for Metered {
    fn instantiate(
        &self,
        deps: DepsMut<'_>,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> AnyResult<Response> {
        self.meter.entry_point();
        self.call(deps, env, |contract, deps, env| contract.instantiate(deps, env, info, msg))
    }

    fn execute(&self, deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: Vec<u8>) -> AnyResult<Response> {
        self.meter.entry_point();
        self.call(deps, env, |contract, deps, env| contract.execute(deps, env, info, msg))
    }

    fn query(&self, deps: Deps<'_>, env: Env, msg: Vec<u8>) -> AnyResult<Binary> {
        let meter = &*self.meter;
        meter.entry_point();
        let address = env.contract.address.clone();
        let storage = MeteredStorage { inner: deps.storage, meter };
        let api = MeteredApi { inner: deps.api, meter };
        let querier = MeteredQuerier { inner: &*deps.querier, meter };
        let deps = Deps { storage: &storage, api: &api, querier: QuerierWrapper::new(&querier) };
        self.contract.query(deps, env, msg).map_err(|error| failure(&address, &error))
    }

    fn reply(&self, deps: DepsMut<'_>, env: Env, msg: Reply) -> AnyResult<Response> {
        let events = match &msg.result {
            SubMsgResult::Ok(response) => response.events.as_slice(),
            SubMsgResult::Err(_) => &[],
        };
        self.meter.reply(events.iter().map(|event| (event.ty.as_str(), event.attributes.as_slice())));
        self.call(deps, env, |contract, deps, env| contract.reply(deps, env, msg))
    }

    fn sudo(&self, deps: DepsMut<'_>, env: Env, msg: Vec<u8>) -> AnyResult<Response> {
        self.meter.entry_point();
        self.call(deps, env, |contract, deps, env| contract.sudo(deps, env, msg))
    }

    fn migrate(&self, deps: DepsMut<'_>, env: Env, msg: Vec<u8>, info: MigrateInfo) -> AnyResult<Response> {
        self.meter.entry_point();
        self.call(deps, env, |contract, deps, env| contract.migrate(deps, env, msg, info))
    }

    fn checksum(&self) -> Option<Checksum> {
        self.contract.checksum()
    }
}

fn metered_get(inner: &dyn Storage, meter: &Meter, key: &[u8]) -> Option<Vec<u8>> {
    let value = inner.get(key);
    meter.read(key, value.as_deref());
    value
}

fn metered_range<'a>(
    inner: &'a dyn Storage,
    meter: &'a Meter,
    (start, end, order): (Option<&[u8]>, Option<&[u8]>, Order),
) -> Box<dyn Iterator<Item = Record> + 'a> {
    let mut records = inner.range(start, end, order);
    Box::new(std::iter::from_fn(move || {
        let record = records.next();
        match &record {
            Some((key, value)) => meter.iterate(key, value),
            None => meter.end_of_range(),
        }
        record
    }))
}

struct MeteredStorage<'a> {
    inner: &'a dyn Storage,
    meter: &'a Meter,
}

/// Queries cannot write: the VM traps them, and so does this.
impl Storage for MeteredStorage<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        metered_get(self.inner, self.meter, key)
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        metered_range(self.inner, self.meter, (start, end, order))
    }

    fn set(&mut self, _key: &[u8], _value: &[u8]) {
        std::panic::resume_unwind(Box::new("a query tried to write"));
    }

    fn remove(&mut self, _key: &[u8]) {
        std::panic::resume_unwind(Box::new("a query tried to write"));
    }
}

struct MeteredStorageMut<'a> {
    inner: &'a mut dyn Storage,
    meter: &'a Meter,
}

impl Storage for MeteredStorageMut<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        metered_get(self.inner, self.meter, key)
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        metered_range(self.inner, self.meter, (start, end, order))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.meter.write(key, value);
        self.inner.set(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        self.meter.delete();
        self.inner.remove(key);
    }
}

struct MeteredQuerier<'a> {
    inner: &'a dyn Querier,
    meter: &'a Meter,
}

impl Querier for MeteredQuerier<'_> {
    /// Smart queries count themselves in the contract asked; a raw query is one read.
    fn raw_query(&self, request: &[u8]) -> QuerierResult {
        let answer = self.inner.raw_query(request);
        if let Ok(QueryRequest::<Empty>::Wasm(WasmQuery::Raw { key, .. })) = from_json(request) {
            let value = answer.clone().into_result().ok().and_then(|result| result.into_result().ok());
            self.meter.read(&key, value.as_deref());
        }
        answer
    }
}

struct MeteredApi<'a> {
    inner: &'a dyn Api,
    meter: &'a Meter,
}

/// Compressed points, as the host functions take them.
const G1_BYTES: usize = 48;
const G2_BYTES: usize = 96;

impl Api for MeteredApi<'_> {
    fn addr_validate(&self, input: &str) -> StdResult<Addr> {
        self.meter.validate_address();
        let address = self.inner.addr_validate(input)?;
        // wasmd knows accounts of 20 bytes and contracts of 32; multi-test would take any length.
        match self.inner.addr_canonicalize(input)?.len() {
            20 | 32 => Ok(address),
            length => Err(StdError::generic_err(format!("address has {length} bytes, expected 20 or 32"))),
        }
    }

    fn addr_canonicalize(&self, input: &str) -> StdResult<CanonicalAddr> {
        self.meter.canonicalize();
        self.inner.addr_canonicalize(input)
    }

    fn addr_humanize(&self, canonical: &CanonicalAddr) -> StdResult<Addr> {
        self.meter.humanize();
        self.inner.addr_humanize(canonical)
    }

    fn secp256k1_verify(&self, hash: &[u8], signature: &[u8], key: &[u8]) -> Result<bool, VerificationError> {
        self.meter.crypto(Crypto::Secp256k1Verify);
        self.inner.secp256k1_verify(hash, signature, key)
    }

    fn secp256k1_recover_pubkey(
        &self,
        hash: &[u8],
        signature: &[u8],
        id: u8,
    ) -> Result<Vec<u8>, RecoverPubkeyError> {
        self.meter.crypto(Crypto::Secp256k1Recover);
        self.inner.secp256k1_recover_pubkey(hash, signature, id)
    }

    fn secp256r1_verify(&self, hash: &[u8], signature: &[u8], key: &[u8]) -> Result<bool, VerificationError> {
        self.meter.crypto(Crypto::Secp256r1Verify);
        self.inner.secp256r1_verify(hash, signature, key)
    }

    fn secp256r1_recover_pubkey(
        &self,
        hash: &[u8],
        signature: &[u8],
        id: u8,
    ) -> Result<Vec<u8>, RecoverPubkeyError> {
        self.meter.crypto(Crypto::Secp256r1Recover);
        self.inner.secp256r1_recover_pubkey(hash, signature, id)
    }

    fn bls12_381_aggregate_g1(&self, points: &[u8]) -> Result<[u8; 48], VerificationError> {
        self.meter.crypto(Crypto::AggregateG1 { points: (points.len() / G1_BYTES) as u64 });
        self.inner.bls12_381_aggregate_g1(points)
    }

    fn bls12_381_aggregate_g2(&self, points: &[u8]) -> Result<[u8; 96], VerificationError> {
        self.meter.crypto(Crypto::AggregateG2 { points: (points.len() / G2_BYTES) as u64 });
        self.inner.bls12_381_aggregate_g2(points)
    }

    fn bls12_381_pairing_equality(
        &self,
        ps: &[u8],
        qs: &[u8],
        r: &[u8],
        s: &[u8],
    ) -> Result<bool, VerificationError> {
        // The pairs on the left and the one on the right.
        self.meter.crypto(Crypto::Pairing { pairs: (ps.len() / G1_BYTES) as u64 + 1 });
        self.inner.bls12_381_pairing_equality(ps, qs, r, s)
    }

    fn bls12_381_hash_to_g1(
        &self,
        hash: HashFunction,
        msg: &[u8],
        dst: &[u8],
    ) -> Result<[u8; 48], VerificationError> {
        self.meter.crypto(Crypto::HashToG1);
        self.inner.bls12_381_hash_to_g1(hash, msg, dst)
    }

    fn bls12_381_hash_to_g2(
        &self,
        hash: HashFunction,
        msg: &[u8],
        dst: &[u8],
    ) -> Result<[u8; 96], VerificationError> {
        self.meter.crypto(Crypto::HashToG2);
        self.inner.bls12_381_hash_to_g2(hash, msg, dst)
    }

    fn ed25519_verify(
        &self,
        message: &[u8],
        signature: &[u8],
        key: &[u8],
    ) -> Result<bool, VerificationError> {
        self.meter.crypto(Crypto::Ed25519Verify);
        self.inner.ed25519_verify(message, signature, key)
    }

    fn ed25519_batch_verify(
        &self,
        messages: &[&[u8]],
        signatures: &[&[u8]],
        keys: &[&[u8]],
    ) -> Result<bool, VerificationError> {
        self.meter
            .crypto(Crypto::Ed25519Batch { signatures: signatures.len() as u64, keys: keys.len() as u64 });
        self.inner.ed25519_batch_verify(messages, signatures, keys)
    }

    /// Chains print nothing, and multi-test would print to standard output, which belongs to the program.
    fn debug(&self, _message: &str) {}
}
