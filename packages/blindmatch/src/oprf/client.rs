//! The party's side: blind, check the members' answers, combine, unblind.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use curve25519_dalek::{
    RistrettoPoint, Scalar,
    traits::{IsIdentity, VartimeMultiscalarMul},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    commitment::CommittedAnswers,
    committee::{MemberIndex, ShareKeyTable, decode_point, lagrange_at_zero},
    oprf::{
        EvaluateRequest, EvaluateResponse, Fault, FaultReason, MAX_POINTS, OprfError, Tags, answers,
        dleq::{self, SlotStatement},
        function::tag,
    },
    point::input_point,
    schema::{Input, MAX_VALUE_BYTES, SlotId},
};

/// What the party keeps between request and answers. Erased when dropped.
pub struct PendingEvaluation {
    schema_digest: [u8; 32],
    request: EvaluateRequest,
    inputs: Vec<Input>,
    blinded: Vec<RistrettoPoint>,
    blinds: Zeroizing<Vec<Scalar>>,
}

/// The result of an evaluation.
pub struct Evaluated {
    /// The tags of all inputs.
    pub tags: Tags,
    /// Members whose answers were left out.
    pub faults: Vec<Fault>,
}

/// Blinds inputs for a request of a requester; all members receive the same one.
///
/// # Errors
/// [`OprfError`] for no, too many or duplicate inputs, and values of a wrong length.
pub fn blind(
    schema_digest: [u8; 32],
    epoch: u64,
    inputs: &[Input],
    rng: &mut impl CryptoRng,
) -> Result<PendingEvaluation, OprfError> {
    check_inputs(inputs)?;
    let mut blinds = Zeroizing::new(Vec::with_capacity(inputs.len()));
    let mut blinded = Vec::with_capacity(inputs.len());
    for input in inputs {
        let rho = nonzero_scalar(rng);
        blinded.push(input_point(&schema_digest, input) * rho);
        blinds.push(rho);
    }
    let points = inputs.iter().zip(&blinded).map(|(input, point)| (input.slot, point.compress().to_bytes()));
    let request = EvaluateRequest::new(epoch, points.collect());
    Ok(PendingEvaluation { schema_digest, request, inputs: inputs.to_vec(), blinded, blinds })
}

/// Blinds a contributor's own answers, with the proof that they are those that it has committed to. `account` is its
/// account on the chain; the proof holds for no other.
///
/// # Errors
/// As [`blind`], and [`OprfError::NotCommitted`] for an input that is not the committed answer.
pub fn blind_committed(
    own: &CommittedAnswers,
    account: &str,
    epoch: u64,
    inputs: &[Input],
    rng: &mut impl CryptoRng,
) -> Result<PendingEvaluation, OprfError> {
    let mut pending = blind(own.commitments().schema_digest(), epoch, inputs, rng)?;
    let blind_of = |input| own.blind_of(input).ok_or(OprfError::NotCommitted { slot: input.slot });
    let openings = inputs.iter().map(blind_of).collect::<Result<Vec<_>, _>>()?;
    let (digest, secrets) = (pending.request.digest(), pending.blinds.iter().zip(openings));
    let proof = answers::prove(own.commitments(), account, (&digest, pending.request.points()), secrets, rng);
    pending.request = pending.request.with_proof(proof);
    Ok(pending)
}

fn check_inputs(inputs: &[Input]) -> Result<(), OprfError> {
    if inputs.is_empty() || inputs.len() > MAX_POINTS {
        return Err(OprfError::InputCount { found: inputs.len() });
    }
    let mut seen = BTreeSet::new();
    for input in inputs {
        let (slot, length) = (input.slot, input.value.len());
        if !(1..=MAX_VALUE_BYTES).contains(&length) {
            return Err(OprfError::ValueLength { slot, length });
        }
        if !seen.insert(input) {
            return Err(OprfError::DuplicateInput { slot });
        }
    }
    Ok(())
}

fn nonzero_scalar(rng: &mut impl CryptoRng) -> Scalar {
    loop {
        let scalar = Scalar::random(rng);
        if scalar != Scalar::ZERO {
            return scalar;
        }
    }
}

impl PendingEvaluation {
    /// What to send to every member.
    pub fn request(&self) -> &EvaluateRequest {
        &self.request
    }

