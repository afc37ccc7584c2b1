//! Verification with a chain's BLS12-381 host functions (CosmWasm 2.1 and later), on the same bytes as `bls`.
//!
//! The host decodes points with curve and subgroup checks; the identity is refused here.

use cosmwasm_std::{Api, HashFunction, VerificationError};

use crate::point::{duplicate, is_identity, negate};
use crate::statement::Attested;
use crate::{POSSESSION_DST, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, SIGNATURE_DST};

/// Generator of G1, compressed.
pub const G1_GENERATOR: [u8; 48] = [
    0x97, 0xf1, 0xd3, 0xa7, 0x31, 0x97, 0xd7, 0x94, 0x26, 0x95, 0x63, 0x8c, 0x4f, 0xa9, 0xac, 0x0f, 0xc3,
    0x68, 0x8c, 0x4f, 0x97, 0x74, 0xb9, 0x05, 0xa1, 0x4e, 0x3a, 0x3f, 0x17, 0x1b, 0xac, 0x58, 0x6c, 0x55,
    0xe8, 0x3f, 0xf9, 0x7a, 0x1a, 0xef, 0xfb, 0x3a, 0xf0, 0x0a, 0xdb, 0x22, 0xc6, 0xbb,
];

/// What can be wrong with a key or a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum HostError {
    /// A point has the wrong length.
    #[error("{what} has {found} bytes; expected {expected}")]
    Length {
        /// What the point is, in words.
        what: &'static str,
        /// Length found, in bytes.
        found: usize,
        /// Length expected, in bytes.
        expected: usize,
    },
    /// A point is the identity.
    #[error("{0} is the identity; expected another point of the group")]
    Identity(&'static str),
    /// The host refused a point.
    #[error("{what} is not a canonical point of the group ({reason})")]
    Point {
        /// What the point is, in words.
        what: &'static str,
        /// The host's error message.
        reason: String,
    },
    /// A key is listed twice: its owner would count twice.
    #[error("BLS key {0} is the same as one before it; expected different keys")]
    Duplicate(usize),
    /// There is nothing that the signature could be of.
    #[error("{0} is over nothing; expected at least one signer")]
    Empty(&'static str),
    /// The signature does not verify.
    #[error("{0} does not verify for these keys and this message")]
    Mismatch(&'static str),
}

/// Checks that `bytes` is a point of G1 other than the identity.
///
/// # Errors
/// [`HostError::Length`], [`HostError::Identity`], [`HostError::Point`], each naming `what`.
pub fn check_g1(
    api: &dyn Api,
    what: &'static str,
    bytes: &[u8],
) -> Result<[u8; PUBLIC_KEY_BYTES], HostError> {
    let point: [u8; PUBLIC_KEY_BYTES] = sized(what, bytes)?;
    refuse_identity(what, &point)?;
    // Aggregating one point decodes it with all checks.
    api.bls12_381_aggregate_g1(&point).map_err(|error| refused(what, &error))
}

/// Verifies a proof of possession of a registering key.
///
/// # Errors
/// As [`check_g1`]; [`HostError::Mismatch`].
pub fn verify_possession(api: &dyn Api, key: &[u8], message: &[u8], proof: &[u8]) -> Result<(), HostError> {
    let key = check_g1(api, "BLS key", key)?;
    let what = "BLS proof of possession";
    let hash = hash(api, what, message, POSSESSION_DST)?;
    pairing(api, what, &key, &hash, proof)
}

/// Sum of the keys of a set, to be cached for [`verify_statement`].
///
/// # Errors
/// [`HostError::Identity`], also if the keys cancel; [`HostError::Duplicate`], [`HostError::Point`], also
/// without keys.
pub fn sum_keys(api: &dyn Api, keys: &[[u8; PUBLIC_KEY_BYTES]]) -> Result<[u8; PUBLIC_KEY_BYTES], HostError> {
    keys.iter().try_for_each(|key| refuse_identity("BLS key", key))?;
    duplicate(keys).map_or(Ok(()), |index| Err(HostError::Duplicate(index)))?;
    sum(api, "sum of BLS keys", keys)
}

/// Sum of signatures of one message that were verified one by one.
///
/// # Errors
/// [`HostError::Point`], also without signatures.
pub fn sum_signatures(
    api: &dyn Api,
    signatures: &[[u8; SIGNATURE_BYTES]],
) -> Result<[u8; SIGNATURE_BYTES], HostError> {
    let what = "sum of BLS signatures";
    api.bls12_381_aggregate_g2(signatures.as_flattened()).map_err(|error| refused(what, &error))
}

/// Verifies an aggregate over one message by a set without its absent members: the cached sum minus their
/// keys, so the cost is that of the absentees.
///
/// # Errors
/// [`HostError`] naming the signature.
pub fn verify_statement(
    api: &dyn Api,
    full_key: &[u8; PUBLIC_KEY_BYTES],
    absent: &[[u8; PUBLIC_KEY_BYTES]],
    message: &[u8],
    signature: &[u8],
) -> Result<(), HostError> {
    let what = "BLS signature of the statement";
    let key = signers_key(api, full_key, absent)?;
    let hash = hash(api, what, message, SIGNATURE_DST)?;
    pairing(api, what, &key, &hash, signature)
}

/// Verifies one aggregate over many statements, each by its own signers: one pairing for each and one for the
/// aggregate. This is CoreAggregateVerify of draft-irtf-cfrg-bls-signature-05 (section 2.9) with the pairs of one message
/// taken together, and with section 3.3's proofs of possession it shows that every signer signed its statement.
///
/// The signatures come as their sum only. Were they given singly, a product over them would let two through that are
/// wrong by amounts that cancel, unless each is weighted at random, which the host functions can't do.
///
/// # Errors
/// [`HostError`] naming the aggregate or the keys; [`HostError::Empty`] without statements.
pub fn verify_statements(api: &dyn Api, statements: &[Attested], signature: &[u8]) -> Result<(), HostError> {
    let signer = |statement: &Attested| signers_key(api, &statement.full_key, &statement.absent);
    let keys = statements.iter().map(signer).collect::<Result<Vec<_>, _>>()?;
    let messages = statements.iter().map(|statement| statement.message.as_slice());
    verify_each(api, "BLS aggregate over the statements", keys.iter().zip(messages), signature)
}

/// Verifies an aggregate in which every key signed its own message.
///
/// # Errors
/// [`HostError`] naming the signature.
pub fn verify_consents(
    api: &dyn Api,
    signed: &[([u8; PUBLIC_KEY_BYTES], Vec<u8>)],
    signature: &[u8],
) -> Result<(), HostError> {
    let pairs = signed.iter().map(|(key, message)| (key, message.as_slice()));
    verify_each(api, "BLS aggregate of the workers' consents", pairs, signature)
}

/// One aggregate in which every key signed its own message.
fn verify_each<'a>(
    api: &dyn Api,
    what: &'static str,
    signed: impl ExactSizeIterator<Item = (&'a [u8; PUBLIC_KEY_BYTES], &'a [u8])>,
    signature: &[u8],
) -> Result<(), HostError> {
    if signed.len() == 0 {
        return Err(HostError::Empty(what));
    }
    let mut keys = Vec::with_capacity(signed.len() * PUBLIC_KEY_BYTES);
    let mut hashes = Vec::with_capacity(signed.len() * SIGNATURE_BYTES);
    for (key, message) in signed {
        refuse_identity("BLS key", key)?;
        keys.extend_from_slice(key);
        hashes.extend_from_slice(&hash(api, what, message, SIGNATURE_DST)?);
    }
    pairing(api, what, &keys, &hashes, signature)
}

/// The key under which a set without its absent members signs.
fn signers_key(
    api: &dyn Api,
    full_key: &[u8; PUBLIC_KEY_BYTES],
    absent: &[[u8; PUBLIC_KEY_BYTES]],
) -> Result<[u8; PUBLIC_KEY_BYTES], HostError> {
    let mut points = vec![*full_key];
    points.extend(absent.iter().map(negate));
    points.iter().try_for_each(|key| refuse_identity("BLS key", key))?;
    sum(api, "sum of the signers' BLS keys", &points)
}

fn sum(
    api: &dyn Api,
    what: &'static str,
    keys: &[[u8; PUBLIC_KEY_BYTES]],
) -> Result<[u8; PUBLIC_KEY_BYTES], HostError> {
    let sum = api.bls12_381_aggregate_g1(keys.as_flattened()).map_err(|error| refused(what, &error))?;
    refuse_identity(what, &sum)?;
    Ok(sum)
}

fn hash(api: &dyn Api, what: &'static str, message: &[u8], dst: &[u8]) -> Result<[u8; 96], HostError> {
    api.bls12_381_hash_to_g2(HashFunction::Sha256, message, dst).map_err(|error| refused(what, &error))
}

fn pairing(
    api: &dyn Api,
    what: &'static str,
    keys: &[u8],
    hashes: &[u8],
    signature: &[u8],
) -> Result<(), HostError> {
    let signature: [u8; SIGNATURE_BYTES] = sized(what, signature)?;
    refuse_identity(what, &signature)?;
    match api.bls12_381_pairing_equality(keys, hashes, &G1_GENERATOR, &signature) {
        Ok(true) => Ok(()),
        Ok(false) => Err(HostError::Mismatch(what)),
        Err(error) => Err(refused(what, &error)),
    }
}

fn sized<const N: usize>(what: &'static str, bytes: &[u8]) -> Result<[u8; N], HostError> {
    bytes.try_into().map_err(|_| HostError::Length { what, found: bytes.len(), expected: N })
}

fn refuse_identity<const N: usize>(what: &'static str, point: &[u8; N]) -> Result<(), HostError> {
    if is_identity(point) { Err(HostError::Identity(what)) } else { Ok(()) }
}

fn refused(what: &'static str, error: &VerificationError) -> HostError {
    HostError::Point { what, reason: error.to_string() }
}
