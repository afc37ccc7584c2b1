//! The proof that a contributor has its registered answers evaluated, and no others.
//!
//! Statement: for each blinded point B_j of slot i there are r_j and u_j with B_j = r_j * C_i - u_j * H, where C_i is the
//! registered commitment to the answer of slot i and H the base of its blind. An honest contributor has
//! C_i = P_i + s_i * H and B_j = r_j * P_i, so u_j = r_j * s_i. The proof is Okamoto's of a representation, for all points
//! under one challenge:
//!
//! - A_j = a_j * C_i - b_j * H, c = H(statement, A), z_j = a_j + c * r_j, w_j = b_j + c * u_j; the proof is (c, z, w).
//! - verify: A_j = z_j * C_i - w_j * H - c * B_j, and c = H(statement, A).
//!
//! Extraction gives B_j = r_j * C_i - u_j * H for each point by itself. If C_i = P_i(v) + s * H, which accreditors check,
//! the member's answer is a multiple of K_i * P_i(v) plus one of K_i * H, from which the tag of another answer does not
//! follow: that would take K_i * P_i(v'), a Diffie-Hellman value of two points that it knows no logarithm of
//! (SECURITY.md). A C_i of any other form fits one answer at most: two would be a relation between hashes to the group.
//! Responses are for each point, not for a weighted sum of them: a sum would let the commitment of one slot, which no
//! accreditor has seen, stand in for that of another.

use curve25519_dalek::{
    RistrettoPoint, Scalar,
    traits::{MultiscalarMul, VartimeMultiscalarMul},
};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    codec::{DecodeError, Reader},
    commitment::{AnswerCommitments, base, put_points, read_points},
    committee::decode_point,
    hash::sha512,
    schema::SlotId,
};

/// All commitments of a contributor, and (c, z, w) with a pair of responses for each point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerProof {
    /// One for each slot, of a schema that both sides know.
    commitments: Vec<[u8; 32]>,
    challenge: Scalar,
    responses: Vec<[Scalar; 2]>,
}

/// Digest of a request, and its blinded points by slot.
pub(super) type Points<'a> = (&'a [u8; 32], &'a [(SlotId, [u8; 32])]);

/// Why a contributor's request is refused before anything is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The request has no proof of its points.
    #[error(
        "the request does not prove that its points are of the node's registered answers; update the node's program"
    )]
    Missing,
    /// Other commitments than the registered ones.
    #[error(
        "the commitments to the node's answers are not those that it has registered; restart the node, or register them with `bithive node commit`"
    )]
    NotRegistered,
    /// A point of a slot that has no commitment.
    #[error("slot {} has no commitment that is an element of the group", slot.0)]
    Slot {
        /// Slot without a usable commitment.
        slot: SlotId,
    },
    /// Bytes that are no point.
    #[error("point {position} is not a canonical element of the group, or is zero")]
    Point {
        /// Its position in the request, from 0.
        position: usize,
    },
    /// The proof does not hold.
    #[error("the proof does not hold: a point is not of the registered answer to its slot")]
    Proof,
}

impl AnswerProof {
    pub(super) fn encode_into(&self, out: &mut Vec<u8>) {
        put_points(out, &self.commitments);
        out.extend_from_slice(self.challenge.as_bytes());
        self.responses.iter().flatten().for_each(|response| out.extend_from_slice(response.as_bytes()));
    }

    /// A proof for this many points.
    pub(super) fn decode(points: usize, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let commitments = read_points(reader)?;
        let challenge = reader.scalar("proof")?;
        let pair = |_| Ok([reader.scalar("proof")?, reader.scalar("proof")?]);
        let responses = (0..points).map(pair).collect::<Result<_, DecodeError>>()?;
        Ok(Self { commitments, challenge, responses })
    }

    pub(super) fn check(
        &self,
        schema_digest: [u8; 32],
        account: &str,
        registered: &[u8],
        (request, points): Points<'_>,
    ) -> Result<(), AnswerError> {
        let commitments = AnswerCommitments::received(schema_digest, self.commitments.clone());
        if commitments.digest().as_slice() != registered {
            return Err(AnswerError::NotRegistered);
        }
        if self.responses.len() != points.len() {
            return Err(AnswerError::Proof);
        }
        let minus_challenge = -self.challenge;
        let mut nonces = Vec::with_capacity(self.responses.len());
        for (position, ((slot, bytes), [z, w])) in points.iter().zip(&self.responses).enumerate() {
            let blinded = decode_point(bytes).ok_or(AnswerError::Point { position })?;
            let commitment = commitments.point(*slot).ok_or(AnswerError::Slot { slot: *slot })?;
            let scalars = [*z, -w, minus_challenge];
            nonces.push(RistrettoPoint::vartime_multiscalar_mul(scalars, [commitment, *base(), blinded]));
        }
        let seed = statement(&commitments, account, request);
        let holds: bool = challenge(&seed, &nonces).ct_eq(&self.challenge).into();
        if holds { Ok(()) } else { Err(AnswerError::Proof) }
    }
}

/// Everything that is proved, hashed.
fn statement(commitments: &AnswerCommitments, account: &str, request: &[u8; 32]) -> [u8; 64] {
    let hash = sha512("answers-statement").fixed(&commitments.digest()).variable(account.as_bytes());
    hash.fixed(request).wide()
}

fn challenge(seed: &[u8; 64], nonces: &[RistrettoPoint]) -> Scalar {
    let hash = sha512("answers-challenge").fixed(seed);
    nonces.iter().fold(hash, |hash, point| hash.fixed(point.compress().as_bytes())).scalar()
}

/// Proves a request's points, with r_j and s_i of each.
pub(super) fn prove<'a>(
    commitments: &AnswerCommitments,
    account: &str,
    (request, points): Points<'_>,
    secrets: impl Iterator<Item = (&'a Scalar, &'a Scalar)>,
    rng: &mut impl CryptoRng,
) -> AnswerProof {
    let seed = statement(commitments, account, request);
    let mut fresh = Zeroizing::new([0; 32]);
    rng.fill_bytes(fresh.as_mut_slice());
    // Hedged against a weak generator: nonces depend on the secrets and the statement, too.
    let nonce = |index: u64, part: u8, secret: &Scalar| {
        let hash = sha512("answers-nonce").fixed(&seed).fixed(fresh.as_slice()).fixed(&index.to_be_bytes());
        let mut wide = hash.fixed(&[part]).fixed(secret.as_bytes()).wide();
        let scalar = Scalar::from_bytes_mod_order_wide(&wide);
        wide.zeroize();
        scalar
    };
    let mut known = Zeroizing::new(Vec::with_capacity(4 * points.len()));
    let mut first = Vec::with_capacity(points.len());
    for ((index, (slot, _)), (blind, opening)) in (0_u64..).zip(points).zip(secrets) {
        let (a, b) = (nonce(index, 0, blind), nonce(index, 1, opening));
        // A commitment of its own is always a point.
        let commitment = commitments.point(*slot).unwrap_or_default();
        first.push(RistrettoPoint::multiscalar_mul([a, -b], [commitment, *base()]));
        known.extend([a, *blind, b, blind * opening]);
    }
    let challenge = challenge(&seed, &first);
    let respond = |four: &[Scalar]| match four {
        [a, r, b, u] => [a + challenge * r, b + challenge * u],
        _ => [Scalar::ZERO; 2],
    };
    let responses = known.chunks_exact(4).map(respond).collect();
    AnswerProof { commitments: commitments.points().to_vec(), challenge, responses }
}