    /// Checks every answer, combines the first t valid ones, and removes the blinds.
    ///
    /// Each answer comes with its authenticated sender, so that nobody can put blame on another member. The
    /// caller has compared the table's digest with the one on chain. With fewer than t valid answers it may
    /// ask again and call this with more.
    ///
    /// # Errors
    /// [`OprfError::TooFew`] names the faults; the other errors concern the table.
    pub fn finish(
        &self,
        table: &ShareKeyTable,
        answers: &[(MemberIndex, EvaluateResponse)],
    ) -> Result<Evaluated, OprfError> {
        self.check_table(table)?;
        let (mut valid, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (sender, response) in answers {
            let checked = if seen.contains(sender) {
                Err(FaultReason::Duplicate)
            } else {
                self.check_answer(table, *sender, response)
            };
            seen.insert(*sender);
            match checked {
                Ok(points) => valid.push((*sender, points)),
                Err(reason) => faults.push(Fault { member: *sender, reason }),
            }
        }
        let needed = table.params().threshold();
        if valid.len() < usize::from(needed) {
            return Err(OprfError::TooFew { valid: valid.len(), needed, faults });
        }
        valid.truncate(usize::from(needed));
        Ok(Evaluated { tags: self.combine(&valid)?, faults })
    }

    fn check_table(&self, table: &ShareKeyTable) -> Result<(), OprfError> {
        let expected = self.request.epoch();
        if table.epoch() != expected {
            return Err(OprfError::TableEpoch { found: table.epoch(), expected });
        }
        let slots = table.slots();
        match self.request.slots().find(|slot| slot.0 >= slots) {
            Some(slot) => Err(OprfError::TableSlot { slot, slots }),
            None => Ok(()),
        }
    }

    /// The evaluations of a valid answer.
    fn check_answer(
        &self,
        table: &ShareKeyTable,
        sender: MemberIndex,
        response: &EvaluateResponse,
    ) -> Result<Vec<RistrettoPoint>, FaultReason> {
        if response.member() != sender {
            return Err(FaultReason::WrongIndex { claimed: response.member() });
        }
        let (found, expected) = (response.evaluations().len(), self.blinded.len());
        if found != expected {
            return Err(FaultReason::Count { found, expected });
        }
        if response.proof().responses.len() != self.request.distinct_slots() {
            return Err(FaultReason::Proof);
        }
        let decode = |(position, bytes)| decode_point(bytes).ok_or(FaultReason::Point { position });
        let evaluated =
            response.evaluations().iter().enumerate().map(decode).collect::<Result<Vec<_>, _>>()?;
        let mut statements: BTreeMap<SlotId, SlotStatement> = BTreeMap::new();
        for ((slot, blinded), evaluated) in self.request.slots().zip(&self.blinded).zip(&evaluated) {
            let statement = match statements.entry(slot) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let key = table.share_key(sender, slot).ok_or(FaultReason::NotAMember)?;
                    entry.insert(SlotStatement::new(slot, key))
                }
            };
            statement.pairs.push((*blinded, *evaluated));
        }
        let statements: Vec<_> = statements.into_values().collect();
        if dleq::verify(self.request.epoch(), sender, &statements, response.proof()) {
            Ok(evaluated)
        } else {
            Err(FaultReason::Proof)
        }
    }

    fn combine(&self, valid: &[(MemberIndex, Vec<RistrettoPoint>)]) -> Result<Tags, OprfError> {
        let members: Vec<_> = valid.iter().map(|(member, _)| *member).collect();
        let coefficients = lagrange_at_zero(&members);
        let mut by_input = BTreeMap::new();
        for (index, (input, rho)) in self.inputs.iter().zip(self.blinds.iter()).enumerate() {
            let evaluations: Vec<_> = valid.iter().filter_map(|(_, points)| points.get(index)).collect();
            // Variable time is harmless: what is combined is still blinded.
            let combined = RistrettoPoint::vartime_multiscalar_mul(&coefficients, evaluations);
            if combined.is_identity() {
                return Err(OprfError::ZeroKey { slot: input.slot });
            }
            let point = combined * rho.invert();
            by_input.insert(input.clone(), tag(input.slot, self.request.epoch(), &point));
        }
        Ok(Tags::new(self.schema_digest, self.request.epoch(), by_input))
    }
}
