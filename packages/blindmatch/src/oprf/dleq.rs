//! One proof for a whole answer: every evaluation used the published share of its slot.
//!
//! Statement: for each slot s with share key Y_s and pairs (P_sj, E_sj) there is k_s with Y_s = k_s * G and
//! E_sj = k_s * P_sj for all j. With weights w_sj, 128 bits each, drawn by hashing the whole statement, let
//! M_s = sum_j w_sj * P_sj and Z = sum_s sum_j w_sj * E_sj. The proof is a Schnorr proof of knowledge of the
//! vector (k_s) for the linear map (k_s) -> (k_s * G for each s, sum_s k_s * M_s):
//!
//! - A_s = a_s * G, B = sum_s a_s * M_s, c = H(statement, A, B), z_s = a_s + c * k_s; the proof is (c, z).
//! - verify: A_s = z_s * G - c * Y_s, B = sum_s z_s * M_s - c * Z, and c = H(statement, A, B).
//!
//! Sound for several keys at once: extraction gives the k_s, each the only logarithm of its Y_s, with
//! sum w_sj * (E_sj - k_s * P_sj) = 0. The weights are random after the statement is fixed, so a single wrong
//! E_sj passes with probability 2^-128. It costs 32 * (slots + 1) bytes, where a proof for each slot would
//! take 64 * slots.

use curve25519_dalek::{
    RistrettoPoint, Scalar,
    traits::{MultiscalarMul, VartimeMultiscalarMul},
};
use rand_core::CryptoRng;
use sha2::Sha512;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    committee::MemberIndex,
    hash::{Transcript, sha512},
    schema::SlotId,
};

/// What is proved for one slot.
pub(crate) struct SlotStatement {
    slot: SlotId,
    key: RistrettoPoint,
    pub(crate) pairs: Vec<(RistrettoPoint, RistrettoPoint)>,
}

impl SlotStatement {
    pub(crate) fn new(slot: SlotId, key: RistrettoPoint) -> Self {
        Self { slot, key, pairs: Vec::new() }
    }
}

/// (c, z) with one response for each slot, in slot order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) challenge: Scalar,
    pub(crate) responses: Vec<Scalar>,
}

/// Everything that is proved, hashed.
fn statement_hash(epoch: u64, member: MemberIndex, statements: &[SlotStatement]) -> [u8; 64] {
    let mut hash = sha512("dleq-statement").fixed(&epoch.to_be_bytes()).fixed(&[member.get()]);
    hash = hash.fixed(&(statements.len() as u64).to_be_bytes());
    for statement in statements {
        hash = hash.fixed(&statement.slot.0.to_be_bytes()).fixed(statement.key.compress().as_bytes());
        hash = hash.fixed(&(statement.pairs.len() as u64).to_be_bytes());
        for (blinded, evaluated) in &statement.pairs {
            hash = hash.fixed(blinded.compress().as_bytes()).fixed(evaluated.compress().as_bytes());
        }
    }
    hash.wide()
}

/// w_sj for every pair, in order.
fn weights(seed: &[u8; 64]) -> impl Iterator<Item = Scalar> {
    (0_u64..).map(|index| {
        let wide = sha512("dleq-weight").fixed(seed).fixed(&index.to_be_bytes()).wide();
        let mut low = [0; 16];
        low.copy_from_slice(&wide[..16]);
        Scalar::from(u128::from_le_bytes(low))
    })
}

fn challenge(seed: &[u8; 64], commitments: &[RistrettoPoint], combined: &RistrettoPoint) -> Scalar {
    let hash: Transcript<Sha512> =
        commitments.iter().fold(sha512("dleq-challenge").fixed(seed), |hash, commitment| {
            hash.fixed(commitment.compress().as_bytes())
        });
    hash.fixed(combined.compress().as_bytes()).scalar()
}

/// M_s for every slot.
fn combine_inputs(
    statements: &[SlotStatement],
    weights: &mut impl Iterator<Item = Scalar>,
) -> Vec<RistrettoPoint> {
    let combine = |statement: &SlotStatement| {
        let weights: Vec<_> = weights.by_ref().take(statement.pairs.len()).collect();
        RistrettoPoint::vartime_multiscalar_mul(weights, statement.pairs.iter().map(|(blinded, _)| blinded))
    };
    statements.iter().map(combine).collect()
}

/// Proves the statements, whose shares are `secrets`, in the same order.
pub(crate) fn prove(
    epoch: u64,
    member: MemberIndex,
    statements: &[SlotStatement],
    secrets: &[&Scalar],
    rng: &mut impl CryptoRng,
) -> Proof {
    let seed = statement_hash(epoch, member, statements);
    let combined_inputs = combine_inputs(statements, &mut weights(&seed));
    let nonces = nonces(&seed, secrets, rng);
    let commitments: Vec<_> = nonces.iter().map(RistrettoPoint::mul_base).collect();
    let combined = RistrettoPoint::multiscalar_mul(nonces.iter(), &combined_inputs);
    let challenge = challenge(&seed, &commitments, &combined);
    let responses = nonces.iter().zip(secrets).map(|(nonce, secret)| nonce + challenge * *secret).collect();
    Proof { challenge, responses }
}

/// Nonces hedged against a weak generator: they depend on the secret and the statement, too, so that a repeated
/// generator state does not repeat a nonce for two statements.
fn nonces(seed: &[u8; 64], secrets: &[&Scalar], rng: &mut impl CryptoRng) -> Zeroizing<Vec<Scalar>> {
    let mut fresh = Zeroizing::new([0; 32]);
    rng.fill_bytes(fresh.as_mut_slice());
    let mut nonces = Zeroizing::new(Vec::with_capacity(secrets.len()));
    for (index, secret) in (0_u64..).zip(secrets) {
        let hash = sha512("dleq-nonce").fixed(seed).fixed(fresh.as_slice()).fixed(&index.to_be_bytes());
        let mut wide = hash.fixed(secret.as_bytes()).wide();
        nonces.push(Scalar::from_bytes_mod_order_wide(&wide));
        wide.zeroize();
    }
    nonces
}

/// Whether the proof holds.
pub(crate) fn verify(epoch: u64, member: MemberIndex, statements: &[SlotStatement], proof: &Proof) -> bool {
    if proof.responses.len() != statements.len() {
        return false;
    }
    let seed = statement_hash(epoch, member, statements);
    let inputs = combine_inputs(statements, &mut weights(&seed));
    let minus_challenge = -proof.challenge;
    let commitments: Vec<_> = statements
        .iter()
        .zip(&proof.responses)
        .map(|(statement, response)| {
            RistrettoPoint::vartime_double_scalar_mul_basepoint(&minus_challenge, &statement.key, response)
        })
        .collect();
    // The multiplication wants iterators of exact length.
    let mut scalars = proof.responses.clone();
    let mut points = inputs;
    let evaluated =
        statements.iter().flat_map(|statement| statement.pairs.iter().map(|(_, evaluated)| *evaluated));
    for (evaluated, weight) in evaluated.zip(weights(&seed)) {
        scalars.push(minus_challenge * weight);
        points.push(evaluated);
    }
    let combined = RistrettoPoint::vartime_multiscalar_mul(scalars, points);
    challenge(&seed, &commitments, &combined).ct_eq(&proof.challenge).into()
}
