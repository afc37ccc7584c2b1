//! What several tests share: seeded keys, malformed points, and one call for both verifiers.

use bithive_attest::bls::{self, BlsError, SecretKey};
use bithive_attest::host::{self, HostError};
use bithive_attest::{Attested, Domain, Statement, possession_bytes};
use cosmwasm_std::testing::MockApi;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;

pub(crate) const JOBS: Domain<'static> = Domain { chain_id: "bithive-1", contract: "bithive1jobs" };

pub(crate) fn keys(n: usize) -> Vec<SecretKey> {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    (0..n).map(|_| SecretKey::generate(&mut rng).unwrap()).collect()
}

pub(crate) fn publics(keys: &[SecretKey]) -> Vec<[u8; 48]> {
    keys.iter().map(SecretKey::public_key).collect()
}

/// A compressed point with these first and last bytes and zeros between them.
pub(crate) fn point<const N: usize>(first: u8, last: u8) -> [u8; N] {
    let mut point = [0; N];
    point[0] = first;
    point[N - 1] = last;
    point
}

/// (0, 2), a point of order 3: the smallest subgroup of E(Fp).
pub(crate) const ORDER_3: [u8; 48] = {
    let mut point = [0; 48];
    point[0] = 0x80;
    point
};

/// A point of order 13 on the twist E'(Fp2).
pub(crate) fn order_13() -> [u8; 96] {
    bytes_of(concat!(
        "ae074268358ced055a27ab8de3bbdeb6d0c2949685103095e491dc537fc8ee474a73ce0b2826fae8eabfb3078a910b64",
        "157573f4c77585787c2c988585c1f6afe39f5b91aacb37509b42ec71fceb51a1576fda15dac1031f8d26785d6b139784",
    ))
}

/// What both verifiers say of one key's signature: nothing wrong, or an error; they have to agree on which.
pub(crate) fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), BlsError> {
    let native = bls::verify(key, message, signature);
    let api = MockApi::default();
    let host = host::check_g1(&api, "BLS key", key)
        .and_then(|key| host::verify_statement(&api, &key, &[], message, signature));
    assert_eq!(kind(&host), native, "{host:?}");
    native
}

/// As [`check`], of a proof of possession.
pub(crate) fn check_possession(key: &[u8], message: &[u8], proof: &[u8]) -> Result<(), BlsError> {
    let native = bls::verify_possession(key, message, proof);
    let host = host::verify_possession(&MockApi::default(), key, message, proof);
    assert_eq!(kind(&host), native, "{host:?}");
    native
}

/// As [`check`], of a statement signed by a set without its absent members.
pub(crate) fn check_statement(
    full_key: &[u8; 48],
    absent: &[[u8; 48]],
    message: &[u8],
    signature: &[u8],
) -> Result<(), BlsError> {
    let native = bls::verify_statement(full_key, absent, message, signature);
    let host = host::verify_statement(&MockApi::default(), full_key, absent, message, signature);
    assert_eq!(kind(&host), native, "{host:?}");
    native
}

/// As [`check`], of an aggregate in which everybody signed for themselves.
pub(crate) fn check_consents(signed: &[([u8; 48], Vec<u8>)], signature: &[u8]) -> Result<(), BlsError> {
    let native = bls::verify_consents(signed, signature);
    let host = host::verify_consents(&MockApi::default(), signed, signature);
    assert_eq!(host.is_ok(), native.is_ok(), "{host:?} {native:?}");
    native
}

/// As [`check`], of one aggregate over many statements.
pub(crate) fn check_statements(statements: &[Attested], signature: &[u8]) -> Result<(), BlsError> {
    let native = bls::verify_statements(statements, signature);
    let host = host::verify_statements(&MockApi::default(), statements, signature);
    assert_eq!(kind(&host), native, "{host:?}");
    native
}

/// The sum of keys, by both.
pub(crate) fn sum_keys(keys: &[[u8; 48]]) -> Result<[u8; 48], BlsError> {
    let native = bls::sum_keys(keys);
    assert_eq!(host::sum_keys(&MockApi::default(), keys).ok(), native.ok());
    native
}

/// The native error that says the same as the host's.
fn kind<T>(host: &Result<T, HostError>) -> Result<(), BlsError> {
    let about_key = |what: &str| what.contains("key");
    match host {
        Ok(_) => Ok(()),
        Err(HostError::Mismatch(_)) => Err(BlsError::Mismatch),
        Err(HostError::Empty(_)) => Err(BlsError::Empty),
        Err(HostError::Duplicate(index)) => Err(BlsError::Duplicate(*index)),
        Err(HostError::Identity(what) | HostError::Length { what, .. } | HostError::Point { what, .. }) => {
            Err(if about_key(what) { BlsError::PublicKey } else { BlsError::Signature })
        }
    }
}

pub(crate) fn possession_of(account: &str, key: &SecretKey) -> Vec<u8> {
    possession_bytes(JOBS, account, &key.public_key())
}

/// A field of a vector file in hex.
pub(crate) fn hex_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

pub(crate) fn bytes_of<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// A field of a vector file in hex, of a known length.
pub(crate) fn fixed_of<const N: usize>(value: &Value) -> [u8; N] {
    bytes_of(value.as_str().unwrap())
}

pub(crate) fn rows(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// A final statement of three workers at most, of which the first and the third are in the quorum.
pub(crate) fn statement(workers: &[[u8; 48]]) -> Statement<'_> {
    Statement {
        job_id: 9,
        round: 2,
        model: &[1; 32],
        input_commitment: &[2; 32],
        output: &[3; 32],
        masked: &[4; 8],
        workers,
        quorum: 0b101,
    }
}
