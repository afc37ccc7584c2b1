//! Commitments to a contributor's answers, one for each slot: what it registers, what its requests are proven against, and
//! what it opens to an accreditor, attribute by attribute.
//!
//! C_i = P_i(v_i) + s_i * H, where P_i(v) is the point of answer v to slot i and H a point of which nobody knows a
//! relation to any P (both are hashes to the group). It is Pedersen's commitment with the answer's own point in place of a
//! multiple of a generator: it hides perfectly, since s_i is uniform, and binds as long as nobody finds a relation between
//! hashes to the group, which is a discrete logarithm.

use std::sync::OnceLock;

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    codec::{DecodeError, Reader, put_count, put_text},
    hash::{hash_to_group, sha256, sha512},
    point::input_point,
    schema::{Attribute, Input, MAX_SLOTS, MAX_VALUE_BYTES, NO, Schema, SlotId, YES},
};

/// Version of an encoded [`Disclosure`].
const VERSION: u8 = 1;

/// H. Its message is no input's: those start with the digest of a schema and are at least 35 bytes long.
pub(crate) fn base() -> &'static RistrettoPoint {
    static BASE: OnceLock<RistrettoPoint> = OnceLock::new();
    BASE.get_or_init(|| hash_to_group(b"answer-commitment-base"))
}

/// The commitments to the answers to every slot of a schema. Public: they hide the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerCommitments {
    schema_digest: [u8; 32],
    points: Vec<[u8; 32]>,
}

impl AnswerCommitments {
    /// Digest of the schema that numbers the slots.
    pub fn schema_digest(&self) -> [u8; 32] {
        self.schema_digest
    }

    /// How many slots have a commitment, from slot 0 on.
    pub fn slot_count(&self) -> usize {
        self.points.len()
    }

    /// What a contributor registers: SHA-256 of the schema's digest and all commitments, in order of slots.
    pub fn digest(&self) -> [u8; 32] {
        let hash = sha256("answer-commitments").fixed(&self.schema_digest);
        let hash = hash.fixed(&(self.points.len() as u64).to_be_bytes());
        self.points.iter().fold(hash, |hash, point| hash.fixed(point)).digest()
    }

    /// The commitment of a slot; none for a slot that has none, or bytes that are no element of the group.
    pub(crate) fn point(&self, slot: SlotId) -> Option<RistrettoPoint> {
        CompressedRistretto(*self.points.get(usize::from(slot.0))?).decompress()
    }

    /// Commitments as they were received, to slots of this schema.
    pub(crate) fn received(schema_digest: [u8; 32], points: Vec<[u8; 32]>) -> Self {
        Self { schema_digest, points }
    }

    pub(crate) fn points(&self) -> &[[u8; 32]] {
        &self.points
    }
}

/// Number of slots, then 32 bytes for each.
pub(crate) fn put_points(out: &mut Vec<u8>, points: &[[u8; 32]]) {
    put_count(out, points.len());
    points.iter().for_each(|point| out.extend_from_slice(point));
}

pub(crate) fn read_points(reader: &mut Reader<'_>) -> Result<Vec<[u8; 32]>, DecodeError> {
    let count = reader.count("commitments", 1, MAX_SLOTS)?;
    (0..count).map(|_| reader.array()).collect()
}

/// A contributor's answers with what opens the commitments to them. Secret; erased when dropped.
pub struct CommittedAnswers {
    commitments: AnswerCommitments,
    inputs: Vec<Input>,
    blinds: Zeroizing<Vec<Scalar>>,
}

impl CommittedAnswers {
    /// Commits to `inputs`, the answers to slots 0, 1, 2 and so on; [`crate::attributes::Attributes::commit`] does so with
    /// answers that the schema allows. `nonce` is 32 fresh random bytes that the contributor keeps:
    /// s_i = SHA-512(`answer-blind`; schema digest, nonce, digest of all answers, slot) modulo the group's order. All answers
    /// are in it, so that the commitments to other answers under the same nonce have nothing in common with these: neither
    /// which answers changed, nor how, nor an opening that somebody has seen.
    pub fn new(schema_digest: [u8; 32], inputs: &[Input], nonce: &[u8; 32]) -> Self {
        let all = inputs.iter().fold(sha256("answer-inputs"), |hash, input| {
            hash.fixed(&input.slot.0.to_be_bytes()).variable(input.value.as_bytes())
        });
        let all = Zeroizing::new(all.digest());
        let blind = |input: &Input| {
            let hash = sha512("answer-blind").fixed(&schema_digest).fixed(nonce).fixed(&*all);
            hash.fixed(&input.slot.0.to_be_bytes()).scalar()
        };
        let blinds: Zeroizing<Vec<Scalar>> = Zeroizing::new(inputs.iter().map(blind).collect());
        let commit = |(input, blind): (&Input, &Scalar)| commit(&schema_digest, input, blind);
        let points = inputs.iter().zip(blinds.iter()).map(commit).collect();
        Self { commitments: AnswerCommitments { schema_digest, points }, inputs: inputs.to_vec(), blinds }
    }

