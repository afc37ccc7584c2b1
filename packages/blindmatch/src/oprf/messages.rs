//! What a party asks the committee, and what a member answers.

use std::collections::BTreeSet;

use crate::{
    codec::{DecodeError, Reader, put_count},
    committee::MemberIndex,
    hash::sha256,
    oprf::{
        answers::{AnswerError, AnswerProof},
        dleq::Proof,
    },
    schema::{MAX_SLOTS, SlotId},
};

/// Most points of one request: every slot of the largest schema once.
pub const MAX_POINTS: usize = 256;
/// Version of a request: the second has the proof of a contributor's answers.
const REQUEST_VERSION: u8 = 2;
/// Version of an answer.
const VERSION: u8 = 1;

/// Blinded points to evaluate, each under its slot's key. It hides every value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluateRequest {
    epoch: u64,
    points: Vec<(SlotId, [u8; 32])>,
    proof: Option<AnswerProof>,
}

impl EvaluateRequest {
    pub(super) fn new(epoch: u64, points: Vec<(SlotId, [u8; 32])>) -> Self {
        Self { epoch, points, proof: None }
    }

    pub(super) fn with_proof(self, proof: AnswerProof) -> Self {
        Self { proof: Some(proof), ..self }
    }

    /// The epoch whose keys are asked for.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Slots and blinded points (canonical ristretto255 encodings, not yet checked).
    pub fn points(&self) -> &[(SlotId, [u8; 32])] {
        &self.points
    }

    /// The slot of each point: what the quota is charged for.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> {
        self.points.iter().map(|(slot, _)| *slot)
    }

    /// Checks a contributor's request: that it proves every point to be of an answer whose commitments have this digest.
    /// Requesters' requests have no proof, and are not checked.
    ///
    /// # Errors
    /// [`AnswerError`] says what is missing or wrong.
    pub fn check_answers(
        &self,
        schema_digest: [u8; 32],
        account: &str,
        registered: &[u8],
    ) -> Result<(), AnswerError> {
        let proof = self.proof.as_ref().ok_or(AnswerError::Missing)?;
        proof.check(schema_digest, account, registered, (&self.digest(), &self.points))
    }

    /// SHA-256 of what is evaluated: version, epoch, and the points. A member that remembers the digests it answered can
    /// answer a lost request again without charging the quota.
    pub fn digest(&self) -> [u8; 32] {
        sha256("evaluate-request").variable(&self.encode_points()).digest()
    }

    fn encode_points(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(12 + 34 * self.points.len());
        out.push(REQUEST_VERSION);
        out.extend_from_slice(&self.epoch.to_be_bytes());
        put_count(&mut out, self.points.len());
        for (slot, point) in &self.points {
            out.extend_from_slice(&slot.0.to_be_bytes());
            out.extend_from_slice(point);
        }
        out
    }

    /// Version, epoch, number of points, then slot and point for each, then 0, or 1 and the proof: 12 + 34 bytes per point,
    /// and for a contributor 34 + 32 bytes per slot of the schema and 64 per point.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.encode_points();
        out.push(u8::from(self.proof.is_some()));
        if let Some(proof) = &self.proof {
            proof.encode_into(&mut out);
        }
        out
    }

    /// Reads a request; points are checked when they are evaluated.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("evaluate request", REQUEST_VERSION, bytes)?;
        let epoch = reader.u64()?;
        let count = reader.count("points", 1, MAX_POINTS)?;
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            let slot = reader.u16()?;
            reader.in_range("slot", u64::from(slot), 0, MAX_SLOTS as u64 - 1)?;
            points.push((SlotId(slot), reader.array()?));
        }
        let proof = match reader.u8()? {
            0 => None,
            1 => Some(AnswerProof::decode(count, &mut reader)?),
            _ => return Err(reader.invalid("proof", "0 for none or 1")),
        };
        reader.finish()?;
        Ok(Self { epoch, points, proof })
    }

    pub(super) fn distinct_slots(&self) -> usize {
        self.slots().collect::<BTreeSet<_>>().len()
    }
}

/// One member's evaluations, in the order of the request, with a proof for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluateResponse {
    member: MemberIndex,
    evaluations: Vec<[u8; 32]>,
    proof: Proof,
}

impl EvaluateResponse {
    pub(crate) fn new(member: MemberIndex, evaluations: Vec<[u8; 32]>, proof: Proof) -> Self {
        Self { member, evaluations, proof }
    }

    /// Who answers, by its own account; the receiver knows who sent it.
    pub fn member(&self) -> MemberIndex {
        self.member
    }

    pub(super) fn evaluations(&self) -> &[[u8; 32]] {
        &self.evaluations
    }

    pub(super) fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Version, member, evaluations, challenge, responses: 38 + 32 bytes for each point and each slot.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(38 + 32 * (self.evaluations.len() + self.proof.responses.len()));
        out.extend_from_slice(&[VERSION, self.member.get()]);
        put_count(&mut out, self.evaluations.len());
        self.evaluations.iter().for_each(|point| out.extend_from_slice(point));
        out.extend_from_slice(self.proof.challenge.as_bytes());
        put_count(&mut out, self.proof.responses.len());
        self.proof.responses.iter().for_each(|response| out.extend_from_slice(response.as_bytes()));
        out
    }

    /// Reads an answer; points and proof are checked by [`crate::oprf::PendingEvaluation::finish`].
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong, scalars that are not canonical among them.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("evaluate response", VERSION, bytes)?;
        let member = MemberIndex::decode(&mut reader)?;
        let count = reader.count("evaluations", 1, MAX_POINTS)?;
        let evaluations = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        let challenge = reader.scalar("proof")?;
        let count = reader.count("proof responses", 1, count)?;
        let responses = (0..count).map(|_| reader.scalar("proof")).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { member, evaluations, proof: Proof { challenge, responses } })
    }
}

/// Why a member can't answer a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// The request is for another epoch than the keys.
    #[error("the request is for epoch {found}, expected {expected}")]
    Epoch {
        /// The request's epoch.
        found: u64,
        /// The keys' epoch.
        expected: u64,
    },
    /// A slot without a key.
    #[error("there is no slot {}, expected one of the first {slots}", slot.0)]
    Slot {
        /// Slot that the schema does not have.
        slot: SlotId,
        /// How many slots have keys.
        slots: usize,
    },
    /// Not a point, or the identity.
    #[error("point {position} is not a canonical element of the group, or is zero")]
    Point {
        /// Its position in the request, from 0.
        position: usize,
    },
}