    /// The public part.
    pub fn commitments(&self) -> &AnswerCommitments {
        &self.commitments
    }

    /// s_i of an input, if it is the answer that was committed to.
    pub(crate) fn blind_of(&self, input: &Input) -> Option<&Scalar> {
        let slot = usize::from(input.slot.0);
        let same = self.inputs.get(slot).is_some_and(|own| own == input);
        if same { self.blinds.get(slot) } else { None }
    }

    /// Opens the answers to some attributes to an accreditor, and no others.
    ///
    /// # Errors
    /// [`DisclosureError::Unknown`], [`DisclosureError::Vector`], [`DisclosureError::Nothing`].
    pub fn disclose(&self, schema: &Schema, attributes: &[String]) -> Result<Disclosure, DisclosureError> {
        let mut openings = Vec::new();
        for slot in slots_of(schema, attributes)? {
            let index = usize::from(slot.0);
            let (Some(input), Some(blind)) = (self.inputs.get(index), self.blinds.get(index)) else {
                return Err(DisclosureError::Schema);
            };
            openings.push(Opening { input: input.clone(), blind: *blind });
        }
        Ok(Disclosure { commitments: self.commitments.clone(), openings })
    }
}

fn commit(schema_digest: &[u8; 32], input: &Input, blind: &Scalar) -> [u8; 32] {
    (input_point(schema_digest, input) + base() * blind).compress().to_bytes()
}

/// The slots of these attributes, in order.
fn slots_of(schema: &Schema, attributes: &[String]) -> Result<Vec<SlotId>, DisclosureError> {
    if attributes.is_empty() {
        return Err(DisclosureError::Nothing);
    }
    for name in attributes {
        match schema.attribute(name) {
            Some(Attribute::Vector { .. }) => return Err(DisclosureError::Vector { name: name.clone() }),
            Some(_) => {}
            None => return Err(DisclosureError::Unknown { name: name.clone() }),
        }
    }
    let slots = schema.slots().into_iter().map(|slot| slot.id);
    let asked =
        |slot: &SlotId| schema.attribute_of(*slot).is_some_and(|of| attributes.iter().any(|name| of == name));
    Ok(slots.filter(asked).collect())
}

/// An answer, and what opens the commitment to it.
struct Opening {
    input: Input,
    blind: Scalar,
}

impl Drop for Opening {
    fn drop(&mut self) {
        // The input erases itself.
        self.blind.zeroize();
    }
}

/// All commitments of a contributor, with some of them opened. For the accreditor only: whoever reads it knows these
/// answers. No `Debug`.
pub struct Disclosure {
    commitments: AnswerCommitments,
    openings: Vec<Opening>,
}

/// Why a disclosure is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// No attribute is named.
    #[error("no attribute is disclosed, expected at least one")]
    Nothing,
    /// An attribute that the schema does not have.
    #[error("attribute `{name}` is not in the schema")]
    Unknown {
        /// Name that the schema does not have.
        name: String,
    },
    /// An attribute whose answers nobody can read as one value.
    #[error("attribute `{name}` is a vector; vectors can't be accredited")]
    Vector {
        /// Name of the vector attribute.
        name: String,
    },
    /// Made for another schema.
    #[error("the commitments are of another schema, or do not have its slots")]
    Schema,
    /// An opening that does not lead to the commitment.
    #[error("slot {} is not opened by what is stated", slot.0)]
    Opening {
        /// Slot whose opening is wrong.
        slot: SlotId,
    },
    /// Slots that are not exactly those of the named attributes, in order.
    #[error("the slots that are opened are not those of whole attributes")]
    Slots,
    /// An answer that the attribute can't have, or answers that contradict each other: at least 16, and not at least 8.
    #[error("attribute `{name}` can't have these answers")]
    Answer {
        /// Name of the attribute.
        name: String,
    },
}

impl Disclosure {
    /// All commitments, opened or not.
    pub fn commitments(&self) -> &AnswerCommitments {
        &self.commitments
    }

    /// The answers that are opened.
    pub fn answers(&self) -> impl Iterator<Item = &Input> {
        self.openings.iter().map(|opening| &opening.input)
    }

    /// The largest amount that the answers to an ordered attribute say is there, 0 if they deny all; none if they are not
    /// opened, or the attribute is of another kind. For answers that [`Disclosure::verify`] accepts.
    pub fn stated_amount(&self, schema: &Schema, name: &str) -> Option<u64> {
        let Some(Attribute::Ordered { thresholds, .. }) = schema.attribute(name) else { return None };
        let of = |opening: &&Opening| schema.attribute_of(opening.input.slot) == Some(name);
        let answers: Vec<&str> =
            self.openings.iter().filter(of).map(|opening| opening.input.value.as_str()).collect();
        if answers.len() != thresholds.len() {
            return None;
        }
        let held = thresholds.iter().zip(answers).filter(|(_, answer)| *answer == YES);
        Some(held.map(|(threshold, _)| *threshold).max().unwrap_or(0))
    }

    /// Checks every opening, and that whole attributes are opened, with answers that one contributor can have. Returns the
    /// attributes' names. Whether the commitments are those that the contributor registered is for the caller to compare.
    ///
    /// # Errors
    /// [`DisclosureError`] says what is wrong.
    pub fn verify(&self, schema: &Schema) -> Result<Vec<String>, DisclosureError> {
        let schema_digest = schema.digest();
        if self.commitments.schema_digest != schema_digest
            || self.commitments.slot_count() != usize::from(schema.slot_count())
        {
            return Err(DisclosureError::Schema);
        }
        let mut names: Vec<String> = Vec::new();
        for Opening { input, blind } in &self.openings {
            let committed = self.commitments.points.get(usize::from(input.slot.0));
            if committed != Some(&commit(&schema_digest, input, blind)) {
                return Err(DisclosureError::Opening { slot: input.slot });
            }
            let name = schema.attribute_of(input.slot).ok_or(DisclosureError::Slots)?;
            if names.last().is_none_or(|last| last != name) {
                names.push(name.to_owned());
            }
        }
        let slots = slots_of(schema, &names)?;
        if !self.openings.iter().map(|opening| opening.input.slot).eq(slots) {
            return Err(DisclosureError::Slots);
        }
        for name in &names {
            self.check_answers(schema, name)?;
        }
        Ok(names)
    }

    fn check_answers(&self, schema: &Schema, name: &str) -> Result<(), DisclosureError> {
        let opened = |opening: &&Opening| schema.attribute_of(opening.input.slot) == Some(name);
        let mut values = self.openings.iter().filter(opened).map(|opening| opening.input.value.as_str());
        let possible = match schema.attribute(name) {
            // Thresholds rise: every "yes" comes before every "no".
            Some(Attribute::Ordered { .. }) => {
                values.by_ref().find(|value| *value != YES).is_none_or(|value| value == NO)
                    && values.all(|value| value == NO)
            }
            Some(Attribute::Set { .. }) => values.all(|value| value == YES || value == NO),
            Some(Attribute::Categorical { values: allowed, .. }) => {
                values.all(|value| allowed.iter().any(|one| one == value))
            }
            Some(Attribute::Vector { .. }) | None => false,
        };
        if possible { Ok(()) } else { Err(DisclosureError::Answer { name: name.to_owned() }) }
    }

    /// Version, schema digest, commitments, number of openings, then slot, value and s for each. Secret bytes: they say
    /// the answers.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(
            40 + 32 * self.commitments.points.len() + 100 * self.openings.len(),
        ));
        out.push(VERSION);
        out.extend_from_slice(&self.commitments.schema_digest);
        put_points(&mut out, &self.commitments.points);
        put_count(&mut out, self.openings.len());
        for Opening { input, blind } in &self.openings {
            out.extend_from_slice(&input.slot.0.to_be_bytes());
            put_text(&mut out, &input.value);
            out.extend_from_slice(blind.as_bytes());
        }
        out
    }

    /// Reads what [`Disclosure::encode`] wrote; [`Disclosure::verify`] checks it.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("disclosure", VERSION, bytes)?;
        let schema_digest = reader.array()?;
        let commitments = AnswerCommitments::received(schema_digest, read_points(&mut reader)?);
        let count = reader.count("openings", 1, commitments.slot_count())?;
        let mut openings = Vec::with_capacity(count);
        for _ in 0..count {
            let slot = SlotId(reader.u16()?);
            let value = reader.text("value", MAX_VALUE_BYTES as u8)?.to_owned();
            let blind = reader.scalar("opening")?;
            openings.push(Opening { input: Input { slot, value }, blind });
        }
        reader.finish()?;
        Ok(Self { commitments, openings })
    }
}
